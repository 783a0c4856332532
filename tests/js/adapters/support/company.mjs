// A company on this machine: its identity provider, the authorization server of one MCP server, the MCP server, and an app.
//
// They are known by https addresses and listen on 127.0.0.1: `fetch` knows where, and nobody else does.

import { adapters, idjag } from './package.mjs';
import { serve } from './http.mjs';
import { randomBytes, sha256 } from './jose.mjs';

export const IDP = 'https://idp.example';
export const AUTH = 'https://auth.example';
export const RESOURCE = 'https://mcp.example/mcp';

export const POLICY = {
  version: 1,
  apps: [{ id: 'desk', client_ids: ['desk'], status: 'approved' }],
  servers: [{
    id: 'data', issuer: AUTH, resources: [RESOURCE], client_ids: { desk: 'desk-at-data' },
    scope_sets: { read: ['rows:read'], write: ['rows:write'] },
  }],
  rules: [
    { id: 'desk-reads', effect: 'permit', apps: { ids: ['desk'] }, servers: { ids: ['data'] }, subjects: { groups_any: ['engineering'] }, scopes: ['@read'] },
    { id: 'leads-write', effect: 'permit', apps: { ids: ['desk'] }, servers: { ids: ['data'] }, subjects: { groups_any: ['leads'] }, scopes: ['@write'] },
  ],
};

const signingKey = (kid) => new idjag.SigningKey({ alg: 'ES256', kid, random: randomBytes() });
const published = (issuer, key) => new idjag.KeySet({ issuer, jwks: { keys: [key.publicJwk] }, algorithms: ['ES256'] });
const registered = async (id, secret) => {
  const record = { client_id: id, token_endpoint_auth_method: 'client_secret_basic', client_secret_sha256: [await sha256(secret)] };
  return (asked) => (asked === id ? record : undefined);
};
const server = (issuer) => ({ issuer, tokenEndpoint: `${issuer}/token`, jwksUri: `${issuer}/jwks` });
const memory = () => adapters.memoryReplayStore(new idjag.MemoryReplayStore({ capacity: 1000 }));

/**
 * Opens the company. `changed` are options of its three handlers, by `idp`, `auth` and `mcp`; `listen` makes the listener of
 * the MCP server from the last.
 */
export async function openCompany(changed = {}) {
  const company = { records: [], errors: [], requests: [], groups: ['engineering'], skew: 0, down: new Set() };
  const now = () => Math.floor(Date.now() / 1000) + company.skew;
  const told = {
    now,
    replay: memory(),
    onRecord: (record) => company.records.push(record),
    onError: (error) => company.errors.push(error),
  };
  const sites = new Map();
  const fetchByName = async (url, init) => {
    const { origin, pathname, search } = new URL(url);
    company.requests.push(`${init?.method ?? 'GET'} ${url}`);
    const site = sites.get(origin);
    if (!site || company.down.has(origin)) throw new TypeError(`there is no ${origin}`);
    return fetch(site.origin + pathname + search, init);
  };
  const keysOf = (issuer) => new adapters.KeySets([
    new adapters.KeySetFetcher({ issuer, algorithms: ['ES256'], fetch: fetchByName, now, onError: told.onError }),
  ]);
  const open = async (origin, handler) => sites.set(origin, await serve(adapters.toNodeHandler(handler)));

  const idpKey = signingKey('idp-1');
  const idp = {
    ...told,
    server: new idjag.IdentityProvider({ issuer: IDP, tokenEndpoint: `${IDP}/token`, subjectTokens: ['refresh_token', 'saml2'], samlClients: { 'urn:desk': 'desk' } }),
    metadata: server(IDP),
    jwks: published(IDP, idpKey),
    signer: idpKey,
    policy: new idjag.Policy({ document: POLICY }),
    clients: await registered('desk', 'desk-secret'),
    users: (user, { audience }) => (user.subject === 'ada' ? { subject: `ada@${new URL(audience).host}`, groups: company.groups } : undefined),
    ...changed.idp,
  };
  await open(IDP, adapters.identityProvider(idp));

  const authKey = signingKey('auth-1');
  const auth = {
    ...told,
    server: new idjag.ResourceAuthorizationServer({
      issuer: AUTH, tokenEndpoint: `${AUTH}/token`, trustedIssuers: [{ issuer: IDP }],
      resources: [{ id: RESOURCE, scopes: 'rows:read rows:write' }],
    }),
    metadata: server(AUTH),
    jwks: published(AUTH, authKey),
    signer: authKey,
    keys: keysOf(IDP),
    clients: await registered('desk-at-data', 'data-secret'),
    accounts: (claims) => ({ subject: claims.sub }),
    ...changed.auth,
  };
  await open(AUTH, adapters.resourceAuthorizationServer(auth));

  const mcp = {
    ...told,
    server: new idjag.ResourceServer({
      resource: RESOURCE,
      authorizationServers: [{ issuer: AUTH }],
      access: { tools: { read: { scope: 'rows:read' }, write: { scope: 'rows:write' } } },
      initialScope: 'rows:read',
      proofSingleUse: true,
    }),
    keys: keysOf(AUTH),
    next: async (request, access) => {
      const { id, params } = await request.json();
      return Response.json({ jsonrpc: '2.0', id, result: { tool: params?.name, user: access.claims.sub } });
    },
    ...changed.mcp,
  };
  const listen = changed.listen ?? ((options) => adapters.toNodeHandler(adapters.protectResource(options)));
  sites.set('https://mcp.example', await serve(await listen(mcp)));

  const credentials = (issuer, id, secret) => ({
    issuer, client_id: id, token_endpoint_auth_method: 'client_secret_basic', client_secret: secret,
  });
  return Object.assign(company, {
    fetch: fetchByName,
    now,
    idpKey,
    /** Ada's sign-on, as the app holds it. */
    signOn: (claims = {}) => {
      const at = now();
      const idToken = idjag.signIdToken({
        signer: idpKey,
        claims: { iss: IDP, sub: 'ada', aud: 'desk', iat: at, exp: at + 300, auth_time: at, ...claims },
      }).token;
      return { issuer: IDP, idToken, expiresAt: at + 300 };
    },
    /** The app, which proves a key where one is given. */
    app: async ({ dpop } = {}) => ({
      client: new idjag.Client({
        idp: await adapters.discoverIssuer({ issuer: IDP, fetch: fetchByName }),
        idpCredentials: credentials(IDP, 'desk', 'desk-secret'),
        credentials: [credentials(AUTH, 'desk-at-data', 'data-secret')],
        dpop,
      }),
    }),
    /** A connection of the app, bound to a key where one is given. */
    connection: async ({ dpop, ...options } = {}) => {
      return new idjag.Connection({ ...(await company.app({ dpop })), resource: RESOURCE, ...options });
    },
    /** How the app sends. */
    sending: () => ({ fetch: fetchByName, now }),
    /** How the app drives its connections. */
    driven: (more) => ({ fetch: fetchByName, now, identity: () => company.signOn(), ...more }),
    close: () => Promise.all([...sites.values()].map((site) => site.close())),
  });
}

/** A call of a tool. */
export const toolCall = (name) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {} } }),
});
