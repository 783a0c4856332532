// Adapters: the input and output that the API itself never does, on top of it.
//
// They decide nothing: what is fetched, refused, answered and recorded, the library says. Time and randomness are the
// system's here unless others are given.

import type {
  AccessTokenAnswer,
  AccessTokenClaims,
  Account,
  AttestedSubject,
  AuthorizationServerDocument,
  BuildServerMetadata,
  ClientDocumentsOptions,
  ClientRecord,
  Connection,
  DecisionRecord,
  DirectoryUser,
  ExchangeSubject,
  IdJagClaims,
  IdentityProvider,
  JsonObject,
  KeySet,
  KeySetCacheOptions,
  MemoryReplayStore,
  NextStep,
  NonceOptions,
  Policy,
  RegisteredClient,
  ReplayKeyAnswer,
  ResourceAuthorizationServer,
  ResourceServer,
  RevocationEntry,
  RevocationList,
  SignOn,
  SigningKey,
  SubjectNeed,
  WantedToken,
} from '../index.js';

/** A value, or a promise of one. */
export type Awaitable<T> = T | PromiseLike<T>;
/** A handler of the Web: Workers, Deno, Bun, Hono and, through {@link toNodeHandler}, Node. */
export type Handler = (request: Request) => Promise<Response>;

/** The clock and the randomness, where they are not the system's. */
export interface Surroundings {
  /** The present, in seconds since 1970. */
  now?: () => number;
  /** 32 fresh random bytes. */
  random?: () => Uint8Array;
}

/** How requests of our own are sent: never following redirects. */
export interface Sending {
  /** Sends a request; the global `fetch` by default. It must obey `redirect: 'manual'`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** The longest that one request may take, its body included, in milliseconds: 10000 by default. */
  timeoutMs?: number;
  /** The most bytes that a response may have: a mebibyte by default. It is given up while it is read. */
  maxBytes?: number;
}

/** Whoever has the keys of issuers, such as {@link KeySets}. */
export interface KeySource {
  /** The keys of `issuer`, which is one of the server's configuration; nothing when they cannot be had. */
  keys(issuer: string, kid?: string): Awaitable<KeySet | undefined>;
}

/** The options of a {@link KeySetFetcher}. */
export interface KeySetFetcherOptions extends Omit<KeySetCacheOptions, 'jwksUri'>, Sending {
  /** Where the keys are, as you know or as the issuer's metadata says; without it, the metadata is fetched first. */
  jwksUri?: string;
  /** The present, in seconds since 1970; the system's clock by default. */
  now?: () => number;
  /** Told why keys could not be fetched. */
  onError?: (error: unknown) => void;
}

/**
 * The keys of one issuer, fetched when the library says so: over https (or, by opt-in, http on this machine), without
 * redirects, within bounds of time and size, and at most once per `minRefreshInterval`, however many requests ask and
 * whatever keys they name. While the issuer cannot be reached, old keys serve for `maxStale` longer.
 */
export declare class KeySetFetcher {
  constructor(options: KeySetFetcherOptions);
  /** Whose keys these are. */
  readonly issuer: string;
  /** The keys to verify a token with that claims the key `kid`; nothing when none can be had. */
  keys(kid?: string): Promise<KeySet | undefined>;
}

/** The keys of several issuers. An issuer that is not among them has no keys, and nothing is fetched for it. */
export declare class KeySets implements KeySource {
  constructor(sources: Iterable<KeySetFetcher | { issuer: string; keys: KeySet }>);
  keys(issuer: string, kid?: string): Promise<KeySet | undefined>;
}

/** Where to look for an issuer's metadata. */
export interface DiscoverIssuerOptions extends Sending {
  issuer: string;
  /** Also take `http` addresses on this machine: for tests. */
  dangerousAllowHttpLoopback?: boolean;
  /** Gives up. */
  signal?: AbortSignal;
}

/**
 * Fetches and reads the metadata of an issuer, from wherever the specifications allow it to be; the document must name
 * exactly this issuer.
 */
export declare function discoverIssuer(options: DiscoverIssuerOptions): Promise<AuthorizationServerDocument>;

