// The demo's nine servers, made with the Rust SDK, called by the clients of the other two.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { decodeJwt } from 'jose';
import { DESKS, identityOf } from './support/desk.mjs';
import { startProgram } from './support/processes.mjs';

/** What each server's reading tool is asked for. */
const ARGUMENTS = {
  datadog: { state: 'alert' },
  email: { contains: 'bolts' },
  figma: { key: 'shop-2' },
  github: { repository: 'acme/shop' },
  jira: { project: 'SHOP' },
  sentry: { project: 'shop', min_users: 1 },
  slack: { channel: 'incidents' },
  supabase: { plan: 'team' },
  warehouse: {},
};

const CALLBACK = 'http://127.0.0.1:1/callback';

/** Signs `person` on, by the page that Acme shows; nobody listens at the app's own address, for nobody has to. */
async function signOn(issuer, { client_id: clientId, client_secret: secret }, person) {
  const verifier = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
  const asked = new URLSearchParams({
    response_type: 'code', client_id: clientId, redirect_uri: CALLBACK, scope: 'openid', state: 's',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
  });
  const page = await (await fetch(`${issuer}/authorize?${asked}`)).text();
  const [, ticket] = /name="ticket" value="([^"]+)"/.exec(page);
  const form = new URLSearchParams({ ticket, user_name: person });
  const back = await fetch(`${issuer}/authorize`, { method: 'POST', body: form, redirect: 'manual' });
  const code = new URL(back.headers.get('location')).searchParams.get('code');
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`)}` },
    body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: verifier }),
  });
  const { id_token: idToken } = await response.json();
  return { idToken, claims: decodeJwt(idToken) };
}

describe('Acme', () => {
  let acme;
  // It says where everything is when its story is over.
  before(async () => { acme = await startProgram('IDJAG_ACME', ['--serve', '--json']); });
  after(() => acme?.stop());

  const settings = async (app, person, dpop) => {
    const { credentials } = acme.apps.find(({ id }) => id === app);
    const identity = identityOf(acme.issuer, await signOn(acme.issuer, credentials[0], person));
    const servers = acme.servers.map(({ id, resource, issuer, reads }) => ({
      id, resource, issuer, call: reads.tool, arguments: ARGUMENTS[id],
    }));
    return { issuer: acme.issuer, credentials, identity, dpop, servers };
  };
  const isProduction = ({ labels }) => labels.includes('prod-data');
  const tools = ({ reads, writes }) => [reads.tool, writes.tool].sort();
  const asksNobody = (sent) => assert.deepEqual(sent.filter((line) => line.includes('/authorize')), []);
  const summary = (visits) => visits.map(({ id, token_type: type, tools: shown, error }) => ({ id, type, shown, error }));

  for (const [sdk, visit] of Object.entries(DESKS)) {
    test(`${sdk}: an engineer reaches all nine by a key, after one sign-on`, async () => {
      const { visits, asked, sent } = await visit(await settings('desk', 'alice', true));
      assert.deepEqual(summary(visits), acme.servers.map((server) => ({ id: server.id, type: 'DPoP', shown: tools(server), error: undefined })));
      assert.ok(visits.every(({ said }) => Object.values(said)[0].length > 0), 'each tool found something');
      assert.equal(asked.length, 1);
      asksNobody(sent);
    });

    test(`${sdk}: without a key she does not reach the data of production, and is told so`, async () => {
      const { visits, asked, sent } = await visit(await settings('desk', 'alice', false));
      assert.deepEqual(summary(visits), acme.servers.map((server) => (isProduction(server)
        ? { id: server.id, type: undefined, shown: undefined, error: 'server_denied' }
        : { id: server.id, type: 'Bearer', shown: tools(server), error: undefined })));
      assert.equal(asked.length, 1);
      asksNobody(sent);
    });

    test(`${sdk}: a contractor reads what the admin opened to him in the story, and is denied all else`, async () => {
      const { visits, asked, sent } = await visit(await settings('desk', 'carl', true));
      assert.deepEqual(summary(visits), acme.servers.map((server) => (server.id === 'slack'
        ? { id: 'slack', type: 'DPoP', shown: [server.reads.tool], error: undefined }
        : { id: server.id, type: undefined, shown: undefined, error: 'server_denied' })));
      assert.equal(asked.length, 1);
      asksNobody(sent);
    });

    test(`${sdk}: an app that awaits approval is denied everywhere, and nobody is asked for consent`, async () => {
      const { visits, asked, sent } = await visit(await settings('minutes', 'alice', true));
      assert.deepEqual(visits, acme.servers.map(({ id }) => ({ id, error: 'server_denied' })));
      assert.equal(asked.length, 1);
      asksNobody(sent);
    });
  }
});
