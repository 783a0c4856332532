// A resource authorization server known as https://auth.example, wherever it listens, and an MCP server it guards.

import { adapters, idjag } from './package.mjs';
import { randomBytes, sha256, webKey } from './jose.mjs';

export const IDP = 'https://idp.example';
export const ISSUER = 'https://auth.example';
export const TOKEN_ENDPOINT = `${ISSUER}/token`;
export const RESOURCE = 'https://mcp.example/mcp';
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

export const now = () => Math.floor(Date.now() / 1000);
const keySet = (issuer, ...keys) => new idjag.KeySet({ issuer, jwks: { keys }, algorithms: ['ES256'] });

/** The parties' keys: the identity provider's and a client's outside the library, the server's own inside. */
export async function parties() {
  const idpKey = await webKey('idp-1');
  const serverKey = new idjag.SigningKey({ alg: 'ES256', kid: 'auth-1', random: randomBytes() });
  return {
    idpKey,
    idpKeys: keySet(IDP, idpKey.publicJwk),
    serverKey,
    serverKeys: keySet(ISSUER, serverKey.publicJwk),
    proofKey: await webKey('app-proof'),
  };
}

/** An ID-JAG of the identity provider for the client `app`. */
export function grant({ idpKey }, changed = {}) {
  const at = now();
  const claims = {
    iss: IDP, sub: 'ada', aud: ISSUER, client_id: 'app', jti: Buffer.from(randomBytes()).toString('base64url'),
    iat: at, exp: at + 300, resource: RESOURCE, scope: 'rows:read', ...changed,
  };
  return idpKey.token('oauth-id-jag+jwt', claims);
}

/** The options of a handler that grants everything of which these know; `records` and `errors` are what it told. */
export async function authorizationServer(known, changed = {}) {
  const records = [];
  const errors = [];
  const secrets = [await sha256('app-secret')];
  const options = {
    server: new idjag.ResourceAuthorizationServer({
      issuer: ISSUER,
      tokenEndpoint: TOKEN_ENDPOINT,
      trustedIssuers: [{ issuer: IDP }],
      resources: [{ id: RESOURCE, scopes: 'rows:read rows:write' }],
    }),
    metadata: { issuer: ISSUER, tokenEndpoint: TOKEN_ENDPOINT, jwksUri: `${ISSUER}/jwks` },
    jwks: known.serverKeys,
    signer: known.serverKey,
    keys: { keys: (issuer) => (issuer === IDP ? known.idpKeys : undefined) },
    clients: (id) => (id === 'app' ? clientRecord(secrets) : undefined),
    accounts: (claims) => (claims.iss === IDP && claims.sub === 'ada' ? { subject: 'ada@mcp' } : undefined),
    replay: adapters.memoryReplayStore(new idjag.MemoryReplayStore({ capacity: 1000 })),
    onRecord: (record) => records.push(record),
    onError: (error) => errors.push(error),
    ...changed,
  };
  return { handler: adapters.resourceAuthorizationServer(options), options, records, errors };
}

function clientRecord(secrets) {
  return { client_id: 'app', token_endpoint_auth_method: 'client_secret_basic', client_secret_sha256: secrets };
}

export const BASIC = `Basic ${Buffer.from('app:app-secret').toString('base64')}`;

/** A redemption as it arrives. */
export function redemption(assertion, { origin = ISSUER, headers = {}, form = {} } = {}) {
  return new Request(`${origin}/token`, {
    method: 'POST',
    headers: { authorization: BASIC, ...headers },
    body: new URLSearchParams({ grant_type: JWT_BEARER, assertion, ...form }),
  });
}
