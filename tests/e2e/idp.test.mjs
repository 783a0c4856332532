// examples/idp: sign-on by a certified OpenID provider and ID-JAGs by idjag, as one issuer; from the sign-on page to a tool.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { json } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { decodeProtectedHeader } from 'jose';
import { SigningKey } from 'idjag';
import { connectAll } from 'idjag/mcp/client';
import { chromium } from 'playwright-core';
import { CLIENT_SECRET, openDataServer } from './support/data-server.mjs';
import { call, credentialsOf, deskClient, identityOf, proofKey, toolsOf, withMcp } from './support/desk.mjs';
import { serve } from './support/http.mjs';
import { openIdp, PASSWORDS } from './support/idp.mjs';
import { authorizationRequest, metadataOf, revoke, signOn } from './support/sign-on.mjs';
import { until } from './support/processes.mjs';

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** The JSON that `origin` answers to a request for `path` with these header fields, `Host` among them. */
const answered = async (origin, path, headers) => {
  const request = httpRequest(`${origin}${path}`, { headers }).end();
  const [response] = await once(request, 'response');
  return json(response);
};

test('an identity provider behind a proxy has the addresses of its configuration, whatever a request says', async () => {
  const issuer = 'https://login.example';
  const idp = await openIdp({ ISSUER: issuer });
  try {
    for (const headers of [
      {}, { host: 'evil.example' }, { 'x-forwarded-host': 'evil.example' }, { 'x-forwarded-proto': 'http' },
      { 'x-forwarded-host': 'evil.example, login.example', 'x-forwarded-proto': 'http, https' },
    ]) {
      const document = await answered(idp.origin, '/.well-known/openid-configuration', headers);
      const addresses = Object.entries(document).filter(([name]) => /_endpoint$|_uri$/.test(name));
      assert.ok(addresses.length >= 5);
      for (const [name, url] of addresses) assert.equal(new URL(url).origin, issuer, `${name} for ${JSON.stringify(headers)}`);
    }
  } finally {
    await idp.close();
  }
});

test('an identity provider with an https issuer does not start with the passwords of the example', async () => {
  const people = JSON.parse(await readFile(new URL('../examples/idp/people.json', import.meta.url), 'utf8'));
  await assert.rejects(openIdp({ ISSUER: 'https://login.example' }, people), /ended: 1/);
  const local = await openIdp({}, people);
  assert.match(local.issuer, /^http:/);
  await local.close();
});

