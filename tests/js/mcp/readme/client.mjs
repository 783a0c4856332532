// Its client, connected to many servers after one sign-on. A server that is away, or forbidden, stops no other.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { connectAll, withExtension } from 'idjag/mcp/client';

export async function connectTo(servers, client, identity) {
  const found = await connectAll({ client, servers, identity }); // identity: () => ({ issuer, idToken, expiresAt })
  return Promise.all(found.map(async ({ resource, fetch, error }) => {
    if (error) return { resource, error };
    const mcp = new Client({ name: 'desk', version: '1.0.0' }, { capabilities: withExtension() });
    await mcp.connect(new StreamableHTTPClientTransport(new URL(resource), { fetch }));
    return { resource, mcp };
  }));
}
