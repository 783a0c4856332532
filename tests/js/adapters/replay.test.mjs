// Replay stores: first, seen, or no answer; never `first` twice, and never `first` from a store that cannot say.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { adapters, idjag } from './support/package.mjs';
import { startRedis } from './support/redis.mjs';
import * as world from './support/resource.mjs';

const NOW = Math.floor(Date.now() / 1000);

let made = 0;
/** A key that nobody has recorded yet. */
function freshKey(retainUntil = NOW + 300) {
  made += 1;
  return idjag.newReplayKey({ kind: 'id_jag', issuer: 'https://idp.example', jti: `grant-${made}-${Math.random()}`, retainUntil });
}

test('in memory: once, and never again while the token lives', async () => {
  const store = adapters.memoryReplayStore(new idjag.MemoryReplayStore({ capacity: 2 }));
  const key = freshKey();
  assert.equal(await store.firstUse(key, NOW), 'first');
  assert.equal(await store.firstUse(key, NOW), 'seen');
  assert.equal(await store.firstUse(freshKey(), NOW), 'first');
  assert.equal(await store.firstUse(freshKey(), NOW), 'unavailable', 'full, and nothing is forgotten early');
  assert.equal(await store.firstUse(freshKey(NOW + 600), NOW + 300), 'first', 'what has expired makes room');
  assert.equal(await store.firstUse(key, NOW + 300), 'unavailable', 'what may have been forgotten is not new');
});

describe('a client of Redis', () => {
  /** A client that keeps names as Redis does, and spells its options as `isNX` reads them. */
  const clientThat = (isNX) => {
    const names = new Map();
    return {
      names,
      async set(name, value, ...options) {
        if (isNX(options) && names.has(name)) return null;
        names.set(name, value);
        return 'OK';
      },
      get: async (name) => names.get(name) ?? null,
    };
  };

  test('that overlooks NX is found out before anything is granted, told of once, and never believed', async () => {
    const errors = [];
    const client = clientThat(([options]) => options.nx);
    const store = adapters.redisReplayStore(client, { onError: (error) => errors.push(error) });
    const key = freshKey();
    for (let times = 0; times < 3; times += 1) assert.equal(await store.firstUse(key, NOW), 'unavailable');
    assert.ok(!client.names.has(key.name), 'nothing was asked of it');
    assert.deepEqual(errors.map(({ message }) => message), ['the Redis client overlooks NX: it cannot remember what was used']);
    const silent = adapters.redisReplayStore(client, { onError: () => { throw new Error('log'); } });
    assert.equal(await silent.firstUse(key, NOW), 'unavailable');
  });

  test('that keeps to NX is looked at once', async () => {
    const client = clientThat(([options]) => options.NX);
    const store = adapters.redisReplayStore(client, { prefix: 'app:' });
    const [one, other] = [freshKey(), freshKey()];
    const answers = await Promise.all([one, one, other].map((key) => store.firstUse(key, NOW)));
    assert.deepEqual(answers, ['first', 'seen', 'first']);
    assert.equal(client.names.size, 3);
    assert.ok([...client.names.keys()].every((name) => name.startsWith('app:')));
  });

  test('that repeats a command because the answer was lost is not told that somebody else was first', async () => {
    const client = clientThat(([options]) => options.NX);
    const repeating = { get: client.get, set: (...command) => client.set(...command).then(() => client.set(...command)) };
    const store = adapters.redisReplayStore({ ...repeating, set: (name, ...rest) => (name.includes('probe') ? client : repeating).set(name, ...rest) });
    const key = freshKey();
    assert.equal(await store.firstUse(key, NOW), 'first');
    assert.equal(await store.firstUse(key, NOW), 'seen');
  });

  test('that says it is not connected is not asked: what it sent later would spend what was refused', async () => {
    const client = clientThat(([options]) => options.NX);
    for (const away of [{ isReady: false }, { status: 'reconnecting' }, { status: 'end' }]) {
      assert.equal(await adapters.redisReplayStore({ ...client, ...away }).firstUse(freshKey(), NOW), 'unavailable');
    }
    assert.equal(client.names.size, 0);
    for (const here of [{ isReady: true }, { status: 'ready' }, { status: 'wait' }]) {
      assert.equal(await adapters.redisReplayStore({ ...client, ...here }).firstUse(freshKey(), NOW), 'first');
    }
  });

  test('that was away is looked at again', async () => {
    const client = clientThat(([options]) => options.NX);
    let down = true;
    const store = adapters.redisReplayStore({
      ...client,
      set: (...command) => (down ? new Promise(() => {}) : client.set(...command)),
    }, { timeoutMs: 50 });
    assert.equal(await store.firstUse(freshKey(), NOW), 'unavailable');
    down = false;
    assert.equal(await store.firstUse(freshKey(), NOW), 'first');
  });
});