/** A store that remembers what may be used once. */
export interface ReplayStore {
  /**
   * Records `key.name` until `key.retain_until` and says whether it is new, in one atomic step. `unavailable`, as well as
   * throwing, means that nobody can say: the request is refused and may be tried again.
   */
  firstUse(key: ReplayKeyAnswer, now: number): Promise<'first' | 'seen' | 'unavailable'>;
}

/** A store in the memory of this process. More than one process needs a store that they share. */
export declare function memoryReplayStore(store: MemoryReplayStore): ReplayStore;

/** A connected client of `redis` (4 or newer) or `ioredis`, cluster clients included. */
export interface RedisClient {
  // Their signatures have nothing in common but this.
  set(name: string, value: string, ...options: any[]): Promise<unknown>;
  get(name: string): Promise<unknown>;
}

/**
 * A store on Redis, for any number of processes of any language: one `SET name value EX seconds NX` per token. Every failure, and
 * whatever takes longer than `timeoutMs` (1000 by default), is `unavailable`; so is everything while the client says that it
 * is not connected, and it serves again by itself when the client is. Before the first answer it records a name of its own
 * twice: a client that overlooks `NX` makes it `unavailable` for good, of which `onError` is told.
 *
 * Let Redis run with `appendonly yes` (and `appendfsync always` where the machine may fail too) and `maxmemory-policy
 * noeviction`: a name that was evicted, or lost in a restart or a failover, is a token that can be used twice. Give
 * `ioredis` `autoResendUnfulfilledCommands: false`, or a grant is spent by a command that it repeats after the refusal.
 */
export declare function redisReplayStore(
  client: RedisClient,
  options?: { timeoutMs?: number; prefix?: string; onError?: (error: unknown) => void },
): ReplayStore;

/** A store of what was revoked. */
export interface RevocationStore {
  /**
   * The list to hold tokens against. One that throws, or answers nothing, means that nobody can say: the request is refused
   * and may be tried again. A list that is a copy says itself when it is too old.
   */
  list(now: number): Awaitable<RevocationList>;
  /** Stores entries where every `list` finds them, soon. When it may not have, it throws: the client is told to try again. */
  revoke(entries: readonly RevocationEntry[], now: number): Awaitable<void>;
}

/**
 * A list in the memory of this process, of at most `capacity` entries (100000 by default). Give the same store to every
 * handler in it. More than one process needs a store that they share.
 */
export declare function memoryRevocationStore(options?: { capacity?: number }): RevocationStore;

/** A connected client of `redis` (4 or newer) or `ioredis`, cluster clients included. */
export interface RedisScriptClient {
  // Their signatures have nothing in common but this.
  eval(script: string, ...rest: any[]): Promise<unknown>;
}

/** The options of {@link redisRevocationStore}. */
export interface RedisRevocationStoreOptions {
  /** The longest that Redis may take to answer, in milliseconds: 1000 by default. */
  timeoutMs?: number;
  /** How old the copy may be before it is brought up to date, in milliseconds: 500 by default, 0 for every request. */
  maxAgeMs?: number;
  /** For how many seconds the copy serves while Redis cannot be reached: 10 by default. Then every token is refused (503). */
  maxStale?: number;
  /** How many entries there may be: 100000 by default. When there are more, every token is refused. */
  capacity?: number;
  /** Before the names of all keys. */
  prefix?: string;
  /** Another connection, used for nothing else: through it, what is revoked elsewhere is heard of at once. */
  subscriber?: any;
  /** Told why Redis could not be read. */
  onError?: (error: unknown) => void;
}

/**
 * Revocations on Redis 6.2 or newer, for any number of processes: each has a copy, and reads only what is new. While Redis
 * cannot be written, clients that revoke are told to try again. Let it run with `maxmemory-policy noeviction` and keep its
 * data: an entry that Redis loses is unknown to every process that had not read it.
 */
export declare function redisRevocationStore(
  client: RedisScriptClient,
  options?: RedisRevocationStoreOptions,
): RevocationStore;

