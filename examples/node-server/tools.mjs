// The tools, and what each requires. A tool that is not in the table is neither listed nor called; one that is not `readOnly`
// is out of reach for tokens that may only read, whatever scope it requires.

import { McpServer } from '@modelcontextprotocol/server';
import { checkAnnotations } from 'idjag/mcp/server';
import { z } from 'zod';

export const access = {
  tools: {
    list_notes: { scope: 'notes:read', readOnly: true },
    add_note: { scope: 'notes:write' },
  },
};

/** Notes by user. A user is known by the issuer and the subject together, never by the subject alone. */
const notes = new Map();
const notesOf = ({ extra: { issuer, subject } }) => {
  const user = JSON.stringify([issuer, subject]);
  if (!notes.has(user)) notes.set(user, []);
  return notes.get(user);
};
const text = (value) => ({ content: [{ type: 'text', text: JSON.stringify(value) }] });

/** A server for one request; `ctx.http.authInfo` says who calls. */
export function makeServer() {
  const server = checkAnnotations(new McpServer({ name: 'notes', version: '1.0.0' }), access);
  server.registerTool(
    'list_notes',
    { description: 'The notes of the user.', annotations: { readOnlyHint: true } },
    (ctx) => text(notesOf(ctx.http.authInfo)),
  );
  server.registerTool(
    'add_note',
    { description: 'Adds a note.', inputSchema: z.object({ note: z.string().max(1000) }) },
    ({ note }, ctx) => text(notesOf(ctx.http.authInfo).push(note)),
  );
  return server;
}
