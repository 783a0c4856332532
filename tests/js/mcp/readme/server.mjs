// An MCP server of the official TypeScript SDK: tools see in `authInfo` who calls, and clients see the tools they may call.
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { ResourceServer } from 'idjag';
import { KeySetFetcher, KeySets } from 'idjag/adapters';
import { protectMcp } from 'idjag/mcp/server';

const issuer = 'https://auth.example';
const access = { tools: { whoami: { scope: 'profile' } } };
const handler = createMcpHandler(() => {
  const mcp = new McpServer({ name: 'who', version: '1.0.0' });
  mcp.registerTool('whoami', {}, ({ http }) => ({ content: [{ type: 'text', text: http.authInfo.extra.subject }] }));
  return mcp;
});
const server = new ResourceServer({ resource: 'https://mcp.example/mcp', authorizationServers: [{ issuer }], access });
const keys = new KeySets([new KeySetFetcher({ issuer, algorithms: ['ES256'] })]);

export default { fetch: protectMcp({ server, keys, handler }) };
