// The verifier behind the SDKs' own bearer middleware: what passes, and with which status everything else is answered.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { requireBearerAuth as expressAuth2 } from '@modelcontextprotocol/express';
import * as errors from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { requireBearerAuth as expressAuth1 } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import { OAuthError, requireBearerAuth } from '@modelcontextprotocol/server';
import express from 'express';
import { memoryRevocationStore, toNodeHandler } from 'idjag/adapters';
import { tokenVerifier } from 'idjag/mcp/server';
import { serve } from '../adapters/support/http.mjs';
import { webKey } from '../adapters/support/jose.mjs';
import { idjag } from '../adapters/support/package.mjs';
import { ISSUER, RESOURCE, now } from '../adapters/support/resource.mjs';

const METADATA = 'https://mcp.example/.well-known/oauth-protected-resource/mcp';
let issuerKey;
let proofKey;
let keys;
before(async () => {
  [issuerKey, proofKey] = [await webKey('auth-1'), await webKey('app-proof')];
  keys = new idjag.KeySet({ issuer: ISSUER, jwks: { keys: [issuerKey.publicJwk] }, algorithms: ['ES256'] });
});

const token = (changed) => issuerKey.token('at+jwt', {
  iss: ISSUER, aud: RESOURCE, sub: 'ada@mcp', client_id: 'app', jti: 'token-1', iat: now(), exp: now() + 300, scope: 'rows:read', ...changed,
});
const configured = (changed) => ({
  server: new idjag.ResourceServer({ resource: RESOURCE, authorizationServers: [{ issuer: ISSUER }] }),
  keys: { keys: (issuer) => (issuer === ISSUER ? keys : undefined) },
  ...changed,
});
const guarded = (verifier) => ({ verifier, resourceMetadataUrl: METADATA, expectedResource: new URL(RESOURCE), requiredScopes: ['rows:read'] });
const onExpress = (middleware) => express().use(middleware, (request, response) => response.json(request.auth));

const WAYS = {
  'version 1 on Express': [errors, (verifier) => onExpress(expressAuth1(guarded(verifier)))],
  'version 2 on Express': [OAuthError, (verifier) => onExpress(expressAuth2(guarded(verifier)))],
  'version 2 on the Web': [OAuthError, (verifier) => {
    const gate = requireBearerAuth(guarded(verifier));
    return toNodeHandler(async (request) => {
      const found = await gate(request);
      return found instanceof Response ? found : Response.json(found);
    });
  }],
};

for (const [way, [known, listen]] of Object.entries(WAYS)) {
  describe(way, () => {
    const records = [];
    let site;
    let lost;
    before(async () => {
      const failing = { keys: () => { throw new Error('the network is down'); } };
      const onRecord = (record) => records.push(record);
      site = await serve(listen(tokenVerifier({ ...configured({ onRecord }), errors: known })));
      lost = await serve(listen(tokenVerifier({ ...configured({ keys: failing }), errors: known })));
    });
    after(() => Promise.all([site.close(), lost.close()]));
    const ask = (text, { origin } = site) => fetch(`${origin}/mcp`, { headers: text ? { authorization: text } : {} });

    test('hands on who calls', async () => {
      const sent = await token({ act: { sub: 'agent-7', iss: 'https://agents.example' } });
      const response = await ask(`Bearer ${sent}`);
      assert.equal(response.status, 200);
      const { extra: { claims, ...extra }, expiresAt, ...rest } = await response.json();
      assert.deepEqual(rest, {
        token: sent, clientId: 'app', scopes: ['rows:read'], resource: RESOURCE, resourceMetadataUrl: METADATA,
      });
      assert.deepEqual(extra, { subject: 'ada@mcp', issuer: ISSUER, actor: { sub: 'agent-7', iss: 'https://agents.example' } });
      assert.deepEqual([claims.jti, expiresAt], ['token-1', claims.exp]);
    });

    for (const [what, sent, status, error] of [
      ['nothing', () => undefined, 401, 'invalid_token'],
      ['what is no token', () => 'Bearer nonsense', 401, 'invalid_token'],
      ['a token that has expired', async () => `Bearer ${await token({ iat: now() - 900, exp: now() - 600 })}`, 401, 'invalid_token'],
      ['a token for another server', async () => `Bearer ${await token({ aud: 'https://other.example/mcp' })}`, 401, 'invalid_token'],
      ['another issuer’s token', async () => `Bearer ${await token({ iss: 'https://evil.example' })}`, 401, 'invalid_token'],
      ['a token that is bound to a key', async () => `Bearer ${await token({ cnf: { jkt: await proofKey.thumbprint() } })}`, 401, 'invalid_token'],
      ['a token without the scope', async () => `Bearer ${await token({ scope: 'other' })}`, 403, 'insufficient_scope'],
    ]) {
      test(`refuses ${what}`, async () => {
        const response = await ask(await sent());
        assert.equal(response.status, status);
        const challenge = response.headers.get('www-authenticate');
        assert.ok(challenge.includes(`error="${error}"`) && challenge.includes(`resource_metadata="${METADATA}"`), challenge);
        assert.equal((await response.json()).error, error);
      });
    }

    test('refuses a token that was revoked, and every token where nobody can say', async () => {
      const revocations = memoryRevocationStore();
      const verifier = tokenVerifier({ ...configured({ revocations }), errors: known });
      const failing = { ...revocations, list: () => { throw new Error('the store is down'); } };
      const unknowing = tokenVerifier({ ...configured({ revocations: failing }), errors: known });
      const sites = await Promise.all([verifier, unknowing].map((each) => serve(listen(each))));
      const sent = await token();
      assert.equal((await ask(`Bearer ${sent}`, sites[0])).status, 200);
      await revocations.revoke([{ iss: ISSUER, jti: 'token-1', retain_until: now() + 600 }], now());
      assert.equal((await ask(`Bearer ${sent}`, sites[0])).status, 401);
      assert.equal((await ask(`Bearer ${sent}`, sites[1])).status, 500);
      await Promise.all(sites.map((each) => each.close()));
    });

    test('keeps the records of tokens and of refusals', () => {
      assert.ok(records.every((record) => record.role === 'resource_server' && idjag.readRecord({ record })));
      assert.deepEqual(new Set(records.map(({ outcome }) => outcome)), new Set(['permit', 'refuse']));
      const passed = records.find(({ outcome }) => outcome === 'permit');
      assert.deepEqual([passed.token_id, passed.operation], ['token-1', undefined]);
    });

    test('lets no token pass of which no record is kept', async () => {
      const onRecord = () => { throw new Error('the log is full'); };
      const unrecorded = await serve(listen(tokenVerifier({ ...configured({ onRecord }), errors: known })));
      assert.equal((await ask(`Bearer ${await token()}`, unrecorded)).status, 500);
      await unrecorded.close();
    });

    test('permits nothing while keys cannot be had', async () => {
      const response = await ask(`Bearer ${await token()}`, lost);
      assert.deepEqual([response.status, (await response.json()).error], [500, 'server_error']);
    });
  });
}

test('a verifier is told which errors the SDK understands', () => {
  for (const wrong of [undefined, {}, 'OAuthError', { InvalidTokenError: Error }]) {
    assert.throws(() => tokenVerifier(configured({ errors: wrong })), { code: 'argument_invalid' });
  }
});

test('what was no decision is not recorded', async () => {
  const records = [];
  const onRecord = (record) => records.push(record);
  const verifier = tokenVerifier({ ...configured({ onRecord, now: () => Date.now() }), errors: OAuthError });
  await assert.rejects(verifier.verifyAccessToken(await token()), OAuthError);
  assert.deepEqual(records, []);
});
