// What may be used once, remembered by Durable Objects: for Workers, which share no memory and have no Redis.

import { TimeLimit } from './bounded.mjs';
import { clock } from './defaults.mjs';
import { invalid } from './options.mjs';
import { MARGIN } from './replay.mjs';

/** Where a store and its objects meet. Nobody else can reach an object. */
const ADDRESS = 'https://replay.invalid/';
/** As many names as one operation on storage takes. */
const BATCH = 64;
/** Seconds between two looks for names that may be forgotten. */
const SWEEP = 60;

/**
 * A store for Workers: each token is remembered by one of `shards` objects of `namespace`, whose class is
 * {@link ReplayObject}. See `index.d.ts`.
 */
export function durableObjectReplayStore(namespace, { shards = 16, timeoutMs = 2000, prefix = '' } = {}) {
  if (!Number.isInteger(shards) || shards < 1 || shards > 4096) throw invalid('shards', 'a number from 1 to 4096 is expected');
  return {
    async firstUse(key, now = clock()) {
      const name = prefix + key.name;
      const limit = new TimeLimit(timeoutMs);
      try {
        const object = namespace.get(namespace.idFromName(`${prefix}replay-${shardOf(name, shards)}-of-${shards}`));
        // A span and not a point in time: the object's clock may be another.
        const body = JSON.stringify({ name, seconds: Math.max(key.retain_until - now, 0) + MARGIN });
        const response = await limit.race(object.fetch(ADDRESS, { method: 'POST', body, signal: limit.signal }));
        const answer = response.status === 200 ? await limit.race(response.text()) : undefined;
        return answer === 'first' || answer === 'seen' ? answer : 'unavailable';
      } catch {
        return 'unavailable';
      } finally {
        limit.clear();
      }
    },
  };
}

/** FNV-1a: names are digests already, this only spreads them. */
function shardOf(name, shards) {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % shards;
}

/** The class of the objects: export it from the Worker that binds them, under the name its configuration has. */
export class ReplayObject {
  #storage;

  constructor(state) {
    this.#storage = state.storage;
  }

  /** Whether a name is new, and it no longer is. */
  async fetch(request) {
    const { name, seconds } = await request.json();
    if (typeof name !== 'string' || name.length > 512 || !Number.isSafeInteger(seconds)) return new Response(null, { status: 400 });
    return new Response(await this.#record(name, seconds));
  }

  /** One transaction: of any number of callers, one finds no such name. What it writes is on disk before it answers. */
  async #record(name, seconds) {
    const until = clock() + seconds;
    const answer = await this.#storage.transaction(async (storage) => {
      if ((await storage.get(`name:${name}`)) !== undefined) return 'seen';
      await storage.put({ [`name:${name}`]: until, [`until:${padded(until)}:${name}`]: name });
      return 'first';
    });
    if (answer === 'first' && (await this.#storage.getAlarm()) === null) await this.#storage.setAlarm((until + SWEEP) * 1000);
    return answer;
  }

  /** Forgets the names whose time is over, and comes back for the rest. */
  async alarm() {
    for (;;) {
      const over = await this.#storage.list({ prefix: 'until:', end: `until:${padded(clock())}`, limit: BATCH });
      if (over.size === 0) break;
      await this.#storage.delete([...over].flatMap(([entry, name]) => [entry, `name:${name}`]));
    }
    const [next] = (await this.#storage.list({ prefix: 'until:', limit: 1 })).keys();
    if (next !== undefined) await this.#storage.setAlarm((Number(next.split(':')[1]) + SWEEP) * 1000);
  }
}

/** A point in time as text that sorts as the time does. */
function padded(seconds) {
  return String(seconds).padStart(12, '0');
}
