// One of many authorization servers with the same name, keys and Redis: an ID-JAG becomes an access token, once.

import { createServer } from 'node:http';
import { ResourceAuthorizationServer, KeySet, SigningKey, digestClientSecret } from 'idjag';
import { redisReplayStore, redisRevocationStore, resourceAuthorizationServer, toNodeHandler } from 'idjag/adapters';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { tell } from './tell.mjs';

const { issuer, resource, idp, jwks, key, client, redis, through, revokes } = JSON.parse(process.env.SETTINGS);

const open = {
  async redis() {
    const opened = createClient({ url: redis, socket: { reconnectStrategy: () => 100 } });
    opened.on('error', () => {});
    return opened.connect();
  },
  async ioredis() {
    const opened = new Redis(redis, { retryStrategy: () => 100, autoResendUnfulfilledCommands: false });
    opened.on('error', () => {});
    return opened;
  },
};

const signer = new SigningKey({ jwk: key });
const registration = {
  client_id: client.id,
  token_endpoint_auth_method: 'client_secret_basic',
  client_secret_sha256: [digestClientSecret({ clientSecret: client.secret }).sha256],
};
const revoking = revokes ? { revocationEndpoint: `${issuer}/revoke` } : {};
const connection = await open[through]();
const handler = resourceAuthorizationServer({
  server: new ResourceAuthorizationServer({
    issuer, tokenEndpoint: `${issuer}/token`, trustedIssuers: [{ issuer: idp }],
    resources: [{ id: resource, scopes: 'rows:read' }], ...revoking,
  }),
  metadata: { issuer, tokenEndpoint: `${issuer}/token`, jwksUri: `${issuer}/jwks`, ...revoking },
  jwks: new KeySet({ issuer, jwks: { keys: [signer.publicJwk] }, algorithms: ['ES256'] }),
  signer,
  keys: { keys: () => idpKeys },
  clients: (id) => (id === client.id ? registration : undefined),
  accounts: (claims) => ({ subject: claims.sub }),
  // Long: on a machine that is busy with other things, slow is not dead.
  replay: redisReplayStore(connection, { timeoutMs: 4000 }),
  revocations: revokes ? redisRevocationStore(connection) : undefined,
  onRecord: (record) => tell({ record }),
  onError: (error) => console.error(error),
});
const idpKeys = new KeySet({ issuer: idp, jwks, algorithms: ['ES256'] });

const server = createServer(toNodeHandler(handler)).listen(0, '127.0.0.1', () => {
  tell({ origin: `http://127.0.0.1:${server.address().port}` });
});
