// Revocation: a client gives its token up, every server of the company stops taking it, and nobody is told so too early.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { adapters, idjag } from './support/package.mjs';
import { sha256 } from './support/jose.mjs';
import { startRedis } from './support/redis.mjs';
import * as world from './support/resource.mjs';

const REVOKE = `${world.ISSUER}/revoke`;

let known;
before(async () => {
  known = await world.parties();
});

const fails = async () => {
  throw new Error('the database is at db.internal:5432');
};

const CALL = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'read' } });

/** An authorization server with a revocation endpoint, and the MCP server it guards; `clock.skew` moves their time. */
async function company(revocations, { next = () => Response.json({ rows: 3 }), ...changed } = {}) {
  const clock = { skew: 0 };
  const now = () => world.now() + clock.skew;
  const secrets = [await sha256('app-secret')];
  const record = (id) => ({ client_id: id, token_endpoint_auth_method: 'client_secret_basic', client_secret_sha256: secrets });
  const auth = await world.authorizationServer(known, {
    server: new idjag.ResourceAuthorizationServer({
      issuer: world.ISSUER,
      tokenEndpoint: world.TOKEN_ENDPOINT,
      revocationEndpoint: REVOKE,
      trustedIssuers: [{ issuer: world.IDP }],
      resources: [{ id: world.RESOURCE, scopes: 'rows:read rows:write' }],
    }),
    metadata: {
      issuer: world.ISSUER, tokenEndpoint: world.TOKEN_ENDPOINT, jwksUri: `${world.ISSUER}/jwks`, revocationEndpoint: REVOKE,
      tokenEndpointAuthMethodsSupported: ['client_secret_basic'],
    },
    clients: (id) => (['app', 'other'].includes(id) ? record(id) : undefined),
    now,
    revocations,
    ...changed,
  });
  const seen = { records: [], errors: [] };
  const mcp = adapters.protectResource({
    server: new idjag.ResourceServer({
      resource: world.RESOURCE,
      authorizationServers: [{ issuer: world.ISSUER }],
      access: { tools: { read: { scope: 'rows:read' } } },
      revocation: 'required',
    }),
    keys: { keys: () => known.serverKeys },
    revocations,
    now,
    onRecord: (one) => seen.records.push(one),
    onError: (error) => seen.errors.push(error),
    next,
  });
  const token = async () => {
    const response = await auth.handler(world.redemption(await world.grant(known)));
    return (await response.json()).access_token;
  };
  const call = (accessToken, body = CALL) => mcp(new Request(world.RESOURCE, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body,
    duplex: 'half',
  }));
  return { ...auth, clock, token, call, seen };
}

/** The digests by which a copy knows tokens of the company's. */
function digests(jtis, at) {
  const copy = new idjag.RevocationList({ maxStale: 10, now: at });
  copy.add({ entries: jtis.map((jti) => ({ iss: world.ISSUER, jti, retain_until: at + 600 })), now: at });
  return written(copy, at);
}

/** The digests that a copy has, in order. */
function written(copy, at) {
  return copy.export({ now: at }).entries.map(({ digest }) => digest).sort();
}

/** A revocation as it arrives. */
const revocation = (token, client = 'app') => new Request(REVOKE, {
  method: 'POST',
  headers: { authorization: `Basic ${Buffer.from(`${client}:app-secret`).toString('base64')}` },
  body: new URLSearchParams({ token }),
});

const outcomes = (records) => records.map(({ outcome, error }) => error ?? outcome);

