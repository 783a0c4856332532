// Bearer tokens that the library knows: what it told about them is kept here, parsed, by the number it gave each.
//
// Nothing is decided here. Each time the library says whether the token holds now; a number only names what it said before.

import { isPlain, isWellFormed } from './encode.mjs';

/** What numbers leave by this is a place, of which only the greatest number is known any more. */
const PLACES = 65_536;
/** The longest text that is worth the shorter way; of longer ones, the library keeps none. */
const MAX_CHARACTERS = 65_536;

/** The operation whose answers these are. */
export const VERIFY_BEARER = 'resource_server.verify_bearer';

/** `verify_bearer` over the plain arguments of one backend. */
export class Bearers {
  #raw;
  #calls;
  /** What was told, by resource server and place. */
  #told = new WeakMap();

  constructor(raw, calls) {
    this.#raw = raw;
    this.#calls = calls;
  }

  /** The answer to `options`, frozen; `undefined` where they are not plain: JSON carries what they are. */
  verify(server, options) {
    const number = this.#calls.numberOf(server);
    const question = number === undefined ? undefined : this.#read(options);
    if (question === undefined) return undefined;
    const { token, context, now, keys, revocations } = question;
    const ask = (willDo) => this.#calls.raw(() => (
      this.#raw.verifyBearer(number, keys, revocations, token, context, now, willDo)
    ));
    let answer = ask(true);
    if (typeof answer === 'number') {
      const known = this.#told.get(server)?.[answer % PLACES];
      if (known?.number === answer) return again(known, now);
      answer = ask(false);
    }
    return this.#keep(server, this.#calls.opened(answer));
  }

  #read(options) {
    const question = { token: undefined, context: undefined, now: undefined, keys: 0, revocations: 0 };
    try {
      // A symbol is no option either; JSON says so.
      if (!isPlain(options) || Object.getOwnPropertySymbols(options).length > 0) return undefined;
      for (const name in options) {
        const value = options[name];
        // What an object merely inherits is no option, whatever became of the prototype of all.
        if (!Object.hasOwn(options, name) || !Object.hasOwn(question, name)) return undefined;
        if (value !== undefined) {
          question[name] = name === 'keys' || name === 'revocations' ? this.#calls.numberOf(value) : value;
        }
      }
    } catch {
      return undefined;
    }
    const { token, context, now, keys, revocations } = question;
    const isPossible = keys !== undefined && revocations !== undefined && Number.isFinite(now) && now >= 0;
    return isPossible && isText(token) && (context === undefined || isText(context)) ? question : undefined;
  }

  #keep(server, { ok, number }) {
    const answer = frozen(ok);
    if (number !== undefined) {
      let places = this.#told.get(server);
      if (places === undefined) this.#told.set(server, places = []);
      places[number % PLACES] = { number, answer };
    }
    return answer;
  }
}

function isText(value) {
  return typeof value === 'string' && value.length <= MAX_CHARACTERS && isWellFormed(value);
}

/** What was told about a token, now: the record is of the present. */
function again(known, now) {
  const time = Math.floor(now);
  if (known.answer.record.time !== time) {
    const record = Object.freeze({ ...known.answer.record, time });
    known.answer = Object.freeze({ ...known.answer, record });
  }
  return known.answer;
}

/** Freezes an answer and all that is in it: it may be handed out more than once. */
export function frozen(value) {
  for (const name of Object.keys(value)) {
    const inner = value[name];
    if (inner !== null && typeof inner === 'object') frozen(inner);
  }
  return Object.freeze(value);
}
