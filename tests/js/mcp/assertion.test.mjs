// The callback that the SDK's own `CrossAppAccessProvider` asks for ID-JAGs, in the whole company.

import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { Client, CrossAppAccessProvider, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { assertion } from 'idjag/mcp/client';
import { AUTH, IDP, POLICY, RESOURCE, openCompany } from '../adapters/support/company.mjs';
import { claimsOf, randomBytes } from '../adapters/support/jose.mjs';
import { idjag } from '../adapters/support/package.mjs';
import { said } from './support/clients.mjs';
import { WAYS } from './support/servers.mjs';

const listen = WAYS['version 2, createMcpHandler'];
const newKey = (kid) => new idjag.SigningKey({ alg: 'ES256', kid, random: randomBytes() });
const desk = newKey('desk-1');
/** The app at the identity provider, which knows it by its key. */
const clients = (id) => (id === 'desk' ? { client_id: id, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [desk.publicJwk] } } : undefined);
const credentials = [{ issuer: IDP, client_id: 'desk', token_endpoint_auth_method: 'private_key_jwt' }];
/** The SDK reads no metadata without an authorization endpoint, which servers of grants alone need not have. */
const auth = {
  metadata: { issuer: AUTH, tokenEndpoint: `${AUTH}/token`, jwksUri: `${AUTH}/jwks`, authorizationEndpoint: `${AUTH}/authorize` },
};
const CONTEXT = { authorizationServerUrl: AUTH, resourceUrl: RESOURCE, scope: 'rows:read' };

let company;
let client;
afterEach(async () => {
  await client?.close();
  client = undefined;
  await company?.close();
});

const asking = (changed) => assertion({
  idp: IDP, credentials, signer: desk, clientId: 'desk-at-data', identity: () => company.signOn(), now: company.now, ...changed,
});
const asked = (callback, changed) => callback({ ...CONTEXT, fetchFn: company.fetch, ...changed });
const exchanges = () => company.requests.filter((request) => request === `POST ${IDP}/token`).length;

/** A client of the SDK that authorizes itself by its own provider. */
async function connected(callback) {
  const authProvider = new CrossAppAccessProvider({
    assertion: callback, clientId: 'desk-at-data', clientSecret: 'data-secret', expectedIssuer: AUTH, fetchFn: company.fetch,
  });
  client = new Client({ name: 'desk', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(RESOURCE), { authProvider, fetch: company.fetch }));
  return client;
}

test('gives the provider of the SDK what it redeems', async () => {
  company = await openCompany({ listen, auth, idp: { clients } });
  const { tool, clientId, subject } = await said(await connected(asking()), 'read');
  assert.deepEqual([tool, clientId, subject], ['read', 'desk-at-data', 'ada@auth.example']);
  const [exchange] = company.records.filter(({ role }) => role === 'idp');
  assert.deepEqual([exchange.outcome, exchange.client_authenticated], ['permit', true]);
});

test('asks for one conversation', async () => {
  company = await openCompany({ listen, auth, idp: { clients } });
  await said(await connected(asking({ context: 'conversation:1' })), 'read');
  const roles = company.records.filter(({ context }) => context === 'conversation:1').map(({ role }) => role);
  assert.deepEqual([...new Set(roles)], ['idp', 'resource_as', 'resource_server']);
  await assert.rejects(asked(asking({ context: '' })), { code: 'text_invalid' });
});

test('lets an administrator’s no reach the caller through the SDK, which asks nobody else', async () => {
  company = await openCompany({ listen, auth, idp: { clients } });
  company.groups = ['contractors'];
  await assert.rejects(connected(asking()), { name: 'IdJagError', code: 'server_denied' });
  assert.equal(exchanges(), 1);
  assert.ok(company.requests.every((request) => !/ (https:\/\/\S+\/(authorize|register))/.test(request)), company.requests.join('\n'));
});

test('asks for authorization details, and answers what was granted', async () => {
  const details = [{ type: 'rows', actions: ['read'] }];
  const rules = POLICY.rules.map((rule) => ({ ...rule, authorization_details_types: ['rows'] }));
  const policy = new idjag.Policy({ document: { ...POLICY, rules } });
  const server = new idjag.IdentityProvider({ issuer: IDP, tokenEndpoint: `${IDP}/token`, audiences: [{ issuer: AUTH, detailTypes: { rows: {} } }] });
  company = await openCompany({ idp: { clients, policy, server } });
  assert.deepEqual(claimsOf(await asked(asking({ authorizationDetails: details }))).authorization_details, details);
  assert.equal(claimsOf(await asked(asking())).authorization_details, undefined);
});

