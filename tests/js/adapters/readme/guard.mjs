import { ResourceServer } from 'idjag';
import { KeySetFetcher, KeySets, protectResource } from 'idjag/adapters';

const issuer = 'https://auth.example';
const server = new ResourceServer({
  resource: 'https://mcp.example/mcp',
  authorizationServers: [{ issuer }],
  access: { tools: { read_rows: { scope: 'rows:read' } } }, // a tool that is not listed is refused
});
const keys = new KeySets([new KeySetFetcher({ issuer, algorithms: ['ES256'] })]);
const mcp = (request, access) => Response.json({ user: access.claims.sub }); // your MCP server

export default { fetch: protectResource({ server, keys, next: mcp }) };
