// Where revocations are kept, and the list that tokens are held against.

import * as idjag from '#api';
import { TimeLimit } from './bounded.mjs';
import { clock, randomBytes } from './defaults.mjs';
import { demand, report } from './respond.mjs';
import { revocationCopy } from './revocation-copy.mjs';
import { READ, WRITE } from './revocation-scripts.mjs';

/** A list in the memory of this process. Give the same store to every handler that issues, revokes or verifies. */
export function memoryRevocationStore({ capacity } = {}) {
  let kept;
  const listAt = (now) => (kept ??= new idjag.RevocationList({ capacity, document: begun(now), now }));
  return {
    async list(now) {
      return listAt(now);
    },
    async revoke(entries, now) {
      listAt(now).add({ entries, now });
    },
  };
}

/**
 * An empty list whose changes have numbers that no process before this one gave, with a thousand changes a second: a copy that
 * was told by that one takes what it lacks, and nothing else for it.
 */
function begun(now) {
  return { sequence: now * 1000, entries: [] };
}

/**
 * Fails where the library could not read the entries again, or `now` is none: what is written is read by every server, and
 * one entry that is none would stop them all.
 */
export function checkEntries(entries, now) {
  const list = new idjag.RevocationList({ capacity: entries.length, now });
  try {
    list.add({ entries, now });
  } finally {
    list.free();
  }
}

/** For how long after it may be forgotten an entry is kept, in seconds: clocks of servers and store differ. */
export const MARGIN = 300;
/** How many entries are read at once. */
const PAGE = 5000;

/**
 * Revocations on Redis 6.2 or newer, shared by any number of processes. What a writer does is one step: entries by when they
 * may be forgotten, and by their sequence number, which whoever has a copy reads on from. The name of the series tells a
 * store that was emptied from one that is the same. A reader whose last entry the store has lost, as after a failover to a
 * replica that lags, reads from the first. Each process has a copy, which it brings up to date when
 * it is asked for a list and the copy is older than `maxAgeMs`; see `index.d.ts` for the options.
 */
export function redisRevocationStore(client, options = {}) {
  const { timeoutMs = 1000, prefix = '', subscriber, onError } = options;
  const base = `${prefix}{idjag:revoked}`;
  const keys = [`${base}:until`, `${base}:sequence`, `${base}:state`];
  const run = runnerOf(client);
  /** The entry that was read last, as it is written there. */
  let latest = '';

  const bounded = async (script, values) => {
    const limit = new TimeLimit(timeoutMs);
    try {
      return await limit.race(run(script, keys, values));
    } finally {
      limit.clear();
    }
  };

  const copy = revocationCopy(async (known, sequence) => {
    const [series, last, read] = await bounded(READ, [known, sequence, latest, String(PAGE)]);
    if (typeof series !== 'string' || !Array.isArray(read)) throw new TypeError('the store gives no answer');
    latest = read.at(-2) ?? latest;
    const entries = Array.from({ length: read.length / 2 }, (_, index) => [JSON.parse(read[2 * index]), String(read[2 * index + 1])]);
    return { series, last: String(last), entries, isWhole: entries.length < PAGE };
  }, { ...options, timeoutMs });

  subscribe(subscriber, base, () => copy.outdate(), (error) => report(error, onError));

  return {
    list: (now) => copy.list(now),
    async revoke(entries, now) {
      checkEntries(entries, now);
      const named = Array.from(randomBytes(), (byte) => byte.toString(16)).join('');
      const written = entries.flatMap((entry) => [String(entry.retain_until), JSON.stringify(entry)]);
      // What is forgotten is forgotten for all: a time that was only stated is not enough.
      const forget = String(Math.min(now, clock()) - MARGIN);
      const series = await bounded(WRITE, [named, forget, base, ...written]);
      // The `OK` of something that runs no script is no name that a writer has drawn.
      if (!/^[0-9a-f]{16,}$/.test(String(series))) throw new TypeError('the store gives no answer');
      copy.add(entries, now);
    },
  };
}

/** `EVAL` as the client at hand spells it. */
function runnerOf(client) {
  return typeof client.call === 'function'
    ? async (script, keys, values) => client.eval(script, keys.length, ...keys, ...values)
    : async (script, keys, values) => client.eval(script, { keys, arguments: values });
}

/** Calls `heard` for every message on `channel`: another connection of the same kind, which does nothing else. */
function subscribe(subscriber, channel, heard, failed) {
  if (subscriber === undefined) return;
  const isOther = typeof subscriber.call === 'function';
  if (isOther) subscriber.on('message', (name) => name === channel && heard());
  Promise.resolve(isOther ? subscriber.subscribe(channel) : subscriber.subscribe(channel, heard)).catch(failed);
}

/** A list for what has been held against the list in force before. */
export function nothingRevoked(now) {
  return new idjag.RevocationList({ capacity: 1, now });
}

/** The list of `store`, which must have one; nothing where there is no store. */
export async function revocationsOf(store, now) {
  return store === undefined ? undefined : demand(() => store.list(now));
}

/** Stores `entries`, and answers what the `conclude` step takes. A store that throws may not have stored them. */
export async function storeEntries(store, entries, now, onError) {
  if (entries.length === 0) return 'stored';
  try {
    await store.revoke(entries, now);
    return 'stored';
  } catch (error) {
    report(error, onError);
    return 'unavailable';
  }
}