test('proves a key, with the nonce that the identity provider asks for', async () => {
  company = await openCompany({ idp: { clients, nonce: () => ({ current: 'n-2', previous: 'n-1' }) } });
  const dpop = newKey('desk-proof');
  assert.equal(claimsOf(await asked(asking({ dpop }))).cnf.jkt, dpop.jkt);
  assert.equal(exchanges(), 2, 'the nonce was asked for once');
});

describe('the sign-on', () => {
  const attest = (token) => {
    const words = {
      refresh_token: { refreshToken: { issuedHere: true, clientId: 'desk', revoked: false } },
      saml2: { saml2: { valid: true, audience: 'urn:desk', expiresAt: company.now() + 60 } },
    };
    return ['opaque', 'PHNhbWw-'].includes(token.token) ? { subject: 'ada', vouched: words[token.kind] } : undefined;
  };

  test('may be a refresh token, or a SAML assertion', async () => {
    company = await openCompany({ idp: { clients, attest } });
    for (const found of [{ refreshToken: 'opaque' }, { saml2: 'PHNhbWw-', expiresAt: company.now() + 60 }]) {
      const idJag = await asked(asking({ identity: () => ({ issuer: IDP, ...found }) }));
      assert.equal(claimsOf(idJag).sub, 'ada@auth.example');
    }
  });

  test('goes on with its refresh token where the ID Token is refused or over', async () => {
    company = await openCompany({ idp: { clients, attest } });
    for (const changed of [{ idToken: 'nonsense' }, { expiresAt: company.now() - 1 }]) {
      const before = exchanges();
      const idJag = await asked(asking({ identity: () => ({ ...company.signOn(), refreshToken: 'opaque', ...changed }) }));
      assert.equal(claimsOf(idJag).sub, 'ada@auth.example');
      assert.equal(exchanges() - before, 'idToken' in changed ? 2 : 1);
    }
  });

  test('serves until it expires, and is asked for once by many', async () => {
    company = await openCompany({ idp: { clients } });
    let asks = 0;
    const callback = asking({ identity: () => { asks += 1; return company.signOn(); } });
    const idJags = await Promise.all(Array.from({ length: 5 }, () => asked(callback)));
    assert.equal(new Set(idJags).size, 5, 'each is good for one access token');
    assert.equal(asks, 1);
    company.skew = 290;
    await asked(callback);
    assert.equal(asks, 2);
  });

  test('is renewed where it is refused, and given up where there is no other', async () => {
    company = await openCompany({ idp: { clients } });
    const reasons = [];
    const identity = ({ reason }) => {
      reasons.push(reason);
      return reason === 'sign_on' ? { issuer: IDP, idToken: 'nonsense', expiresAt: company.now() + 300 } : company.signOn();
    };
    assert.equal(claimsOf(await asked(asking({ identity }))).sub, 'ada@auth.example');
    assert.deepEqual(reasons, ['sign_on', 'refused']);
    const declined = ({ reason }) => (reason === 'sign_on' ? { issuer: IDP, idToken: 'nonsense', expiresAt: company.now() + 300 } : undefined);
    await assert.rejects(asked(asking({ identity: declined })), { name: 'IdJagError' });
    await assert.rejects(asked(asking({ identity: () => undefined })), { code: 'identity_expired' });
  });
});

test('takes no ID-JAG but the one it asked for', async () => {
  company = await openCompany({ idp: { clients } });
  const idJag = await asked(asking());
  const answers = (fields) => async (url, init) => {
    const response = await company.fetch(url, init);
    return url === `${IDP}/token` ? Response.json({ ...(await response.json()), ...fields }) : response;
  };
  for (const [changed, fields] of [
    [{ clientId: 'another-app' }, {}],
    [{}, { issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' }],
    [{}, { token_type: 'Bearer' }],
    [{}, { access_token: 'nonsense' }],
    [{ dpop: newKey('desk-proof') }, { access_token: idJag }],
  ]) {
    await assert.rejects(asked(asking(changed), { fetchFn: answers(fields) }), { name: 'IdJagError' }, JSON.stringify(fields));
  }
  await assert.rejects(asked(asking(), { authorizationServerUrl: 'https://other.example' }), { name: 'IdJagError' });
});

test('names what it is missing', () => {
  for (const wrong of [{ idp: undefined }, { identity: undefined }, { credentials: undefined }, { secret: 'x' }]) {
    assert.throws(() => assertion({ idp: IDP, credentials, identity: () => undefined, ...wrong }), { code: 'argument_invalid' });
  }
});