/** The options of {@link fetchedRevocations}. */
export interface FetchedRevocationsOptions {
  /** Where the updates are: what {@link revocationPublisher} serves, for example. */
  url: string;
  /** The one who may tell what is revoked. */
  issuer: string;
  /** Its keys. */
  keys: KeySource;
  /** The algorithms that its updates may be signed with: ES256 and EdDSA by default. */
  algorithms?: readonly ('ES256' | 'ES384' | 'EdDSA' | 'RS256' | 'PS256')[];
  /** The longest that one update may take, in milliseconds: 10000 by default. */
  timeoutMs?: number;
  /** How old the copy may be before it is brought up to date, in milliseconds: 500 by default. */
  maxAgeMs?: number;
  /** For how many seconds after an update's `next_update` the copy serves: 10 by default. Then every token is refused. */
  maxStale?: number;
  /** How many seconds after it was issued an update may be followed by the next: 3600 by default. */
  maxInterval?: number;
  /** How many entries there may be: 100000 by default. An update with more is not taken. */
  capacity?: number;
  /** Instead of the platform's `fetch`. */
  fetch?: typeof fetch;
  /** Told why an update was not taken. */
  onError?: (error: unknown) => void;
}

/**
 * Revocations that somebody else tells, by signed updates from an address: nobody in between can take anything back. The
 * first update is everything, the later ones what changed. Only guards can use it: whoever revokes, revokes where the
 * updates come from.
 */
export declare function fetchedRevocations(options: FetchedRevocationsOptions): RevocationStore;

/** The options of {@link revocationPublisher}. */
export interface RevocationPublisherOptions {
  /** What is revoked. */
  revocations: RevocationStore;
  /** Who tells it: what copies are configured with. */
  issuer: string;
  /** Its key. */
  signer: SigningKey | RemoteSigner | (() => Awaitable<SigningKey | RemoteSigner>);
  /** When copies are to ask again, in seconds: 10 by default. They serve so long, and for their `maxStale` after it. */
  interval?: number;
  /** The present, in seconds since 1970. */
  now?: () => number;
  /** Told why no update could be made. */
  onError?: (error: unknown) => void;
}

/**
 * A handler that answers every `GET` with a signed update: everything, or with `?since=` what changed after that number. It
 * looks at no path and asks nobody who they are: mount it where only your servers come.
 */
export declare function revocationPublisher(options: RevocationPublisherOptions): Handler;

/** A binding of Durable Objects, as the environment of a Worker has it. */
export interface DurableObjects {
  idFromName(name: string): any;
  get(id: any): { fetch(url: string, init: RequestInit): Promise<Response> };
}

/**
 * A store for Workers: each token is remembered by one of `shards` Durable Objects (16 by default), which answers in the
 * order in which it is asked, after what it was told is on disk. Every failure, and whatever takes longer than `timeoutMs`
 * (2000 by default), is `unavailable`. Who changes `shards` or `prefix` forgets what was used: wait until the tokens have
 * expired.
 *
 * `namespace` is the binding of a class that is {@link ReplayObject}, which the Worker exports.
 */
export declare function durableObjectReplayStore(
  namespace: DurableObjects,
  options?: { shards?: number; timeoutMs?: number; prefix?: string },
): ReplayStore;

/** The class of the Durable Objects of {@link durableObjectReplayStore}. It forgets a name when its token has expired. */
export declare class ReplayObject {
  // The state that the runtime gives it.
  constructor(state: any, environment?: unknown);
  fetch(request: Request): Promise<Response>;
  alarm(): Promise<void>;
}

/**
 * Revocations for Workers, kept by one Durable Object: each isolate has a copy, and reads only what is new. The options are
 * those of Redis, and 2000 is the default of `timeoutMs`. `namespace` is the binding of a class that is
 * {@link RevocationObject}, which the Worker exports.
 */
export declare function durableObjectRevocationStore(
  namespace: DurableObjects,
  options?: Omit<RedisRevocationStoreOptions, 'subscriber'>,
): RevocationStore;

