// MCP clients of both versions of the SDK.

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const SDKS = {
  'version 1': [Client1, Transport1],
  'version 2': [Client, StreamableHTTPClientTransport],
  // Looks first whether the server speaks the protocol of 2026.
  'version 2, any protocol': [Client, StreamableHTTPClientTransport, { versionNegotiation: { mode: 'auto' } }],
};
export const VERSIONS = Object.keys(SDKS);

/** A client that has connected to `url` by this `fetch`. */
export async function connected(version, url, fetch, options) {
  const [Made, Transport, more] = SDKS[version];
  const client = new Made({ name: 'desk', version: '1.0.0' }, { ...more, ...options });
  await client.connect(new Transport(new URL(url), { fetch }));
  return client;
}

/** What the tool `name` says. */
export async function said(client, name) {
  const { content } = await client.callTool({ name, arguments: {} });
  return JSON.parse(content[0].text);
}

/** The names of the tools that the client is told of. */
export async function listed(client) {
  return (await client.listTools()).tools.map((tool) => tool.name);
}
