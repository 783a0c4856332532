// Sending a request that the library wrote, and reading what comes back: no redirects, bounded in time and size.

import { TimeLimit, readBytes } from './bounded.mjs';

/** The longest that one exchange may take, in milliseconds, unless the caller says otherwise. */
export const TIMEOUT_MS = 10_000;
/** More than any document or token response has: the library's own caps are far below it. */
export const MAX_BYTES = 1024 * 1024;

/**
 * Sends `request` and answers the response as plain data. Throws when none came in time, or when it was too large.
 *
 * A redirect is not followed but handed on, for the library to refuse. Where a platform hides it (browsers do), it is
 * handed on as a redirect all the same.
 */
export async function send(request, options = {}) {
  const { fetch = globalThis.fetch, timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES, signal } = options;
  const limit = new TimeLimit(timeoutMs, signal);
  try {
    const response = await limit.race(fetch(request.url, toInit(request, limit.signal)));
    refuseRedirected(response);
    return { ...toHead(response), body: await readBytes(response.body, maxBytes, limit) };
  } finally {
    limit.clear();
  }
}

/** What `fetch` takes for a request of the library. */
export function toInit({ method, headers, body }, signal) {
  return { method, headers, body: body === '' ? undefined : body, redirect: 'manual', signal };
}

/** A `fetch` that followed a redirect in spite of being told not to has been to an address that nobody checked. */
export function refuseRedirected(response) {
  if (!response.redirected) return;
  response.body?.cancel().catch(() => {});
  throw new TypeError('the fetch that was given follows redirects');
}

/** Status and header fields of a response, as the library reads them. */
export function toHead(response) {
  const status = response.type === 'opaqueredirect' ? 302 : response.status;
  return { status, headers: [...response.headers] };
}
