// An MCP server made with the TypeScript SDK, with an authorization server of its own: what people have at home.

import { KeySet, MemoryReplayStore, ResourceAuthorizationServer, ResourceServer, SigningKey, digestClientSecret } from 'idjag';
import {
  KeySetFetcher, KeySets, memoryReplayStore, resourceAuthorizationServer, toNodeHandler,
} from 'idjag/adapters';
import { protectMcp } from 'idjag/mcp/server';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { serve } from './http.mjs';

/** What takes which scope; a tool that is not listed is nobody's. */
export const ACCESS = { tools: { read_rows: { scope: 'rows:read' }, write_rows: { scope: 'rows:write' } } };
export const CLIENT_SECRET = 'what the app has here';
const dangerousAllowHttpLoopback = true;
const memory = () => memoryReplayStore(new MemoryReplayStore({ capacity: 10_000 }));

/** An authorization server that takes the ID-JAGs of `idp` for `resource`, for the clients `<app>-at-<id>`. */
export async function openAuthorization({ id, idp, resource, requireDpop = false }) {
  const site = await serve();
  const issuer = site.origin;
  const records = [];
  const signer = new SigningKey({ alg: 'ES256', kid: `${id}-1`, random: crypto.getRandomValues(new Uint8Array(32)) });
  const registered = (clientId) => ({
    client_id: clientId,
    token_endpoint_auth_method: 'client_secret_basic',
    client_secret_sha256: [digestClientSecret({ clientSecret: CLIENT_SECRET }).sha256],
    dpop_bound_access_tokens: requireDpop,
  });
  const clients = new Map(['desk', 'patch'].map((app) => [`${app}-at-${id}`, registered(`${app}-at-${id}`)]));
  site.listener = toNodeHandler(resourceAuthorizationServer({
    server: new ResourceAuthorizationServer({
      issuer, tokenEndpoint: `${issuer}/token`, trustedIssuers: [{ issuer: idp }],
      resources: [{ id: resource, scopes: 'rows:read rows:write' }], dangerousAllowHttpLoopback,
    }),
    metadata: { issuer, tokenEndpoint: `${issuer}/token`, jwksUri: `${issuer}/jwks`, dangerousAllowHttpLoopback },
    jwks: new KeySet({ issuer, jwks: { keys: [signer.publicJwk] }, algorithms: ['ES256'], dangerousAllowHttpLoopback }),
    signer,
    keys: new KeySets([new KeySetFetcher({ issuer: idp, algorithms: ['ES256'], dangerousAllowHttpLoopback })]),
    clients: (clientId) => clients.get(clientId),
    accounts: (claims) => ({ subject: `${id}/${claims.sub}` }),
    replay: memory(),
    onRecord: (record) => records.push(record),
    onError: (error) => console.error(error),
  }));
  return { issuer, records, close: site.close };
}

/** The server with its authorization server, trusting `idp`. */
export async function openDataServer(idp, options) {
  const site = await serve();
  const resource = `${site.origin}/mcp`;
  const authorization = await openAuthorization({ id: 'data', idp, resource, ...options });
  const records = [];
  const server = new ResourceServer({
    resource, authorizationServers: [{ issuer: authorization.issuer }], access: ACCESS, initialScope: 'rows:read',
    proofSingleUse: true, dangerousAllowHttpLoopback,
  });
  site.listener = toNodeHandler(protectMcp({
    server,
    keys: new KeySets([new KeySetFetcher({ issuer: authorization.issuer, algorithms: ['ES256'], dangerousAllowHttpLoopback })]),
    replay: memory(),
    handler: createMcpHandler(dataServer),
    onRecord: (record) => records.push(record),
    onError: (error) => console.error(error),
  }));
  return {
    id: 'data',
    resource,
    issuer: authorization.issuer,
    scopes: ['rows:read'],
    records,
    redeemed: authorization.records,
    close: () => Promise.all([site.close(), authorization.close()]),
  };
}

/** The MCP server: each tool says what it was asked and by whom. */
export function dataServer() {
  const server = new McpServer({ name: 'data', version: '1.0.0' });
  const tool = (name, readOnlyHint) => server.registerTool(
    name,
    { description: `${name} of a table`, inputSchema: z.object({ table: z.string() }), annotations: { readOnlyHint } },
    ({ table }, { http }) => ({ content: [{ type: 'text', text: JSON.stringify({ tool: name, table, user: http.authInfo.extra.subject }) }] }),
  );
  tool('read_rows', true);
  tool('write_rows', false);
  tool('drop_table', false);
  return server;
}
