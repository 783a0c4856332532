// Workers that share a replay store of Durable Objects, in miniflare: four isolates, many redemptions, and a restart.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { SigningKey } from 'idjag';
import { CLIENT, IDP, ISSUER, RESOURCE, openIssuer, redeem } from './support/grants.mjs';
import { startNode22 } from './support/processes.mjs';

const NAMES = ['north', 'east', 'south', 'west'];

describe('Workers that share Durable Objects', () => {
  let directory;
  let issuer;
  let workers;
  let settings;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'idjag-objects-'));
    issuer = await openIssuer();
    const key = new SigningKey({ alg: 'ES256', kid: 'auth-1', random: crypto.getRandomValues(new Uint8Array(32)) });
    const told = {
      issuer: ISSUER, resource: RESOURCE, idp: IDP, jwks: issuer.jwks, key: key.dangerousExport().jwk, client: CLIENT,
    };
    const bindings = { SETTINGS: JSON.stringify(told) };
    settings = { script: 'workers/redeem.mjs', names: NAMES, objects: { REPLAY: 'ReplayObject' }, directory, bindings };
    workers = await startNode22('servers/workers.mjs', settings);
  });
  after(async () => {
    await workers?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const ask = (grant, turn) => redeem(workers.origins[turn % NAMES.length], grant);
  const statuses = async (redemptions) => (await Promise.all(redemptions)).map(({ status, error }) => error ?? status);
  const count = (all, one) => all.filter((each) => each === one).length;

  test('of two hundred redemptions of one grant at once, one is granted', async () => {
    for (let round = 0; round < 3; round += 1) {
      const grant = await issuer.grant();
      const answers = await statuses(Array.from({ length: 200 }, (_, turn) => ask(grant, turn)));
      assert.deepEqual([count(answers, 200), count(answers, 'invalid_grant')], [1, 199]);
    }
  });

  test('of many grants, each at every Worker at once, each is granted once', async () => {
    const grants = await issuer.grants(40);
    const answers = await Promise.all(grants.map((grant) => statuses(NAMES.map((_, turn) => ask(grant, turn)))));
    for (const each of answers) assert.deepEqual([count(each, 200), count(each, 'invalid_grant')], [1, 3]);
  });

  test('what was granted stays spent when everything has been started again', async () => {
    const grants = await issuer.grants(10);
    assert.equal(count(await statuses(grants.map(ask)), 200), grants.length);
    await workers.stop();
    workers = await startNode22('servers/workers.mjs', settings);
    assert.equal(count(await statuses(grants.map(ask)), 'invalid_grant'), grants.length);
    assert.equal((await ask(await issuer.grant(), 0)).status, 200);
  });
});

describe('an object of the store', () => {
  let directory;
  let worker;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'idjag-objects-'));
    const settings = { script: 'workers/forget.mjs', names: ['one'], objects: { REPLAY: 'WatchedObject' }, directory };
    worker = await startNode22('servers/workers.mjs', settings);
  });
  after(async () => {
    await worker?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const record = async (name, seconds) => {
    const response = await fetch(worker.origins[0], { method: 'POST', body: JSON.stringify({ name, seconds }) });
    return response.status === 200 ? response.text() : response.status;
  };
  const seenAfter = async (seconds) => (await fetch(`${worker.origins[0]}/after/${seconds}`)).json();

  test('forgets a name when its time is over and not before, however many there are', async () => {
    const many = Array.from({ length: 150 }, (_, at) => record(`short-${at}`, 100));
    assert.deepEqual(new Set(await Promise.all(many)), new Set(['first']));
    assert.equal(await record('long', 1000), 'first');
    const { held } = await seenAfter(50);
    assert.equal(held, 302, 'a name is kept in two entries');
    assert.equal(await record('short-7', 100), 'seen');
    const later = await seenAfter(500);
    assert.equal(later.held, 2);
    assert.ok(later.alarm > Date.now() + 900_000, 'it comes back for the rest');
    assert.equal(await record('long', 1000), 'seen');
    assert.equal(await record('short-7', 100), 'first');
    assert.deepEqual((await seenAfter(5000)).held, 0);
  });

  test('takes nothing for a name that is none', async () => {
    assert.equal(await record(7, 100), 400);
    assert.equal(await record('x', 'soon'), 400);
    assert.equal(await record('x'.repeat(600), 100), 400);
  });
});

describe('Workers that take tokens back', () => {
  let directory;
  let issuer;
  let workers;
  let settings;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'idjag-objects-'));
    issuer = await openIssuer();
    const key = new SigningKey({ alg: 'ES256', kid: 'auth-1', random: crypto.getRandomValues(new Uint8Array(32)) });
    const told = {
      issuer: ISSUER, resource: RESOURCE, idp: IDP, jwks: issuer.jwks, key: key.dangerousExport().jwk, client: CLIENT,
    };
    settings = {
      script: 'workers/revoke.mjs', names: NAMES, directory, bindings: { SETTINGS: JSON.stringify(told) },
      objects: { REPLAY: 'ReplayObject', REVOKED: 'RevocationObject' },
    };
    workers = await startNode22('servers/workers.mjs', settings);
  });
  after(async () => {
    await workers?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const tokens = async (count) => Promise.all((await issuer.grants(count)).map(async (grant, turn) => {
    const { status, token } = await redeem(workers.origins[turn % NAMES.length], grant);
    assert.equal(status, 200);
    return token;
  }));
  const revoke = async (token, turn) => (await fetch(`${workers.origins[turn]}/revoke`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${CLIENT.id}:${CLIENT.secret}`)}` },
    body: new URLSearchParams({ token }),
  })).status;
  /** How each of the Workers answers a call with `token`. */
  const calls = (token) => Promise.all(workers.origins.map(async (origin) => (await fetch(`${origin}/mcp`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'read_rows' } }),
  })).status));

  test('a token that one of them took back is refused by all, and by all that start later; others are not', async () => {
    const [kept, ...given] = await tokens(5);
    for (const token of [kept, ...given]) assert.deepEqual(await calls(token), [200, 200, 200, 200]);
    assert.deepEqual(await Promise.all(given.map(revoke)), [200, 200, 200, 200]);
    for (const token of given) assert.deepEqual(await calls(token), [401, 401, 401, 401]);
    assert.deepEqual(await calls(kept), [200, 200, 200, 200]);
    await workers.stop();
    workers = await startNode22('servers/workers.mjs', settings);
    for (const token of given) assert.deepEqual(await calls(token), [401, 401, 401, 401]);
    assert.deepEqual(await calls(kept), [200, 200, 200, 200]);
  });
});
