// Protecting an MCP endpoint: what may pass is handed on, everything else gets the library's challenge.

import { clock } from './defaults.mjs';
import { readMessage, withoutBody } from './message.mjs';
import { checkOptions, invalid } from './options.mjs';
import { firstUses } from './replay.mjs';
import { keysOf } from './resource-as.mjs';
import { nothingRevoked, revocationsOf } from './revocations.mjs';
import { answer, consult, demand, failed, serveDocument } from './respond.mjs';

/** More than the messages of most MCP servers; servers that take more say so. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const BODY_TIMEOUT_MS = 30_000;

/** A handler around `next`; see `index.d.ts` for the options. */
export function protectResource(options) {
  checkOptions(options, ['server', 'keys', 'next'], PLACE);
  return guard(options, (passed, access) => options.next(passed, access));
}

/** The options that say where the endpoint is, what was revoked there, and which conversation a request is part of. */
export const PLACE = ['url', 'dangerousAnyPath', 'revocations', 'conversation'];

/**
 * A handler that hands what may pass to `pass`: the request as it goes on, who may do what, and the request as it came, with
 * its credentials.
 */
export function guard(options, pass) {
  const { server, keys, replay, revocations, nonce, conversation, now = clock, url = server.resource } = options;
  const { maxBodyBytes = MAX_BODY_BYTES, bodyTimeoutMs = BODY_TIMEOUT_MS } = options;
  const { dangerousAnyPath = false } = options;
  if (typeof dangerousAnyPath !== 'boolean') throw invalid('dangerousAnyPath', 'true or false is expected');
  const { origin, pathname: protectedPath } = new URL(url);
  const metadataPath = new URL(server.metadataUrl).pathname;

  /**
   * Verifies token and proof by the header fields alone, and answers what was looked up for that: a stranger's body is
   * not worth reading. Throws the refusal.
   */
  const recognize = async (request, headers) => {
    const pending = server.parse(request, { now: now() });
    const { issuer, kid } = pending.needs;
    const [keySet, nonces, revoked, context] = await Promise.all([
      keysOf(keys, issuer, kid), demand(nonce), revocationsOf(revocations, now()), consult(conversation, headers),
    ]);
    const found = { keys: keySet, nonce: nonces, revocations: revoked, context };
    pending.verify({ ...found, now: now() });
    return found;
  };

  /** Takes every step over the whole request; answers what `next` is told. Throws the refusal. */
  const admit = async (request, found) => {
    // The body took its time: what was revoked meanwhile counts.
    const revoked = await revocationsOf(revocations, now());
    const at = now();
    const verify = { ...found, revocations: revoked, now: at };
    const authorized = server.parse(request, { now: at }).verify(verify).authorize({ now: at });
    const answers = await firstUses(replay, authorized.replayKeys, now());
    const { claims, record } = authorized.spend({ answers });
    // Asked of the steps taken anew, since those above have been used up; at the time at which they were taken. The list is
    // further by now, and has been asked: an answer that has begun is finished.
    const permitsTools = (tools) => {
      const again = { ...verify, revocations: revoked && nothingRevoked(at) };
      return server.parse(request, { now: at }).verify(again).permitsTools({ tools }).tools;
    };
    return { claims, record, operation: authorized.operation, permitsTools };
  };

  return async (request) => {
    try {
      const { pathname, search } = new URL(request.url);
      if (pathname === metadataPath) return serveDocument(request, server.metadata());
      if (!dangerousAnyPath && !covers(protectedPath, pathname)) return new Response(null, { status: 404 });
      const address = (dangerousAnyPath ? url : origin + pathname) + search;
      return await answer(async () => {
        const found = await recognize(withoutBody(request, address), request.headers);
        const message = await readMessage(request, address, { maxBodyBytes, bodyTimeoutMs });
        const access = Object.freeze(await admit(message, found));
        const passed = handedOn(request, origin + pathname + search, message.body);
        return { record: access.record, response: () => pass(passed, access, request) };
      }, options);
    } catch (error) {
      return failed(error, options.onError);
    }
  };
}

/**
 * Whether `path` is `base` or below it, in everybody's reading: whatever is behind this may take an encoded slash for a
 * slash, or two for one. Dot segments are gone when a `URL` has been made.
 */
function covers(base, path) {
  if (path === base) return true;
  const above = base.endsWith('/') ? base : `${base}/`;
  return path.startsWith(above) && !/^\/|\/\/|%2f|%5c|%25/i.test(path.slice(above.length));
}

/** Requests of a session: what they may do was decided without their body. */
const BODILESS = ['GET', 'HEAD', 'DELETE'];

/**
 * The request as it goes on: at its public address, with the bytes that were decided on and no other reading of them, and
 * without the credentials, which nobody behind this needs.
 */
function handedOn(request, url, body) {
  const { method, signal } = request;
  const headers = new Headers(request.headers);
  const isBare = BODILESS.includes(method);
  const gone = ['authorization', 'dpop', 'content-encoding', ...(isBare ? ['content-length', 'content-type'] : [])];
  for (const name of gone) headers.delete(name);
  return new Request(url, { method, headers, signal, body: isBare || body.byteLength === 0 ? undefined : body });
}
