// examples/node-server: started as its README says, called by clients of both versions of the SDK.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { connectAll } from 'idjag/mcp/client';
import { freePort, serve } from '../adapters/support/http.mjs';
import { randomBytes } from '../adapters/support/jose.mjs';
import { idjag } from '../adapters/support/package.mjs';
import { startRedis } from '../adapters/support/redis.mjs';
import { connected, listed, VERSIONS } from '../mcp/support/clients.mjs';
import { openEnterprise } from './support/enterprise.mjs';
import { copied, start } from './support/program.mjs';

const open = [];
const closeAll = async (these) => {
  for (const each of these.splice(0).reverse()) await each.close();
};
afterEach(() => closeAll(open));
const opened = (each) => {
  open.push(each);
  return each;
};

/** The example in a company that may use it, with the secret of its app, which is known there as `app`. */
async function running(env, app) {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const resource = `${origin}/mcp`;
  const enterprise = opened(await openEnterprise([{ id: 'notes', issuer: origin, resource, scopes: ['notes:read', 'notes:write'], client: app }]));
  const folder = copied('node-server');
  const printed = execFileSync(process.execPath, ['keygen.mjs'], { cwd: folder, encoding: 'utf8' });
  const [, secret, digest] = /client: (\S+)\n.*clients\.json: (\S+)/.exec(printed);
  writeFileSync(join(folder, 'clients.json'), JSON.stringify([
    { client_id: 'desk-at-notes', token_endpoint_auth_method: 'client_secret_basic', client_secret_sha256: [digest] },
  ]));
  assert.ok(existsSync(join(folder, 'signing-key.json')));
  const known = { ORIGIN: origin, IDP: enterprise.issuer, PORT: `${port}`, DEVELOPMENT: '1', SIGNING_KEY: 'signing-key.json', ...env };
  const program = opened(await start(folder, 'server.mjs', known, 'listening'));
  return { origin, resource, enterprise, secret, program };
}

const reached = async ({ enterprise, resource, secret }, options) => {
  const client = await enterprise.client({ notes: secret }, options);
  const [found] = await connectAll({ client, servers: [resource], identity: enterprise.signOn });
  if (found.error) throw found.error;
  return found;
};
const called = async (client, name, args) => JSON.parse((await client.callTool({ name, arguments: args })).content[0].text);