/** The class of the Durable Object of {@link durableObjectRevocationStore}. It forgets an entry when its tokens have expired. */
export declare class RevocationObject {
  // The state that the runtime gives it.
  constructor(state: any, environment?: unknown);
  fetch(request: Request): Promise<Response>;
  alarm(): Promise<void>;
}

/** A private key elsewhere: in a KMS, an HSM or WebCrypto. */
export interface RemoteSigner {
  /** Its public JWK, with its `kid`. */
  publicJwk: JsonObject;
  /** Signs; answers the signature as JWS has it: for ES256 the 64 bytes that WebCrypto makes. */
  sign(bytes: Uint8Array): Awaitable<Uint8Array>;
}

/** What every handler takes. */
export interface HandlerOptions extends Surroundings {
  /** Where the replay store is; without it, whatever must be used once is refused. */
  replay?: ReplayStore;
  /** The nonces that DPoP proofs must carry. None where it is left out; one that answers nothing is a failure (503). */
  nonce?: () => Awaitable<NonceOptions>;
  /** Keeps a decision record. When it fails, nothing is granted. */
  onRecord?: (record: DecisionRecord) => unknown;
  /** Told of failures that are nobody's refusal; the response says nothing of them. */
  onError?: (error: unknown) => void;
  /** The most bytes that a request may have. */
  maxBodyBytes?: number;
  /** For how long a request's body may take, in milliseconds. */
  bodyTimeoutMs?: number;
}

/** What authorization servers of both kinds take. */
export interface TokenServerOptions extends HandlerOptions {
  /** What the server publishes about itself (RFC 8414). The addresses in it are where this handler answers. */
  metadata: Omit<BuildServerMetadata, 'role'>;
  /** The public keys to serve: the current one and the next. */
  jwks: KeySet;
  /** Signs what is issued. A function where the key changes over time. */
  signer: SigningKey | RemoteSigner | (() => Awaitable<SigningKey | RemoteSigner>);
  /** The registration of a client; nothing when there is no such client. */
  clients: (clientId: string) => Awaitable<RegisteredClient | ClientRecord | undefined>;
}

/** A handler that routes by path, and its routes for hosts that route themselves. */
export interface TokenServerHandler extends Handler {
  readonly token: Handler;
  readonly metadata: Handler;
  readonly jwks: Handler;
  /** The revocation endpoint (RFC 7009), where the metadata has one. */
  readonly revocation?: Handler;
}

/** The options of {@link resourceAuthorizationServer}. */
export interface ResourceAuthorizationServerOptions extends TokenServerOptions {
  server: ResourceAuthorizationServer;
  /** The keys of the identity providers, and of the issuers of actor tokens. */
  keys: KeySource;
  /**
   * The policy, if this server has one of its own. A function where it changes over time; one that answers nothing is a
   * failure (503), and never no policy.
   */
  policy?: Policy | (() => Awaitable<Policy>);
  /** The account of a grant's user, found by `iss`, `tenant` and `sub`, never by `sub` alone; nothing when there is none. */
  accounts: (claims: IdJagClaims) => Awaitable<Account | undefined>;
  /**
   * The account of the user of one of your own tokens, found by `sub`; nothing when there is none any more. Without it no
   * token is derived from another (RFC 8693).
   */
  users?: (claims: AccessTokenClaims) => Awaitable<Account | undefined>;
  /**
   * What was revoked: grants are held against it, and the revocation endpoint adds to it, which needs one. Give the guards of
   * the resources the same store: they refuse what is in it.
   */
  revocations?: RevocationStore;
}

/**
 * A resource authorization server: its token endpoint, where ID-JAGs become access tokens, and those narrower ones for
 * subagents where `delegation` is configured, its metadata and its keys; and, where the metadata has a `revocationEndpoint`, that, where clients give their access tokens up (RFC 7009).
 */
export declare function resourceAuthorizationServer(options: ResourceAuthorizationServerOptions): TokenServerHandler;

