// Driving a connection: what it says is sent, what comes back is told to it, until it is ready or says no.

import * as idjag from '#api';
import { TimeLimit } from './bounded.mjs';
import { clock, randomBytes } from './defaults.mjs';
import { refuseRedirected, send, toHead, toInit } from './send.mjs';

/** Who drives each connection at the moment: requests take turns, and the first does the work for all. */
const DRIVING = new WeakMap();
/** Requests for one answer. The connection itself gives up earlier. */
const MAX_ATTEMPTS = 10;
/** Addresses that were called by somebody else, while one authorization response is waited for. */
const MAX_STRANGERS = 10;

/**
 * Takes `connection` to where requests can be authorized, and answers what `next` says of the access token. Throws the
 * reason when it was denied or does not work, and what `identity` throws.
 */
export async function connect(connection, options = {}) {
  const limit = new TimeLimit(undefined, options.signal);
  try {
    while (DRIVING.has(connection)) await limit.race(DRIVING.get(connection));
    const driven = drive(connection, options, limit);
    // Whoever waits takes a turn afterwards, however this one ends.
    const over = driven.then(() => {}, () => {});
    DRIVING.set(connection, over);
    over.then(() => DRIVING.delete(connection));
    return await driven;
  } catch (error) {
    throw options.signal?.aborted ? options.signal.reason : error;
  } finally {
    limit.clear();
  }
}

async function drive(connection, options, limit) {
  const { identity, assertion, authorization, now = clock, random = randomBytes } = options;
  let strangers = 0;
  for (;;) {
    const step = connection.next({ random: random(), now: now() });
    switch (step.step) {
      case 'ready':
        return step.token;
      case 'send':
        await exchange(connection, step.request, options, limit);
        break;
      case 'wait':
        await pause(step.seconds, limit);
        break;
      case 'need_identity':
        await supply(connection, limit.race(identity?.(step)), (found) => connection.identify(found));
        break;
      case 'need_assertion':
        await supply(connection, limit.race(assertion?.(step)), (jwt) => connection.supplyAssertion({ assertion: jwt }));
        break;
      case 'need_authorization':
        await supply(connection, limit.race(authorization?.(step)), (url) => {
          try {
            connection.authorizationResponse({ url: String(url) });
          } catch (error) {
            // Whoever made a browser call that, the response is still to come: the step is repeated.
            strangers += 1;
            if (error.code !== 'state_mismatch' || strangers > MAX_STRANGERS) throw error;
          }
        });
        break;
      default:
        throw new idjag.IdJagError(step.error);
    }
  }
}

async function exchange(connection, request, { fetch, timeoutMs, maxBytes, now = clock }, limit) {
  let response;
  try {
    response = await send(request, { fetch, timeoutMs, maxBytes, signal: limit.signal });
  } catch (error) {
    if (limit.signal.aborted) throw error;
    connection.unreachable({ now: now() });
    return;
  }
  connection.receive({ response, now: now() });
}

/** What only the host has; without it the connection is told so. */
async function supply(connection, answer, give) {
  const found = await answer;
  if (found === undefined || found === null) connection.decline();
  else give(found);
}

async function pause(seconds, limit) {
  let timer;
  const over = new Promise((resolve) => {
    timer = setTimeout(resolve, seconds * 1000);
  });
  try {
    await limit.race(over);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A function like `fetch` for requests to the connection's MCP server: it adds the access token, and the proof where the
 * token is bound, connects where needed, and sends again what the connection says is worth it. The answer to a request is
 * handed on as it comes. What the server refuses for good is thrown, never handed on as a 401 that invites to ask the
 * user for consent.
 */
export function authorizedFetch(connection, options = {}) {
  const { fetch, now = clock, random = randomBytes, operation = addressOf, startWithoutToken = false } = options;
  // Only the server itself is asked without a token: another one's challenge would lead to another one's issuer.
  const startsBare = ({ url }) => startWithoutToken && url === connection.resource
    && connection.status({ now: now() }).authorization_server === undefined;
  const authorize = async (request, signal) => {
    await connect(connection, { ...options, signal });
    return connection.authorize({ request, random: random(), now: now() });
  };
  return async (input, init) => {
    const request = new Request(input, init);
    const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
    const { method, url, signal } = request;
    const plain = { method, url, headers: [...request.headers] };
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const authorized = attempt === 0 && startsBare(plain) ? plain : await authorize(plain, signal);
      const response = await (fetch ?? globalThis.fetch)(url, { ...toInit(authorized, signal), body });
      refuseRedirected(response);
      const used = { operation: operation(request, body), response: toHead(response), now: now() };
      const { verdict, error } = connection.onResourceResponse(used);
      if (verdict === 'done') return response;
      await response.body?.cancel();
      if (verdict === 'refused') throw new idjag.IdJagError(error);
    }
    throw new idjag.IdJagError({ code: 'server_failed', message: 'the server keeps asking' });
  };
}

/** What a request does, as far as its address tells: step-ups are counted for each. */
function addressOf({ method, url }) {
  return `${method} ${new URL(url).pathname}`;
}