describe('the revocation endpoint', () => {
  test('takes a token back, and every server with the store refuses it from then on', async () => {
    const { handler, records, token, call, seen } = await company(adapters.memoryRevocationStore());
    const [one, other] = [await token(), await token()];
    assert.equal((await call(one)).status, 200);
    const response = await handler(revocation(one));
    assert.deepEqual([response.status, response.headers.get('cache-control')], [200, 'no-store']);
    const refusal = await call(one);
    assert.equal(refusal.status, 401);
    assert.match(refusal.headers.get('www-authenticate'), /error="invalid_token"/);
    assert.equal((await call(other)).status, 200, 'the other token is as good as before');
    assert.deepEqual(outcomes(records), ['permit', 'permit', 'revoke']);
    assert.deepEqual(outcomes(seen.records), ['permit', 'token_revoked', 'permit']);
    assert.deepEqual([records[2].token_id, records[2].client_id], [idOf(one), 'app']);
  });

  test('knows its own tokens only: of all others there is nothing to revoke', async () => {
    const { handler, records, token, call } = await company(adapters.memoryRevocationStore());
    const foreign = await world.grant(known);
    for (const text of ['no token', foreign]) assert.equal((await handler(revocation(text))).status, 200);
    const mine = await token();
    const response = await handler(revocation(mine, 'other'));
    assert.deepEqual([response.status, (await response.json()).error], [400, 'invalid_grant']);
    assert.equal((await call(mine)).status, 200, 'nobody else can take it away');
    assert.deepEqual(outcomes(records), ['token_malformed', 'typ_mismatch', 'permit', 'client_mismatch']);
    assert.equal((await handler(revocation(mine, 'nobody'))).status, 401);
  });

  test('tells nobody that a token is revoked before it is stored', async () => {
    const memory = adapters.memoryRevocationStore();
    const store = { list: memory.list, revoke: fails };
    const { handler, errors, records, token } = await company(store);
    const response = await handler(revocation(await token()));
    assert.deepEqual([response.status, (await response.json()).error], [503, 'temporarily_unavailable']);
    assert.equal(response.headers.get('retry-after'), '1');
    assert.match(errors[0].message, /db\.internal/);
    assert.equal(outcomes(records)[1], 'store_unavailable');
    assert.equal((await handler(revocation('no token'))).status, 200, 'where there is nothing to store, nothing is missed');
  });

  test('is where the metadata says, and nowhere where it says nothing', async () => {
    const { handler } = await company(adapters.memoryRevocationStore());
    const url = `${world.ISSUER}/.well-known/oauth-authorization-server`;
    const document = await (await handler(new Request(url))).json();
    assert.equal(document.revocation_endpoint, REVOKE);
    assert.deepEqual(document.revocation_endpoint_auth_methods_supported, ['client_secret_basic']);
    assert.equal(typeof handler.revocation, 'function');
    const plain = await world.authorizationServer(known);
    assert.equal(plain.handler.revocation, undefined);
    assert.equal((await plain.handler(revocation('no token'))).status, 404);
  });

  test('is not there without a store, which no guard would know, nor on one side only', async () => {
    await assert.rejects(company(undefined), { code: 'argument_invalid', detail: /^\/revocations/ });
    const store = adapters.memoryRevocationStore();
    const { options } = await world.authorizationServer(known);
    for (const changed of [{ server: options.server }, { metadata: options.metadata }]) {
      await assert.rejects(company(store, changed), { code: 'argument_invalid', detail: /^\/metadata\/revocationEndpoint/ });
    }
  });
});

describe('a list', () => {
  test('that cannot be had, or is none, decides nothing', async () => {
    for (const [list, redeemed] of [[fails, 503], [async () => undefined, 503], [() => ({}), 500]]) {
      const memory = adapters.memoryRevocationStore();
      const { token } = await company(memory);
      const accessToken = await token();
      const { handler, call, errors, seen } = await company({ ...memory, list });
      assert.equal((await handler(world.redemption(await world.grant(known)))).status, redeemed);
      assert.equal((await call(accessToken)).status, redeemed);
      assert.equal(errors.length + seen.errors.length, 2, 'and the host is told why');
    }
  });

  test('that is required and not there: 503, and the token is as good as before', async () => {
    const { token } = await company(adapters.memoryRevocationStore());
    const { options } = await world.authorizationServer(known);
    const { call, seen } = await company(undefined, { server: options.server, metadata: options.metadata });
    const response = await call(await token());
    assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '1']);
    assert.deepEqual(outcomes(seen.records), ['revocations_unavailable']);
  });

  test('takes the rights of a user away, and what was redeemed later is good', async () => {
    const store = adapters.memoryRevocationStore();
    const { token, call, clock, handler } = await company(store);
    const before = await token();
    const at = world.now();
    const entry = { iss: world.ISSUER, sub: 'ada@mcp', issued_before: at + 1, retain_until: at + 7200 };
    await store.revoke([entry], at);
    assert.equal((await call(before)).status, 401);
    clock.skew = 10;
    assert.equal((await call(await token())).status, 200);
    await store.revoke([{ iss: world.IDP, sub: 'ada', issued_before: at + 60, retain_until: at + 7200 }], at);
    const refused = await handler(world.redemption(await world.grant(known)));
    assert.deepEqual([refused.status, (await refused.json()).error], [400, 'invalid_grant']);
  });
});