/** The options of {@link clientDocuments}. */
export interface ClientDocumentsAdapterOptions extends ClientDocumentsOptions, Sending {
  /** The clients that you registered yourself, which are looked for first. */
  registered?: (clientId: string) => Awaitable<RegisteredClient | ClientRecord | undefined>;
  /** The present, in seconds since 1970; the system's clock by default. */
  now?: () => number;
  /** Told why a document could not be fetched or is refused. */
  onError?: (error: unknown) => void;
}

/**
 * A function for the option `clients`: clients are known by the document at their identifier (Client ID Metadata Documents),
 * which is fetched when the library says so, once for all who wait for it, within bounds of time and size, without following
 * redirects.
 *
 * A stranger chooses the address, so where it leads is checked. In Node.js every address of the name must be public, and the
 * connection goes to one of those that were checked. In Cloudflare Workers and Vercel's edge runtime the platform's `fetch`
 * reaches the public internet only. Other runtimes need a `fetch` of your own that sees to this. With
 * `dangerousAllowHttpLoopback`, addresses named `localhost`, `127.0.0.1` or `[::1]` are fetched too: for tests.
 *
 * At most 16 documents are fetched at one time, and 4 of one origin; clients whose documents have been of use before do not wait
 * for others. A `fetch` of your own must end when its signal is aborted: until then it takes its place.
 *
 * While a document cannot be had, the request is answered 503; a document that is refused is a client that is not known.
 */
export declare function clientDocuments(
  options: ClientDocumentsAdapterOptions,
): (clientId: string) => Promise<RegisteredClient | ClientRecord | undefined>;

/** How refresh tokens are made for SAML assertions. */
export interface RefreshTokens {
  /** The scopes that you grant this user and client, space-separated: `openid offline_access` among them. */
  offered(user: ExchangeSubject, clientId: string): Awaitable<string>;
  /**
   * Makes a refresh token and stores it with all of this: `boundTo`, where there is one, is the key whose proof every later
   * use needs.
   */
  make(grant: {
    subject: ExchangeSubject;
    clientId: string;
    scope: string | undefined;
    boundTo: string | undefined;
  }): Awaitable<{ refreshToken: string; expiresIn: number }>;
}

/** The options of {@link identityProvider}. */
export interface IdentityProviderOptions extends TokenServerOptions {
  server: IdentityProvider;
  /** The policy. A function where it changes over time. */
  policy: Policy | (() => Awaitable<Policy>);
  /** The user as the directory knows it for `audience`; nothing when there is none. */
  users: (
    user: ExchangeSubject,
    request: { audience: string; clientId: string },
  ) => Awaitable<DirectoryUser | undefined>;
  /** Your word for a refresh token or a SAML assertion, `token.token`, which must not be logged; nothing when it is unknown. */
  attest?: (token: SubjectNeed, clientId: string) => Awaitable<AttestedSubject | undefined>;
  /** Makes refresh tokens for SAML assertions; without it, requests for one are refused. */
  refreshTokens?: RefreshTokens;
  /** The keys of the issuers of actor tokens. */
  actorKeys?: KeySource;
  /** What was revoked: ID Tokens and conversations are held against it. */
  revocations?: RevocationStore;
}

/**
 * An identity provider: its token endpoint, where ID Tokens (verified by `jwks`, its own keys), refresh tokens and SAML
 * assertions become ID-JAGs as the policy permits, its metadata and its keys.
 */
export declare function identityProvider(options: IdentityProviderOptions): TokenServerHandler;

/** What may pass: who, with which rights. */
export interface Access {
  /** The claims of the access token. */
  readonly claims: JsonObject;
  /** The record of the decision. */
  readonly record: DecisionRecord;
  /** What is asked for, by the name it has in the server's configuration. */
  readonly operation: string;
  /** Which of these tools the token may call: for leaving the others out of a `tools/list` answer. */
  permitsTools(names: readonly string[]): string[];
}

