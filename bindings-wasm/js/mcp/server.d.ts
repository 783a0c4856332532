// For servers of the MCP TypeScript SDK, of its versions 1 and 2.
//
// The SDK is not imported: what it must give or take is described here by its shape. All decisions are the library's.

import type { Access, Awaitable, Handler, KeySource, ProtectResourceOptions, RevocationStore } from '../adapters/index.js';
import type { AccessOptions, DecisionRecord, JsonObject, ResourceServer } from '../index.js';

/** Who calls, as both versions of the SDK tell it to tools: their own `AuthInfo`, with `extra` filled. */
export interface McpAuthInfo {
  /** The access token. It is for this server alone: never send it on. */
  token: string;
  /** The client. */
  clientId: string;
  /** Its scopes; of a verifier's, with those that they include. */
  scopes: string[];
  /** When the token expires, in seconds since 1970. */
  expiresAt: number;
  /** This server's identifier, which the token names. */
  resource: URL;
  /** Where this server's RFC 9728 document is. */
  resourceMetadataUrl: string;
  extra: {
    /** The user, in the namespace of `issuer`. */
    subject: string;
    /** The authorization server that issued the token. */
    issuer: string;
    /** The conversation it belongs to, if the token says. */
    ctx: unknown;
    /** Who acts for the user, if the token says: the claim `act`. */
    actor: unknown;
    /** All claims. */
    claims: JsonObject;
    [name: string]: unknown;
  };
}

/** The error class of version 2, `OAuthError`. */
export type OAuthErrorClass = new (code: any, message: string) => Error;
/** The module `@modelcontextprotocol/sdk/server/auth/errors.js` of version 1, as far as it is used. */
export interface OAuthErrorModule {
  InvalidTokenError: new (message: string) => Error;
  InsufficientScopeError: new (message: string) => Error;
  ServerError: new (message: string) => Error;
}

/** The options of {@link tokenVerifier}. */
export interface TokenVerifierOptions {
  server: ResourceServer;
  /** The keys of the authorization servers. */
  keys: KeySource;
  /** The errors that the SDK's middleware understands: `OAuthError` of version 2, or the errors' module of version 1. */
  errors: OAuthErrorClass | OAuthErrorModule;
  /** What was revoked; without it, tokens serve until they expire. */
  revocations?: RevocationStore;
  /** The present, in seconds since 1970; the system's clock by default. */
  now?: () => number;
  /** Keeps the record of each token, which names no operation, and of each refusal. When it fails, no token passes. */
  onRecord?: (record: DecisionRecord) => unknown;
  /** Told of failures that are nobody's refusal. */
  onError?: (error: unknown) => void;
}

/**
 * An `OAuthTokenVerifier` for `requireBearerAuth` of version 1 or 2. It sees no proof, so tokens that are bound to a key are
 * refused, and it sees no tool: prefer {@link protectMcp} or {@link mcpMiddleware}, which take both into account.
 */
export declare function tokenVerifier(options: TokenVerifierOptions): {
  verifyAccessToken(token: string): Promise<McpAuthInfo>;
};

/** What may pass, for the MCP server behind the guard. */
export interface McpCall {
  /** For the SDK: its option `authInfo`. */
  authInfo: McpAuthInfo;
  /** For you: claims, operation and record of the decision. */
  access: Access;
}

/** The options of {@link protectMcp}. */
export interface ProtectMcpOptions extends Omit<ProtectResourceOptions, 'next'> {
  /**
   * The MCP server: what `createMcpHandler` answers, or a function such as
   * `(request, { authInfo }) => transport.handleRequest(request, { authInfo })`.
   */
  handler:
    | ((request: Request, call: McpCall) => Awaitable<Response>)
    | { fetch(request: Request, call: McpCall): Awaitable<Response> };
}

/**
 * A handler of the Web around an MCP server: it verifies token and proof, decides by method and tool on the body that
 * arrived, answers refusals with their challenge, and serves the RFC 9728 document. Tools learn by `authInfo` who calls;
 * lists of tools, in JSON or in events, hold only what the token may call. What is behind is not told which encodings the
 * caller takes: compress in front of it.
 */
export declare function protectMcp(options: ProtectMcpOptions): Handler;

/** A middleware of Express, and of `node:http` with a function of your own as `next`. */
export interface McpMiddleware {
  (request: any, response: any, next: () => unknown): Promise<void>;
  /** Serves the RFC 9728 document at its address and hands all else on. Mount it at the root. */
  readonly metadata: (request: any, response: any, next: () => unknown) => Promise<void>;
}

/**
 * The same guard for transports that take Node's requests and responses, of version 1 or 2:
 *
 * ```js
 * const guard = mcpMiddleware({ server, keys });
 * app.use(guard.metadata);
 * app.all('/mcp', guard, (req, res) => transport.handleRequest(req, res, req.body));
 * ```
 *
 * What may pass has `req.auth`, the SDK's `AuthInfo`, and `req.body`, the message that was decided on; its credentials are
 * gone, and so is `accept-encoding`. Best mounted before anything that reads bodies; after `express.json()`, what that has read is decided on. Where it is
 * mounted with other paths than the endpoint's, they are answered 404: what a router takes for the same path is not let by.
 */
export declare function mcpMiddleware(options: Omit<ProtectResourceOptions, 'next'>): McpMiddleware;

/**
 * Makes `registerTool` of an `McpServer` throw when the annotation `readOnlyHint` of a tool contradicts `readOnly` in the
 * table `access`, and answers the server. Call it before tools are registered, with the table of the `ResourceServer`.
 */
export declare function checkAnnotations<Server extends { registerTool: (...args: any[]) => any }>(
  mcpServer: Server,
  access: AccessOptions,
): Server;
