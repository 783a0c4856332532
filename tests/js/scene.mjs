// A small company over the public API: a sign-on becomes an ID-JAG, that an access token, that a call.

export const NOW = 1_700_000_000;
export const IDP = 'https://idp.example';
export const SERVER = 'https://auth.example/';
export const RESOURCE = 'https://mcp.example/';
const SECRET = 'a client secret of some length';

/** An object of every class that has one, by its class. */
export function objects(api) {
  const random = (value) => new Uint8Array(32).fill(value);
  const idpSigner = new api.SigningKey({ alg: 'ES256', kid: 'idp', random: random(1) });
  const signer = new api.SigningKey({ alg: 'EdDSA', kid: 'server', random: random(2) });
  const token_endpoint = `${IDP}/token`;
  const credentials = { client_id: 'agent', token_endpoint_auth_method: 'client_secret_post', client_secret: SECRET };
  const secret = api.digestClientSecret({ clientSecret: SECRET }).sha256;
  const client = new api.Client({
    idp: { issuer: IDP, token_endpoint },
    idpCredentials: { issuer: IDP, ...credentials },
    credentials: [{ issuer: SERVER, ...credentials }],
  });
  const revocations = new api.RevocationList({ now: NOW });
  return {
    idpSigner,
    signer,
    client,
    idpKeys: new api.KeySet({ issuer: IDP, jwks: { keys: [idpSigner.publicJwk] }, algorithms: ['ES256'] }),
    serverKeys: new api.KeySet({ issuer: SERVER, jwks: { keys: [signer.publicJwk] }, algorithms: ['EdDSA'] }),
    policy: new api.Policy({ document: policyDocument() }),
    registered: new api.RegisteredClient({
      client_id: 'agent',
      token_endpoint_auth_method: 'client_secret_post',
      client_secret_sha256: [secret],
    }),
    idp: new api.IdentityProvider({ issuer: IDP, tokenEndpoint: token_endpoint, audiences: [{ issuer: SERVER }] }),
    server: new api.ResourceAuthorizationServer({
      issuer: SERVER,
      tokenEndpoint: `${SERVER}token`,
      revocationEndpoint: `${SERVER}revoke`,
      trustedIssuers: [{ issuer: IDP }],
      resources: [{ id: RESOURCE, scopes: 'read write' }],
    }),
    resource: new api.ResourceServer({
      resource: RESOURCE,
      authorizationServers: [{ issuer: SERVER, algorithms: ['EdDSA'] }],
      access: { tools: { look: { scope: 'read' }, change: { scope: 'write' } } },
    }),
    store: new api.MemoryReplayStore({ capacity: 100 }),
    cache: new api.KeySetCache({ issuer: IDP, jwksUri: `${IDP}/jwks` }),
    discovery: new api.Discovery({ resource: RESOURCE }),
    connection: new api.Connection({ resource: RESOURCE, client }),
    revocations,
    update: new api.RevocationUpdate({ revocations, issuer: SERVER, nextUpdate: NOW + 60, now: NOW }),
    documents: new api.ClientDocuments({ role: 'idp' }),
  };
}

function policyDocument() {
  const any = { any: true };
  return {
    version: 1,
    apps: [{ id: 'agent', client_ids: ['agent'], status: 'approved' }],
    servers: [{ id: 'mcp', issuer: SERVER, resources: [RESOURCE], client_ids: { agent: 'agent' } }],
    rules: [{ id: 'all', effect: 'permit', apps: any, servers: any, subjects: any, scopes: ['read', 'write'] }],
  };
}

/** A form, as a client posts it. */
export function posted(parameters) {
  const body = new URLSearchParams({ client_id: 'agent', client_secret: SECRET, ...parameters }).toString();
  return { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body };
}

/** The request of a token exchange with an ID Token. */
export function exchangeRequest(api, { idpSigner }) {
  const claims = { iss: IDP, sub: 'user', aud: 'agent', iat: NOW, exp: NOW + 300, auth_time: NOW };
  return posted({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requested_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    subject_token: api.signIdToken({ claims, signer: idpSigner }).token,
    audience: SERVER,
    resource: RESOURCE,
    scope: 'read',
  });
}

/** The request that redeems an ID-JAG. */
export function grantRequest(api, { idpSigner }, jti = 'jag') {
  const claims = { iss: IDP, sub: 'user', aud: SERVER, client_id: 'agent', jti, iat: NOW, exp: NOW + 300, scope: 'read' };
  const assertion = api.signIdJag({ claims: { ...claims, resource: RESOURCE }, signer: idpSigner }).token;
  return posted({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
}

/** A tool call with an access token. */
export function callRequest(token, tool = 'look') {
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool } };
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return { method: 'POST', url: RESOURCE, headers, body: JSON.stringify(message) };
}

/** Every step of a redemption: `{ pending, verified, authorized, spent }` as functions that take them anew. */
export function redemption(api, made) {
  const now = NOW;
  const pending = () => made.server.parse(grantRequest(api, made), { now });
  const verified = () => pending().verify({ keys: made.idpKeys, client: made.registered, now });
  const authorized = () => verified().authorize({ account: { subject: 'account' }, policy: made.policy, now });
  const spent = () => authorized().spend({ answers: ['first', 'first'] });
  return { PendingGrant: pending, VerifiedGrant: verified, AuthorizedGrant: authorized, SpentGrant: spent };
}

/** Every step of an exchange. */
export function exchange(api, made) {
  const now = NOW;
  const pending = () => made.idp.parse(exchangeRequest(api, made), { now });
  const verified = () => pending().verify({ keys: made.idpKeys, client: made.registered, now });
  const targeted = () => verified().target({ policy: made.policy });
  const authorized = () => targeted().authorize({ user: { subject: 'user-there' }, now });
  const spent = () => authorized().spend({ answers: ['first', 'first'] });
  return {
    PendingExchange: pending,
    VerifiedExchange: verified,
    TargetedExchange: targeted,
    AuthorizedExchange: authorized,
    SpentExchange: spent,
  };
}

/** Every step of a call, with an access token that a redemption issued. */
export function access(api, made) {
  const now = NOW;
  const issued = redemption(api, made).SpentGrant().issue({ signer: made.signer, tokenId: 'at', now });
  const { access_token } = JSON.parse(issued.response.body);
  const pending = () => made.resource.parse(callRequest(access_token), { now });
  const verified = () => pending().verify({ keys: made.serverKeys, now });
  const authorized = () => verified().authorize({ now });
  return { PendingAccess: pending, VerifiedAccess: verified, AuthorizedAccess: authorized };
}

/** Every step of a revocation, of an access token that a redemption issued. */
export function revocation(api, made) {
  const now = NOW;
  const issued = redemption(api, made).SpentGrant().issue({ signer: made.signer, tokenId: 'at', now });
  const { access_token: token } = JSON.parse(issued.response.body);
  const pending = () => made.server.parseRevocation(posted({ token }), { now });
  const verified = () => pending().verify({ keys: made.serverKeys, client: made.registered, now });
  const spent = () => verified().spend({ answers: [] });
  return { PendingRevocation: pending, VerifiedRevocation: verified, SpentRevocation: spent };
}

/** Every step of authenticating a client alone. */
export function authentication(api, made) {
  const now = NOW;
  const pending = () => made.idp.parseClient(posted({ grant_type: 'refresh_token' }), { now });
  const checked = () => pending().authenticate({ client: made.registered, now });
  return { PendingClient: pending, CheckedClient: checked };
}
