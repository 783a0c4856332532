// Clients that are registered by the document at their identifier: the library says what to fetch, this fetches.

import * as idjag from '#api';
import { publicFetch } from '#public-fetch';
import { clock } from './defaults.mjs';
import { report } from './respond.mjs';
import { send } from './send.mjs';

/** More than any such document or key set has; the library's own caps are below it. */
const MAX_BYTES = 64 * 1024;
const TIMEOUT_MS = 5000;
/** Fetches at one time: strangers choose what is fetched. */
const MAX_FETCHES = 16;
/** Requests for one answer: the document and the keys. */
const MAX_STEPS = 4;

/** A function for the option `clients` of a handler; see `index.d.ts` for the options. */
export function clientDocuments({ registered, fetch, timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES, now = clock, onError, ...options }) {
  const documents = new idjag.ClientDocuments(options);
  const { dangerousAllowHttpLoopback } = options;
  const sending = { fetch: fetch ?? publicFetch({ dangerousAllowHttpLoopback }), timeoutMs, maxBytes };
  /** What is being fetched, by client: whoever asks meanwhile waits for it. */
  const flights = new Map();

  let fetching = 0;
  const fetched = async (request) => {
    if (fetching >= MAX_FETCHES) throw new Error('too many documents of clients are being fetched');
    fetching += 1;
    try {
      return await send(request, sending);
    } finally {
      fetching -= 1;
    }
  };

  const find = async (clientId) => {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const known = documents.next({ clientId, now: now() });
      if (known.state === 'use') return known.client;
      if (known.state === 'not_a_document') return undefined;
      if (known.state === 'refused') {
        report(new idjag.IdJagError({ code: known.reason, message: 'the document of a client is refused' }), onError);
        return undefined;
      }
      if (known.state !== 'send') break;
      const response = await fetched(known.request);
      try {
        documents.received({ clientId, response, now: now() });
      } catch (error) {
        // What it means for the client, the library says in the next step.
        report(error, onError);
      }
    }
    throw new Error('the document of a client cannot be had now');
  };

  return async (clientId) => {
    const own = await registered?.(clientId);
    if (own !== undefined && own !== null) return own;
    if (!flights.has(clientId)) flights.set(clientId, find(clientId).finally(() => flights.delete(clientId)));
    return flights.get(clientId);
  };
}
