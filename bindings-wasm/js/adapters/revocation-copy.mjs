// A copy of a list of revocations that is kept elsewhere: read on from where it was left off, as seldom as it may.

import * as idjag from '#api';
import { TimeLimit } from './bounded.mjs';
import { report } from './respond.mjs';

/**
 * A copy that is brought up to date when it is asked for and older than `maxAgeMs`: by `refresh`, which is given the list,
 * the time, and what to call whenever it has come further.
 */
export function keptFresh(refresh, { maxAgeMs = 500, maxStale = 10, timeoutMs, capacity, onError }) {
  let list;
  let attemptedAt = -Infinity;
  let movedAt = -Infinity;
  let attempt;

  const move = () => {
    movedAt = performance.now();
  };

  const start = (now) => {
    move();
    attemptedAt = movedAt;
    // What fails is told, and the copy ages: the library refuses when it is too old.
    const mine = refresh(list, now, move).catch((error) => report(error, onError)).finally(() => {
      if (attempt === mine) attempt = undefined;
    });
    attempt = mine;
  };

  return {
    async list(now) {
      list ??= new idjag.RevocationList({ capacity, maxStale, now });
      // What moves no more is gone with the request that began it, where a platform cancels.
      if (performance.now() - movedAt > 2 * timeoutMs) attempt = undefined;
      if (attempt === undefined && performance.now() - attemptedAt >= maxAgeMs) start(now);
      if (attempt !== undefined) await landed(attempt, timeoutMs);
      return list;
    },
    /** Entries that were written just now. */
    add: (entries, now) => list?.add({ entries, now }),
    /** Somebody has written: the next question reads. */
    outdate() {
      attemptedAt = -Infinity;
    },
  };
}

/** Waits for what is under way, but not for ever: the list says itself when it is too old. */
async function landed(attempt, timeoutMs) {
  const limit = new TimeLimit(timeoutMs);
  try {
    await limit.race(attempt);
  } catch {
    // The list is the answer.
  } finally {
    limit.clear();
  }
}

/**
 * A copy that reads entry by entry. `read` is given a series and the number of the entry that was read last, and answers
 * the `series` and the `last` number of what is kept, the entries after that as `[entry, number]` in their order, and
 * whether those are all there are. A series with another name is one that starts anew.
 */
export function revocationCopy(read, options) {
  const known = { series: '', sequence: '0' };

  /** Reads what is new. The copy counts as complete at `now`, which is before it was asked. */
  const pull = async (list, now, move) => {
    for (;;) {
      const { series, last, entries, isWhole } = await read(known.series, known.sequence);
      move();
      list.add({ entries: entries.map(([entry]) => entry), now });
      const before = series === known.series ? known.sequence : '0';
      Object.assign(known, { series, sequence: entries.at(-1)?.[1] ?? before });
      if (isWhole) {
        list.synchronize({ sequence: Number(last), now });
        return;
      }
    }
  };

  return keptFresh(pull, options);
}
