// The modules for the SDKs as CommonJS: the same instance of the library, and the same turns on one connection.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { afterEach, test } from 'node:test';
import { RESOURCE, openCompany, toolCall } from '../adapters/support/company.mjs';

const require = createRequire(import.meta.url);
const idjag = require('idjag');
const adapters = require('idjag/adapters');
const client = require('idjag/mcp/client');
const server = require('idjag/mcp/server');

let company;
afterEach(() => company?.close());

test('what is required is what is imported', async () => {
  const imported = { client: await import('idjag/mcp/client'), server: await import('idjag/mcp/server') };
  assert.deepEqual(Object.keys(client).sort(), Object.keys(imported.client).sort());
  assert.deepEqual(Object.keys(server).sort(), Object.keys(imported.server).sort());
  assert.throws(() => server.tokenVerifier({}), idjag.IdJagError);
});

test('a guard and a client that are required work together', async () => {
  const handler = async (_, { authInfo }) => Response.json({ user: authInfo.extra.subject });
  company = await openCompany({
    listen: ({ next, ...options }) => adapters.toNodeHandler(server.protectMcp({ ...options, handler })),
  });
  const connection = await company.connection();
  const send = client.mcpFetch(connection, company.driven());
  // Both drive the connection at once: whoever comes second waits for the first.
  const [response, token] = await Promise.all([send(RESOURCE, toolCall('read')), adapters.connect(connection, company.driven())]);
  assert.deepEqual([await response.json(), token.scope], [{ user: 'ada@auth.example' }, 'rows:read']);
  assert.equal(company.requests.filter((request) => request.endsWith('/token')).length, 2);
});
