// The two spellings of arguments: half of the cases use each.

import { INPUTS, RECORDS } from './shapes.mjs';

/** `camelCase` of `snake_case`. */
export function camel(name) {
  return name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
}

/** Whether the case `id` spells its arguments in camelCase. */
export function isCamel(id) {
  let hash = 0x811c9dc5;
  for (const letter of id) hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193);
  return ((hash >>> 16) & 1) === 1;
}

/** The options of `operation`, or of its step `step`, with all names of arguments in camelCase. */
export function inCamelCase(operation, options, step) {
  const input = INPUTS[operation];
  return converted(options, step === undefined ? input : RECORDS[input][1][step]);
}

function converted(value, shape) {
  if (value === null || value === undefined) return value;
  const bare = shape.replace(/\?$/, '');
  if (bare.startsWith('[') && Array.isArray(value)) return value.map((item) => converted(item, bare.slice(1, -1)));
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  if (bare.startsWith('{')) return mapped(value, (name, inner) => [name, converted(inner, bare.slice(1, -1))]);
  const [isArguments, members] = RECORDS[bare] ?? [false, {}];
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return mapped(value, (name, inner) => [
    isArguments ? camel(name) : name,
    Object.hasOwn(members, name) ? converted(inner, members[name]) : inner,
  ]);
}

function mapped(object, convert) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => convert(name, value)));
}
