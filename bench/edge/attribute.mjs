// What a module's bytes are: `node attribute.mjs <module with names> [depth of paths] [how many lines]`.
//
// Reads the name section of a WebAssembly module and adds up the code of its functions by crate and module path; then the
// largest functions. Names are those of `wasm-opt -g`; a function that was inlined counts as its caller.

import { readFileSync } from 'node:fs';

const [path, depth = '1', lines = '40'] = process.argv.slice(2);
const bytes = readFileSync(path);
let at = 8;

const number = () => {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return value;
  }
};
const text = () => {
  const length = number();
  return bytes.toString('utf8', at, (at += length));
};

const sections = new Map();
const sizes = [];
const names = new Map();
let imported = 0;
while (at < bytes.length) {
  const id = bytes[at++];
  const length = number();
  const end = at + length;
  const title = id === 0 ? `custom ${text()}` : `section ${id}`;
  sections.set(title, (sections.get(title) ?? 0) + length);
  if (id === 2) {
    for (let left = number(); left > 0; left--) {
      text();
      text();
      if (bytes[at++] !== 0) throw new Error('only functions are imported');
      number();
      imported++;
    }
  } else if (id === 10) {
    for (let left = number(); left > 0; left--) {
      const size = number();
      sizes.push(size);
      at += size;
    }
  } else if (title === 'custom name') {
    while (at < end) {
      const kind = bytes[at++];
      const last = number() + at;
      if (kind === 1) for (let left = number(); left > 0; left--) names.set(number(), text());
      at = last;
    }
  }
  at = end;
}

/** The path of a name that Rust mangled (both schemes), generics and hash left out; else the name. */
function readable(name) {
  const legacy = /^_ZN(.*)E$/.exec(name);
  if (!legacy) return name.replace(/::h[0-9a-f]{16}$/, '');
  const parts = [];
  for (let rest = legacy[1]; ;) {
    const match = /^(\d+)/.exec(rest);
    if (!match) break;
    parts.push(rest.slice(match[1].length, match[1].length + Number(match[1])));
    rest = rest.slice(match[1].length + Number(match[1]));
  }
  const known = { LT: '<', GT: '>', RF: '&', u20: ' ', C: ',', u7b: '{', u7d: '}', LP: '(', RP: ')', u27: "'", u5b: '[', u5d: ']', BP: '*' };
  return parts.filter((part) => !/^h[0-9a-f]{16}$/.test(part)).join('::')
    .replace(/\$(\w+?)\$/g, (all, code) => known[code] ?? all).replaceAll('..', '::').replaceAll('_<', '<');
}
/** `<a::b::C as d::E>::f` belongs to `a::b`, unless `a` is part of the standard library and `d` is not. */
function owner(name) {
  const standard = /^(alloc|core|std|compiler_builtins|\W)/;
  const [, self, of] = /^<(?:&(?:mut )?)?([\w:]+).*? as ([\w:]+)/.exec(name) ?? [];
  const chosen = self ? (standard.test(self) && of && !standard.test(of) ? of : self) : name.replace(/^<+&?/, '');
  return chosen.split('::').slice(0, Number(depth)).join('::').replace(/[<>{].*/, '') || name;
}

const groups = new Map();
const functions = sizes.map((size, index) => ({ size, name: readable(names.get(index + imported) ?? '?') }));
for (const { size, name } of functions) {
  const of = owner(name);
  const group = groups.get(of) ?? { size: 0, count: 0 };
  groups.set(of, { size: group.size + size, count: group.count + 1 });
}
const row = (size, rest) => console.log(`${String(size).padStart(9)}  ${rest}`);
for (const [title, size] of sections) row(size, title);
console.log('\nby owner');
for (const [of, { size, count }] of [...groups].sort((a, b) => b[1].size - a[1].size).slice(0, Number(lines))) row(size, `${of} (${count})`);
console.log('\nlargest functions');
for (const { size, name } of functions.sort((a, b) => b.size - a.size).slice(0, Number(lines))) row(size, name);
