// Objects that live in the library and have a number here: configured roles, policies, keys, stores.

import { camelCase } from './encode.mjs';

/** What only this module can show: the right to wrap an object that another call than the constructor's made. */
const MAKER = Symbol('maker');

/**
 * The class of the objects that `make` makes. Its constructor takes the options of `make`; what that answers becomes
 * read-only properties.
 */
export function objectClass(name, make, calls, finalizer) {
  const type = class {
    constructor(options, made) {
      const { ok, handle } = options === MAKER ? made : calls.run(make, options);
      calls.keep(this, handle);
      finalizer?.register(this, handle, this);
      showAnswer(this, ok);
    }

    /** Frees the object in the library. Doing so twice is harmless; using it afterwards is `handle_invalid`. */
    free() {
      calls.release(this);
      finalizer?.unregister(this);
    }
  };
  Object.defineProperty(type, 'name', { value: name });
  if (Symbol.dispose) addMethod(type, Symbol.dispose, type.prototype.free);
  return type;
}

/** The object of class `type` that a call made. */
export function wrap(type, made) {
  return new type(MAKER, made);
}

/** Adds a method that no loop over the members shows. */
export function addMethod(type, name, method) {
  Object.defineProperty(type.prototype, name, { value: method, configurable: true, writable: true });
}

/** The members of an answer as read-only properties in camelCase; what is inside stays in the words of the protocol. */
export function showAnswer(object, answer) {
  for (const [name, value] of Object.entries(answer ?? {})) {
    Object.defineProperty(object, camelCase(name), { value, enumerable: true });
  }
}
