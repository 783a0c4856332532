// Values that have no business in an argument.

/** What has no JSON form, hides one, or fights back: refused wherever it stands. */
export function hostile() {
  const cyclic = {};
  cyclic.self = cyclic;
  const ring = [];
  ring.push(ring);
  let deep = 1;
  for (let depth = 0; depth < 1000; depth += 1) deep = [deep];
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const fail = () => {
    throw new RangeError('from a trap');
  };
  const traps = { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail };
  return [
    1n, Symbol('s'), Symbol.iterator, () => 1, class {}, NaN, Infinity, -Infinity,
    '\ud800', 'a\udfff', { '\ud800': 1 },
    new Date(0), new Map([[1, 2]]), new Set([1]), new WeakMap(), /x/, new Error('x'), Promise.resolve(1), new (class Own {})(),
    new String('x'), new Number(1), new Boolean(true), Object(1n),
    cyclic, ring, deep, [undefined], new Array(3), [1n], { a: () => 1 }, { [Symbol('s')]: 1 }, { a: { b: NaN } },
    revoked, new Proxy({}, traps), new Proxy([], traps), new Proxy(() => 1, traps),
    { get a() { return fail(); } }, { toJSON: fail }, { toJSON: () => 'x' }, { toString: fail }, { valueOf: () => 1 },
    Object.create({ inherited: 1 }), Object.create({ toJSON: () => ({}) }),
    new Proxy(new Uint8Array(4), {}), new Float64Array(2).map(() => NaN).values(),
  ];
}

/** What JSON can say, and hardly any argument is. */
export function wrong() {
  return [
    null, undefined, true, false, 0, -0, -1, 1.5, 1e300, 2 ** 53, Number.MIN_VALUE,
    '', 'x', '\u0000', 'x'.repeat(100_000), '"\\\n\u2028', '{"a":1,"a":2}', '😀',
    [], [[]], [null], [{}], ['x', 'y'], {}, { a: {} }, { constructor: 1 }, Object.create(null), JSON.parse('{"__proto__":{"a":1}}'),
    new Uint8Array(0), new Uint8Array(64), new ArrayBuffer(8), new DataView(new ArrayBuffer(8)),
  ];
}
