// Stores under fire: four authorization servers that share one Redis, many redemptions of one grant at once, and a Redis
// that dies in the middle of it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SigningKey } from 'idjag';
import { CLIENT, IDP, ISSUER, RESOURCE, openIssuer, redeem } from './support/grants.mjs';
import { startNode, startProgram, startPython, until } from './support/processes.mjs';
import { openRedis } from './support/redis.mjs';

const node = (through) => (settings) => startNode('servers/redeem.mjs', { ...settings, through });
const python = (settings) => startPython('servers/redeem.py', settings);

const rust = (settings) => startProgram('IDJAG_REDEEM', [], settings);

const FLEETS = {
  'four processes of Node.js': [node('redis'), node('redis'), node('ioredis'), node('ioredis')],
  'two processes of Node.js and two of Python': [node('redis'), node('ioredis'), python, python],
  'processes of Node.js, Python and Rust': [node('redis'), python, rust, rust],
};
const AT_ONCE = 200;

/** Four authorization servers that nobody can tell apart, on one Redis. */
async function openFleet(members, options) {
  const redis = await openRedis(options);
  const issuer = await openIssuer();
  const key = new SigningKey({ alg: 'ES256', kid: 'auth-1', random: crypto.getRandomValues(new Uint8Array(32)) });
  const settings = {
    issuer: ISSUER, resource: RESOURCE, idp: IDP, jwks: issuer.jwks, key: key.dangerousExport().jwk,
    client: CLIENT, redis: redis.url,
  };
  const starting = await Promise.allSettled(members.map((start) => start(settings)));
  const servers = starting.flatMap(({ value }) => value ?? []);
  const close = () => Promise.all([...servers.map((server) => server.stop()), redis.close()]);
  const failed = starting.find(({ status }) => status === 'rejected');
  if (failed) {
    await close();
    throw failed.reason;
  }
  return {
    redis,
    issuer,
    servers,
    records: () => servers.flatMap(({ lines }) => lines.map(({ record }) => record)),
    /** One redemption at the server whose turn it is. */
    redeem: (grant, turn) => redeem(servers[turn % servers.length].origin, grant),
    close,
  };
}

const isGranted = ({ status, token }) => status === 200 && typeof token === 'string';
const isSpent = ({ status, error, token }) => status === 400 && error === 'invalid_grant' && token === undefined;
const isPutOff = ({ status, error, retryAfter, token }) =>
  status === 503 && error === 'temporarily_unavailable' && Number(retryAfter) > 0 && token === undefined;
const count = (all, holds) => all.filter(holds).length;

for (const [name, members] of Object.entries(FLEETS)) {
  describe(name, () => {
    let fleet;
    before(async () => { fleet = await openFleet(members); });
    after(() => fleet?.close());

    test(`of ${AT_ONCE} redemptions of one grant at once, one is granted, and each leaves a record`, async () => {
      for (let round = 0; round < 5; round += 1) {
        const grant = await fleet.issuer.grant();
        const known = fleet.records().length;
        const answers = await Promise.all(Array.from({ length: AT_ONCE }, (_, turn) => fleet.redeem(grant, turn)));
        assert.deepEqual([count(answers, isGranted), count(answers, isSpent)], [1, AT_ONCE - 1]);
        await until(() => fleet.records().length >= known + AT_ONCE, 'every redemption has its record');
        const records = fleet.records().filter((record) => record.grant_id === grant.id);
        const outcomes = records.map(({ outcome, error }) => error ?? outcome);
        assert.deepEqual([count(outcomes, (one) => one === 'permit'), count(outcomes, (one) => one === 'token_replayed')], [1, AT_ONCE - 1]);
      }
    });

    test('of many grants, each at every server at once, each is granted once', async () => {
      const grants = await fleet.issuer.grants(AT_ONCE / 4);
      const answers = await Promise.all(grants.flatMap((grant) => fleet.servers.map(async (_, turn) => ({ grant, ...(await fleet.redeem(grant, turn)) }))));
      const granted = answers.filter(isGranted).map(({ grant }) => grant.id);
      assert.deepEqual([...granted].sort(), grants.map(({ id }) => id).sort());
      assert.equal(count(answers, isSpent), answers.length - grants.length);
    });

    test('while Redis is dead nothing is granted, when it is back everything goes on, and nothing is granted twice', async () => {
      const used = [];
      let answers = [];
      let over = false;
      /** Redeems one new grant after another, each at every server at once. */
      const storm = async () => {
        while (!over) {
          const grant = await fleet.issuer.grant();
          used.push(grant);
          const asked = fleet.servers.map(async (server, turn) => ({ grant, server, ...(await fleet.redeem(grant, turn)) }));
          answers.push(...(await Promise.all(asked)));
        }
      };
      const storms = Promise.all(Array.from({ length: 8 }, storm));
      // A storm that broke is the test's end, and not a reason to wait for the others.
      const meets = (holds, what) => Promise.race([until(holds, what), storms.then(() => assert.fail('the storm is over'))]);
      const everywhere = (holds) => fleet.servers.every((server) => answers.some((answer) => answer.server === server && holds(answer)));

      await meets(() => count(answers, isGranted) >= 25, 'it works before');
      await fleet.redis.kill();
      // What was on its way when Redis died may have been told before.
      const dying = used.length;
      await meets(() => used.length > dying + 16 && everywhere(isPutOff), 'every server puts its clients off');
      const whileDead = answers.filter(({ grant }) => used.indexOf(grant) >= dying);
      assert.ok(whileDead.length > 0);
      assert.equal(count(whileDead, isPutOff), whileDead.length, JSON.stringify(whileDead.find((one) => !isPutOff(one))));

      const before = answers;
      answers = [];
      await fleet.redis.restart();
      await meets(() => everywhere(isGranted), 'every server grants again');
      over = true;
      await storms;

      const all = [...before, ...answers];
      assert.equal(count(all, isGranted) + count(all, isSpent) + count(all, isPutOff), all.length);
      const granted = all.filter(isGranted).map(({ grant }) => grant);
      const twice = await Promise.all(granted.map((grant, turn) => fleet.redeem(grant, turn)));
      assert.deepEqual(twice.filter((answer) => !isSpent(answer)), [], 'what was granted stays spent');
      assert.equal(new Set(granted).size, granted.length, 'no grant was good for two tokens');

      // What nobody was granted, because Redis was dead, was not spent by the refusal.
      const putOff = used.filter((grant) => whileDead.some((answer) => answer.grant === grant));
      const settled = putOff.filter((grant) => !granted.includes(grant));
      const now = await Promise.all(settled.map((grant, turn) => fleet.redeem(grant, turn)));
      assert.equal(count(now, isGranted), settled.length);
    });
  });
}

describe('a Redis that writes nothing down', () => {
  let fleet;
  before(async () => { fleet = await openFleet([node('redis')], { keeps: false }); });
  after(() => fleet?.close());

  test('forgets when it dies, and a grant is good again: as SECURITY.md says', async () => {
    const grant = await fleet.issuer.grant();
    assert.ok(isGranted(await fleet.redeem(grant, 0)));
    assert.ok(isSpent(await fleet.redeem(grant, 0)));
    await fleet.redis.kill();
    await until(async () => isPutOff(await fleet.redeem(grant, 0)), 'it is put off');
    await fleet.redis.restart();
    const again = await until(async () => {
      const answer = await fleet.redeem(grant, 0);
      return !isPutOff(answer) && answer;
    }, 'it is answered');
    assert.ok(isGranted(again));
  });
});
