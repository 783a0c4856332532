// A request as it arrived, read once: plain data for the library, with a cap on what a stranger can make us hold.

import { TimeLimit, readBytes } from './bounded.mjs';

/** The header fields of requests whose repetitions are known, where `Headers` would have joined them. */
const FIELDS = new WeakMap();

/** Remembers the fields of `request` as they were sent, repetitions included. */
export function keepFields(request, fields) {
  FIELDS.set(request, fields);
  return request;
}

/**
 * `request` as one to `url`, the public address from the configuration: what the request says of its own address, its
 * sender chose. The body has not been read and is not there.
 */
export function withoutBody(request, url) {
  return { method: request.method, url, headers: FIELDS.get(request) ?? [...request.headers] };
}

/** Reads `request` as a request to `url`, with its body. */
export async function readMessage(request, url, { maxBodyBytes, bodyTimeoutMs }) {
  const limit = new TimeLimit(bodyTimeoutMs);
  try {
    const body = await readBytes(request.body, maxBodyBytes, limit);
    return { ...withoutBody(request, url), body };
  } finally {
    limit.clear();
  }
}
