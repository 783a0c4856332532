// What an editor knows of the adapters: compiled, never run.

import * as idjag from 'idjag';
import {
  authorizedFetch,
  clientDocuments,
  connect,
  discoverIssuer,
  identityProvider,
  KeySetFetcher,
  KeySets,
  memoryReplayStore,
  memoryRevocationStore,
  protectResource,
  durableObjectReplayStore,
  durableObjectRevocationStore,
  redisReplayStore,
  redisRevocationStore,
  resourceAuthorizationServer,
  toNodeHandler,
  type Access,
  type Handler,
  type ReplayStore,
  type RevocationStore,
  type TokenServerHandler,
} from 'idjag/adapters';

declare const signer: idjag.SigningKey;
declare const jwks: idjag.KeySet;
declare const policy: idjag.Policy;

const keys = new KeySets([
  new KeySetFetcher({ issuer: 'https://idp.example', algorithms: ['ES256'], timeoutMs: 5000 }),
  { issuer: 'https://other.example', keys: jwks },
]);
const stores: ReplayStore[] = [
  memoryReplayStore(new idjag.MemoryReplayStore({ capacity: 1000 })),
  redisReplayStore({
    set: async (name: string, value: string, options: { NX: true }) => `${name}${value}${options.NX}`,
    get: async (name: string) => name,
  }),
  redisReplayStore({ set: async () => null, get: async () => null }, { prefix: 'app:', onError: console.error }),
  durableObjectReplayStore({ idFromName: (name: string) => ({ name }), get: () => ({ fetch }) }, { shards: 4 }),
  { firstUse: async (key, now) => (key.retain_until > now ? 'first' : 'unavailable') },
  // @ts-expect-error: not an answer of a store
  { firstUse: async () => 'yes' },
];
const revocations: RevocationStore[] = [
  memoryRevocationStore(),
  redisRevocationStore({ eval: async (script: string, options: { keys: string[] }) => [script, options.keys] }, { maxStale: 5 }),
  { list: (now) => new idjag.RevocationList({ now }), revoke: (entries) => console.log(entries[0]?.iss) },
  // @ts-expect-error: what cannot be had is thrown, not nothing
  { list: async () => undefined, revoke: () => {} },
];
const revoked = durableObjectRevocationStore({ idFromName: (name: string) => name, get: () => ({ fetch }) }, { maxAgeMs: 500 });
revoked.revoke([], 1).valueOf();
const metadata = { issuer: 'https://auth.example', tokenEndpoint: 'https://auth.example/token', jwksUri: 'https://auth.example/jwks' };

const auth: TokenServerHandler = resourceAuthorizationServer({
  server: new idjag.ResourceAuthorizationServer({
    issuer: 'https://auth.example',
    tokenEndpoint: 'https://auth.example/token',
    trustedIssuers: [{ issuer: 'https://idp.example' }],
    resources: [{ id: 'https://mcp.example/mcp', scopes: 'rows:read' }],
  }),
  metadata,
  jwks,
  signer: { publicJwk: signer.publicJwk, sign: async (bytes) => bytes.slice(0, 64) },
  keys,
  clients: async (id) => ({ client_id: id, token_endpoint_auth_method: 'client_secret_basic', client_secret_sha256: ['x'] }),
  accounts: ({ iss, sub }) => (iss === 'https://idp.example' ? { subject: sub, groups: ['a'] } : undefined),
  replay: stores[0]!,
  revocations: revocations[0]!,
  onRecord: (record) => console.log(record.outcome, record.error),
  now: () => 1,
});

const idp: Handler = identityProvider({
  server: new idjag.IdentityProvider({ issuer: 'https://idp.example', tokenEndpoint: 'https://idp.example/token' }),
  metadata,
  jwks,
  signer: () => signer,
  policy: async () => policy,
  clients: clientDocuments({ role: 'idp', origins: ['https://apps.example'], registered: () => undefined, timeoutMs: 1000 }),
  users: (user, { audience, clientId }) => ({ subject: `${user.subject}@${audience}`, groups: [clientId] }),
  attest: (token, clientId) =>
    token.kind === 'refresh_token'
      ? { subject: 'ada', vouched: { refreshToken: { issuedHere: true, clientId, revoked: false } } }
      : undefined,
  refreshTokens: { offered: () => 'openid', make: ({ scope }) => ({ refreshToken: scope ?? '', expiresIn: 60 }) },
});

const mcp: Handler = protectResource({
  server: new idjag.ResourceServer({ resource: 'https://mcp.example/mcp', authorizationServers: [{ issuer: 'https://auth.example' }] }),
  keys,
  nonce: () => ({ current: 'a', previous: 'b' }),
  dangerousAnyPath: true,
  next: (request: Request, access: Access) => Response.json({ tools: access.permitsTools(['read']), url: request.url }),
});
declare const options: Parameters<typeof resourceAuthorizationServer>[0];
// @ts-expect-error: a policy that is lost is not the same as none
resourceAuthorizationServer({ ...options, policy: () => undefined });
// @ts-expect-error: nor are nonces
resourceAuthorizationServer({ ...options, nonce: async () => undefined });
// @ts-expect-error: who answers what may pass must be said
protectResource({ server: {} as idjag.ResourceServer, keys });

async function use(client: idjag.Client): Promise<string | undefined> {
  const { token_endpoint: endpoint } = await discoverIssuer({ issuer: 'https://idp.example' });
  const connection = new idjag.Connection({ client, resource: 'https://mcp.example/mcp' });
  const identity = (need: { readonly reason?: string | undefined }) =>
    need.reason === 'sign_on' ? { issuer: 'https://idp.example', idToken: 'x', expiresAt: 1 } : undefined;
  const token = await connect(connection, { identity, signal: AbortSignal.timeout(1000) });
  const response: Response = await authorizedFetch(connection, { identity })('https://mcp.example/mcp', { method: 'POST' });
  return token?.scope ?? `${endpoint}${response.status}`;
}

const listener: (request: never, response: never) => Promise<void> = toNodeHandler(mcp);
void [auth.token, idp, use, listener];
// @ts-expect-error: which server asks must be said
clientDocuments({ origins: [] });
