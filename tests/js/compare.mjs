// Comparing JSON values as wholes.

/** Where `found` differs from `expected`; the order of members means nothing. */
export function differences(expected, found, path = '') {
  if (Object.is(expected, found)) return [];
  if (Array.isArray(expected) && Array.isArray(found)) {
    const indexes = Array.from({ length: Math.max(expected.length, found.length) }, (_, index) => index);
    return indexes.flatMap((index) => differences(expected[index], found[index], `${path}/${index}`));
  }
  if (isObject(expected) && isObject(found)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
    return [...names].flatMap((name) => differences(expected[name], found[name], `${path}/${name}`));
  }
  return [`${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(found)}`];
}

function isObject(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
