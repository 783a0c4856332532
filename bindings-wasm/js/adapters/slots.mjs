// Who may fetch at one time, where strangers choose what is fetched: so many in all, and so many for one origin.

import { TimeLimit } from './bounded.mjs';

/** In all, of one origin, and how many may wait. */
const MAX = { held: 16, ofOrigin: 4, waiting: 1000 };

/** Slots, each held from `take` until what that answers is called. */
export class Slots {
  #held = 0;
  #byOrigin = new Map();
  #waiting = [];

  /** Waits for a slot of `origin`, but not for longer than `timeoutMs`; answers what gives it back. */
  async take(origin, timeoutMs) {
    if (this.#isFree(origin)) return this.#hold(origin);
    if (this.#waiting.length >= MAX.waiting) throw new Error('too many documents of clients are being fetched');
    const limit = new TimeLimit(timeoutMs);
    const place = { origin };
    const turn = new Promise((resolve) => {
      place.enter = (leave) => {
        place.leave = leave;
        resolve(leave);
      };
    });
    this.#waiting.push(place);
    try {
      return await limit.race(turn);
    } catch (error) {
      this.#waiting = this.#waiting.filter((other) => other !== place);
      // It may have been let in at the very last.
      place.leave?.();
      throw error;
    } finally {
      limit.clear();
    }
  }

  #isFree(origin) {
    return this.#held < MAX.held && (this.#byOrigin.get(origin) ?? 0) < MAX.ofOrigin;
  }

  #hold(origin) {
    this.#count(origin, 1);
    return () => {
      this.#count(origin, -1);
      this.#next();
    };
  }

  #count(origin, change) {
    this.#held += change;
    const held = (this.#byOrigin.get(origin) ?? 0) + change;
    if (held === 0) this.#byOrigin.delete(origin);
    else this.#byOrigin.set(origin, held);
  }

  /** Lets in whoever has waited longest and may enter now. */
  #next() {
    const at = this.#waiting.findIndex(({ origin }) => this.#isFree(origin));
    if (at === -1) return;
    const [{ origin, enter }] = this.#waiting.splice(at, 1);
    enter(this.#hold(origin));
  }
}
