// The guard in front of every kind of server of the SDKs, called by their clients: who calls, and what it may call.

import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import express from 'express';
import { mcpFetch } from 'idjag/mcp/client';
import { mcpMiddleware } from 'idjag/mcp/server';
import { AUTH, IDP, RESOURCE, openCompany, toolCall } from '../adapters/support/company.mjs';
import { randomBytes } from '../adapters/support/jose.mjs';
import { idjag } from '../adapters/support/package.mjs';
import { connected, listed, said, VERSIONS } from './support/clients.mjs';
import { WAYS } from './support/servers.mjs';

let company;
const clients = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await company?.close();
});

/** A client of the company, by a connection of its own. */
async function client(version, options) {
  const send = mcpFetch(await company.connection(options), company.driven());
  const found = await connected(version, RESOURCE, send);
  clients.push(found);
  return found;
}

for (const [way, listen] of Object.entries(WAYS)) {
  describe(way, () => {
    for (const version of VERSIONS) {
      test(`serves a client of ${version}: who calls, and the tools that it may call`, async () => {
        company = await openCompany({ listen });
        const desk = await client(version);
        assert.deepEqual(await listed(desk), ['read'], 'neither what needs more nor what the table lacks');
        const { expiresAt, claims, ...rest } = await said(desk, 'read');
        assert.deepEqual(rest, {
          tool: 'read', isToken: true, clientId: 'desk-at-data', scopes: ['rows:read'], resource: RESOURCE,
          subject: 'ada@auth.example', issuer: AUTH,
        });
        assert.equal(expiresAt, claims.exp);
        assert.deepEqual(company.errors, []);
      });
    }

    test('steps up where the policy permits, and then lists more', async () => {
      company = await openCompany({ listen });
      company.groups = ['engineering', 'leads'];
      const desk = await client('version 2', { scope: 'rows:read' });
      assert.deepEqual(await listed(desk), ['read']);
      assert.deepEqual((await said(desk, 'write')).scopes, ['rows:read', 'rows:write']);
      assert.deepEqual(await listed(desk), ['read', 'write']);
    });

    test('lets a denial reach the caller, and asks nobody else', async () => {
      company = await openCompany({ listen });
      const desk = await client('version 2');
      await assert.rejects(desk.callTool({ name: 'write', arguments: {} }), { name: 'IdJagError' });
      await assert.rejects(desk.callTool({ name: 'unlisted', arguments: {} }), { name: 'IdJagError' });
      assert.ok(company.requests.every((request) => !/authorize|register/.test(request)), company.requests.join('\n'));
      assert.equal((await said(desk, 'read')).tool, 'read');
    });

    test('takes tokens that are bound to a key, with their proof', async () => {
      company = await openCompany({ listen });
      const dpop = new idjag.SigningKey({ alg: 'ES256', kid: 'desk-proof', random: randomBytes() });
      const desk = await client('version 2', { dpop });
      assert.equal((await said(desk, 'read')).claims.cnf.jkt, dpop.jkt);
    });

    test('challenges whoever comes without a token, and serves its metadata', async () => {
      company = await openCompany({ listen });
      const response = await company.fetch(RESOURCE, toolCall('read'));
      assert.equal(response.status, 401);
      const metadata = 'https://mcp.example/.well-known/oauth-protected-resource/mcp';
      assert.match(response.headers.get('www-authenticate'), new RegExp(`resource_metadata="${metadata}".*scope="rows:read"`));
      const document = await (await company.fetch(metadata)).json();
      assert.deepEqual([document.resource, document.authorization_servers], [RESOURCE, [AUTH]]);
      assert.notEqual((await company.fetch('https://mcp.example/MCP', toolCall('read'))).status, 200);
    });
  });
}

describe('an administrator’s no', () => {
  for (const version of VERSIONS) {
    test(`reaches who connects by ${version}, and nothing is asked but the identity provider`, async () => {
      company = await openCompany({ listen: WAYS['version 2, createMcpHandler'] });
      company.groups = ['contractors'];
      // Where it looks for the protocol first, the SDK's own error has it as its cause.
      const isDenied = (error) => assert.equal((error.cause ?? error).code, 'server_denied') ?? true;
      await assert.rejects(client(version), isDenied);
      const posts = company.requests.filter((request) => request.startsWith('POST'));
      assert.deepEqual(new Set(posts), new Set([`POST ${IDP}/token`]));
    });
  }
});

test('the protocol of 2026 is spoken through the guard', async () => {
  company = await openCompany({ listen: WAYS['version 2, createMcpHandler'] });
  const send = mcpFetch(await company.connection(), company.driven());
  const desk = await connected('version 2', RESOURCE, send, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  clients.push(desk);
  assert.deepEqual(await listed(desk), ['read']);
  assert.equal((await said(desk, 'read')).subject, 'ada@auth.example');
});

describe('a middleware', () => {
  const failures = [];
  /** A listener of `node:http` around `act`. */
  const protectedBy = (act) => ({ next, ...options }) => {
    const guard = mcpMiddleware({ ...options, onError: (error) => failures.push(error) });
    return (request, response) => guard(request, response, () => act(request, response));
  };
  const call = async () => mcpFetch(await company.connection(), company.driven())(RESOURCE, toolCall('read'));

  test('hands on what was decided on, without credentials', async () => {
    const seen = [];
    company = await openCompany({
      listen: protectedBy((request, response) => {
        const raw = request.rawHeaders.map((text) => text.toLowerCase());
        seen.push([request.body.params.name, request.auth.clientId, request.headers.authorization, raw.includes('authorization')]);
        response.end('{}');
      }),
    });
    assert.equal((await call()).status, 200);
    assert.deepEqual(seen, [['read', 'desk-at-data', undefined, false]]);
  });

  test('answers for a server that fails, at once or later, and tells why', async () => {
    for (const act of [() => { throw new Error('at once'); }, async () => { throw new Error('later'); }]) {
      failures.length = 0;
      company = await openCompany({ listen: protectedBy(act) });
      const response = await call();
      assert.deepEqual([response.status, await response.json()], [500, { error: 'server_error' }]);
      assert.match(failures[0].message, /at once|later/);
      await company.close();
    }
  });

  test('decides on the value that a parser has read, whatever the text was', async () => {
    company = await openCompany({
      listen: ({ next, ...options }) => {
        const guard = mcpMiddleware(options);
        const app = express().use(guard.metadata, express.json());
        return app.all('/mcp', guard, (request, response) => response.json(request.body.params));
      },
    });
    const connection = await company.connection();
    const send = mcpFetch(connection, company.driven());
    // Of two members with one name the parser takes the last; so does whoever acts on it.
    const body = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"write","name":"read"}}';
    const response = await send(RESOURCE, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    assert.deepEqual([response.status, await response.json()], [200, { name: 'read' }]);
    const turned = body.replace('"write","name":"read"', '"read","name":"write"');
    await assert.rejects(send(RESOURCE, { method: 'POST', headers: { 'content-type': 'application/json' }, body: turned }), { name: 'IdJagError' });
  });
});
