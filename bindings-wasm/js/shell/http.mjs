// HTTP messages as plain data, from what JavaScript hosts have.

import { argumentInvalid } from './error.mjs';
import { bytesOf, guarded, isPlain, membersOf } from './encode.mjs';

/** Reads UTF-8 and nothing else; a byte order mark is part of the text. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A message as the library reads it: header fields as pairs, and a body that is bytes as text, or under its own name.
 * Whatever else is in it is left for the library to refuse.
 */
export function toMessage(value, path) {
  return guarded(path, () => {
    if (!isPlain(value)) throw argumentInvalid(path, 'plain data is expected; `toRequest` reads a Web Request');
    const message = { ...value };
    if (message.headers !== undefined) message.headers = toPairs(message.headers, `${path}/headers`);
    const bytes = message.body !== null && typeof message.body === 'object' ? bytesOf(message.body) : undefined;
    const text = bytes && textOf(bytes);
    if (text !== undefined) {
      message.body = text;
    } else if (bytes) {
      delete message.body;
      message.body_bytes = bytes;
    }
    return message;
  });
}

/** The text that has exactly these bytes; `undefined` where there is none, or where the platform will not say. */
function textOf(bytes) {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Header fields as pairs: of pairs, of `Headers` or a `Map`, or of a record whose values are texts or lists of texts. */
function toPairs(headers, path) {
  if (headers === null || Array.isArray(headers)) return headers;
  if (typeof headers !== 'object') throw argumentInvalid(path, 'header fields are expected');
  if (typeof headers[Symbol.iterator] === 'function') return Array.from(headers, (pair) => [...pair]);
  return membersOf(headers, path).flatMap(([name, value]) => {
    return Array.isArray(value) ? value.map((one) => [name, one]) : [[name, value]];
  });
}

/**
 * Reads a Web `Request` once. `url` is the public address of the endpoint, from your configuration: never take it from
 * the request, whose Host header the sender chose.
 */
export async function toRequest(request, url) {
  try {
    const body = new Uint8Array(await request.arrayBuffer());
    return { method: request.method, url, headers: [...request.headers], body };
  } catch (error) {
    throw argumentInvalid('/request', 'a Web Request whose body has not been read is expected', error);
  }
}

/** A Web `Response` of an answer's `response`, or of an error's. */
export function toResponse(answer) {
  return guarded('/response', () => {
    const { status, headers, body } = answer;
    return new Response(body === '' ? null : body, { status, headers });
  });
}
