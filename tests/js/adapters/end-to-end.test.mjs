// From one sign-on to the answer of a tool, over HTTP between four parties, and everything that can come between.

import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { adapters, idjag } from './support/package.mjs';
import { AUTH, IDP, RESOURCE, openCompany, toolCall } from './support/company.mjs';
import { claimsOf, randomBytes, webKey } from './support/jose.mjs';

let company;
afterEach(() => company?.close());

const proofKey = () => new idjag.SigningKey({ alg: 'ES256', kid: 'desk-proof', random: randomBytes() });
const tokens = () => company.requests.filter((request) => request.startsWith('POST') && request.endsWith('/token'));
const outcomes = () => company.records.map(({ role, outcome, error }) => (error ? `${role} ${error}` : `${role} ${outcome}`));
const result = async (response) => (await response.json()).result;

describe('a connection', () => {
  test('goes from sign-on to answer, and once it stands no one is asked again', async () => {
    company = await openCompany();
    const send = adapters.authorizedFetch(await company.connection(), company.driven());
    assert.deepEqual(await result(await send(RESOURCE, toolCall('read'))), { tool: 'read', user: 'ada@auth.example' });
    assert.deepEqual(outcomes(), ['idp permit', 'resource_as permit', 'resource_server permit']);
    const [issued, redeemed, used] = company.records;
    assert.deepEqual([redeemed.grant_id, used.token_id], [issued.token_id, redeemed.token_id], 'the records join');
    const before = company.requests.length;
    await send(RESOURCE, toolCall('read'));
    assert.equal(company.requests.length, before + 1);
    assert.deepEqual(company.errors, []);
  });

  test('is bound to a key from end to end, with nonces, by keys that sign elsewhere', async () => {
    const [idpKms, authKms] = [await webKey('idp-kms'), await webKey('auth-kms')];
    const nonce = (name) => () => ({ current: `${name}-2`, previous: `${name}-1` });
    const keySet = (issuer, ...keys) => new idjag.KeySet({ issuer, jwks: { keys }, algorithms: ['ES256'] });
    company = await openCompany({
      idp: { nonce: nonce('idp') },
      auth: { nonce: nonce('auth'), signer: authKms, jwks: keySet(AUTH, authKms.publicJwk) },
      mcp: { nonce: nonce('mcp') },
    });
    assert.equal(idpKms.kid, 'idp-kms');
    const connection = await company.connection({ dpop: proofKey() });
    const send = adapters.authorizedFetch(connection, company.driven());
    for (let at = 0; at < 3; at += 1) {
      assert.deepEqual(await result(await send(RESOURCE, toolCall('read'))), { tool: 'read', user: 'ada@auth.example' });
    }
    assert.equal(connection.status({ now: company.now() }).token.token_type, 'DPoP');
    assert.equal(tokens().length, 4, 'each endpoint asked for its nonce once');
    assert.ok(company.records.filter(({ outcome }) => outcome === 'permit').every((record) => record.sender_constrained));
  });

  test('is for one conversation, which every record names; another has other tokens', async () => {
    company = await openCompany();
    for (const context of ['conversation:1', 'conversation:2']) {
      const connection = await company.connection({ context });
      await adapters.authorizedFetch(connection, company.driven())(RESOURCE, toolCall('read'));
      assert.equal(connection.status({ now: company.now() }).context, context);
    }
    const roles = ['idp', 'resource_as', 'resource_server'];
    assert.deepEqual(
      company.records.map(({ role, context }) => [role, context]),
      ['conversation:1', 'conversation:2'].flatMap((context) => roles.map((role) => [role, context])),
    );
    assert.equal(new Set(company.records.filter(({ role }) => role === 'resource_as').map((record) => record.token_id)).size, 2);
  });

  test('serves many requests at once with one exchange', async () => {
    company = await openCompany();
    const connection = await company.connection({ dpop: proofKey() });
    const send = adapters.authorizedFetch(connection, company.driven());
    const responses = await Promise.all(Array.from({ length: 20 }, () => send(RESOURCE, toolCall('read'))));
    assert.ok(responses.every(({ status }) => status === 200));
    assert.deepEqual(tokens(), [`POST ${IDP}/token`, `POST ${AUTH}/token`]);
  });

  test('asks for more where a tool needs it, and keeps what it had where that is denied', async () => {
    company = await openCompany();
    const send = adapters.authorizedFetch(await company.connection(), company.driven());
    await send(RESOURCE, toolCall('read'));
    await assert.rejects(send(RESOURCE, toolCall('write')), { name: 'IdJagError' });
    assert.equal((await send(RESOURCE, toolCall('read'))).status, 200);
    company.groups = ['engineering', 'leads'];
    assert.deepEqual(await result(await send(RESOURCE, toolCall('write'))), { tool: 'write', user: 'ada@auth.example' });
  });

  test('is told an administrator’s no, and asks nobody else', async () => {
    company = await openCompany();
    company.groups = ['contractors'];
    const connection = await company.connection();
    await assert.rejects(adapters.connect(connection, company.driven()), { code: 'server_denied' });
    assert.deepEqual(tokens(), [`POST ${IDP}/token`]);
    assert.deepEqual(outcomes(), ['idp policy_denied']);
  });

  test('renews what has expired', async () => {
    company = await openCompany();
    const send = adapters.authorizedFetch(await company.connection(), company.driven());
    await send(RESOURCE, toolCall('read'));
    company.skew = 900;
    assert.equal((await send(RESOURCE, toolCall('read'))).status, 200);
    assert.equal(tokens().length, 4);
  });

  test('does without a sign-on that is declined', async () => {
    company = await openCompany();
    const declined = company.driven({ identity: () => undefined });
    await assert.rejects(adapters.connect(await company.connection(), declined), { code: 'identity_expired' });
    const failing = company.driven({ identity: () => { throw new Error('the user closed the window'); } });
    await assert.rejects(adapters.connect(await company.connection(), failing), /closed the window/);
  });

  test('gives up when it is told to', async () => {
    company = await openCompany();
    company.down.add('https://mcp.example');
    const leave = new AbortController();
    const reason = new Error('enough');
    setTimeout(() => leave.abort(reason), 200);
    await assert.rejects(adapters.connect(await company.connection(), company.driven({ signal: leave.signal })), reason);
  });

  test('tries a server again that was away for a moment', async () => {
    company = await openCompany();
    const connection = await company.connection();
    company.down.add(AUTH);
    setTimeout(() => company.down.clear(), 500);
    await adapters.connect(connection, company.driven());
    assert.equal(connection.status({ now: company.now() }).ready, true);
  });

  test('follows no redirect with its token', async () => {
    const elsewhere = [];
    company = await openCompany({ mcp: { next: () => new Response(null, { status: 307, headers: { location: 'https://auth.example/jwks' } }) } });
    const fetch = (url, init) => {
      elsewhere.push(new URL(url).origin);
      return company.fetch(url, init);
    };
    const connection = await company.connection();
    await adapters.connect(connection, company.driven());
    await assert.rejects(adapters.authorizedFetch(connection, company.driven({ fetch }))(RESOURCE, toolCall('read')), { code: 'redirect_refused' });
    assert.deepEqual(elsewhere, ['https://mcp.example']);
  });

  test('sends its token to its server alone', async () => {
    company = await openCompany();
    const send = adapters.authorizedFetch(await company.connection(), company.driven());
    await assert.rejects(send('https://auth.example/jwks'), { code: 'token_for_another_server' });
    await assert.rejects(send(`${RESOURCE}`, { headers: { authorization: 'Bearer x' } }), { code: 'credentials_repeated' });
  });
});

