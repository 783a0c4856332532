// The README's JavaScript, executed: `tests/tests/readme.rs` holds the README to these very files.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import guard from './readme/guard.mjs';
import { redeem } from './readme/redeem.mjs';
import { withdraw } from './readme/withdraw.mjs';
import { adapters, idjag } from './support/package.mjs';
import { randomBytes, sha256 } from './support/jose.mjs';

const AUTH = 'https://auth.example';
const IDP = 'https://idp.example';
const MCP = 'https://mcp.example/mcp';
const signer = new idjag.SigningKey({ alg: 'ES256', kid: 'one', random: randomBytes() });
const jwks = { keys: [signer.publicJwk] };
const now = Math.floor(Date.now() / 1000);

const call = (token, tool = 'read_rows') => guard.fetch(new Request(MCP, {
  method: 'POST',
  headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
  body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool } }),
}));

describe('an MCP server behind its guard', () => {
  const { fetch } = globalThis;
  const asked = [];
  before(() => {
    globalThis.fetch = async (url) => {
      asked.push(String(url));
      const metadata = { issuer: AUTH, token_endpoint: `${AUTH}/token`, jwks_uri: `${AUTH}/jwks` };
      return Response.json(String(url) === `${AUTH}/jwks` ? jwks : metadata);
    };
  });
  after(() => {
    globalThis.fetch = fetch;
  });

  test('lets in whom the token permits, and tells everybody else what is lacking', async () => {
    const claims = { iss: AUTH, sub: 'ada', aud: MCP, client_id: 'desk', jti: 'at-1', iat: now, exp: now + 300, scope: 'rows:read' };
    const { token } = idjag.signAccessToken({ claims, signer });
    assert.deepEqual(await (await call(token)).json(), { user: 'ada' });
    assert.equal((await call(token, 'drop_rows')).status, 403);
    const refused = await call();
    assert.equal(refused.status, 401);
    assert.match(refused.headers.get('www-authenticate'), /resource_metadata="https:\/\/mcp\.example\//);
    assert.equal(asked.at(-1), `${AUTH}/jwks`);
  });
});

test('a resource authorization server redeems an ID-JAG once', async () => {
  const server = new idjag.ResourceAuthorizationServer({
    issuer: AUTH, tokenEndpoint: `${AUTH}/token`, trustedIssuers: [{ issuer: IDP }],
    resources: [{ id: MCP, scopes: 'rows:read' }],
  });
  const store = new idjag.MemoryReplayStore({ capacity: 10 });
  const secret = await sha256('secret');
  const host = {
    key: signer,
    random: randomBytes,
    keys: (issuer) => new idjag.KeySet({ issuer, jwks, algorithms: ['ES256'] }),
    client: (id) => ({ client_id: id, token_endpoint_auth_method: 'client_secret_post', client_secret_sha256: [secret] }),
    firstUse: (keys, at) => keys.map(({ name, retain_until }) =>
      store.firstUse({ name, retainUntil: retain_until, now: at }).answer),
  };
  const claims = { iss: IDP, sub: 'ada', aud: AUTH, client_id: 'desk', jti: 'jag-1', iat: now, exp: now + 300, resource: MCP, scope: 'rows:read' };
  const request = {
    method: 'POST',
    url: `${AUTH}/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: idjag.signIdJag({ claims, signer }).token,
      client_id: 'desk',
      client_secret: 'secret',
    }).toString(),
  };
  const { response, record } = redeem(server, request, host, now);
  assert.deepEqual([response.status, record.outcome], [200, 'permit']);
  assert.throws(() => redeem(server, request, host, now), { code: 'token_replayed', oauth: 'invalid_grant', status: 400 });
});

test('a restricted app has nothing left at its server, and nothing of another app is touched', async () => {
  const policy = (status) => new idjag.Policy({ document: {
    version: 1,
    apps: [{ id: 'desk', client_ids: ['desk'], status }, { id: 'pulse', client_ids: ['pulse'], status: 'approved' }],
    servers: [{ id: 'data', issuer: AUTH, resources: [MCP] }],
    rules: [],
  } });
  const stores = { data: adapters.memoryRevocationStore(), idp: adapters.memoryRevocationStore() };
  await withdraw(policy('restricted'), policy('approved'), stores, now);
  const listed = async (store) => (await store.list(now)).export({ now }).entries.map(({ iss, client_id }) => [iss, client_id]);
  const [data, idp] = [await listed(stores.data), await listed(stores.idp)];
  const isListed = (list, ...entry) => list.some((found) => String(found) === String(entry));
  assert.ok(isListed(data, AUTH, 'desk') && isListed(data, IDP, 'desk') && isListed(idp, IDP, 'desk'));
  assert.ok(![...data, ...idp].some(([, client]) => client === 'pulse'));
});
