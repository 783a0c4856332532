// The types of the SDKs and those of `idjag/mcp` fit each other: compiled, never run.

import { Client, CrossAppAccessProvider, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { requireBearerAuth as expressAuth2 } from '@modelcontextprotocol/express';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import * as errors from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { requireBearerAuth as expressAuth1 } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import { McpServer as McpServer1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import {
  createMcpHandler, McpServer, OAuthError, requireBearerAuth, WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { Connection, ResourceServer } from 'idjag';
import type { KeySource } from 'idjag/adapters';
import { assertion, mcpFetch, withExtension } from 'idjag/mcp/client';
import { checkAnnotations, protectMcp, tokenVerifier } from 'idjag/mcp/server';

declare const server: ResourceServer;
declare const keys: KeySource;
declare const connection: Connection;

const access = { tools: { read: { scope: 'rows:read' } } };
checkAnnotations(new McpServer1({ name: 'rows', version: '1' }), access).registerTool('read', {}, () => ({ content: [] }));
const mcp = createMcpHandler(() => checkAnnotations(new McpServer({ name: 'rows', version: '1' }), access));
protectMcp({ server, keys, handler: mcp });
const transport = new WebStandardStreamableHTTPServerTransport({});
protectMcp({ server, keys, handler: (request, { authInfo }) => transport.handleRequest(request, { authInfo }) });

requireBearerAuth({ verifier: tokenVerifier({ server, keys, errors: OAuthError }) });
expressAuth2({ verifier: tokenVerifier({ server, keys, errors: OAuthError }) });
expressAuth1({ verifier: tokenVerifier({ server, keys, errors }) });

const url = new URL('https://mcp.example/mcp');
const send = mcpFetch(connection);
const capabilities = withExtension({ sampling: {} });
await new Client({ name: 'desk', version: '1' }, { capabilities }).connect(new StreamableHTTPClientTransport(url, { fetch: send }));
await new Client1({ name: 'desk', version: '1' }, { capabilities }).connect(new Transport1(url, { fetch: send }));
new CrossAppAccessProvider({
  assertion: assertion({ idp: 'https://idp.example', credentials: [], identity: () => undefined }),
  clientId: 'desk',
  clientSecret: 'secret',
  expectedIssuer: 'https://auth.example',
});
void NodeStreamableHTTPServerTransport;
