// One of many resource servers with the same name that hold tokens against what was revoked, on one Redis.

import { createServer } from 'node:http';
import { KeySet, ResourceServer } from 'idjag';
import { protectResource, redisRevocationStore, toNodeHandler } from 'idjag/adapters';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { tell } from './tell.mjs';

const { issuer, resource, jwks, redis, through, subscribes } = JSON.parse(process.env.SETTINGS);

const open = {
  async redis() {
    const opened = createClient({ url: redis, socket: { reconnectStrategy: () => 100 } });
    opened.on('error', () => {});
    return opened.connect();
  },
  async ioredis() {
    const opened = new Redis(redis, { retryStrategy: () => 100 });
    opened.on('error', () => {});
    return opened;
  },
};

const keySet = new KeySet({ issuer, jwks, algorithms: ['ES256'] });
const handler = protectResource({
  server: new ResourceServer({
    resource, authorizationServers: [{ issuer }], initialScope: 'rows:read', revocation: 'required',
  }),
  keys: { keys: () => keySet },
  revocations: redisRevocationStore(await open[through](), {
    subscriber: subscribes ? await open[through]() : undefined,
  }),
  next: () => new Response('passed'),
  onError: (error) => console.error(error),
});

const server = createServer(toNodeHandler(handler)).listen(0, '127.0.0.1', () => {
  tell({ origin: `http://127.0.0.1:${server.address().port}` });
});