test('Durable Objects that fail, say something else or are not there cannot say', async () => {
  const answering = (fetch) => ({ idFromName: (name) => name, get: () => ({ fetch }) });
  const broken = [
    answering(async () => { throw new Error('overloaded'); }),
    answering(async () => new Response('first', { status: 500 })),
    answering(async () => new Response('FIRST')),
    answering(async () => new Response('')),
    answering(() => new Promise(() => {})),
    { idFromName: () => { throw new Error('no such class'); } },
    undefined,
  ];
  for (const namespace of broken) {
    const store = adapters.durableObjectReplayStore(namespace, { timeoutMs: 50 });
    assert.equal(await store.firstUse(freshKey(), NOW), 'unavailable');
  }
  const [asked, names] = [[], new Set()];
  const one = answering(async (_, { body }) => {
    const { name, seconds } = JSON.parse(body);
    asked.push(seconds);
    return new Response(names.has(name) ? 'seen' : names.add(name) && 'first');
  });
  const key = freshKey(NOW + 100);
  const store = adapters.durableObjectReplayStore(one, { shards: 1 });
  assert.deepEqual([await store.firstUse(key, NOW), await store.firstUse(key, NOW)], ['first', 'seen']);
  assert.deepEqual(asked, [400, 400], 'longer than the token lives');
  for (const shards of [0, 1.5, -1, 1e9]) assert.throws(() => adapters.durableObjectReplayStore(one, { shards }), { code: 'argument_invalid' });
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
    let opened;
    let store;
    before(async () => {
      server = await startRedis();
      opened = await open(server.url);
      // Long: on a machine that is busy with other things, slow is not dead.
      store = adapters.redisReplayStore(opened.client, { timeoutMs: 10_000 });
    });
    after(async () => {
      await opened?.close();
      await server?.kill();
    });

    test('records once, under the name of the key, until after the token has expired', async () => {
      const key = freshKey();
      assert.equal(await store.firstUse(key, NOW), 'first');
      assert.equal(await store.firstUse(key, NOW), 'seen');
      const left = await opened.client.ttl(key.name);
      assert.ok(left > 300 && left <= 700, `kept for ${left} seconds`);
    });

    test('of two hundred at once, one is first', async () => {
      const key = freshKey();
      const other = await open(server.url);
      const stores = [store, adapters.redisReplayStore(other.client, { timeoutMs: 10_000 })];
      const answers = await Promise.all(Array.from({ length: 200 }, (_, at) => stores[at % 2].firstUse(key, NOW)));
      await other.close();
      assert.equal(answers.filter((answer) => answer === 'first').length, 1);
      assert.equal(answers.filter((answer) => answer === 'seen').length, 199);
    });

    test('a server that does not answer cannot say, and what it recorded meanwhile stays recorded', async () => {
      const key = freshKey();
      const impatient = adapters.redisReplayStore(opened.client, { timeoutMs: 1000 });
      assert.equal(await impatient.firstUse(freshKey(), NOW), 'first');
      server.freeze();
      // It answers although the server never does.
      assert.equal(await impatient.firstUse(key, NOW), 'unavailable');
      server.thaw();
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal(await store.firstUse(key, NOW), 'seen', 'fail closed: the lost answer was that of a first use');
    });

    test('a server that is killed cannot say; one that came back can', async () => {
      const { port } = server;
      assert.equal(await store.firstUse(freshKey(), NOW), 'first');
      await server.kill();
      const answers = await Promise.all(Array.from({ length: 20 }, () => store.firstUse(freshKey(), NOW)));
      assert.deepEqual(new Set(answers), new Set(['unavailable']));
      server = await startRedis(port);
      let answer;
      for (let tries = 0; tries < 50 && answer !== 'first'; tries += 1) {
        answer = await store.firstUse(freshKey(), NOW);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.equal(answer, 'first');
    });

    test('servers that share it grant one of many redemptions, and none while it is away', async () => {
      const known = await world.parties();
      const servers = await Promise.all([1, 2].map(() => world.authorizationServer(known, { replay: store })));
      const redeemAll = async (assertion) => {
        const sent = Array.from({ length: 40 }, (_, at) => servers[at % 2].handler(world.redemption(assertion)));
        return (await Promise.all(sent)).map(({ status }) => status);
      };
      const granted = (statuses) => statuses.filter((status) => status === 200).length;
      assert.equal(granted(await redeemAll(await world.grant(known))), 1);

      const { port } = server;
      const assertion = await world.grant(known);
      await server.kill();
      assert.deepEqual(new Set(await redeemAll(assertion)), new Set([503]));
      server = await startRedis(port);
      let total = 0;
      for (let tries = 0; tries < 50 && total === 0; tries += 1) {
        total += granted(await redeemAll(assertion));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      total += granted(await redeemAll(assertion));
      assert.ok(total <= 1, `granted ${total} times`);
      assert.equal(granted(await redeemAll(await world.grant(known))), 1, 'service resumes');
    });

    test('a reply that is none, or an error, is not taken for an answer', async () => {
      const key = freshKey();
      for (const reply of [undefined, 'ok', 1, true, '']) {
        const odd = adapters.redisReplayStore({ set: async () => reply });
        assert.equal(await odd.firstUse(key, NOW), 'unavailable');
      }
      const broken = adapters.redisReplayStore({ set: () => { throw new Error('broken'); } });
      assert.equal(await broken.firstUse(key, NOW), 'unavailable');
    });
  });
}
