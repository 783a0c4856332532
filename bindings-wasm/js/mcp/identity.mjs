// One sign-on for many connections: whoever needs it first has it made, all others wait for it.

import { clock } from '../adapters/defaults.mjs';

/** A sign-on that expires within so many seconds is renewed before it is used. */
const MARGIN = 30;

/**
 * Shares what `source` answers. The function that comes back makes, for each connection, the `identity` that drives it: it
 * answers the sign-on at hand, unless this connection was given that very one and asks again, or it is about to expire.
 */
export function sharedIdentity(source, { now = clock } = {}) {
  let held;
  /** What is being asked for, by what it must be like. */
  const flights = new Map();

  const renew = (need) => {
    const { max_age: maxAge, acr_values: acrValues } = need;
    const like = JSON.stringify([maxAge, acrValues]);
    if (!flights.has(like)) {
      const flight = (async () => source(need))().then((found) => {
        held = found ?? held;
        return found;
      }).finally(() => flights.delete(like));
      flights.set(like, flight);
    }
    return flights.get(like);
  };
  const serves = (found) => found !== undefined && (found.expiresAt === undefined || found.expiresAt > now() + MARGIN);

  return () => {
    let given;
    return async (need) => {
      given = serves(held) && held !== given ? held : await renew(need);
      return given ?? undefined;
    };
  };
}
