// A copy of a list of revocations that is kept elsewhere: read on from where it was left off, as seldom as it may.

import * as idjag from '#api';
import { report } from './respond.mjs';

/**
 * A copy that is brought up to date when it is asked for and older than `maxAgeMs`.
 *
 * `read` is given a series and the number of the entry that was read last, and answers the `series` and the `last`
 * number of what is kept, the entries after that as `[entry, number]` in their order, and whether those are all there are. A
 * series with another name is one that starts anew.
 */
export function revocationCopy(read, { maxAgeMs = 1000, maxStale = 10, capacity, onError }) {
  const copy = { list: undefined, series: '', sequence: '0' };
  let attemptedAt = -Infinity;
  let attempt;

  /** Reads what is new. The copy counts as complete at `now`, which is before it was asked. */
  const pull = async (now) => {
    for (;;) {
      const { series, last, entries, isWhole } = await read(copy.series, copy.sequence);
      copy.list.add({ entries: entries.map(([entry]) => entry), now });
      const before = series === copy.series ? copy.sequence : '0';
      Object.assign(copy, { series, sequence: entries.at(-1)?.[1] ?? before });
      if (isWhole) {
        copy.list.synchronize({ sequence: Number(last), now });
        return;
      }
    }
  };

  return {
    async list(now) {
      copy.list ??= new idjag.RevocationList({ capacity, maxStale, now });
      if (attempt === undefined && performance.now() - attemptedAt >= maxAgeMs) {
        attemptedAt = performance.now();
        // What fails is told, and the copy ages: the library refuses when it is too old.
        attempt = pull(now).catch((error) => report(error, onError)).finally(() => {
          attempt = undefined;
        });
      }
      await attempt;
      return copy.list;
    },
    /** Entries that were written just now. */
    add: (entries, now) => copy.list?.add({ entries, now }),
    /** Somebody has written: the next question reads. */
    outdate() {
      attemptedAt = -Infinity;
    },
  };
}
