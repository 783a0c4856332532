// The app `desk`, which connects to every server after one sign-on: with the TypeScript SDK's client here, and with the
// Python SDK's in `clients/desk.py`. Both say the same of what became of it.

import { Client as McpClient, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client, SigningKey } from 'idjag';
import { discoverIssuer } from 'idjag/adapters';
import { connectAll, withExtension } from 'idjag/mcp/client';
import { SECRET } from './idp.mjs';
import { CLIENT_SECRET } from './data-server.mjs';
import { runPython } from './processes.mjs';

export const proofKey = () => new SigningKey({ alg: 'ES256', kid: 'desk-proof', random: crypto.getRandomValues(new Uint8Array(32)) });

/** How the app is known: to the provider first, then to the authorization servers of `servers`. */
export function credentialsOf(issuer, servers) {
  const known = (at, id, secret) => ({
    issuer: at, client_id: id, token_endpoint_auth_method: 'client_secret_basic', client_secret: secret,
  });
  return [known(issuer, 'desk', SECRET), ...servers.map((server) => known(server.issuer, `desk-at-${server.id}`, CLIENT_SECRET))];
}

/** A sign-on as connections take it. */
export const identityOf = (issuer, { idToken, claims }) => ({ issuer, idToken, expiresAt: claims.exp });

/** The app as a client of the provider at `issuer`. */
export async function deskClient(issuer, [own, ...others], { dpop, signer } = {}) {
  return new Client({
    idp: await discoverIssuer({ issuer, dangerousAllowHttpLoopback: true }),
    idpCredentials: own,
    credentials: others,
    dpop,
    signer,
    dangerousAllowHttpLoopback: true,
  });
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

/** The tools that the server shows, what one of them says, and how it refuses another. */
const visit = (server, found) => withMcp(found, async (client) => {
  const result = { tools: await toolsOf(client), said: await call(client, server.call, server.arguments) };
  if (server.refused === undefined) return result;
  const refused = await call(client, server.refused, server.arguments).catch((error) => error.code);
  return { ...result, refused };
});

/** Visits every server of `settings`, as `clients/desk.py` does. */
async function inTypeScript({ issuer, credentials, identity, dpop, servers }) {
  const [asked, sent] = [[], []];
  const client = await deskClient(issuer, credentials, { dpop: dpop ? proofKey() : undefined });
  const connected = await connectAll({
    client,
    servers: servers.map(({ resource }) => resource),
    identity: (need) => {
      asked.push(need.reason);
      return identity;
    },
    fetch: (url, init) => {
      sent.push(`${init?.method ?? 'GET'} ${url}`);
      return fetch(url, init);
    },
  });
  const visits = [];
  for (const [at, found] of connected.entries()) {
    const { id } = servers[at];
    if (found.error) visits.push({ id, error: found.error.code ?? String(found.error) });
    else visits.push({ id, token_type: found.token.token_type, ...(await visit(servers[at], found)) });
  }
  return { visits, asked, sent };
}

/** Who visits, by the SDK. */
export const DESKS = {
  'the TypeScript SDK': inTypeScript,
  'the Python SDK': (settings) => runPython('clients/desk.py', settings),
};
