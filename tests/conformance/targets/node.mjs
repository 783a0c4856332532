// The JavaScript server: `resourceAuthorizationServer` behind `node:http`, made of the packed package that is installed in
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

let listener;
const http = createServer((request, response) => listener(request, response));
http.listen(0, '127.0.0.1');
await once(http, 'listening');
const issuer = `http://127.0.0.1:${http.address().port}`;
const loopback = { dangerousAllowHttpLoopback: true };
const { idp, clients, resource, other_resource: otherResource, scope, other_scope: otherScope, subject } = told;

const records = new Map(clients.map(({ client_id: id, method, secret, public_jwk: jwk }) => [id, {
  client_id: id,
  token_endpoint_auth_method: method,
  client_secret_sha256: secret && [createHash('sha256').update(secret).digest('base64url')],
  jwks: jwk && { keys: [jwk] },
}]));
const signer = new idjag.SigningKey({ alg: 'ES256', kid: 'as-1', random: crypto.getRandomValues(new Uint8Array(32)) });
const fetcher = new adapters.KeySetFetcher({
  issuer: idp.issuer, algorithms: idp.algorithms, minRefreshInterval: 1, ...loopback,
});

const published = new idjag.KeySet({ issuer, jwks: { keys: [signer.publicJwk] }, algorithms: ['ES256'], ...loopback });
const authorizationServer = adapters.resourceAuthorizationServer({
  server: new idjag.ResourceAuthorizationServer({
    issuer,
    tokenEndpoint: `${issuer}/token`,
    trustedIssuers: [{ issuer: idp.issuer, algorithms: idp.algorithms }],
    resources: [{ id: resource, scopes: scope }, { id: otherResource, scopes: otherScope }],
    ...loopback,
  }),
  metadata: {
    issuer,
    tokenEndpoint: `${issuer}/token`,
    jwksUri: `${issuer}/jwks`,
    tokenEndpointAuthMethodsSupported: ['private_key_jwt', 'client_secret_basic', 'client_secret_post'],
    dpopSigningAlgValuesSupported: ['ES256'],
    ...loopback,
  },
  jwks: published,
  signer,
  keys: new adapters.KeySets([fetcher]),
  clients: (id) => records.get(id),
  accounts: (claims) => (claims.sub === subject ? { subject } : undefined),
  replay: adapters.memoryReplayStore(new idjag.MemoryReplayStore({ capacity: 10_000 })),
  onError: (error) => console.error(error),
});
const mcpServer = adapters.protectResource({
  server: new idjag.ResourceServer({
    resource, authorizationServers: [{ issuer }], access: { methods: { 'tools/list': { scope: 'rows:read' } } }, ...loopback,
  }),
  keys: new adapters.KeySets([{ issuer, keys: published }]),
  next: () => Response.json({ jsonrpc: '2.0', id: 1, result: { tools: [] } }),
});
listener = adapters.toNodeHandler(
  (request) => (new URL(request.url).pathname === '/mcp' ? mcpServer : authorizationServer)(request),
);

console.log(JSON.stringify({ url: issuer, mcp_url: `${issuer}/mcp` }));
await lines.next();
process.exit();
