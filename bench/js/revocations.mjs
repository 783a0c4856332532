// How large a list of a million revocations is in a WebAssembly instance, and how long it takes.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createApi, raw as instance } from 'idjag/manual';
import { race, say } from './race.mjs';

const ENTRIES = 1_000_000;
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

const figure = (row, unit, value) => say('revocations', row, 'idjag wasm', unit, [value]);
const tokenId = (number) => number.toString(16).padStart(32, '0');

const told = opened();
const list = new told.api.RevocationList({ capacity: ENTRIES, maxStale: 60, now: NOW });
for (let from = 0; from < ENTRIES; from += 5000) {
  const entries = Array.from({ length: Math.min(5000, ENTRIES - from) }, (_, at) => ({
    iss: AS, jti: tokenId(from + at), retain_until: NOW + 3600,
  }));
  list.add({ entries, now: NOW });
}
list.synchronize({ sequence: ENTRIES, now: NOW });
figure('memory of a copy that was told one by one', 'MB', told.bytes() / 1e6);

const random = new Uint8Array(32).fill(7);
const signer = new told.api.SigningKey({ alg: 'ES256', kid: 'k', random });
let started = performance.now();
const update = new told.api.RevocationUpdate({ revocations: list, issuer: AUTHORITY, nextUpdate: NOW + 30, now: NOW });
const { token: manifest } = update.sign({ signer });
figure('making and signing it', 'ms', performance.now() - started);
const chunks = Array.from({ length: update.chunks }, (_, number) => Buffer.from(update.chunk({ number }).chunk, 'base64url'));
figure('signed snapshot on the wire', 'MB', (manifest.length + chunks.reduce((sum, { length }) => sum + length, 0)) / 1e6);

const edge = opened();
const before = edge.bytes();
const copy = new edge.api.RevocationList({ capacity: ENTRIES, maxStale: 60, now: NOW });
started = performance.now();
const keys = { keys: [signer.publicJwk] };
copy.receive({ manifest, issuer: AUTHORITY, algorithms: ['ES256'], keys, now: NOW });
for (const chunk of chunks) copy.receiveChunk({ chunk, now: NOW });
figure('verifying and loading it', 'ms', performance.now() - started);
figure('memory of a copy that took the snapshot', 'MB', (edge.bytes() - before) / 1e6);

const server = new edge.api.ResourceServer({ resource: RESOURCE, authorizationServers: [{ issuer: AS }] });
const keySet = new edge.api.KeySet({ issuer: AS, jwks: keys, algorithms: ['ES256'] });
const requestOf = (jti) => {
  const claims = { iss: AS, sub: 'u', aud: RESOURCE, client_id: 'c', jti, iat: NOW, exp: NOW + 600 };
  const { token } = told.api.signAccessToken({ claims, signer });
  return { method: 'GET', url: RESOURCE, headers: [['Authorization', `Bearer ${token}`]], body: '' };
};

/** A whole verification, signatures remembered: the difference between the rows is what the list costs. */
async function verified(row, request, revocations, isRefused) {
  const work = () => {
    try {
      server.parse(request, { now: NOW }).verify({ keys: keySet, revocations, now: NOW });
      return !isRefused;
    } catch (error) {
      if (error.code !== 'token_revoked') throw error;
      return isRefused;
    }
  };
  await race('revocations', row, [{ who: 'idjag wasm', work, isAsync: false }]);
}

const missed = requestOf('not-revoked');
await verified('a whole verification without a list', missed, undefined, false);
await verified('a whole verification, not revoked', missed, copy, false);
await verified('a whole verification, revoked', requestOf(tokenId(0)), copy, true);
