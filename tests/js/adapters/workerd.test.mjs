// The same handler and the same key fetching inside workerd, called over HTTP.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { serve } from './support/http.mjs';
import { webKey } from './support/jose.mjs';
import { now } from './support/resource.mjs';
import { startWorker } from './support/workerd.mjs';

const RESOURCE = 'https://mcp.example/mcp';

describe('a Worker', { timeout: 60_000 }, () => {
  let issuer;
  let worker;
  let key;
  const paths = [];
  before(async () => {
    key = await webKey('auth-1');
    issuer = await serve((request, response) => {
      paths.push(request.url);
      const { origin } = issuer;
      const body = request.url === '/jwks'
        ? { keys: [key.publicJwk] }
        : { issuer: origin, token_endpoint: `${origin}/token`, jwks_uri: `${origin}/jwks` };
      response.setHeader('content-type', 'application/json');
      // Long enough for many requests to wait for one another's fetch.
      setTimeout(() => response.end(JSON.stringify(body)), 100);
    });
    worker = await startWorker({ ISSUER: issuer.origin, RESOURCE });
  });
  after(async () => {
    await worker?.close();
    await issuer?.close();
  });

  const token = (changed) => key.token('at+jwt', {
    iss: issuer.origin, aud: RESOURCE, sub: 'ada', client_id: 'app', jti: `${Math.random()}`, iat: now(), exp: now() + 300,
    scope: 'rows:read', ...changed,
  });
  const call = (tool, headers) => fetch(`${worker.origin}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: tool } }),
  });

  test('lets many pass at once, and fetches the keys once', async () => {
    const bearer = { authorization: `Bearer ${await token()}` };
    const responses = await Promise.all(Array.from({ length: 20 }, () => call('read', bearer)));
    for (const response of responses) {
      assert.equal(response.status, 200, response.headers.get('www-authenticate') ?? '');
      assert.deepEqual(await response.json(), { jsonrpc: '2.0', id: 7, result: { tool: 'read', user: 'ada', backend: 'wasm' } });
    }
    assert.deepEqual(paths, ['/.well-known/oauth-authorization-server', '/jwks']);
  });

  test('refuses as it does elsewhere', async () => {
    const none = await call('read');
    assert.equal(none.status, 401);
    assert.match(none.headers.get('www-authenticate'), /resource_metadata="https:\/\/mcp\.example\//);
    const narrow = await call('write', { authorization: `Bearer ${await token()}` });
    assert.equal(narrow.status, 403);
    const forged = await (await webKey('auth-1')).token('at+jwt', { iss: issuer.origin, aud: RESOURCE, sub: 'eve' });
    assert.equal((await call('read', { authorization: `Bearer ${forged}` })).status, 401);
  });

  test('takes a proof once, for its public address', async () => {
    const proofKey = await webKey('app-proof');
    const bound = await token({ cnf: { jkt: await proofKey.thumbprint() } });
    const headers = { authorization: `DPoP ${bound}`, dpop: await proofKey.proof('POST', RESOURCE, { accessToken: bound }) };
    assert.equal((await call('read', headers)).status, 200);
    assert.equal((await call('read', headers)).status, 401);
  });

  test('serves its metadata', async () => {
    const response = await fetch(`${worker.origin}/.well-known/oauth-protected-resource/mcp`);
    assert.equal((await response.json()).resource, RESOURCE);
  });
});
