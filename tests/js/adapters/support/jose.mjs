// Tokens made by WebCrypto, so that what the library accepts was not written by the library.

import { webcrypto } from 'node:crypto';

const { subtle } = webcrypto;
const ES256 = { name: 'ECDSA', hash: 'SHA-256' };
const base64url = (value) => Buffer.from(value).toString('base64url');

export const randomBytes = (length = 32) => webcrypto.getRandomValues(new Uint8Array(length));
export const sha256 = async (value) => new Uint8Array(await subtle.digest('SHA-256', Buffer.from(value)));

/** A key that only WebCrypto holds. */
export async function webKey(kid) {
  const pair = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const { kty, crv, x, y } = await subtle.exportKey('jwk', pair.publicKey);
  const publicJwk = { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' };
  const sign = async (bytes) => new Uint8Array(await subtle.sign(ES256, pair.privateKey, bytes));
  const jwt = async (header, claims) => {
    const head = base64url(JSON.stringify({ alg: 'ES256', ...header }));
    const input = `${head}.${base64url(JSON.stringify(claims))}`;
    return `${input}.${base64url(await sign(Buffer.from(input)))}`;
  };
  return {
    kid,
    publicJwk,
    sign,
    /** A token with this header and these claims. */
    token: (typ, claims) => jwt({ typ, kid }, claims),
    /** A DPoP proof for a request. */
    async proof(method, url, { accessToken, nonce, now = Date.now() / 1000 } = {}) {
      const claims = { jti: base64url(randomBytes()), htm: method, htu: url, iat: Math.floor(now) };
      if (accessToken) claims.ath = base64url(await sha256(accessToken));
      if (nonce) claims.nonce = nonce;
      return jwt({ typ: 'dpop+jwt', jwk: { kty, crv, x, y } }, claims);
    },
    /** The RFC 7638 thumbprint. */
    async thumbprint() {
      return base64url(await sha256(JSON.stringify({ crv, kty, x, y })));
    },
  };
}

/** The claims of a token, unverified. */
export const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
