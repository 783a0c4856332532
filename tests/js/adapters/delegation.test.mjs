// A parent gives a subagent a token over HTTP: what it may do, what it may not, and what ends it.

import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { adapters, idjag } from './support/package.mjs';
import { AUTH, IDP, RESOURCE, openCompany, toolCall } from './support/company.mjs';
import { claimsOf, webKey } from './support/jose.mjs';

const AGENTS = 'https://agents.example';

let company;
afterEach(() => company?.close());

const server = (delegation = { actorProfiles: [{ issuer: AGENTS, typ: 'actor+jwt' }] }) => new idjag.ResourceAuthorizationServer({
  issuer: AUTH, tokenEndpoint: `${AUTH}/token`, trustedIssuers: [{ issuer: IDP }],
  resources: [{ id: RESOURCE, scopes: 'rows:read rows:write' }], ...(delegation && { delegation }),
});

/** A company that derives tokens, with what was revoked where every server sees it, and a connection of its app. */
async function open(changed = {}) {
  const revocations = adapters.memoryRevocationStore();
  const users = ({ sub }) => ({ subject: sub });
  company = await openCompany({ auth: { server: server(), users, revocations, ...changed }, mcp: { revocations } });
  company.groups = ['engineering', 'leads'];
  return { revocations, connection: await company.connection({ scope: 'rows:read rows:write' }) };
}

const call = (token, tool) => {
  const request = toolCall(tool);
  return company.fetch(RESOURCE, { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } });
};

describe('a subagent', () => {
  test('has less than its parent, and its calls are told apart', async () => {
    const { connection } = await open();
    const derived = await adapters.downscope(connection, { scope: 'rows:read' }, company.driven());
    assert.deepEqual([derived.token_type, derived.resource, derived.scope], ['Bearer', RESOURCE, 'rows:read']);
    assert.equal((await call(derived.access_token, 'read')).status, 200);
    assert.equal((await call(derived.access_token, 'write')).status, 403);
    const [, redeemed, made, used] = company.records;
    assert.deepEqual([made.parent_id, made.grant_id], [redeemed.token_id, redeemed.grant_id]);
    assert.deepEqual([used.token_id, used.outcome], [made.token_id, 'permit']);
    assert.deepEqual(claimsOf(derived.access_token).ancestors, [redeemed.token_id]);
  });

  test('can hand on less, and never more', async () => {
    const { connection } = await open();
    await assert.rejects(adapters.downscope(connection, { scope: 'rows:all' }, company.driven()), { code: 'server_refused' });
    assert.equal(company.records.at(-1).error, 'scope_not_granted');
    // What was refused took nothing from the parent.
    assert.equal((await adapters.downscope(connection, {}, company.driven())).scope, 'rows:read rows:write');
  });

  test('is named by a token of its own, whose issuer has vouched for it', async () => {
    const key = await webKey('agents-1');
    const published = (issuer, jwk) => new idjag.KeySet({ issuer, jwks: { keys: [jwk] }, algorithms: ['ES256'] });
    const looked = [];
    const keysOf = (issuer) => {
      looked.push(issuer);
      return issuer === AGENTS ? published(AGENTS, key.publicJwk) : published(IDP, company.idpKey.publicJwk);
    };
    const { connection } = await open({ keys: { keys: keysOf } });
    const claims = { iss: AGENTS, sub: 'agent-7', aud: AUTH, iat: company.now(), exp: company.now() + 60 };
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const input = `${part({ alg: 'ES256', kid: 'agents-1', typ: 'actor+jwt' })}.${part(claims)}`;
    const signature = Buffer.from(await key.sign(Buffer.from(input))).toString('base64url');
    const actor_token = `${input}.${signature}`;
    const derived = await adapters.downscope(connection, { scope: 'rows:read', actor_token }, company.driven());
    assert.deepEqual(claimsOf(derived.access_token).act, { iss: AGENTS, sub: 'agent-7' });
    assert.deepEqual(looked, [IDP, AGENTS]);
  });

  test('is cut off with its parent, and nobody else is', async () => {
    const { connection, revocations } = await open();
    const derived = await adapters.downscope(connection, { scope: 'rows:read' }, company.driven());
    const other = await company.connection();
    await adapters.connect(other, company.driven());
    const parent = company.records[1].token_id;
    const entry = { iss: AUTH, jti: parent, retain_until: company.now() + 3600 };
    await revocations.revoke([entry], company.now());
    assert.equal((await call(derived.access_token, 'read')).status, 401);
    assert.equal(company.records.at(-1).error, 'token_revoked');
    await assert.rejects(adapters.downscope(connection, {}, company.driven()), { code: 'server_refused' });
    const others = await adapters.downscope(other, { scope: 'rows:read' }, company.driven());
    assert.equal((await call(others.access_token, 'read')).status, 200);
  });

  for (const [name, changed, code] of [
    ['whose user is gone', () => ({ users: () => undefined }), 'subject_unknown'],
    ['where nobody knows the users', () => ({ users: undefined }), 'subject_unknown'],
    ['where nothing is derived', () => ({ server: server(null) }), 'grant_type_unsupported'],
  ]) {
    test(`${name} gets no token: ${code}`, async () => {
      const { connection } = await open(changed());
      await assert.rejects(adapters.downscope(connection, {}, company.driven()), { code: 'server_refused' });
      assert.equal(company.records.at(-1).error, code);
    });
  }
});
