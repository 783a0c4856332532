// A revocation at one server, and every other that shares its Redis refuses the token: processes of three languages.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { SigningKey } from 'idjag';
import { CLIENT, IDP, ISSUER, RESOURCE, openIssuer, redeem } from './support/grants.mjs';
import { startNode, startProgram, startPython, until } from './support/processes.mjs';
import { openRedis } from './support/redis.mjs';

/** How long it may take at most: a bound of the test, and no promise. */
const PATIENCE = 15_000;

const FLEET = {
  'Node.js, polling': (settings) => startNode('servers/guard.mjs', { ...settings, through: 'redis' }),
  'Node.js, subscribed': (settings) => startNode('servers/guard.mjs', { ...settings, through: 'ioredis', subscribes: true }),
  Python: (settings) => startPython('servers/guard.py', settings),
  Rust: (settings) => startProgram('IDJAG_GUARD', [], settings),
};

/** Sends a request: its status. */
async function statusOf(url, headers, body) {
  const sent = request(url, { method: body === undefined ? 'GET' : 'POST', headers });
  sent.end(body);
  const [response] = await once(sent, 'response');
  response.resume();
  return response.statusCode;
}

describe('one revocation, four resource servers of three languages, one Redis', () => {
  let redis;
  let issuer;
  let authorization;
  let guards = [];

  before(async () => {
    redis = await openRedis();
    issuer = await openIssuer();
    const key = new SigningKey({ alg: 'ES256', kid: 'auth-1', random: crypto.getRandomValues(new Uint8Array(32)) });
    const settings = {
      issuer: ISSUER, resource: RESOURCE, idp: IDP, jwks: issuer.jwks, key: key.dangerousExport().jwk,
      client: CLIENT, redis: redis.url, through: 'redis', revokes: true,
    };
    authorization = await startNode('servers/redeem.mjs', settings);
    const guarding = { issuer: ISSUER, resource: RESOURCE, jwks: { keys: [key.publicJwk] }, redis: redis.url };
    guards = await Promise.all(Object.entries(FLEET).map(async ([name, start]) => ({ name, ...(await start(guarding)) })));
  });
  after(() => Promise.all([authorization?.stop(), ...guards.map((guard) => guard.stop()), redis?.close()]));

  const token = async () => {
    const answer = await redeem(authorization.origin, await issuer.grant());
    assert.equal(answer.status, 200);
    return answer.token;
  };
  const use = (guard, given) => statusOf(`${guard.origin}/mcp`, { authorization: `Bearer ${given}` });
  const revoke = (given) => statusOf(`${authorization.origin}/revoke`, {
    authorization: `Basic ${btoa(`${CLIENT.id}:${CLIENT.secret}`)}`,
    'content-type': 'application/x-www-form-urlencoded',
  }, new URLSearchParams({ token: given }).toString());

  test('what one revokes, all refuse', async (context) => {
    for (let round = 0; round < 3; round += 1) {
      const [revoked, kept] = [await token(), await token()];
      // A guard that has just started has to reach Redis first.
      await Promise.all(guards.map((guard) => until(async () => (await use(guard, revoked)) === 200, `${guard.name} serves`, PATIENCE)));
      const started = performance.now();
      assert.equal(await revoke(revoked), 200);
      const took = await Promise.all(guards.map(async (guard) => {
        await until(async () => (await use(guard, revoked)) === 401, `${guard.name} refuses`, PATIENCE);
        return `${guard.name} ${Math.round(performance.now() - started)} ms`;
      }));
      context.diagnostic(`refused after: ${took.join(', ')}`);
      for (const guard of guards) assert.equal(await use(guard, kept), 200, guard.name);
    }
  });

  test('while Redis is dead what was revoked stays so, then nobody decides; when it is back all goes on', async () => {
    const [revoked, kept] = [await token(), await token()];
    assert.equal(await revoke(revoked), 200);
    const everywhere = (given, status, what) => Promise.all(guards.map((guard) =>
      until(async () => (await use(guard, given)) === status, `${guard.name} ${what}`, 60_000)));
    await everywhere(revoked, 401, 'refuses');
    await redis.kill();
    for (const guard of guards) assert.notEqual(await use(guard, revoked), 200, guard.name);
    assert.equal(await revoke(kept), 503);
    await everywhere(kept, 503, 'decides nothing');
    await redis.restart();
    await everywhere(kept, 200, 'serves again');
    await everywhere(revoked, 401, 'still refuses');
  });
});
