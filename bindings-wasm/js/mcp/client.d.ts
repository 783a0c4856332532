// For clients of the MCP TypeScript SDK, of its versions 1 and 2.
//
// The SDK is not imported: what it must give or take is described here by its shape. All decisions are the library's.

import type {
  AuthorizedFetchOptions, Awaitable, ConnectOptions, Sending, Surroundings,
} from '../adapters/index.js';
import type {
  Client, Connection, ConnectionOptions, Credentials, JsonObject, LimitOptions, NextStep, SignOn, SigningKey, TokenServer,
} from '../index.js';

/** The identifier of the extension that clients of an enterprise declare: `io.modelcontextprotocol/enterprise-managed-authorization`. */
export declare const EXTENSION: 'io.modelcontextprotocol/enterprise-managed-authorization';

/** `capabilities` of a client, with the extension declared among them. */
export declare function withExtension<Capabilities extends object>(
  capabilities?: Capabilities,
): Capabilities & { extensions: Record<string, Record<string, never>> };

/** The user's sign-on, when one is needed: `need` says why, and what it must be like. Nothing declines. */
export type IdentitySource = (need: NextStep) => Awaitable<SignOn | undefined>;

/** What the SDK tells the callback `assertion` of its `CrossAppAccessProvider`. */
export interface AssertionContext {
  authorizationServerUrl: string;
  resourceUrl: string;
  scope?: string | undefined;
  fetchFn: (url: any, init?: any) => Promise<Response>;
}

/** The options of {@link assertion}. */
export interface AssertionOptions extends Surroundings, Sending {
  /** The identity provider: its issuer identifier, from which the metadata is found, or its metadata. */
  idp: string | TokenServer;
  /** What the client was given there; the best of several is used. `private_key_jwt` signs with `signer`. */
  credentials: readonly Credentials[];
  /** The user's sign-on: an ID Token, a SAML assertion or a refresh token. It is asked for again when it is of no use any more. */
  identity: IdentitySource;
  /** The client as the MCP server's authorization server knows it: a grant for another one is refused. */
  clientId?: string;
  /** Signs client assertions. */
  signer?: SigningKey;
  /**
   * Proves possession to the identity provider: the ID-JAG is bound to this key, and redeeming it takes a proof, which the SDK's
   * provider does not send by itself: use {@link mcpFetch}, which does, for tokens that are bound from end to end.
   */
  dpop?: SigningKey;
  /** Authorization details to ask for (RFC 9396). */
  authorizationDetails?: readonly JsonObject[];
  /** The conversation that ID-JAGs are for; one for another, or for none, is refused. Each conversation has a provider of its own. */
  context?: string;
  /** The claim, and parameter, that names a conversation; `ctx` by default. */
  contextClaim?: string;
  /** Caps on responses. */
  limits?: LimitOptions;
  /** Also take `http` addresses on this machine: for tests. */
  dangerousAllowHttpLoopback?: boolean;
}

/**
 * The callback `assertion` for `CrossAppAccessProvider` of the SDK's version 2: asks the identity provider for an ID-JAG,
 * checks that it is the one that was asked for, and answers it. An ID-JAG is good for one access token, so none is kept; the
 * sign-on is. A refusal is thrown as an `IdJagError`.
 *
 * The SDK reads no metadata of authorization servers without an `authorization_endpoint`, which a server of grants alone need
 * not have. {@link mcpFetch} does not ask for one.
 */
export declare function assertion(options: AssertionOptions): (context: AssertionContext) => Promise<string>;

/**
 * The `fetch` of a transport of either version: `authorizedFetch`, which counts step-ups for each tool. Give the transport no
 * `authProvider` beside it: a refusal then reaches the caller as an `IdJagError` (as the `cause` of the SDK's error, while its
 * version 2 looks for the protocol to speak), and nobody is asked for consent instead.
 */
export declare function mcpFetch(
  connection: Connection,
  options?: AuthorizedFetchOptions,
): (input: Request | string | URL, init?: RequestInit) => Promise<Response>;

/**
 * Shares one sign-on among connections. Each call of what comes back makes the `identity` of one connection; `source` is asked
 * once for all that wait, and again when the sign-on has expired, was refused, or must be a stronger one.
 */
export declare function sharedIdentity(
  source: IdentitySource,
  options?: { now?: () => number },
): () => (need: NextStep) => Promise<SignOn | undefined>;

/** An MCP server to connect to: its address, or that with what to ask for there. */
export type ServerToConnect = string | Omit<ConnectionOptions, 'client'>;

/** The options of {@link connectAll}. */
export interface ConnectAllOptions extends Omit<ConnectOptions, 'identity' | 'assertion' | 'authorization'> {
  client: Client;
  servers: readonly ServerToConnect[];
  /** The user's sign-on: asked for once, however many servers there are. */
  identity: IdentitySource;
  /** Your name for what a request does; step-ups are counted for each. The method and the tool by default. */
  operation?: AuthorizedFetchOptions['operation'];
}

/** What became of one server. */
export interface ConnectedServer {
  readonly resource: string;
  /** For transports; there unless the address is none. After an `error` it tries anew. */
  readonly fetch?: (input: Request | string | URL, init?: RequestInit) => Promise<Response>;
  readonly connection?: Connection;
  /** What is known of the access token, when the server can be called. */
  readonly token?: NextStep['token'];
  /** Why it cannot: an `IdJagError` where the library says so. */
  readonly error?: unknown;
}

/**
 * Connects to many MCP servers at once after one sign-on. Answers, in the order of `servers`, what became of each: that one
 * cannot be connected to does not stop the others.
 */
export declare function connectAll(options: ConnectAllOptions): Promise<ConnectedServer[]>;