/** The options of {@link protectResource}. */
export interface ProtectResourceOptions extends Omit<HandlerOptions, 'random'> {
  server: ResourceServer;
  /** The keys of the authorization servers. */
  keys: KeySource;
  /** What was revoked: tokens are held against it. The store of the authorization server, or one that shares its data. */
  revocations?: RevocationStore;
  /**
   * The public address of the endpoint; the resource's identifier by default. Requests at its path and below it are
   * decided on, all others are answered 404. A proof must name the address its request is at: the origin of `url` and the
   * path of the request.
   */
  url?: string;
  /**
   * Takes requests at any path for requests to `url`, which is what their proofs must name: for hosts that rewrite paths
   * before this sees them. `next` must then not decide by path what it does.
   */
  dangerousAnyPath?: boolean;
  /**
   * The conversation that a request with these header fields is part of, such as that of its MCP session, where you know it:
   * a token for another one, or for none, is refused. Nothing where you do not know.
   */
  conversation?: (headers: Headers) => Awaitable<string | undefined>;
  /**
   * Answers what may pass. The request stands at its public address, has the body that was decided on, in no encoding and
   * none at all where the method is GET, HEAD or DELETE, and no credentials any more.
   */
  next: (request: Request, access: Access) => Awaitable<Response>;
}

/**
 * Protects an MCP endpoint: verifies token and proof before it reads a byte of the body, decides by method and tool on the
 * body that arrived, answers refusals with their challenge, and serves the RFC 9728 document at its address.
 */
export declare function protectResource(options: ProtectResourceOptions): Handler;

/**
 * A listener for `http.createServer`, `https.createServer` or Express, of a handler of the Web. Mount it before anything
 * that reads bodies; where one has been read, it must have been kept as it was, as `express.raw()` keeps it.
 */
export declare function toNodeHandler(handler: Handler): (request: any, response: any) => Promise<void>;

/** How a connection is driven. */
export interface ConnectOptions extends Surroundings, Sending {
  /** The user's sign-on, when one is needed: `need` says why, and what it must be like. Nothing declines. */
  identity?: (need: NextStep) => Awaitable<SignOn | undefined>;
  /** A JWT that says who the workload is, made for `need.audience`. Nothing declines. */
  assertion?: (need: NextStep) => Awaitable<string | undefined>;
  /**
   * Opens `need.authorization_url` in the user's browser, and answers the address that it was sent back to, which begins
   * with `need.redirect_uri`. Nothing declines.
   */
  authorization?: (need: NextStep) => Awaitable<string | URL | undefined>;
  /** Gives up. */
  signal?: AbortSignal;
}

/**
 * Takes a connection to where requests can be authorized, and answers what is known of the access token. Throws an
 * `IdJagError` when it was denied or does not work. Callers on one connection take turns.
 */
export declare function connect(connection: Connection, options?: ConnectOptions): Promise<NextStep['token']>;

/** A subagent's access token, and what is known of it. */
export interface DerivedToken extends AccessTokenAnswer {
  /** The token, for the subagent and nobody else. It must not be logged. */
  readonly access_token: string;
}

/**
 * Derives an access token for a subagent from the connection's own (RFC 8693): within what is `wanted`, never more than the
 * connection's, and dead with it. Connects where needed. Throws an `IdJagError` when the server refuses.
 */
export declare function downscope(
  connection: Connection,
  wanted?: WantedToken,
  options?: ConnectOptions,
): Promise<DerivedToken>;

/** The options of {@link authorizedFetch}. */
export interface AuthorizedFetchOptions extends ConnectOptions {
  /** Your name for what a request does, such as the tool's: step-ups are counted for each. Its address by default. */
  operation?: (request: Request, body: Uint8Array | undefined) => string;
  /**
   * Sends requests without token until the server asks for one, whose challenge then says where its metadata is and which
   * scope is needed; `false` by default: connects before the first request.
   */
  startWithoutToken?: boolean;
}

/**
 * A function like `fetch` for requests to the connection's MCP server. It connects where needed, adds access token and
 * proof, and sends again what is worth it. What the server refuses for good is thrown as an `IdJagError`; all else is
 * handed on as it comes.
 */
export declare function authorizedFetch(
  connection: Connection,
  options?: AuthorizedFetchOptions,
): (input: Request | string | URL, init?: RequestInit) => Promise<Response>;
