// How bytes cross into the library: what each body becomes in the text of a call.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { randomBytes } from './support/jose.mjs';

// The API over a backend of the test's own, which keeps what it is told.
const home = join(createRequire(import.meta.url).resolve('idjag/package.json'), '..');
const { createApi } = await import(pathToFileURL(join(home, 'api.mjs')));
let told;
const api = createApi({
  call(text) {
    told = text;
    return '{"ok":{},"handle":1}';
  },
});
const server = new api.ResourceServer({});

/** The request that the library is told of where the caller's has this body. */
function requestWith(body) {
  server.parse({ method: 'POST', url: 'https://mcp.example/mcp', headers: [], body }, { now: 1 });
  return JSON.parse(told.split('\n')[2]).request;
}

test('a body that is UTF-8 crosses as the text that it is', () => {
  for (const text of ['', '{"a":"ä€😀"}', '\ufeff{}', '\u0000\r\n', 'x'.repeat(100_000)]) {
    const { body, body_bytes: bytes } = requestWith(Buffer.from(text));
    assert.deepEqual([body, bytes], [text, undefined]);
  }
});

test('a body that is anything else crosses as its bytes', () => {
  const odd = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x61, 0xe2, 0x82], [0xf4, 0x90, 0x80, 0x80]];
  const long = Array.from({ length: 70 }, (_, length) => [0xff, ...randomBytes(length)]);
  for (const bytes of [...odd, ...long]) {
    const { body, body_bytes: written } = requestWith(Uint8Array.from(bytes));
    assert.deepEqual([body, written], [undefined, Buffer.from(bytes).toString('base64url')]);
  }
});
