// examples/worker: bundled as `wrangler` would, in real workerd, called by the clients of the SDK.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { connectAll } from 'idjag/mcp/client';
import { serve } from '../adapters/support/http.mjs';
import { randomBytes, sha256 } from '../adapters/support/jose.mjs';
import { adapters, idjag } from '../adapters/support/package.mjs';
import { startWorker } from '../adapters/support/workerd.mjs';
import { connected, listed, said, VERSIONS } from '../mcp/support/clients.mjs';
import { openEnterprise } from './support/enterprise.mjs';
import { pathOf } from './support/program.mjs';

const RESOURCE = 'https://rows.example/mcp';
const ENTRY = pathOf('worker', 'src/worker.mjs');
const loopback = { dangerousAllowHttpLoopback: true };

/** The authorization server of the Worker's owner, on this machine. */
async function openAuthorization(idp) {
  const { resourceAuthorizationServer, toNodeHandler } = adapters;
  const key = new idjag.SigningKey({ alg: 'ES256', kid: 'auth-1', random: randomBytes() });
  const site = await serve();
  const addresses = { issuer: site.origin, tokenEndpoint: `${site.origin}/token` };
  const secret = { client_id: 'desk-at-rows', token_endpoint_auth_method: 'client_secret_basic', client_secret_sha256: [await sha256('rows-secret')] };
  const keys = () => new adapters.KeySets([new adapters.KeySetFetcher({ issuer: idp().issuer, algorithms: ['ES256'], ...loopback })]);
  const open = () => resourceAuthorizationServer({
    server: new idjag.ResourceAuthorizationServer({
      ...addresses, trustedIssuers: [{ issuer: idp().issuer }], resources: [{ id: RESOURCE, scopes: 'rows:read rows:write' }], ...loopback,
    }),
    metadata: { ...addresses, jwksUri: `${site.origin}/jwks`, ...loopback },
    jwks: new idjag.KeySet({ issuer: site.origin, jwks: { keys: [key.publicJwk] }, algorithms: ['ES256'], ...loopback }),
    signer: key,
    keys: keys(),
    clients: (id) => (id === 'desk-at-rows' ? secret : undefined),
    accounts: ({ sub }) => ({ subject: `${sub}@rows` }),
    replay: adapters.memoryReplayStore(new idjag.MemoryReplayStore({ capacity: 1000 })),
  });
  let handler;
  site.listener = (request, response) => {
    handler ??= toNodeHandler(open());
    return handler(request, response);
  };
  return site;
}

describe('the Worker', { timeout: 60_000 }, () => {
  let auth;
  let enterprise;
  let worker;
  before(async () => {
    auth = await openAuthorization(() => enterprise);
    enterprise = await openEnterprise([{ id: 'rows', issuer: auth.origin, resource: RESOURCE, scopes: ['rows:read'] }]);
    worker = await startWorker({ RESOURCE, ISSUER: auth.origin, DEVELOPMENT: '1', PROOFS: 'reusable' }, ENTRY);
  });
  after(async () => {
    await worker?.close();
    await enterprise?.close();
    await auth?.close();
  });

  /** As if it were deployed: the Worker's name leads to where it listens. */
  const onTheWeb = (url, init) => {
    const { origin, pathname, search } = new URL(url);
    return fetch((origin === 'https://rows.example' ? worker.origin : origin) + pathname + search, init);
  };
  const reached = async (options) => {
    const client = await enterprise.client({ rows: 'rows-secret' }, options);
    const [found] = await connectAll({ client, servers: [RESOURCE], identity: enterprise.signOn, fetch: onTheWeb });
    if (found.error) throw found.error;
    return found;
  };

  for (const version of VERSIONS) {
    test(`serves a client of ${version}, as far as its token goes`, async () => {
      const { fetch: send } = await reached();
      const client = await connected(version, RESOURCE, send);
      assert.deepEqual(await listed(client), ['read_rows']);
      assert.deepEqual(await said(client, 'read_rows'), { rows: ['apples', 'pears'], user: 'ada@rows' });
      await assert.rejects(client.callTool({ name: 'delete_row', arguments: { at: 0 } }), { name: 'IdJagError' });
      assert.deepEqual((await said(client, 'read_rows')).rows, ['apples', 'pears']);
      await client.close();
    });
  }

  test('takes tokens that are bound to a key', async () => {
    const dpop = new idjag.SigningKey({ alg: 'ES256', kid: 'desk-proof', random: randomBytes() });
    const { fetch: send } = await reached({ dpop });
    const client = await connected('version 2', RESOURCE, send);
    assert.equal((await said(client, 'read_rows')).user, 'ada@rows');
    await client.close();
  });

  test('refuses whoever has no token, and says where one is to be had', async () => {
    const refused = await onTheWeb(RESOURCE, { method: 'POST', body: '{}' });
    assert.equal(refused.status, 401);
    const [, metadata] = /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate'));
    const document = await (await onTheWeb(metadata)).json();
    assert.deepEqual([document.resource, document.authorization_servers], [RESOURCE, [auth.origin]]);
  });
});

test('without its binding the Worker answers nothing', { timeout: 60_000 }, async () => {
  const worker = await startWorker({ RESOURCE, ISSUER: 'https://auth.example' }, ENTRY);
  try {
    assert.equal((await fetch(`${worker.origin}/.well-known/oauth-protected-resource/mcp`)).status, 500);
  } finally {
    await worker.close();
  }
});

test('wrangler is told what the test tells workerd', () => {
  const wrangler = readFileSync(pathOf('worker', 'wrangler.toml'), 'utf8');
  assert.match(wrangler, /^main = "src\/worker\.mjs"$/m);
  assert.match(wrangler, /^compatibility_date = "2026-01-01"$/m);
  for (const name of ['RESOURCE', 'ISSUER']) assert.match(wrangler, new RegExp(`^${name} = "`, 'm'));
});
