// Who verifies an access token in Node.js: each is `{ who, accepts(token), isAsync }`, ready with a warm key.

import { createPublicKey, verify as verifySignature } from 'node:crypto';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import * as native from 'idjag';
import { instantiate } from 'idjag/manual';
import { createVerifier } from 'fast-jwt';
import { importJWK, jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';

if (native.backend !== 'native') throw new Error('the addon of this machine is missing');
const require = createRequire(import.meta.url);
const wasm = instantiate(new WebAssembly.Module(readFileSync(require.resolve('idjag/idjag.wasm'))));

/** The name of a peer and its version. */
function peer(name) {
  const folder = new URL(`./node_modules/${name}/package.json`, import.meta.url);
  return `${name} ${JSON.parse(readFileSync(folder)).version}`;
}

/** Whether `verify` returns. */
function accepted(verify) {
  try {
    return verify() !== undefined;
  } catch {
    return false;
  }
}

async function acceptedLater(verify) {
  try {
    return (await verify()) !== undefined;
  } catch {
    return false;
  }
}

/** Ours: a resource server and its issuer's keys. */
export function ours({ issuer, audience: resource, jwks }, alg, options = {}) {
  return [['idjag', native], ['idjag wasm', wasm]].map(([who, api]) => {
    const authorizationServers = [{ issuer, algorithms: [alg] }];
    const server = new api.ResourceServer({ resource, authorizationServers, ...options });
    const keys = new api.KeySet({ issuer, jwks, algorithms: [alg] });
    const verify = (token) => server.verifyBearer({ token, keys, now: Date.now() / 1000 }).claims;
    return { who, accepts: (token) => accepted(() => verify(token)), isAsync: false };
  });
}

/** jose, awaited as its users do. */
export async function jose({ issuer, audience, jwks }, alg) {
  const key = await importJWK(jwks.keys.find(({ kid }) => kid === alg), alg);
  const options = { issuer, audience, typ: 'at+jwt', algorithms: [alg] };
  const verify = async (token) => (await jwtVerify(token, key, options)).payload;
  return { who: peer('jose'), accepts: (token) => acceptedLater(() => verify(token)), isAsync: true };
}

/** fast-jwt, synchronous. */
export function fastJwt({ issuer, audience, jwks }, alg, cache) {
  const key = publicKey(jwks, alg).export({ type: 'spki', format: 'pem' });
  const verify = createVerifier({
    key, algorithms: [alg], allowedIss: issuer, allowedAud: audience, checkTyp: 'at+jwt', cache,
  });
  return { who: peer('fast-jwt'), accepts: (token) => accepted(() => verify(token)), isAsync: false };
}

/** jsonwebtoken, which knows no EdDSA. */
export function jsonWebToken({ issuer, audience, jwks }, alg) {
  const key = publicKey(jwks, alg);
  const options = { issuer, audience, algorithms: [alg] };
  const verify = (token) => jsonwebtoken.verify(token, key, options);
  return { who: peer('jsonwebtoken'), accepts: (token) => accepted(() => verify(token)), isAsync: false };
}

/** The signature alone, by the two interfaces of the runtime. */
export async function signatures({ jwks }, alg) {
  const key = publicKey(jwks, alg);
  const { digest, options, web } = {
    ES256: {
      digest: 'sha256', options: { dsaEncoding: 'ieee-p1363' }, web: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
    },
    EdDSA: { digest: null, options: {}, web: { name: 'Ed25519' } },
    RS256: { digest: 'sha256', options: {}, web: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } },
  }[alg];
  const jwk = { ...key.export({ format: 'jwk' }) };
  const webKey = await crypto.subtle.importKey('jwk', jwk, web, false, ['verify']);
  return [
    {
      who: 'node:crypto',
      accepts: (token) => {
        const { message, signature } = split(token);
        return verifySignature(digest, message, { key, ...options }, signature);
      },
      isAsync: false,
    },
    {
      who: 'WebCrypto awaited',
      accepts: (token) => {
        const { message, signature } = split(token);
        return crypto.subtle.verify(web, webKey, signature, message);
      },
      isAsync: true,
    },
  ];
}

function split(token) {
  const end = token.lastIndexOf('.');
  return { message: Buffer.from(token.slice(0, end)), signature: Buffer.from(token.slice(end + 1), 'base64url') };
}

function publicKey(jwks, alg) {
  const { kty, crv, x, y, n, e } = jwks.keys.find(({ kid }) => kid === alg);
  return createPublicKey({ key: { kty, crv, x, y, n, e }, format: 'jwk' });
}
