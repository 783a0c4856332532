// What was revoked, kept by a Durable Object: for Workers, whose isolates share nothing else.

import { TimeLimit } from './bounded.mjs';
import { clock, randomBytes } from './defaults.mjs';
import { revocationCopy } from './revocation-copy.mjs';
import { MARGIN, checkEntries } from './revocations.mjs';

/** Where a store and its object meet. Nobody else can reach an object. */
const ADDRESS = 'https://revocations.invalid';
/** How many entries are read at once: fewer than one operation on storage takes. */
const PAGE = 1000;
/** As many entries as one operation on storage takes. */
const BATCH = 64;
/** Seconds between two looks for entries that may be forgotten. */
const SWEEP = 60;

/**
 * Revocations for Workers: one object of `namespace`, whose class is {@link RevocationObject}, keeps them; each isolate has a
 * copy. See `index.d.ts` for the options.
 */
export function durableObjectRevocationStore(namespace, options = {}) {
  const { timeoutMs = 2000, prefix = '' } = options;

  const ask = async (path, message) => {
    const limit = new TimeLimit(timeoutMs);
    try {
      const object = namespace.get(namespace.idFromName(`${prefix}revocations`));
      const init = { method: 'POST', body: JSON.stringify(message), signal: limit.signal };
      const response = await limit.race(object.fetch(ADDRESS + path, init));
      if (response.status !== 200) throw new TypeError('the object gives no answer');
      return await limit.race(response.json());
    } finally {
      limit.clear();
    }
  };

  const read = (series, sequence) => ask('/read', { series, sequence });
  const copy = revocationCopy(read, { ...options, timeoutMs });
  return {
    list: (now) => copy.list(now),
    async revoke(entries, now) {
      checkEntries(entries, now);
      const { stored } = await ask('/write', { entries });
      if (stored !== entries.length) throw new TypeError('the object gives no answer');
      copy.add(entries, now);
    },
  };
}

/** The class of the object: export it from the Worker that binds it, under the name its configuration has. */
export class RevocationObject {
  #storage;

  constructor(state) {
    this.#storage = state.storage;
  }

  async fetch(request) {
    const message = await request.json();
    const isRead = new URL(request.url).pathname === '/read';
    return Response.json(isRead ? await this.#read(message) : await this.#write(message.entries));
  }

  /** The entries after `sequence`, or all where the series is another. */
  async #read({ series: known, sequence }) {
    return this.#storage.transaction(async (storage) => {
      const { series = '', last = 0 } = (await storage.get('state')) ?? {};
      const from = known === series ? Number(sequence) : 0;
      const found = await storage.list({ prefix: 'entry:', start: `entry:${padded(from + 1)}`, limit: PAGE });
      const entries = [...found].map(([name, entry]) => [entry, String(Number(name.slice(6)))]);
      return { series, last: String(last), entries, isWhole: entries.length < PAGE };
    });
  }

  /** What it writes is on disk before it answers. */
  async #write(entries) {
    await this.#storage.transaction(async (storage) => {
      const { series = named(), last = 0 } = (await storage.get('state')) ?? {};
      for (const [at, entry] of entries.entries()) {
        const number = padded(last + at + 1);
        const until = padded(entry.retain_until + MARGIN);
        await storage.put({ [`entry:${number}`]: entry, [`until:${until}:${number}`]: `entry:${number}` });
      }
      await storage.put('state', { series, last: last + entries.length });
    });
    if ((await this.#storage.getAlarm()) === null) await this.#again();
    return { stored: entries.length };
  }

  /** Forgets the entries whose time is over, and comes back for the rest. */
  async alarm() {
    for (;;) {
      const over = await this.#storage.list({ prefix: 'until:', end: `until:${padded(clock())}`, limit: BATCH });
      if (over.size === 0) break;
      await this.#storage.delete([...over].flat());
    }
    await this.#again();
  }

  async #again() {
    const [next] = (await this.#storage.list({ prefix: 'until:', limit: 1 })).keys();
    if (next !== undefined) await this.#storage.setAlarm((Number(next.split(':')[1]) + SWEEP) * 1000);
  }
}

/** A name for a series: one that was emptied has another. */
function named() {
  return Array.from(randomBytes(), (byte) => byte.toString(16)).join('');
}

/** A number as text that sorts as the number does. */
function padded(number) {
  return String(number).padStart(15, '0');
}
