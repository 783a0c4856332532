// The provider's keys: one for ID Tokens (RS256, which every OpenID client knows), one for ID-JAGs (ES256), one for cookies.

import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** The private keys of `file`, which is made when it is not there, for nobody else to read. */
export function openKeys(file) {
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(fresh()), { mode: 0o600, flag: 'wx' });
  const { keys, cookies } = JSON.parse(readFileSync(file, 'utf8'));
  if (!cookies) throw new Error(`${file}: there is no key for cookies`);
  const published = keys.map(({ d, p, q, dp, dq, qi, ...open }) => open);
  return { all: { keys }, published: { keys: published }, forIdJags: keys.find(({ alg }) => alg === 'ES256'), forCookies: cookies };
}

function fresh() {
  const key = (alg, type, options) => {
    const { privateKey } = generateKeyPairSync(type, options);
    return { ...privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: randomUUID() };
  };
  return {
    keys: [key('RS256', 'rsa', { modulusLength: 2048 }), key('ES256', 'ec', { namedCurve: 'P-256' })],
    cookies: [randomBytes(32).toString('base64url')],
  };
}
