// From JavaScript values to JSON text, without JSON.stringify's silent losses: what has no JSON form is refused.

import { BYTES } from '../catalog.mjs';
import { IdJagError, argumentInvalid } from './error.mjs';

/** Nesting that the library reads. */
const MAX_DEPTH = 64;
/** Values and characters of one argument: object graphs that repeat themselves grow without bound. */
const MAX_VALUES = 4 * 1024 * 1024;
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** The spellings that were asked for: names of the library's own, which are few. */
const SPELLED = new Map();

/** The camelCase spelling of a snake_case name of the library. */
export function camelCase(name) {
  let spelled = SPELLED.get(name);
  if (spelled === undefined) {
    spelled = name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
    SPELLED.set(name, spelled);
  }
  return spelled;
}

const BINARY = new Set(BYTES.flatMap((name) => [name, camelCase(name)]));

/** The JSON text of the member `name` of the arguments at `path`; none where it is `undefined`. */
export function encodeMember(name, value, path) {
  if (value === undefined) return '';
  const walk = { values: 1, characters: 0 };
  return guarded(path, () => `${string(name, path)}:${encodeAt(value, `${path}/${name}`, name, 1, walk)}`);
}

/** The members of the options `value` as `[name, value]`; those that are `undefined` count as left out. */
export function membersOf(value, path = '') {
  if (value === undefined) return [];
  return guarded(path, () => {
    if (!isPlain(value)) throw argumentInvalid(path, 'an object is expected');
    return entriesOf(value, path);
  });
}

/** Runs `read`, in which getters and proxies of the caller may do anything: all they can do is refuse the call. */
export function guarded(path, read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof IdJagError) throw error;
    throw argumentInvalid(path, 'the value cannot be read', error);
  }
}

function encodeAt(value, path, name, depth, walk) {
  if (++walk.values > MAX_VALUES || walk.characters > MAX_CHARACTERS || depth > MAX_DEPTH) {
    throw argumentInvalid('', 'the value is too large, too deep or contains itself');
  }
  const text = encodeOne(value, path, name, depth, walk);
  if (value === null || typeof value !== 'object') walk.characters += text.length;
  return text;
}

function encodeOne(value, path, name, depth, walk) {
  switch (typeof value) {
    case 'string':
      return string(value, path);
    case 'number':
      if (Number.isFinite(value)) return JSON.stringify(value);
      throw argumentInvalid(path, 'a finite number is expected');
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      break;
    default:
      throw argumentInvalid(path, `a ${typeof value} has no meaning here`);
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) {
    const items = [];
    for (let index = 0; index < value.length; index += 1) {
      items.push(encodeAt(value[index], `${path}/${index}`, name, depth + 1, walk));
    }
    return `[${items.join(',')}]`;
  }
  const bytes = bytesOf(value);
  if (bytes) {
    if (!BINARY.has(name)) throw argumentInvalid(path, 'bytes have no meaning here');
    const text = JSON.stringify(base64url(bytes));
    walk.characters += text.length;
    return text;
  }
  if (!isPlain(value)) throw argumentInvalid(path, 'plain data is expected');
  const members = [];
  for (const [member, inner] of entriesOf(value, path)) {
    const key = string(member, path);
    walk.characters += key.length;
    members.push(`${key}:${encodeAt(inner, `${path}/${member}`, member, depth + 1, walk)}`);
  }
  return `{${members.join(',')}}`;
}

/** A string as JSON. */
function string(value, path) {
  wellFormed(value, path);
  return JSON.stringify(value);
}

/** Refuses a text that is too long, or that has no UTF-8: lone surrogates would not reach every backend alike. */
export function wellFormed(value, path) {
  if (value.length > MAX_CHARACTERS) throw argumentInvalid(path, 'the text is too long');
  if (!isWellFormed(value)) throw argumentInvalid(path, 'the text is not well-formed Unicode');
}

/** Whether a text has UTF-8. */
export function isWellFormed(value) {
  return value.isWellFormed ? value.isWellFormed() : !/\p{Surrogate}/u.test(value);
}

/** Whether `value` is an object of no class: what a literal or a JSON parser makes, of this realm or another. */
export function isPlain(value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function entriesOf(value, path) {
  const entries = [];
  for (const name of Reflect.ownKeys(value)) {
    if (typeof name === 'symbol') throw argumentInvalid(path, 'a symbol is no name of a member');
    if (!Object.prototype.propertyIsEnumerable.call(value, name)) continue;
    const inner = value[name];
    if (inner !== undefined) entries.push([name, inner]);
  }
  return entries;
}

/** The bytes of a typed array, a view or a buffer; `undefined` of anything else. */
export function bytesOf(value) {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const tag = Object.prototype.toString.call(value);
  return tag === '[object ArrayBuffer]' && !isPlain(value) ? new Uint8Array(value) : undefined;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const LETTERS = new TextEncoder().encode(ALPHABET);

/** Base64url without padding. It is written as bytes first: a text that grows by letters takes many times as long. */
export function base64url(bytes) {
  const length = Math.ceil((bytes.length * 4) / 3);
  const written = new Uint8Array(length + 3);
  for (let from = 0, to = 0; from < bytes.length; from += 3, to += 4) {
    // What is beyond the end counts as zeros, and what they become is cut off.
    const three = (bytes[from] << 16) | (bytes[from + 1] << 8) | bytes[from + 2];
    written[to] = LETTERS[three >> 18];
    written[to + 1] = LETTERS[(three >> 12) & 63];
    written[to + 2] = LETTERS[(three >> 6) & 63];
    written[to + 3] = LETTERS[three & 63];
  }
  return new TextDecoder().decode(written.subarray(0, length));
}

/** The bytes of what the library wrote as base64url. */
export function fromBase64url(text) {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let [bits, held, at] = [0, 0, 0];
  for (const letter of text) {
    bits = ((bits << 6) | ALPHABET.indexOf(letter)) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at] = (bits >> held) & 0xff;
      at += 1;
    }
  }
  return bytes;
}