describe('the server', () => {
  let company;
  const lasting = [];
  before(async () => {
    company = await running();
    lasting.push(...open.splice(0));
  });
  after(() => closeAll(lasting));

  for (const version of VERSIONS) {
    test(`serves a client of ${version}, and keeps a record of each decision`, async () => {
      const { fetch } = await reached(company);
      const client = opened(await connected(version, company.resource, fetch));
      assert.deepEqual(await listed(client), ['list_notes', 'add_note']);
      const count = await called(client, 'add_note', { note: `buy milk, ${version}` });
      const notes = await called(client, 'list_notes', {});
      assert.deepEqual([notes.length, notes.at(-1)], [count, `buy milk, ${version}`]);
      const records = company.program.output.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
      assert.equal(records[0].role, 'resource_as');
      assert.ok(records.some(({ role, operation, subject }) => role === 'resource_server' && operation === 'add_note' && subject === 'ada'));
      assert.ok(!/eyJ/.test(company.program.output + company.program.errors), 'no token in any line');
    });
  }

  test('takes back a token that its client revokes', async () => {
    const { fetch: send, connection } = await reached(company);
    const client = opened(await connected('version 2', company.resource, send));
    assert.ok(await called(client, 'list_notes', {}));
    const { headers } = connection.authorize({
      request: { method: 'POST', url: company.resource, headers: [] }, random: randomBytes(), now: Math.floor(Date.now() / 1000),
    });
    const authorization = headers.find(([name]) => name.toLowerCase() === 'authorization')[1];
    const revoked = await fetch(`${company.origin}/revoke`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`desk-at-notes:${company.secret}`).toString('base64')}` },
      body: new URLSearchParams({ token: authorization.split(' ')[1] }),
    });
    assert.equal(revoked.status, 200);
    const refused = await fetch(company.resource, { method: 'POST', headers: { authorization }, body: '{}' });
    assert.equal(refused.status, 401);
    assert.ok(await called(client, 'list_notes', {}), 'its client gets another');
  });

  test('takes tokens that are bound to a key', async () => {
    const dpop = new idjag.SigningKey({ alg: 'ES256', kid: 'desk-proof', random: randomBytes() });
    const { fetch, connection } = await reached(company, { dpop });
    const client = opened(await connected('version 2', company.resource, fetch));
    assert.ok(await called(client, 'list_notes', {}));
    assert.equal(connection.status({ now: Math.floor(Date.now() / 1000) }).token.token_type, 'DPoP');
  });

  test('knows clients by their documents, of origins that are listed', async () => {
    const key = new idjag.SigningKey({ alg: 'ES256', kid: 'desk-1', random: randomBytes() });
    const site = opened(await serve());
    const client_id = `${site.origin}/desk`;
    const { body } = idjag.buildClientMetadata({
      clientId: client_id, clientName: 'Desk', redirectUris: [`${site.origin}/back`], jwks: { keys: [key.publicJwk] }, dangerousAllowHttpLoopback: true,
    });
    site.listener = (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    for (const [origins, code] of [[site.origin, undefined], ['https://apps.example', 'server_refused']]) {
      const other = await running({ CLIENT_ORIGINS: origins }, client_id);
      const credentials = [{ issuer: other.origin, client_id, token_endpoint_auth_method: 'private_key_jwt' }];
      const client = await other.enterprise.client({}, { credentials, signer: key });
      const [{ error, token }] = await connectAll({ client, servers: [other.resource], identity: other.enterprise.signOn });
      assert.deepEqual([error?.code, token?.scope], [code, code ? undefined : 'notes:read notes:write']);
    }
  });

  test('refuses whoever has no token, and says where one is to be had', async () => {
    const { origin, resource } = company;
    const refused = await fetch(resource, { method: 'POST', body: '{}' });
    assert.equal(refused.status, 401);
    assert.match(refused.headers.get('www-authenticate'), new RegExp(`resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`));
    const metadata = await (await fetch(`${origin}/.well-known/oauth-authorization-server`)).json();
    assert.deepEqual([metadata.issuer, metadata.token_endpoint], [origin, `${origin}/token`]);
    assert.equal((await fetch(`${origin}/other`)).status, 404);
  });

  test('keeps to Redis where there is one, and grants nothing while it is away', async () => {
    const redis = await startRedis();
    open.push({ close: () => redis.kill() });
    const other = await running({ REDIS_URL: redis.url });
    const { fetch } = await reached(other);
    const client = opened(await connected('version 2', other.resource, fetch));
    assert.deepEqual(await called(client, 'list_notes', {}), []);
    await redis.kill();
    const response = await refusedGrant(other);
    assert.deepEqual([response.status, (await response.json()).error], [503, 'temporarily_unavailable']);
  });

  test('does not start without what it must be told', async () => {
    await assert.rejects(start(copied('node-server'), 'server.mjs', { ORIGIN: '', IDP: '' }, 'listening'), /ORIGIN is not set/);
  });
});

/** What the token endpoint answers to a grant that is good. */
async function refusedGrant({ enterprise, origin, resource, secret }) {
  const client = await enterprise.client({ notes: secret });
  const connection = new idjag.Connection({ client, resource });
  connection.identify(await enterprise.signOn());
  for (;;) {
    const now = Math.floor(Date.now() / 1000);
    const { step, request } = connection.next({ random: randomBytes(), now });
    assert.equal(step, 'send');
    const { method, url, headers, body } = request;
    const response = await fetch(url, { method, headers, body: body === '' ? undefined : body });
    if (url === `${origin}/token`) return response;
    connection.receive({ response: { status: response.status, headers: [...response.headers], body: await response.text() }, now });
  }
}