describe('an ID-JAG', () => {
  test('is redeemed once, whoever holds it', async () => {
    company = await openCompany();
    let redemption;
    const spying = (url, init) => {
      if (url === `${AUTH}/token`) redemption = init;
      return company.fetch(url, init);
    };
    await adapters.connect(await company.connection(), company.driven({ fetch: spying }));
    const again = await company.fetch(`${AUTH}/token`, redemption);
    assert.deepEqual([again.status, (await again.json()).error], [400, 'invalid_grant']);
    assert.equal(company.records.at(-1).error, 'token_replayed');
    const assertion = claimsOf(new URLSearchParams(redemption.body).get('assertion'));
    assert.deepEqual([assertion.iss, assertion.aud, assertion.client_id], [IDP, AUTH, 'desk-at-data']);
  });

  test('of an identity provider whose keys cannot be had is refused for now', async () => {
    company = await openCompany();
    let redemption;
    const spying = (url, init) => {
      if (url === `${AUTH}/token`) redemption = init;
      return url === `${AUTH}/token` ? Promise.reject(new TypeError('away')) : company.fetch(url, init);
    };
    const leave = AbortSignal.timeout(300);
    await assert.rejects(adapters.connect(await company.connection(), company.driven({ fetch: spying, signal: leave })));
    company.down.add(IDP);
    const refused = await company.fetch(`${AUTH}/token`, redemption);
    assert.deepEqual([refused.status, refused.headers.has('retry-after')], [503, true]);
    company.down.clear();
    company.skew = 31;
    assert.equal((await company.fetch(`${AUTH}/token`, redemption)).status, 200, 'nothing was spent');
  });
});
