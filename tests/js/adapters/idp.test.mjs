// The token endpoint of an identity provider: every kind of subject token, and what its host must answer for.

import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { AUTH, IDP, RESOURCE, openCompany } from './support/company.mjs';
import { claimsOf, webKey } from './support/jose.mjs';

const TYPE = 'urn:ietf:params:oauth:token-type:';
let company;
afterEach(() => company?.close());

/** Sends a token exchange of the app. */
function exchange(form, headers = {}) {
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requested_token_type: `${TYPE}id-jag`,
    audience: AUTH,
    resource: RESOURCE,
    scope: 'rows:read',
    ...form,
  });
  const authorization = `Basic ${btoa('desk:desk-secret')}`;
  const type = 'application/x-www-form-urlencoded';
  return company.fetch(`${IDP}/token`, { method: 'POST', headers: { authorization, 'content-type': type, ...headers }, body: body.toString() });
}
const byIdToken = (claims) => ({ subject_token: company.signOn(claims).idToken, subject_token_type: `${TYPE}id_token` });

describe('an ID Token', () => {
  test('becomes an ID-JAG for the user as that server knows her', async () => {
    company = await openCompany();
    const body = await (await exchange(byIdToken())).json();
    assert.deepEqual([body.issued_token_type, body.token_type], [`${TYPE}id-jag`, 'N_A']);
    const claims = claimsOf(body.access_token);
    assert.deepEqual([claims.iss, claims.sub, claims.aud, claims.client_id, claims.scope], [IDP, 'ada@auth.example', AUTH, 'desk-at-data', 'rows:read']);
  });

  test('of somebody else’s, of another client or of nobody in the directory becomes nothing', async () => {
    company = await openCompany();
    const forger = await webKey('idp-1');
    const at = company.now();
    const forged = await forger.token('JWT', { iss: IDP, sub: 'ada', aud: 'desk', iat: at, exp: at + 300 });
    for (const [form, code] of [
      [{ subject_token: forged, subject_token_type: `${TYPE}id_token` }, 'signature_invalid'],
      [byIdToken({ aud: 'other' }), 'audience_mismatch'],
      [byIdToken({ sub: 'eve' }), 'subject_unknown'],
    ]) {
      const response = await exchange(form);
      assert.deepEqual([response.status, (await response.json()).access_token], [400, undefined]);
      assert.equal(company.records.at(-1).error, code);
    }
  });

  test('is exchanged by a key elsewhere', async () => {
    const kms = await webKey('idp-kms');
    company = await openCompany({ idp: { signer: () => kms } });
    const { access_token: token } = await (await exchange(byIdToken())).json();
    assert.equal(JSON.parse(Buffer.from(token.split('.')[0], 'base64url')).kid, 'idp-kms');
  });
});

describe('a token that the host vouches for', () => {
  const refresh = { subject_token: 'opaque', subject_token_type: `${TYPE}refresh_token` };
  const saml = { subject_token: 'PHNhbWw+', subject_token_type: `${TYPE}saml2` };
  const stored = (changed) => ({
    subject: 'ada',
    vouched: { refreshToken: { issuedHere: true, clientId: 'desk', revoked: false, ...changed } },
  });
  const asserted = (changed) => ({
    subject: 'ada',
    vouched: { saml2: { valid: true, audience: 'urn:desk', expiresAt: Math.floor(Date.now() / 1000) + 60, ...changed } },
  });

  test('becomes an ID-JAG, as far as the word goes', async () => {
    let word;
    const asked = [];
    const attest = (token, clientId) => {
      asked.push([token.kind, token.token, clientId]);
      return word;
    };
    company = await openCompany({ idp: { attest } });
    for (const [form, given, status] of [
      [refresh, stored(), 200],
      [refresh, stored({ revoked: true }), 400],
      [refresh, stored({ clientId: 'other' }), 400],
      [refresh, asserted(), 400],
      [refresh, undefined, 400],
      [saml, asserted(), 200],
      [saml, asserted({ valid: false }), 400],
      [saml, asserted({ audience: 'urn:other' }), 400],
    ]) {
      word = given;
      const response = await exchange(form);
      assert.deepEqual([response.status, 'access_token' in (await response.json())], [status, status === 200], JSON.stringify(given));
    }
    assert.deepEqual(asked[0], ['refresh_token', 'opaque', 'desk']);
    assert.deepEqual(asked.at(-1).slice(0, 1), ['saml2']);
  });

  test('a SAML assertion becomes a refresh token, where the host makes them', async () => {
    const made = [];
    const refreshTokens = {
      offered: (user, clientId) => (user.subject === 'ada' && clientId === 'desk' ? 'openid offline_access' : ''),
      make: (grant) => {
        made.push(grant);
        return { refreshToken: 'fresh', expiresIn: 3600 };
      },
    };
    const wish = { ...saml, requested_token_type: `${TYPE}refresh_token`, scope: 'openid offline_access extra' };
    company = await openCompany({ idp: { attest: () => asserted(), refreshTokens } });
    const response = await exchange(wish);
    const body = await response.json();
    assert.deepEqual([response.status, body.access_token, body.issued_token_type, body.expires_in], [200, 'fresh', `${TYPE}refresh_token`, 3600]);
    assert.deepEqual(made.map(({ subject, clientId, scope }) => [subject.subject, clientId, scope]), [['ada', 'desk', 'offline_access openid']]);
    await company.close();
    company = await openCompany({ idp: { attest: () => asserted() } });
    assert.equal((await exchange(wish)).status, 400);
    assert.equal(company.records.at(-1).error, 'requested_token_type_unsupported');
  });
});

describe('failures of the host', () => {
  const fails = () => {
    throw new Error('ldap.internal');
  };
  for (const [name, changed, status, error] of [
    ['the registry', { clients: fails }, 503, 'temporarily_unavailable'],
    ['the directory', { users: fails }, 503, 'temporarily_unavailable'],
    ['the policy', { policy: fails }, 503, 'temporarily_unavailable'],
    ['the policy, lost', { policy: () => undefined }, 503, 'temporarily_unavailable'],
    ['the nonces, lost', { nonce: () => undefined }, 503, 'temporarily_unavailable'],
    ['the record keeper', { onRecord: fails }, 500, 'server_error'],
  ]) {
    test(`${name}: ${status}, without a word of why`, async () => {
      company = await openCompany({ idp: changed });
      const response = await exchange(byIdToken());
      assert.deepEqual([response.status, await response.json()], [status, { error }]);
      assert.equal(response.headers.get('cache-control'), 'no-store');
    });
  }

  test('the one that vouches: 503, not a refusal', async () => {
    company = await openCompany({ idp: { attest: fails } });
    const response = await exchange({ subject_token: 'x', subject_token_type: `${TYPE}refresh_token` });
    assert.equal(response.status, 503);
  });

  test('the store, asked when there is something to use once: 503', async () => {
    company = await openCompany({ idp: { replay: { firstUse: fails } } });
    const key = await webKey('desk-proof');
    const response = await exchange(byIdToken(), { dpop: await key.proof('POST', `${IDP}/token`) });
    assert.deepEqual([response.status, company.records.at(-1).error], [503, 'store_unavailable']);
    assert.equal((await exchange(byIdToken())).status, 200, 'a request without proof uses nothing up');
  });
});