describe('an identity provider of two halves', () => {
  let idp;
  let data;
  before(async () => {
    idp = await openIdp();
    data = await openDataServer(idp.issuer);
    await idp.permit([data]);
  });
  after(() => Promise.all([idp?.close(), data?.close()]));

  const connected = async (identity, { credentials = credentialsOf(idp.issuer, [data]), ...options } = {}) => {
    const client = await deskClient(idp.issuer, credentials, options);
    const [found] = await connectAll({ client, servers: [data.resource], identity: () => identity });
    return found;
  };

  test('says in one document what both halves do, wherever clients look for it', async () => {
    const [one, other] = await Promise.all(['openid-configuration', 'oauth-authorization-server'].map((kind) => metadataOf(idp.issuer, kind)));
    assert.deepEqual(one, other);
    assert.equal(one.issuer, idp.issuer);
    for (const grant of ['authorization_code', 'refresh_token', TOKEN_EXCHANGE]) assert.ok(one.grant_types_supported.includes(grant), grant);
    assert.deepEqual(one.identity_chaining_requested_token_types_supported, ['urn:ietf:params:oauth:token-type:id-jag']);
    const { keys } = await (await fetch(one.jwks_uri)).json();
    assert.deepEqual(keys.map(({ alg }) => alg).sort(), ['ES256', 'RS256']);
    assert.ok(keys.every((key) => ['d', 'p', 'q', 'dp', 'dq', 'qi'].every((secret) => !(secret in key))));
  });

  test('a sign-on becomes an RS256 ID Token, that an ID-JAG, that an access token, and that a call of a tool', async () => {
    const session = await signOn(idp, 'alice');
    assert.equal(decodeProtectedHeader(session.idToken).alg, 'RS256');
    const server = await connected(identityOf(idp.issuer, session));
    assert.equal(server.error, undefined);
    await withMcp(server, async (client) => {
      assert.deepEqual(await toolsOf(client), ['read_rows']);
      assert.deepEqual(await call(client, 'read_rows'), { tool: 'read_rows', table: 'orders', user: 'data/alice' });
      await assert.rejects(call(client, 'write_rows'), { name: 'IdJagError' });
    });
    // The records join: from the call back to the sign-on.
    const used = data.records.findLast(({ outcome }) => outcome === 'permit');
    const redeemed = data.redeemed.find(({ token_id: id }) => id === used.token_id);
    const issued = idp.records().find(({ token_id: id }) => id === redeemed.grant_id);
    assert.deepEqual([issued.outcome, issued.subject, issued.auth_time], ['permit', 'alice', session.claims.auth_time]);
  });

  test('is bound to a key from end to end where the client has one', async () => {
    const server = await connected(identityOf(idp.issuer, await signOn(idp, 'alice')), { dpop: proofKey() });
    assert.equal(server.token.token_type, 'DPoP');
    await withMcp(server, async (client) => assert.equal((await call(client, 'read_rows')).user, 'data/alice'));
    assert.equal(data.records.at(-1).sender_constrained, true);
  });

  test('a client with a key of its own is known to both halves by it', async () => {
    const session = await signOn(idp, 'alice', 'patch');
    const credentials = [
      { issuer: idp.issuer, client_id: 'patch', token_endpoint_auth_method: 'private_key_jwt' },
      { issuer: data.issuer, client_id: 'patch-at-data', token_endpoint_auth_method: 'client_secret_basic', client_secret: CLIENT_SECRET },
    ];
    const server = await connected(identityOf(idp.issuer, session), { credentials, signer: new SigningKey({ jwk: idp.patchKey }) });
    assert.equal(server.error, undefined);
    assert.deepEqual([idp.records().at(-1).client_id, idp.records().at(-1).client_authenticated], ['patch', true]);
  });

  test('a refresh token does what the ID Token did, for its own client, until it is revoked', async () => {
    const session = await signOn(idp, 'alice');
    const byRefreshToken = { issuer: idp.issuer, refreshToken: session.refreshToken };
    const server = await connected(byRefreshToken);
    await withMcp(server, async (client) => assert.equal((await call(client, 'read_rows')).user, 'data/alice'));
    const { refreshToken: others } = await signOn(idp, 'alice', 'patch');
    assert.ok((await connected({ issuer: idp.issuer, refreshToken: others })).error, 'another client’s');
    assert.ok((await connected({ issuer: idp.issuer, refreshToken: 'made-up' })).error, 'nobody’s');
    await revoke(idp.issuer, session.refreshToken);
    assert.ok((await connected(byRefreshToken)).error, 'a revoked one');
  });

  test('whom the policy does not permit is told so and gets nothing; the admin’s next edit counts at once', async () => {
    const identity = identityOf(idp.issuer, await signOn(idp, 'carl'));
    assert.equal((await connected(identity)).error.code, 'server_denied');
    assert.equal(idp.records().at(-1).error, 'policy_denied');
    await idp.permit([]);
    const alice = identityOf(idp.issuer, await signOn(idp, 'alice'));
    assert.ok((await connected(alice)).error, 'no server is known any more');
    await idp.permit([data]);
    assert.equal((await connected(alice)).error, undefined);
  });

  test('what is for neither half is refused', async () => {
    const post = async (body, headers) => {
      const response = await fetch(`${idp.issuer}/token`, { method: 'POST', headers, body });
      return [response.status, (await response.text()).includes('error')];
    };
    assert.deepEqual(await post(new URLSearchParams({ grant_type: TOKEN_EXCHANGE })), [401, true]);
    assert.deepEqual(await post(new URLSearchParams({ grant_type: 'password' })), [400, true]);
    assert.equal((await post(new URLSearchParams({ grant_type: TOKEN_EXCHANGE, x: 'x'.repeat(60_000) })))[0], 413);
  });

  test('the user sees a page, and only a right password leads back to the app', async () => {
    const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => path && existsSync(path));
    assert.ok(executablePath, 'no Chromium: install the package `chromium`, or name its program in CHROMIUM');
    const back = [];
    const app = await serve((request, response) => {
      if (request.url.startsWith('/callback')) back.push(new URL(request.url, app.origin).searchParams);
      response.end('You may close this window.');
    });
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    try {
      const { url, redeem } = await authorizationRequest(idp.issuer, 'desk', `${app.origin}/callback`);
      const page = await browser.newPage();
      await page.goto(url.href);
      const submit = async (password) => {
        await page.getByLabel('Name').fill('alice');
        await page.getByLabel('Password').fill(password);
        await page.getByRole('button').click();
      };
      await submit('guessed');
      await page.getByText('That is not right.').waitFor();
      assert.equal(back.length, 0);
      await submit(PASSWORDS.alice);
      await page.getByText('You may close this window.').waitFor();
      await until(() => back.length === 1, 'the code is back');
      const { claims } = await redeem(back[0], {}, { authorization: `Basic ${btoa(`desk:${encodeURIComponent('a secret of the app')}`)}` });
      assert.equal(claims.sub, 'alice');
    } finally {
      await browser.close();
      await app.close();
    }
  });
});
