// What somebody else tells is revoked: signed updates from an address, taken whole or not at all.

import * as idjag from '#api';
import { TimeLimit, TooLarge } from './bounded.mjs';
import { checkMembers } from './options.mjs';
import { keysOf } from './resource-as.mjs';
import { keptFresh } from './revocation-copy.mjs';
import { TIMEOUT_MS, refuseRedirected } from './send.mjs';

/** More than the library takes for a manifest. */
const MAX_MANIFEST_BYTES = 64 * 1024;
const NEWLINE = 10;
const OPTIONAL = [
  'algorithms', 'timeoutMs', 'maxAgeMs', 'maxStale', 'maxInterval', 'capacity', 'fetch', 'onError',
];

/** A store that is only asked; see `index.d.ts` for the options. */
export function fetchedRevocations(options) {
  checkMembers(options, ['url', 'issuer', 'keys'], OPTIONAL);
  const { url, issuer, keys, algorithms = ['ES256', 'EdDSA'], maxInterval } = options;
  const { timeoutMs = TIMEOUT_MS, fetch = globalThis.fetch } = options;
  /** The number of what was taken last; nothing before, and after an update that did not fit. */
  let since;

  /** Takes an update from `stream`, each chunk as it comes. */
  const take = async (list, stream, now, move) => {
    const manifest = await stream.line(MAX_MANIFEST_BYTES);
    move();
    const { kid } = idjag.decodeUnverifiedToken({ token: manifest }).unverified_header;
    const keySet = await keysOf(keys, issuer, kid);
    if (keySet === undefined) throw new TypeError('there are no keys of the issuer');
    let taken = list.receive({ manifest, issuer, algorithms, maxInterval, keys: keySet, now });
    while (taken.missing_chunks > 0) {
      const chunk = await stream.exactly(taken.chunk_bytes);
      move();
      taken = list.receiveChunk({ chunk, now });
    }
    return taken.sequence;
  };

  const copy = keptFresh(async (list, now, move) => {
    const address = new URL(url);
    if (since !== undefined) address.searchParams.set('since', String(since));
    // What fails may have been a delta that the copy cannot use: the next time everything is asked for.
    since = undefined;
    const limit = new TimeLimit(timeoutMs);
    let stream;
    try {
      const init = { headers: { accept: 'application/octet-stream' }, redirect: 'manual', signal: limit.signal };
      const response = await limit.race(fetch(address.href, init));
      stream = new Pieces(response.body, limit);
      refuseRedirected(response);
      if (response.status !== 200) throw new TypeError(`no update was answered, but ${response.status}`);
      since = await take(list, stream, now, move);
    } finally {
      stream?.cancel();
      limit.clear();
    }
  }, { ...options, timeoutMs });

  return {
    list: (now) => copy.list(now),
    async revoke() {
      throw new TypeError('whoever tells what is revoked has to be told');
    },
  };
}

/** A stream, read in pieces of the reader's choice. */
class Pieces {
  #reader;
  #limit;
  #rest = new Uint8Array(0);

  constructor(body, limit) {
    this.#reader = body?.getReader();
    this.#limit = limit;
  }

  /** The bytes up to the next end of a line, as text. */
  async line(maxBytes) {
    const pieces = [];
    for (let length = 0; ; ) {
      const end = this.#rest.indexOf(NEWLINE);
      pieces.push(end < 0 ? this.#rest : this.#rest.subarray(0, end));
      length += pieces.at(-1).byteLength;
      if (length > maxBytes) throw new TooLarge();
      if (end >= 0) {
        this.#rest = this.#rest.subarray(end + 1);
        return new TextDecoder().decode(joined(pieces, length));
      }
      await this.#read();
    }
  }

  /** So many bytes. */
  async exactly(length) {
    const bytes = new Uint8Array(length);
    for (let filled = 0; ; ) {
      const piece = this.#rest.subarray(0, length - filled);
      bytes.set(piece, filled);
      filled += piece.byteLength;
      this.#rest = this.#rest.subarray(piece.byteLength);
      if (filled === length) return bytes;
      await this.#read();
    }
  }

  /** Tells the sender to stop; that it may not listen is no reason to wait. */
  cancel() {
    this.#reader?.cancel().catch(() => {});
  }

  async #read() {
    const { done, value } = await this.#limit.race(this.#reader?.read() ?? { done: true });
    if (done) throw new TypeError('the update ends too early');
    this.#rest = value;
  }
}

function joined(pieces, length) {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}
