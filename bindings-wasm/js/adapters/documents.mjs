// Clients that are registered by the document at their identifier: the library says what to fetch, this fetches.

import * as idjag from '#api';
import { publicFetch } from '#public-fetch';
import { clock } from './defaults.mjs';
import { report } from './respond.mjs';
import { send } from './send.mjs';
import { Slots } from './slots.mjs';

/** More than any such document or key set has; the library's own caps are below it. */
const MAX_BYTES = 64 * 1024;
const TIMEOUT_MS = 5000;
/** How many clients are remembered whose documents have been of use. */
const MAX_MET = 1000;
/** Requests for one answer: the document and the keys. */
const MAX_STEPS = 4;

/** A function for the option `clients` of a handler; see `index.d.ts` for the options. */
export function clientDocuments({ registered, fetch, timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES, now = clock, onError, ...options }) {
  const documents = new idjag.ClientDocuments(options);
  const { dangerousAllowHttpLoopback } = options;
  const sending = { fetch: fetch ?? publicFetch({ dangerousAllowHttpLoopback }), timeoutMs, maxBytes };
  /** What is being fetched, by client: whoever asks meanwhile waits for it. */
  const flights = new Map();

  /** Clients whose documents have been of use: nobody whom we never met keeps them waiting. */
  const met = new Set();
  const slots = { met: new Slots(), strangers: new Slots() };

  /** A place among those who fetch. It is given back when what was asked for has come or ended, not only been given up. */
  const place = (clientId) => {
    const underway = [];
    let leave;
    return {
      enter: async () => {
        leave ??= await slots[met.has(clientId) ? 'met' : 'strangers'].take(new URL(clientId).origin, timeoutMs);
      },
      fetch: (url, init) => {
        const coming = sending.fetch(url, init);
        underway.push(coming);
        return coming;
      },
      leave: () => Promise.allSettled(underway).then(() => leave?.()),
    };
  };

  const find = async (clientId) => {
    const own = place(clientId);
    try {
      // Before it is noted that a stranger's document has been asked for.
      if (!met.has(clientId) && URL.canParse(clientId)) await own.enter();
      return await ask(clientId, own);
    } finally {
      own.leave();
    }
  };

  const ask = async (clientId, own) => {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const known = documents.next({ clientId, now: now() });
      if (known.state === 'use') {
        meet(clientId);
        return known.client;
      }
      if (known.state === 'not_a_document') return undefined;
      if (known.state === 'refused') {
        report(new idjag.IdJagError({ code: known.reason, message: 'the document of a client is refused' }), onError);
        return undefined;
      }
      if (known.state !== 'send') break;
      await own.enter();
      const response = await send(known.request, { ...sending, fetch: own.fetch });
      try {
        documents.received({ clientId, response, now: now() });
      } catch (error) {
        // What it means for the client, the library says in the next step.
        report(error, onError);
      }
    }
    throw new Error('the document of a client cannot be had now');
  };

  const meet = (clientId) => {
    if (!met.has(clientId) && met.size >= MAX_MET) met.delete(met.values().next().value);
    met.add(clientId);
  };

  return async (clientId) => {
    const own = await registered?.(clientId);
    if (own !== undefined && own !== null) return own;
    if (!flights.has(clientId)) flights.set(clientId, find(clientId).finally(() => flights.delete(clientId)));
    return flights.get(clientId);
  };
}
