// Bearer tokens that the library knows: what it told about them is kept here, parsed, by the number it gave each.
//
// Nothing is decided here. Each time the library says whether the token holds now; a number only names what it said before.

import { isPlain, isWellFormed } from './encode.mjs';
import { callMalformed } from './error.mjs';

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
    return this.#keep(server, answer);
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

  #keep(server, text) {
    const [answer, record] = this.#calls.raw(() => text.split('\n'));
    const { ok, number } = this.#calls.opened(answer);
    if (record === undefined) throw callMalformed(new TypeError('no record'));
    const told = { number, ok: frozen(ok), record, time: undefined, answer: undefined };
    told.answer = withRecord(told);
    if (number !== undefined) {
      let places = this.#told.get(server);
      if (places === undefined) this.#told.set(server, places = []);
      places[number % PLACES] = told;
    }
    return told.answer;
  }
}

function isText(value) {
  return typeof value === 'string' && value.length <= MAX_CHARACTERS && isWellFormed(value);
}

/** What was told about a token, now: the record is of the present. */
function again(known, now) {
  const time = Math.floor(now);
  if (known.time !== time) {
    known.time = time;
    known.answer = withRecord(known);
  }
  return known.answer;
}

/** What was told, with a record that is read when somebody looks at it: who asks for the claims alone does not pay for it. */
function withRecord({ ok: { claims, scopes }, record: text, time }) {
  let read;
  return Object.freeze({
    claims,
    scopes,
    get record() {
      if (read === undefined) {
        const told = JSON.parse(text);
        read = frozen(time === undefined ? told : { ...told, time });
      }
      return read;
    },
  });
}

/** Freezes an answer and all that is in it: it may be handed out more than once. */
export function frozen(value) {
  for (const name of Object.keys(value)) {
    const inner = value[name];
    if (inner !== null && typeof inner === 'object') frozen(inner);
  }
  return Object.freeze(value);
}
