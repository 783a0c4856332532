// Signed updates over HTTP: what one server revokes, another learns from an address, and nobody in between can change it.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { serve } from './support/http.mjs';
import { adapters, idjag } from './support/package.mjs';

const AUTHORITY = 'https://revocations.example';
const AS = 'https://auth.example';
const RESOURCE = 'https://mcp.example/mcp';
const START = 1_900_000_000;

const newKey = (kid) => new idjag.SigningKey({ alg: 'ES256', kid, random: crypto.getRandomValues(new Uint8Array(32)) });
const signer = newKey('authority-1');
const tokens = newKey('auth-1');
const keySet = (issuer, key) => new idjag.KeySet({ issuer, jwks: { keys: [key.publicJwk] }, algorithms: ['ES256'] });

const entry = (jti) => ({ iss: AS, jti, retain_until: START + 3600 });

/** An authority that publishes over HTTP, whatever is between it and the copy, and a guard that has the copy. */
async function open({ publisher = {}, copy = {} } = {}) {
  const clock = { now: START };
  const now = () => clock.now;
  const revoked = adapters.memoryRevocationStore({ capacity: 100_000 });
  const handler = adapters.revocationPublisher({ revocations: revoked, issuer: AUTHORITY, signer, now, ...publisher });
  const asked = [];
  /** What becomes of an answer on its way; `away` is a connection that is lost. */
  const between = { change: (response) => response };
  const site = await serve(adapters.toNodeHandler(async (request) => {
    asked.push(new URL(request.url).search);
    return between.change(await handler(request));
  }));
  const errors = [];
  const store = adapters.fetchedRevocations({
    url: `${site.origin}/revocations`, issuer: AUTHORITY, keys: { keys: () => keySet(AUTHORITY, signer) }, maxAgeMs: 0,
    onError: (error) => errors.push(error), ...copy,
  });
  const guard = adapters.protectResource({
    server: new idjag.ResourceServer({ resource: RESOURCE, authorizationServers: [{ issuer: AS }], initialScope: 'rows:read', revocation: 'required' }),
    keys: { keys: () => keySet(AS, tokens) },
    revocations: store, now, next: () => new Response('passed'),
  });
  return {
    clock, between, asked, errors, store, handler,
    revoke: (...ids) => revoked.revoke(ids.map(entry), clock.now),
    async use(jti) {
      const claims = { iss: AS, aud: RESOURCE, sub: 'u', client_id: 'c', jti, iat: START, exp: START + 3600 };
      const { token } = idjag.signAccessToken({ claims, signer: tokens });
      return (await guard(new Request(RESOURCE, { headers: { authorization: `Bearer ${token}` } }))).status;
    },
    /** The codes of the errors since the last question. */
    codes: () => errors.splice(0).map((error) => error.code ?? error.message),
    close: () => site.close(),
  };
}

