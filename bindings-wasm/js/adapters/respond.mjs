// Responses that adapters write themselves: documents, and failures of which the library knows nothing.

import * as idjag from '#api';
import { TimedOut, TooLarge } from './bounded.mjs';

/** A function of the host failed: a directory, a registry, a signer. Nothing was decided. */
export class HostFailure extends Error {
  constructor(cause) {
    super('a function of the host failed', { cause });
    this.name = 'HostFailure';
  }
}

/** What a function of the host answers; that it fails is never taken for an answer. */
export async function consult(ask, ...args) {
  try {
    return await ask?.(...args);
  } catch (error) {
    throw new HostFailure(error);
  }
}

/** What a function answers that may be left out, but not answer nothing: no policy is another thing than one that is lost. */
export async function demand(ask, ...args) {
  const found = await consult(ask, ...args);
  if (ask !== undefined && (found === undefined || found === null)) {
    throw new HostFailure(new TypeError('the function answered nothing'));
  }
  return found;
}

/** The value of an option that may change over time, such as the policy in force; nothing only where it is left out. */
export async function current(option) {
  return typeof option === 'function' ? demand(option) : option;
}

/** A JSON document that anybody may read and keep for a while. Answers GET and HEAD. */
export function serveDocument(request, document) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return new Response(null, { status: 405, headers: { allow: 'GET, HEAD' } });
  }
  const headers = { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' };
  return new Response(request.method === 'HEAD' ? null : JSON.stringify(document), { headers });
}

function failure(status, error, more) {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', ...more };
  return new Response(JSON.stringify({ error }), { status, headers });
}

/**
 * Sends the `response` that `decide` comes to, or what that answers if it is a function, after the record has been kept:
 * nothing is granted of which there is no record. Refusals are the library's own responses; whatever else is thrown is a
 * failure without details, told to `onError` only.
 */
export async function answer(decide, { onRecord, onError }) {
  let decided;
  try {
    decided = await decide();
  } catch (error) {
    if (!(error instanceof idjag.IdJagError && error.response)) return failed(error, onError);
    await noted(error.record, onRecord, onError);
    return idjag.toResponse(error.response);
  }
  const { response, record } = decided;
  try {
    await onRecord?.(record);
    return typeof response === 'function' ? await response() : idjag.toResponse(response);
  } catch (error) {
    return failed(error, onError);
  }
}

/** Keeps the record of a refusal, which stands whether or not that succeeds. */
export async function noted(record, onRecord, onError) {
  try {
    await onRecord?.(record);
  } catch (error) {
    report(error, onError);
  }
}

/** Nobody can say what is revoked right now. */
export function revocationsFailed(error, onError) {
  return failed(new HostFailure(error), onError);
}

/** The response to a request that could not be decided. */
export function failed(error, onError) {
  if (error instanceof TooLarge) return failure(413, 'invalid_request');
  if (error instanceof TimedOut) return failure(408, 'invalid_request');
  report(error, onError);
  if (error instanceof HostFailure) return failure(503, 'temporarily_unavailable', { 'retry-after': '1' });
  return failure(500, 'server_error');
}

/** Tells the host of a failure. */
export function report(error, onError) {
  try {
    onError?.(error);
  } catch {
    // Whoever logs must not decide.
  }
}
