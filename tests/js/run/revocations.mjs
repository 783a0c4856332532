// How large a list of revocations is in a WebAssembly instance, and how long it takes. From the project's folder:
// `node revocations.mjs [entries]`.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createApi, raw as instance } from 'idjag/manual';

const ENTRIES = Number(process.argv[2] ?? 1_000_000);
/** The best of so many rounds counts: others may be at work on this machine. */
const ROUNDS = 10;
const CHECKS = 200;
const NOW = 1_900_000_000;
const AUTHORITY = 'https://revocations.example';
const AS = 'https://auth.example';
const RESOURCE = 'https://mcp.example/mcp';

const wasm = readFileSync(createRequire(import.meta.url).resolve('idjag/idjag.wasm'));
const module = new WebAssembly.Module(wasm);

/** An instance of its own: its API, and how much memory it has. */
function opened() {
  const raw = instance(module);
  return { api: createApi(raw), bytes: () => raw.memory.buffer.byteLength };
}

const line = (what, value) => console.log(`${what.padEnd(48)} ${String(value).padStart(14)}`);
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const tokenId = (number) => number.toString(16).padStart(32, '0');

line('entries, each the id of a token', ENTRIES);
const told = opened();
const list = new told.api.RevocationList({ capacity: ENTRIES, maxStale: 60, now: NOW });
for (let from = 0; from < ENTRIES; from += 5000) {
  const entries = Array.from({ length: Math.min(5000, ENTRIES - from) }, (_, at) => ({
    iss: AS, jti: tokenId(from + at), retain_until: NOW + 3600,
  }));
  list.add({ entries, now: NOW });
}
list.synchronize({ sequence: ENTRIES, now: NOW });
line('memory of an instance that was told one by one', megabytes(told.bytes()));

const random = new Uint8Array(32).fill(7);
const signer = new told.api.SigningKey({ alg: 'ES256', kid: 'k', random });
let started = performance.now();
const update = new told.api.RevocationUpdate({ revocations: list, issuer: AUTHORITY, nextUpdate: NOW + 30, now: NOW });
const { token: manifest } = update.sign({ signer });
line('making and signing a snapshot', `${(performance.now() - started).toFixed(0)} ms`);
const chunks = Array.from({ length: update.chunks }, (_, number) => Buffer.from(update.chunk({ number }).chunk, 'base64url'));
line('signed snapshot on the wire', megabytes(manifest.length + chunks.reduce((sum, { length }) => sum + length, 0)));

const edge = opened();
const before = edge.bytes();
const copy = new edge.api.RevocationList({ capacity: ENTRIES, maxStale: 60, now: NOW });
started = performance.now();
const keys = { keys: [signer.publicJwk] };
copy.receive({ manifest, issuer: AUTHORITY, algorithms: ['ES256'], keys, now: NOW });
for (const chunk of chunks) copy.receiveChunk({ chunk, now: NOW });
line('verifying and loading it', `${(performance.now() - started).toFixed(0)} ms`);
line('memory of the instance that took it', `${megabytes(edge.bytes())}`);
line('of it before it did', megabytes(before));

const server = new edge.api.ResourceServer({ resource: RESOURCE, authorizationServers: [{ issuer: AS }] });
const keySet = new edge.api.KeySet({ issuer: AS, jwks: keys, algorithms: ['ES256'] });
const requestOf = (jti) => {
  const claims = { iss: AS, sub: 'u', aud: RESOURCE, client_id: 'c', jti, iat: NOW, exp: NOW + 600 };
  const { token } = told.api.signAccessToken({ claims, signer });
  return { method: 'GET', url: RESOURCE, headers: [['Authorization', `Bearer ${token}`]], body: '' };
};

/** Microseconds for one verification, signatures remembered: the difference is what the list costs. */
function each(request, revocations, isRefused) {
  const verify = () => {
    try {
      server.parse(request, { now: NOW }).verify({ keys: keySet, revocations, now: NOW });
      return false;
    } catch (error) {
      if (error.code !== 'token_revoked') throw error;
      return true;
    }
  };
  if (verify() !== isRefused) throw new Error('the list is wrong');
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    for (let count = 0; count < CHECKS; count += 1) verify();
    return ((performance.now() - start) * 1000) / CHECKS;
  });
  return Math.min(...rounds);
}

const missed = requestOf('not-revoked');
const without = each(missed, undefined, false);
line('a whole verification without a list', `${without.toFixed(1)} us`);
line('the same with it, not revoked', `${each(missed, copy, false).toFixed(1)} us`);
line('the same with it, revoked', `${each(requestOf(tokenId(0)), copy, true).toFixed(1)} us`);
