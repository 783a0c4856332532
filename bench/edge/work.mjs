// What is measured, the same in every runtime: verifying an access token with idjag and with jose, and WebCrypto's signature.

import { base64url, createLocalJWKSet, importJWK, jwtVerify } from 'jose';

/** The contenders: each takes an algorithm and the number of a token, and throws when the token does not hold. */
export async function contenders(api, { issuer, resource, now, keys, tokens }) {
  const ours = new api.KeySet({ issuer, jwks: { keys }, algorithms: keys.map(({ alg }) => alg) });
  const local = createLocalJWKSet({ keys });
  const parts = {};
  for (const jwk of keys) {
    const key = await importJWK(jwk);
    const { name } = key.algorithm;
    const signed = tokens[jwk.alg].map((token) => {
      const dot = token.lastIndexOf('.');
      return [base64url.decode(token.slice(dot + 1)), new TextEncoder().encode(token.slice(0, dot))];
    });
    parts[jwk.alg] = { key, by: { name, hash: 'SHA-256' }, signed };
  }
  const at = (list, number) => list[number % list.length];
  return {
    'idjag wasm': (alg, number) => {
      const { claims } = api.verifyAccessToken({
        token: at(tokens[alg], number), issuer, resource, algorithms: [alg], keys: ours, now,
      });
      if (claims.iss !== issuer) throw new Error('not verified');
    },
    'jose 6': async (alg, number) => {
      const { payload } = await jwtVerify(at(tokens[alg], number), local, {
        issuer, audience: resource, typ: 'at+jwt', algorithms: [alg], requiredClaims: ['sub', 'client_id', 'jti', 'iat', 'exp'],
      });
      if (payload.iss !== issuer) throw new Error('not verified');
    },
    'WebCrypto, the signature alone': async (alg, number) => {
      const { key, by, signed } = parts[alg];
      const [signature, message] = at(signed, number);
      if (!await crypto.subtle.verify(by, key, signature, message)) throw new Error('not verified');
    },
  };
}

/** `count` verifications one after the other, from token `first` on; what is synchronous is not awaited. */
export async function batch(contender, alg, first, count) {
  for (let number = first; number < first + count; number++) {
    const waiting = contender(alg, number);
    if (waiting !== undefined) await waiting;
  }
}

/** The key of ES256, as a server that trusts the issuer keeps it. */
export const keySet = (api, { issuer, keys }) => new api.KeySet({ issuer, jwks: { keys }, algorithms: ['ES256'] });

/** The first verification of an instance. */
export function first(api, { issuer, resource, now, keys, tokens }) {
  const known = keySet(api, { issuer, keys });
  api.verifyAccessToken({ token: tokens.ES256[0], issuer, resource, algorithms: ['ES256'], keys: known, now });
}

/** The bytes of an instance's memory before and after `count` verifications, the tokens' first ones not counted. The first
 * `computed` go round all tokens, more than the module remembers signatures of; the others round a few, which takes less
 * time: everything but the arithmetic is done each time.
 */
export function memory(api, raw, known, { issuer, resource, now, tokens: { ES256: tokens } }, count, computed) {
  const verify = (token) => api.verifyAccessToken({ token, issuer, resource, algorithms: ['ES256'], keys: known, now });
  for (const token of tokens) verify(token);
  const before = raw.memory.buffer.byteLength;
  for (let number = 0; number < count; number++) verify(tokens[number % (number < computed ? tokens.length : 32)]);
  return [before, raw.memory.buffer.byteLength];
}