describe('a copy that is told by signed updates', () => {
  let here;
  const opened = async (options) => { here = await open(options); return here; };
  beforeEach(() => { here = undefined; });
  afterEach(() => here?.close());

  test('refuses what was revoked, and asks for what changed', async () => {
    const { use, revoke, asked, codes } = await opened();
    await revoke('at-1');
    assert.deepEqual([await use('at-1'), await use('at-2')], [401, 200]);
    await revoke('at-2');
    assert.deepEqual([await use('at-2'), await use('at-3')], [401, 200]);
    assert.equal(asked[0], '');
    assert.deepEqual(new Set(asked.slice(1)), new Set([1, 2].map((change) => `?since=${START * 1000 + change}`)));
    assert.deepEqual(codes(), []);
  });

  test('takes more than one chunk, in whatever pieces they come', async () => {
    const { use, revoke, between, codes } = await opened();
    await revoke(...Array.from({ length: 20_000 }, (_, number) => `at-${number}`));
    between.change = async (response) => {
      const bytes = new Uint8Array(await response.arrayBuffer());
      let at = 0;
      return new Response(new ReadableStream({
        pull(controller) {
          if (at >= bytes.length) return controller.close();
          controller.enqueue(bytes.slice(at, at += 7919));
        },
      }), response);
    };
    assert.deepEqual([await use('at-0'), await use('at-19999'), await use('at-20000')], [401, 401, 200]);
    assert.deepEqual(codes(), []);
  });

  test('serves with a key elsewhere', async () => {
    const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign']);
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
    const publicJwk = { kty, crv, x, y, alg: 'ES256', kid: 'remote' };
    const remote = { publicJwk, sign: async (bytes) => new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, bytes)) };
    const keys = new idjag.KeySet({ issuer: AUTHORITY, jwks: { keys: [publicJwk] }, algorithms: ['ES256'] });
    const { use, revoke, codes } = await opened({ publisher: { signer: remote }, copy: { keys: { keys: () => keys } } });
    await revoke('at-1');
    assert.deepEqual([await use('at-1'), await use('at-2')], [401, 200]);
    assert.deepEqual(codes(), []);
  });

  test('decides nothing before it was told, nor when it was told too long ago', async () => {
    const { use, revoke, between, clock, codes } = await opened();
    await revoke('at-1');
    between.change = () => new Response(null, { status: 502 });
    assert.equal(await use('at-2'), 503);
    between.change = (response) => response;
    assert.equal(await use('at-2'), 200);
    between.change = () => new Response(null, { status: 502 });
    clock.now = START + 20;
    assert.deepEqual([await use('at-1'), await use('at-2')], [401, 200]);
    clock.now = START + 21;
    assert.deepEqual([await use('at-1'), await use('at-2')], [503, 503]);
    between.change = (response) => response;
    assert.deepEqual([await use('at-1'), await use('at-2')], [401, 200]);
    assert.ok(codes().every((code) => code === 'no update was answered, but 502'));
  });

  test('takes no part of what was changed on its way', async () => {
    const { use, revoke, between, codes } = await opened();
    assert.equal(await use('at-1'), 200);
    await revoke('at-1');
    between.change = async (response) => {
      const bytes = new Uint8Array(await response.arrayBuffer());
      bytes[bytes.length - 20] ^= 1;
      return new Response(bytes, response);
    };
    assert.equal(await use('at-1'), 200);
    assert.deepEqual(new Set(codes()), new Set(['revocations_digest_mismatch']));
    between.change = async (response) => new Response((await response.arrayBuffer()).slice(0, -1), response);
    assert.equal(await use('at-1'), 200);
    assert.deepEqual(new Set(codes()), new Set(['the update ends too early']));
    between.change = (response) => response;
    assert.equal(await use('at-1'), 401);
  });

  test('is told nothing older than it knows, and nothing by another', async () => {
    const { use, revoke, between, codes } = await opened();
    let old;
    between.change = async (response) => {
      old = await response.arrayBuffer();
      return new Response(old, response);
    };
    assert.equal(await use('at-1'), 200);
    await revoke('at-1');
    between.change = (response) => response;
    assert.equal(await use('at-1'), 401);
    codes();
    between.change = (response) => new Response(old, response);
    assert.equal(await use('at-1'), 401);
    assert.deepEqual(new Set(codes()), new Set(['revocations_outdated']));
    const forger = adapters.revocationPublisher({
      revocations: adapters.memoryRevocationStore(), issuer: AUTHORITY, signer: newKey('authority-1'), now: () => START,
    });
    between.change = () => forger(new Request('https://anywhere.example/'));
    assert.equal(await use('at-1'), 401);
    assert.deepEqual(new Set(codes()), new Set(['signature_invalid']));
  });

  test('waits for no end that never comes', async () => {
    const { use, between, codes } = await opened({ copy: { timeoutMs: 300 } });
    between.change = () => new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(10)) }));
    assert.equal(await use('at-1'), 503);
    assert.deepEqual(new Set(codes()), new Set(['there was no answer in time']));
    const endless = new Uint8Array(10_000).fill(97);
    between.change = () => new Response(new ReadableStream({ pull: (controller) => controller.enqueue(endless) }));
    assert.equal(await use('at-1'), 503);
    assert.deepEqual(new Set(codes()), new Set(['the body is larger than allowed']));
  });

  test('misses nothing of an authority that began anew', async () => {
    const { use, revoke, between, clock, asked } = await opened();
    await revoke('at-1', 'at-2');
    assert.equal(await use('at-3'), 200);
    clock.now += 1;
    const revocations = adapters.memoryRevocationStore();
    const anew = adapters.revocationPublisher({ revocations, issuer: AUTHORITY, signer, now: () => clock.now });
    between.change = () => anew(new Request(`${RESOURCE}${asked.at(-1)}`));
    // As many changes as the copy was told of, and more.
    await revocations.revoke(['at-3', 'at-4', 'at-5'].map(entry), clock.now);
    assert.deepEqual([await use('at-3'), await use('at-5'), await use('at-1')], [401, 401, 401]);
  });

  test('cannot be revoked at', async () => {
    const { store } = await opened();
    await assert.rejects(store.revoke([entry('at-1')], START), TypeError);
  });
});

describe('a publisher', () => {
  const ask = (revocations, request) => adapters.revocationPublisher({ revocations, issuer: AUTHORITY, signer, now: () => START })(request);
  const AT = 'https://auth.example/revocations';

  test('answers what it is asked, and nothing else', async () => {
    const store = adapters.memoryRevocationStore();
    assert.equal((await ask(store, new Request(AT, { method: 'POST' }))).status, 405);
    for (const since of ['x', '-1', '1e3', '']) {
      assert.equal((await ask(store, new Request(`${AT}?since=${since}`))).status, 400, since);
    }
    const told = await ask(store, new Request(`${AT}?since=${START * 1000}`));
    assert.equal(told.headers.get('cache-control'), 'no-store');
    const { unverified_claims: claims } = idjag.decodeUnverifiedToken({ token: (await told.text()).trim() });
    assert.deepEqual(claims, {
      iss: AUTHORITY, iat: START, next_update: START + 10, sequence: START * 1000, base_sequence: START * 1000, size: 0, chunks: [],
    });
  });

  test('tells nothing that it may have missed', async () => {
    const stale = { list: async (now) => new idjag.RevocationList({ maxStale: 10, now }), revoke: async () => {} };
    const failing = { list: async () => { throw new Error('the database is at db.internal:5432'); }, revoke: async () => {} };
    for (const store of [stale, failing]) {
      const answer = await ask(store, new Request(AT));
      assert.equal(answer.status, 503);
      assert.doesNotMatch(await answer.text(), /internal/);
    }
  });

  test('is made with what it takes', () => {
    const revocations = adapters.memoryRevocationStore();
    for (const options of [{ revocations, issuer: AUTHORITY }, { revocations, issuer: AUTHORITY, signer, url: AT }]) {
      assert.throws(() => adapters.revocationPublisher(options), { code: 'argument_invalid' });
    }
    assert.throws(() => adapters.fetchedRevocations({ url: AT, issuer: AUTHORITY }), { code: 'argument_invalid' });
  });
});
