// The table of tools against the annotations of those that are registered, in both versions of the SDK.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { McpServer as McpServer1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { McpServer } from '@modelcontextprotocol/server';
import { checkAnnotations } from 'idjag/mcp/server';

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
