// The table of tools against the annotations of those that are registered, in both versions of the SDK.

import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { McpServer as McpServer1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { McpServer } from '@modelcontextprotocol/server';
import { mcpFetch } from 'idjag/mcp/client';
import { checkAnnotations } from 'idjag/mcp/server';
import { AUTH, RESOURCE, openCompany } from '../adapters/support/company.mjs';
import { idjag } from '../adapters/support/package.mjs';
import { connected, listed, said } from './support/clients.mjs';
import { WAYS } from './support/servers.mjs';

const access = { tools: { look: { readOnly: true }, change: { readOnly: false }, any: {} } };
const nothing = () => ({ content: [] });

for (const [version, Made] of [['version 1', McpServer1], ['version 2', McpServer]]) {
  describe(version, () => {
    const server = () => checkAnnotations(new Made({ name: 'rows', version: '1' }), access);
    test('a tool is registered as the table has it', () => {
      const rows = server();
      rows.registerTool('look', { annotations: { readOnlyHint: true } }, nothing);
      rows.registerTool('change', {}, nothing);
      rows.registerTool('any', { annotations: { readOnlyHint: true } }, nothing);
      rows.registerTool('unlisted', {}, nothing);
      assert.equal(rows.registerTool('change2', { description: 'x' }, nothing).description, 'x');
    });
    for (const [name, config] of [
      ['look', {}],
      ['look', { annotations: {} }],
      ['look', { annotations: { readOnlyHint: false } }],
      ['look', { annotations: { readOnlyHint: 'yes' } }],
      ['change', { annotations: { readOnlyHint: true } }],
    ]) {
      test(`${name} is refused with ${JSON.stringify(config)}`, () => {
        const rows = server();
        assert.throws(() => rows.registerTool(name, config, nothing), { code: 'argument_invalid', detail: new RegExp(`/access/tools/${name}/readOnly`) });
      });
    }
  });
}

test('the older way to register tools, which sees no annotations, is closed', () => {
  const rows = checkAnnotations(new McpServer1({ name: 'rows', version: '1' }), access);
  assert.throws(() => rows.tool('look', nothing), { code: 'argument_invalid' });
});

describe('a token that may only read', () => {
  let company;
  afterEach(() => company?.close());
  const server = (write) => new idjag.ResourceServer({
    resource: RESOURCE,
    authorizationServers: [{ issuer: AUTH }],
    access: { tools: { read: { scope: 'rows:read', readOnly: true }, write } },
    readOnlyScopes: 'rows:read',
  });

  test('has no tool that writes in the table', () => {
    for (const write of [{}, { scope: 'rows:read' }]) assert.throws(() => server(write), { code: 'config_invalid' });
  });

  for (const way of ['version 2, createMcpHandler', 'version 1, a transport for each request']) {
    test(`reaches no tool but those that only read: ${way}`, async () => {
      company = await openCompany({ listen: WAYS[way], mcp: { server: server({ scope: 'rows:write' }) } });
      const send = mcpFetch(await company.connection({ scope: 'rows:read' }), company.driven());
      const desk = await connected('version 2', RESOURCE, send);
      assert.deepEqual(await listed(desk), ['read']);
      assert.equal((await said(desk, 'read')).tool, 'read');
      await assert.rejects(desk.callTool({ name: 'write', arguments: {} }), { name: 'IdJagError' });
      await desk.close();
      company.groups = ['engineering', 'leads'];
      const more = mcpFetch(await company.connection({ scope: 'rows:read rows:write' }), company.driven());
      const lead = await connected('version 2', RESOURCE, more);
      assert.deepEqual(await listed(lead), ['read', 'write']);
      assert.equal((await said(lead, 'write')).tool, 'write');
      await lead.close();
    });
  }
});
