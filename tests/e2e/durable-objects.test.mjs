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
    const bindings = {
      issuer: ISSUER, resource: RESOURCE, idp: IDP, jwks: issuer.jwks, key: key.dangerousExport().jwk, client: CLIENT,
    };
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
