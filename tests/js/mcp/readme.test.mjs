// The README's JavaScript for the SDKs, executed: `tests/tests/readme.rs` holds the README to these very files.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AUTH, IDP, POLICY, RESOURCE, openCompany } from '../adapters/support/company.mjs';
import { adapters, idjag } from '../adapters/support/package.mjs';
import { connectTo } from './readme/client.mjs';
import guard from './readme/server.mjs';

const { fetch } = globalThis;
let company;
before(async () => {
  const server = new idjag.ResourceAuthorizationServer({
    issuer: AUTH, tokenEndpoint: `${AUTH}/token`, trustedIssuers: [{ issuer: IDP }], resources: [{ id: RESOURCE, scopes: 'profile' }],
  });
  const servers = POLICY.servers.map((each) => ({ ...each, scope_sets: { read: ['profile'], write: ['profile'] } }));
  const policy = new idjag.Policy({ document: { ...POLICY, servers } });
  company = await openCompany({ listen: () => adapters.toNodeHandler(guard.fetch), auth: { server }, idp: { policy } });
  // Whatever is sent by name goes to this machine; what names it is sent as it is.
  globalThis.fetch = (url, init) => (new URL(url).hostname === '127.0.0.1' ? fetch(url, init) : company.fetch(url, init));
});
after(async () => {
  globalThis.fetch = fetch;
  await company?.close();
});

test('one sign-on, a server that tells who calls, and one that is away', async () => {
  const { client } = await company.app();
  const [here, away] = await connectTo([RESOURCE, 'https://away.example/mcp'], client, () => company.signOn());
  assert.deepEqual((await here.mcp.listTools()).tools.map(({ name }) => name), ['whoami']);
  assert.equal((await here.mcp.callTool({ name: 'whoami', arguments: {} })).content[0].text, 'ada@auth.example');
  assert.equal(away.error.name, 'IdJagError');
  await here.mcp.close();
});
