// The JavaScript identity provider: `identityProvider` behind `node:http`, made of the packed package that is installed in
// the folder of the first argument.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const require = createRequire(join(process.argv[2], 'package.json'));
const idjag = require('idjag');
const adapters = require('idjag/adapters');

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const told = JSON.parse((await lines.next()).value);
const { clients, audience, resource, scope, excess_scope: excess, subject, signing_key: { kid, d } } = told;

let listener;
const http = createServer((request, response) => listener(request, response));
http.listen(0, '127.0.0.1');
await once(http, 'listening');
const issuer = `http://127.0.0.1:${http.address().port}`;
const loopback = { dangerousAllowHttpLoopback: true };

const records = new Map(clients.map(({ client_id: id, method, secret, public_jwk: jwk }) => [id, {
  client_id: id,
  token_endpoint_auth_method: method,
  client_secret_sha256: secret && [createHash('sha256').update(secret).digest('base64url')],
  jwks: jwk && { keys: [jwk] },
}]));
const signer = new idjag.SigningKey({ alg: 'ES256', kid, random: Buffer.from(d, 'base64url') });
const policy = new idjag.Policy({
  document: {
    version: 1,
    apps: [{ id: 'agent', client_ids: [...records.keys()], status: 'approved' }],
    servers: [{
      id: 'data', issuer: audience, resources: [resource], client_ids: { agent: 'agent-there' },
      scope_sets: { usual: scope.split(' '), never: [excess] },
    }],
    rules: [{ id: 'usual', effect: 'permit', apps: { ids: ['agent'] }, servers: { ids: ['data'] }, subjects: { groups_any: ['staff'] }, scopes: ['@usual'] }],
  },
});

listener = adapters.toNodeHandler(adapters.identityProvider({
  server: new idjag.IdentityProvider({ issuer, tokenEndpoint: `${issuer}/token`, ...loopback }),
  metadata: {
    issuer,
    tokenEndpoint: `${issuer}/token`,
    jwksUri: `${issuer}/jwks`,
    tokenEndpointAuthMethodsSupported: ['private_key_jwt', 'client_secret_basic', 'client_secret_post'],
    dpopSigningAlgValuesSupported: ['ES256'],
    ...loopback,
  },
  jwks: new idjag.KeySet({ issuer, jwks: { keys: [signer.publicJwk] }, algorithms: ['ES256'], ...loopback }),
  signer,
  policy,
  clients: (id) => records.get(id),
  users: (user) => (user.subject === subject ? { subject, groups: ['staff'] } : undefined),
  replay: adapters.memoryReplayStore(new idjag.MemoryReplayStore({ capacity: 10_000 })),
  onError: (error) => console.error(error),
}));

console.log(JSON.stringify({ url: issuer, client_id_there: 'agent-there' }));
await lines.next();
process.exit();
