// The app `desk`, with the TypeScript SDK's client.

import { Client as McpClient, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client, SigningKey } from 'idjag';
import { discoverIssuer } from 'idjag/adapters';
import { connectAll, withExtension } from 'idjag/mcp/client';
import { SECRET } from './idp.mjs';
import { CLIENT_SECRET } from './data-server.mjs';

export const proofKey = () => new SigningKey({ alg: 'ES256', kid: 'desk-proof', random: crypto.getRandomValues(new Uint8Array(32)) });

/** How the app is known: to the provider, and to the authorization servers of `servers`. */
export async function deskClient(issuer, servers, { dpop, credentials } = {}) {
  const known = (at, id, secret) => ({
    issuer: at, client_id: id, token_endpoint_auth_method: 'client_secret_basic', client_secret: secret,
  });
  return new Client({
    idp: await discoverIssuer({ issuer, dangerousAllowHttpLoopback: true }),
    idpCredentials: credentials?.idp ?? known(issuer, 'desk', SECRET),
    credentials: credentials?.servers ?? servers.map((server) => known(server.issuer, `desk-at-${server.id}`, CLIENT_SECRET)),
    dpop,
    signer: credentials?.signer,
    dangerousAllowHttpLoopback: true,
  });
}

/** Connects to `servers` after one sign-on: what became of each, and how often the user was asked. */
export async function connectDesk({ client, servers, identity }) {
  let asked = 0;
  const found = await connectAll({
    client,
    servers: servers.map(({ resource }) => resource),
    identity: () => {
      asked += 1;
      return identity;
    },
  });
  return { found, asked: () => asked };
}

/** The SDK's client on one connection, while `use` needs it. */
export async function withMcp({ resource, fetch }, use) {
  const client = new McpClient({ name: 'desk', version: '1.0.0' }, { capabilities: withExtension() });
  await client.connect(new StreamableHTTPClientTransport(new URL(resource), { fetch }));
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** The names of the tools that the server shows. */
export const toolsOf = async (client) => (await client.listTools()).tools.map(({ name }) => name).sort();
/** What a tool says. */
export async function call(client, name, args = { table: 'orders' }) {
  const { content, structuredContent } = await client.callTool({ name, arguments: args });
  return structuredContent ?? JSON.parse(content[0].text);
}
/** A sign-on as connections take it. */
export const identityOf = (issuer, { idToken, claims }) => ({ issuer, idToken, expiresAt: claims.exp });
