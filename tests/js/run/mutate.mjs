// Malformed input, the same in every run: well-formed calls with something wrong, and JavaScript values that are none.

const PIECES = [
  '"', '\\', '{', '}', '[', ']', ':', ',', '\n', ' ', '\0', '\u0080', '\ud800', '\ud83d\ude00', '-', '1e999', '0',
  'null', 'true', '"a":1,', '\\u0000', '\\ud800', '.', '=', '[[[[[[[[[[[[[[[[', '99999999999999999999', '{}', '""',
];

/** What a member may hold that it must not. */
const VALUES = [null, true, 0, -1, 1.5, 1e308, '', ' ', '\0', 'x', 'x'.repeat(300), [], {}, [[]], [null], { a: 1 }];

export class Mutator {
  #state;

  constructor(seed) {
    this.#state = seed;
  }

  /** A whole number below `end`. */
  below(end) {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  }

  /** One of `list`. */
  one(list) {
    return list[this.below(list.length)];
  }

  /** The call `text` with something wrong in it. */
  call(text) {
    const [name, numbers] = text.split('\n', 2);
    const json = text.slice(name.length + numbers.length + 2);
    switch (this.below(8)) {
      case 0: return this.#garbage();
      case 1: return text.slice(0, this.below(text.length));
      case 2: return `${name}\n${this.#numbers()}\n${json}`;
      case 3: return `${name}${this.one(['', 'x', '.', '\r'])}\n${numbers}\n${this.#garbage()}`;
      case 4: return `${name}\n${numbers}\n${this.#member(json)}`;
      default: return `${name}\n${numbers}\n${this.#edit(json)}`;
    }
  }

  #garbage() {
    return Array.from({ length: this.below(40) }, () => this.one(PIECES)).join('');
  }

  #numbers() {
    const some = [0, 1, 2, 3, 7, 99, 1e6, -1, 1.5, '18446744073709551616', '0x1', 'a', ''];
    return Array.from({ length: this.below(5) }, () => this.one(some)).join(' ');
  }

  /** A piece in place of a few characters. */
  #edit(json) {
    const at = this.below(json.length);
    return json.slice(0, at) + this.one(PIECES) + json.slice(at + this.below(4));
  }

  /** A member that is missing, unknown or of the wrong kind, at any depth. */
  #member(json) {
    let document;
    try {
      document = JSON.parse(json);
    } catch {
      return this.#edit(json); // some vectors are malformed on purpose
    }
    if (document === null || typeof document !== 'object') return this.#edit(json);
    let holder = document;
    for (;;) {
      const names = Object.keys(holder);
      if (names.length === 0 || this.below(8) === 0) {
        if (Array.isArray(holder)) holder.push(this.one(VALUES));
        else holder[this.one(['x', '__proto__', 'now', 'keys', ''])] = this.one(VALUES);
        break;
      }
      const name = this.one(names);
      const value = holder[name];
      if (value !== null && typeof value === 'object' && this.below(3) > 0) {
        holder = value;
      } else {
        if (this.below(4) === 0 && !Array.isArray(holder)) delete holder[name];
        else holder[name] = this.one(VALUES);
        break;
      }
    }
    return JSON.stringify(document);
  }

  /** A JavaScript value of any kind, which is not what any function takes. */
  junk() {
    const makers = [
      () => undefined,
      () => Symbol('x'),
      () => () => 1,
      () => 10n ** 30n,
      () => NaN,
      () => new Date(NaN),
      () => new Map([[1, 2]]),
      () => new Uint8Array(10),
      () => Object.create(null),
      () => new Proxy({}, { ownKeys() { throw new RangeError('no keys'); } }),
      () => ({ get issuer() { throw new Error('no issuer'); } }),
      () => ({ toJSON() { throw new Error('no JSON'); } }),
      () => { const ring = {}; ring.ring = ring; return ring; },
      () => ({ issuer: Symbol('x'), jwks: () => 1, now: 1n, algorithms: new Set(['ES256']) }),
      () => ({ keys: this.one(VALUES), token: this.one(VALUES), jwk: this.one(VALUES), now: this.one(VALUES) }),
      () => this.one(VALUES),
    ];
    return this.one(makers)();
  }
}