const CLIENTS = {
  redis: async (url) => {
    const client = createClient({ url, socket: { reconnectStrategy: () => 50 } });
    client.on('error', () => {});
    await client.connect();
    return { client, close: async () => client.destroy() };
  },
  ioredis: async (url) => {
    const client = new Redis(url, { retryStrategy: () => 50, lazyConnect: true });
    client.on('error', () => {});
    await client.connect();
    return { client, close: async () => client.disconnect() };
  },
};

for (const [name, open] of Object.entries(CLIENTS)) {
  describe(`on Redis, with the client ${name}`, () => {
    let server;
    const opened = [];
    const connect = async () => {
      opened.push(await open(server.url));
      return opened.at(-1).client;
    };
    const store = async (options = {}) => {
      return adapters.redisRevocationStore(await connect(), { maxAgeMs: 0, timeoutMs: 1000, ...options });
    };
    before(async () => {
      server = await startRedis();
    });
    after(async () => {
      await Promise.all(opened.map(({ close }) => close()));
      await server?.kill();
    });

    test('what one process revokes, every other refuses', async () => {
      const [one, two] = [await company(await store()), await company(await store())];
      const token = await one.token();
      assert.equal((await two.call(token)).status, 200);
      assert.equal((await one.handler(revocation(token))).status, 200);
      assert.equal((await one.call(token)).status, 401, 'in its own process at once');
      assert.equal((await two.call(token)).status, 401);
      const late = await company(await store());
      assert.equal((await late.call(token)).status, 401, 'and whoever starts later reads it too');
    });

    test('a token that is revoked while the body comes does not pass', async () => {
      const [one, two] = [await company(await store()), await company(await store())];
      const token = await one.token();
      let revoked;
      const body = new ReadableStream({
        async pull(controller) {
          revoked = (await one.handler(revocation(token))).status;
          controller.enqueue(new TextEncoder().encode(CALL));
          controller.close();
        },
      }, { highWaterMark: 0 });
      const response = await two.call(token, body);
      assert.deepEqual([revoked, response.status], [200, 401]);
    });

    test('an answer that has begun is finished, however far the list is by then', async () => {
      const found = [];
      const shared = await store();
      const { token, call } = await company(shared, {
        next: async (_, { permitsTools }) => {
          for (const later of [2, 3600]) {
            await shared.list(world.now() + later);
            found.push(permitsTools(['read', 'drop']));
          }
          return Response.json({});
        },
      });
      assert.equal((await call(await token())).status, 200);
      assert.deepEqual(found, [['read'], ['read']]);
    });

    test('what a failover lost, and what took its place, is read from its beginning', async () => {
      const prefix = `lost-${name}:`;
      const [reader, writer] = [await store({ prefix }), await store({ prefix })];
      const client = opened.at(-1).client;
      const send = (...command) => (name === 'redis' ? client.sendCommand(command) : client.call(...command));
      const at = world.now();
      const revoke = (...ids) => writer.revoke(ids.map((jti) => ({ iss: world.ISSUER, jti, retain_until: at + 600 })), at);
      const read = async () => written(await reader.list(at), at);
      await revoke('a', 'b', 'c');
      assert.deepEqual(await read(), digests(['a', 'b', 'c'], at));
      // The replica has not seen the last two. What was written since may be less, or more, than what was lost.
      for (const [since, all] of [[['d'], 'abcd'], [['e', 'f', 'g', 'h'], 'abcdefgh']]) {
        await send('ZREMRANGEBYRANK', `${prefix}{idjag:revoked}:sequence`, '1', '-1');
        await send('HSET', `${prefix}{idjag:revoked}:state`, 'sequence', '1');
        await revoke(...since);
        assert.deepEqual(await read(), digests([...all], at));
      }
    });

    test('many at once: none is lost', async () => {
      const stores = await Promise.all([store(), store()]);
      const at = world.now();
      const entry = (id) => ({ iss: world.ISSUER, jti: `many-${name}-${id}`, retain_until: at + 600 });
      await Promise.all(Array.from({ length: 200 }, (_, id) => stores[id % 2].revoke([entry(id)], at)));
      for (const one of [...stores, await store()]) {
        const known = new Set(written(await one.list(at), at));
        const all = digests(Array.from({ length: 200 }, (_, id) => entry(id).jti), at);
        assert.deepEqual([all.length, all.filter((digest) => !known.has(digest))], [200, []]);
      }
    });

    test('through another connection, it is heard of at once', async () => {
      const reader = await store({ maxAgeMs: 3_600_000, subscriber: await connect() });
      const writer = await store();
      const at = world.now();
      const has = async (jti) => written(await reader.list(at), at).includes(digests([jti], at)[0]);
      assert.equal(await has('heard'), false);
      let tries = 0;
      // The subscription may come after the first message.
      for (let found = false; !found; found = await has('heard')) {
        tries += 1;
        assert.ok(tries < 200, 'it is never heard of');
        await writer.revoke([{ iss: world.ISSUER, jti: 'heard', retain_until: at + 600 }], at);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    });

    test('what may be forgotten is forgotten', async () => {
      const own = await store({ prefix: `old-${name}:` });
      const at = world.now();
      await own.revoke([{ iss: world.ISSUER, jti: 'old', retain_until: at - 1000 }], at);
      await own.revoke([{ iss: world.ISSUER, jti: 'new', retain_until: at + 600 }], at);
      // Whoever states another time makes nobody forget.
      await own.revoke([{ iss: world.ISSUER, jti: 'new', retain_until: at + 600 }], at + 100_000);
      assert.equal(await opened.at(-1).client[name === 'redis' ? 'zCard' : 'zcard'](`old-${name}:{idjag:revoked}:sequence`), 1);
    });

    test('an entry that cannot be read refuses everything, rather than nothing', async () => {
      const errors = [];
      const own = await store({ prefix: `bad-${name}:`, onError: (error) => errors.push(error) });
      const { token, call } = await company(adapters.memoryRevocationStore());
      const accessToken = await token();
      const { call: guarded } = await company(own);
      assert.equal((await guarded(accessToken)).status, 200);
      const bad = { iss: world.ISSUER, jti: 'x', unknown: true, retain_until: world.now() + 600 };
      // Written by the store, one mistake would stop every server; so would a time in milliseconds, which forgets them all.
      await assert.rejects(own.revoke([{ iss: world.ISSUER, jti: 'x', retain_until: world.now() + 600 }], Date.now()), { code: 'invalid_now' });
      await assert.rejects(own.revoke([bad], world.now()), { code: 'revocation_malformed' });
      const fresh = await company(await store({ prefix: `bad-${name}:` }));
      assert.equal((await fresh.call(accessToken)).status, 200);
      const { client } = opened.at(-1);
      const send = (...command) => (name === 'redis' ? client.sendCommand(command) : client.call(...command));
      await send('HSET', `bad-${name}:{idjag:revoked}:state`, 'series', 'another', 'sequence', '1');
      await send('ZADD', `bad-${name}:{idjag:revoked}:sequence`, '1', JSON.stringify(bad));
      const later = await company(await store({ prefix: `bad-${name}:`, onError: (error) => errors.push(error) }));
      assert.equal((await later.call(accessToken)).status, 503);
      assert.ok(errors.some(({ code }) => code === 'revocation_malformed'));
      assert.equal((await call(accessToken)).status, 200);
    });

    test('while Redis is away the copy serves for a while, then nothing does; and it comes back', async () => {
      const errors = [];
      const shared = await store({ maxStale: 10, timeoutMs: 300, onError: (error) => errors.push(error) });
      const { handler, token, call, clock, seen } = await company(shared);
      const [good, revoked, third] = [await token(), await token(), await token()];
      assert.equal((await handler(revocation(revoked))).status, 200);
      const { port } = server;
      await server.kill();
      assert.equal((await call(good)).status, 200, 'the copy is new enough');
      assert.equal((await call(revoked)).status, 401);
      // It may yet be revoked: a client that keeps its commands sends them when it can.
      assert.equal((await handler(revocation(third))).status, 503, 'nobody is told that it is revoked');
      clock.skew = 30;
      assert.deepEqual([(await call(good)).status, (await call(revoked)).status], [503, 503]);
      assert.equal(outcomes(seen.records).at(-1), 'revocations_unavailable');
      assert.ok(errors.length > 0);
      server = await startRedis(port);
      let status;
      for (let tries = 0; tries < 100 && status !== 200; tries += 1) {
        status = (await call(good)).status;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.equal(status, 200);
      assert.equal((await call(revoked)).status, 401, 'what Redis lost, the copy still has');
      assert.equal((await handler(revocation(good))).status, 200);
      assert.equal((await call(good)).status, 401, 'and a new series is read from its beginning');
    });
  });
}

const idOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).jti;
