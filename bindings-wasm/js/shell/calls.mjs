// One call: options in, the library's answer or an IdJagError out.

import { argumentInvalid, callMalformed, handleInvalid, IdJagError } from './error.mjs';
import { camelCase, encodeMember, membersOf, wellFormed } from './encode.mjs';
import { toMessage } from './http.mjs';

/** First slots that hold the object whose method the operation is, beside the one named as its noun. */
const SELVES = new Set(['cache', 'server', 'store']);

/** Every object of every backend: which calls it belongs to, and its number there. */
const NUMBERS = new WeakMap();

/** An operation of the catalog, taken apart; how it is written is said there. */
export class Operation {
  constructor(line) {
    const [call, mark, steps] = line.split(/ ([>?]) /);
    const [name, ...words] = call.split(' ');
    const marked = (sign) => words.filter((word) => word.startsWith(sign)).map((word) => word.slice(1));
    this.name = name;
    [this.noun, this.verb] = name.split('.');
    this.slots = words.filter((word) => /^[a-z]/.test(word));
    this.slotOf = new Map(this.slots.flatMap((slot, index) => [[slot, index], [camelCase(slot), index]]));
    this.messages = new Set(marked('@'));
    this.functionName = camelCase(marked('=')[0] ?? `${this.verb}_${this.noun}`);
    this.makes = marked('+')[0];
    this.steps = steps?.split(' ');
    this.isQuestion = mark === '?';
    this.hasSelf = SELVES.has(this.slots[0]) || this.slots[0] === this.noun;
  }
}

/** The calls of one backend: `raw.call(text)` takes an operation, the numbers of its objects and one JSON object. */
export class Calls {
  #raw;

  constructor(raw) {
    this.#raw = raw;
  }

  /** What `operation` answers to `options`; `self` is the object in its first slot. */
  run(operation, options, self) {
    const { objects, members } = this.read(operation, options, '', self === undefined ? [] : [this.own(self)]);
    return this.send(operation, objects, `{${members}}`);
  }

  /**
   * Options as the text of JSON members, and the objects among them beside those of `given`, by slot.
   * An option that names a slot may hold an object; where it holds plain data, that is a member.
   */
  read(operation, options, path, given) {
    const objects = [...given];
    const members = [];
    for (const [name, value] of membersOf(options, path)) {
      const slot = operation.slotOf.get(name);
      if (slot !== undefined && isOfLibrary(value)) {
        if (objects[slot]) throw argumentInvalid(`${path}/${name}`, 'the object is given twice');
        objects[slot] = this.own(value);
      } else {
        members.push(this.member(operation, name, value, path));
      }
    }
    return { objects, members: members.join(',') };
  }

  /** One member as text. */
  member(operation, name, value, path) {
    const isMessage = path === '' && operation.messages.has(name) && value !== null;
    const data = isMessage ? toMessage(value, `${path}/${name}`) : value;
    return encodeMember(name, data, path);
  }

  /** Calls the library with `objects` in their slots, some of which may be empty. */
  send(operation, objects, text) {
    const numbers = Array.from(objects, (object) => (object === undefined ? 0 : NUMBERS.get(object).number));
    return this.#send(operation.name, numbers, text);
  }

  /** Passes the text of a call on as it is; the answer is text too. */
  text(text) {
    if (typeof text !== 'string') throw argumentInvalid('', 'a text is expected');
    wellFormed(text, '');
    return this.raw(() => this.#raw.call(text));
  }

  /** What a function of the backend answers. */
  raw(ask) {
    try {
      return ask();
    } catch (error) {
      throw callMalformed(error);
    }
  }

  #send(name, numbers, text) {
    return this.opened(this.text(`${name}\n${numbers.join(' ')}\n${text}`));
  }

  /** The envelope of an answer that went well. */
  opened(answer) {
    let envelope;
    try {
      envelope = JSON.parse(answer);
      if (envelope.ok === undefined && envelope.err === undefined) throw new TypeError('no answer');
    } catch (error) {
      throw callMalformed(error);
    }
    if (envelope.err !== undefined) throw new IdJagError(envelope.err);
    return envelope;
  }

  /** Takes note of the object that a call made. */
  keep(object, number) {
    NUMBERS.set(object, { calls: this, number });
  }

  /** `object`, which must be one of this backend. */
  own(object) {
    const found = NUMBERS.get(object);
    if (found === undefined) throw handleInvalid('an object of this library is expected');
    if (found.calls !== this) throw handleInvalid('the object belongs to another backend');
    return object;
  }

  /** The number of an object of this backend; `undefined` of anything else. */
  numberOf(value) {
    const found = NUMBERS.get(value);
    return found?.calls === this ? found.number : undefined;
  }

  /** Gives an object up. */
  release(object) {
    this.free(NUMBERS.get(this.own(object)).number);
  }

  /** Gives up the number of an object that nobody holds any more; nobody is there to be told of a failure either. */
  forget(number) {
    try {
      this.free(number);
    } catch {
      // A backend that is gone has freed all it had.
    }
  }

  /** Gives a number up. None is ever used twice, so that nothing can go wrong by doing it again. */
  free(number) {
    this.#send('free', [number], '{}');
  }
}

function isOfLibrary(value) {
  return value !== null && typeof value === 'object' && NUMBERS.has(value);
}
