// The tools, and what each requires. A tool that is not in the table is neither listed nor called; one that is not `readOnly`
// is out of reach for tokens that may only read, whatever scope it requires.

import { McpServer } from '@modelcontextprotocol/server';
import { checkAnnotations } from 'idjag/mcp/server';
import { z } from 'zod';

export const access = {
  tools: {
    read_rows: { scope: 'rows:read', readOnly: true },
    delete_row: { scope: 'rows:write' },
  },
};

const rows = ['apples', 'pears'];
const text = (value) => ({ content: [{ type: 'text', text: JSON.stringify(value) }] });

/** A server for one request; `ctx.http.authInfo` says who calls. */
export function makeServer() {
  const server = checkAnnotations(new McpServer({ name: 'rows', version: '1.0.0' }), access);
  server.registerTool(
    'read_rows',
    { description: 'All rows.', annotations: { readOnlyHint: true } },
    (ctx) => text({ rows, user: ctx.http.authInfo.extra.subject }),
  );
  server.registerTool(
    'delete_row',
    { description: 'Deletes a row.', inputSchema: z.object({ at: z.number().int().min(0) }), annotations: { destructiveHint: true } },
    ({ at }) => text({ deleted: rows.splice(at, 1) }),
  );
  return server;
}
