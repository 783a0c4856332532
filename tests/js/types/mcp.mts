// What an editor knows of the modules for the MCP SDKs: compiled, never run.

import * as idjag from 'idjag';
import type { Handler, KeySource } from 'idjag/adapters';
import {
  assertion,
  connectAll,
  EXTENSION,
  mcpFetch,
  sharedIdentity,
  withExtension,
  type ConnectedServer,
  type IdentitySource,
} from 'idjag/mcp/client';
import {
  checkAnnotations,
  mcpMiddleware,
  protectMcp,
  tokenVerifier,
  type McpAuthInfo,
  type McpMiddleware,
} from 'idjag/mcp/server';

declare const server: idjag.ResourceServer;
declare const keys: KeySource;
declare const client: idjag.Client;
declare const connection: idjag.Connection;

/** The SDKs' `AuthInfo`. */
interface AuthInfo {
  token: string;
  clientId: string;
  scopes: string[];
  expiresAt?: number;
  resource?: URL;
  resourceMetadataUrl?: string;
  extra?: Record<string, unknown>;
}
/** The SDKs' verifier, of either version. */
interface OAuthTokenVerifier {
  verifyAccessToken(token: string): Promise<AuthInfo>;
}
declare class OAuthError extends Error {
  constructor(code: 'invalid_token' | string, message: string, errorUri?: string);
}
declare class InvalidTokenError extends Error {
  constructor(message: string, errorUri?: string);
}
const verifiers: OAuthTokenVerifier[] = [
  tokenVerifier({ server, keys, errors: OAuthError, onRecord: (record) => console.log(record.outcome) }),
  tokenVerifier({
    server, keys, errors: { InvalidTokenError, InsufficientScopeError: InvalidTokenError, ServerError: InvalidTokenError },
  }),
  // @ts-expect-error: version 1 has more errors than this
  tokenVerifier({ server, keys, errors: { InvalidTokenError } }),
];

declare const mcp: { fetch: (request: Request, options?: { authInfo?: AuthInfo; parsedBody?: unknown }) => Promise<Response> };
const handlers: Handler[] = [
  protectMcp({ server, keys, handler: mcp }),
  protectMcp({ server, keys, handler: mcp.fetch, url: 'https://mcp.example/mcp' }),
  protectMcp({ server, keys, handler: (request, { authInfo, access }) => Response.json([request.url, authInfo.extra.subject, access.operation]) }),
  // @ts-expect-error: which server is protected must be said
  protectMcp({ server, keys }),
];
const guard: McpMiddleware = mcpMiddleware({ server, keys, maxBodyBytes: 1000 });
const registered = checkAnnotations({ registerTool: (name: string) => name }, { tools: { read: { scope: 'rows:read' } } });
const who = ({ extra }: McpAuthInfo): string => `${extra.subject} ${extra.issuer}`;

const capabilities: { sampling: object; extensions: object } = withExtension({ sampling: {} });
const identity: IdentitySource = async (need) =>
  need.reason === 'sign_on' ? { issuer: 'https://idp.example', idToken: 'x', expiresAt: 1 } : undefined;
declare const context: { authorizationServerUrl: string; resourceUrl: string; scope?: string; fetchFn: typeof fetch };
const idJag: Promise<string> = assertion({ idp: 'https://idp.example', credentials: [], identity })(context);
// @ts-expect-error: who the client is must be said
assertion({ idp: 'https://idp.example', identity });
const servers: Promise<ConnectedServer[]> = connectAll({
  client, identity, servers: ['https://a.example/mcp', { resource: 'https://b.example/mcp', scope: 'read' }],
});
const send: typeof fetch = mcpFetch(connection, { identity: sharedIdentity(identity)() });
void [verifiers, handlers, guard.metadata, registered.registerTool('read'), who, capabilities, idJag, servers, send, EXTENSION];
