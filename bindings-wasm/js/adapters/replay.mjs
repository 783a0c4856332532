// Stores that remember what may be used once, and how they are asked.

import { TimeLimit } from './bounded.mjs';
import { clock, randomBytes } from './defaults.mjs';
import { report } from './respond.mjs';

/**
 * A store in the memory of this process, on top of a `MemoryReplayStore`. For more than one process use
 * {@link redisReplayStore} or one of your own.
 */
export function memoryReplayStore(store) {
  return {
    async firstUse(key, now) {
      return store.firstUse({ name: key.name, retainUntil: key.retain_until, now }).answer;
    },
  };
}

/** For how long after its token has expired a name is kept, in seconds: clocks of servers and store differ. */
export const MARGIN = 300;

/**
 * A store on Redis, shared by any number of processes: one `SET name value EX seconds NX` per token. Processes of other
 * languages take part with the stores of their packages: the names are the same. The value is drawn for each question, so
 * that a client that lost an answer and repeats its command does not take its own first use for another's.
 *
 * `client` is a connected client of `redis` or of `ioredis`, cluster clients included. Whatever goes wrong, and whatever
 * takes longer than `timeoutMs` (1000 by default), is answered as `unavailable`: the request is refused and may be
 * tried again, nothing is granted. Configure Redis with `appendonly yes` and `maxmemory-policy noeviction`: a name that is
 * evicted, or lost in a restart or in a failover to a replica that never saw it, is a token that can be used twice.
 *
 * A client that overlooks `NX` would answer `first` for ever. So the first thing that is recorded is a name of our own,
 * twice: where that succeeds, the store is `unavailable` for good, and `onError` is told.
 */
export function redisReplayStore(client, options = {}) {
  const { timeoutMs = 1000, prefix = '', onError } = options;
  const set = setterOf(client);
  /** Whether the client keeps to `NX`, once that was asked; it ends with the limit of whoever asked first. */
  let probing;
  const keepsToNX = (limit) => {
    probing ??= probe(set, prefix, limit).then((kept) => {
      if (!kept) report(new Error('the Redis client overlooks NX: it cannot remember what was used'), onError);
      return kept;
    }).catch((error) => {
      // Nothing was seen; the next caller looks again.
      probing = undefined;
      throw error;
    });
    return probing;
  };
  const record = async (key, now, limit) => {
    if (isAway(client) || !(await keepsToNX(limit))) return 'unavailable';
    const [name, mine] = [prefix + key.name, drawn()];
    const reply = await limit.race(set(name, mine, Math.max(key.retain_until - now, 0) + MARGIN));
    if (reply === 'OK') return 'first';
    if (reply !== null) return 'unavailable';
    return (await limit.race(client.get(name))) === mine ? 'first' : 'seen';
  };
  return {
    async firstUse(key, now = clock()) {
      const limit = new TimeLimit(timeoutMs);
      try {
        return await record(key, now, limit);
      } catch {
        return 'unavailable';
      } finally {
        limit.clear();
      }
    },
  };
}

/** Records a name that nobody else has, twice, and answers whether the second time it was taken. */
async function probe(set, prefix, limit) {
  const name = `${prefix}idjag-probe:${drawn()}`;
  const replies = [await limit.race(set(name, '1', MARGIN)), await limit.race(set(name, '1', MARGIN))];
  if (replies[0] !== 'OK' || (replies[1] !== 'OK' && replies[1] !== null)) throw new Error('the store gives no answer');
  return replies[1] === null;
}

function drawn() {
  return Array.from(randomBytes().subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Whether the client has lost its server and says so. What it were given now it would send when the server is back: long
 * after the refusal, for which the token must not be spent. One of `ioredis` that is to connect at its first command waits.
 */
function isAway({ isReady, status }) {
  return isReady === false || (typeof status === 'string' && status !== 'ready' && status !== 'wait');
}

/**
 * `SET … NX EX` as the client at hand spells it. `ioredis` has a `call` for any command; `redis` has none, and spells the
 * options in one way up to version 4 and in another since: an option that were ignored would let every token pass. A span
 * and not a point in time: the clock of Redis may be another.
 */
function setterOf(client) {
  return typeof client.call === 'function'
    ? (name, value, seconds) => client.set(name, value, 'EX', seconds, 'NX')
    : (name, value, seconds) => {
      const expiration = { type: 'EX', value: seconds };
      return client.set(name, value, { condition: 'NX', expiration, NX: true, EX: seconds });
    };
}

/**
 * Asks `store` for each key in order, up to the first that is not new, and answers what the `spend` step takes. A store
 * that is missing, throws or says anything else cannot say.
 */
export async function firstUses(store, keys, now) {
  const answers = [];
  for (const key of keys) {
    const answer = await firstUse(store, key, now);
    answers.push(answer);
    if (answer !== 'first') break;
  }
  return answers;
}

async function firstUse(store, key, now) {
  try {
    const answer = await store.firstUse(key, now);
    return answer === 'first' || answer === 'seen' ? answer : 'unavailable';
  } catch {
    return 'unavailable';
  }
}
