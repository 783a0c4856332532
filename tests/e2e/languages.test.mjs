// MCP servers of one language, called by clients of the other: one sign-on, the tools that the token permits, and a no that
// is final.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CLIENT_SECRET, openDataServer } from './support/data-server.mjs';
import { credentialsOf, DESKS, identityOf } from './support/desk.mjs';
import { openIdp } from './support/idp.mjs';
import { startPython } from './support/processes.mjs';
import { signOn } from './support/sign-on.mjs';

describe('servers of both languages', () => {
  let idp;
  let servers;
  let python;
  let data;
  before(async () => {
    idp = await openIdp();
    data = await openDataServer(idp.issuer);
    const random = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
    python = await startPython('servers/data.py', { idp: idp.issuer, secret: CLIENT_SECRET, random });
    const both = [data, { id: 'py', resource: python.resource, issuer: python.issuer, scopes: ['rows:read'] }];
    servers = both.map(({ id, resource, issuer, scopes }) => ({
      id, resource, issuer, scopes, call: 'read_rows', arguments: { table: 'orders' }, refused: 'write_rows',
    }));
    await idp.permit(servers);
  });
  after(() => Promise.all([idp?.close(), data?.close(), python?.stop()]));

  const settings = async (person, dpop) => ({
    issuer: idp.issuer,
    credentials: credentialsOf(idp.issuer, servers),
    identity: identityOf(idp.issuer, await signOn(idp, person)),
    dpop,
    servers,
  });
  /** Nobody was sent to sign on or to consent: only machines were asked. */
  const asksNobody = (sent) => assert.deepEqual(sent.filter((line) => /\/(auth|authorize|interaction)\b/.test(new URL(line.split(' ')[1]).pathname)), []);

  for (const [sdk, visit] of Object.entries(DESKS)) {
    for (const dpop of [false, true]) {
      test(`${sdk}: one sign-on for both, ${dpop ? 'bound to a key' : 'by bearer tokens'}`, async () => {
        const { visits, asked, sent } = await visit(await settings('alice', dpop));
        assert.deepEqual(visits, servers.map(({ id }) => ({
          id,
          token_type: dpop ? 'DPoP' : 'Bearer',
          tools: ['read_rows'],
          said: { tool: 'read_rows', table: 'orders', user: `${id}/alice` },
          refused: 'step_up_limit',
        })));
        assert.equal(asked.length, 1);
        asksNobody(sent);
      });
    }

    test(`${sdk}: whom an administrator denies is told so by each server, and nobody is asked for consent`, async () => {
      const { visits, asked, sent } = await visit(await settings('carl', false));
      assert.deepEqual(visits, servers.map(({ id }) => ({ id, error: 'server_denied' })));
      assert.equal(asked.length, 1);
      asksNobody(sent);
      assert.deepEqual(sent.filter((line) => servers.some(({ issuer }) => line === `POST ${issuer}/token`)), []);
    });
  }
});
