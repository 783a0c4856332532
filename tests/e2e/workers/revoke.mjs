// An authorization server that takes tokens back and the MCP server that it issues them for, in one Worker: what was revoked, a
// Durable Object keeps for all isolates.

import { KeySet, ResourceAuthorizationServer, ResourceServer, SigningKey, digestClientSecret } from 'idjag';
import {
  ReplayObject, RevocationObject, durableObjectReplayStore, durableObjectRevocationStore, protectResource,
  resourceAuthorizationServer,
} from 'idjag/adapters';

export { ReplayObject, RevocationObject };

let handler;

function open({ SETTINGS, REPLAY, REVOKED }) {
  const { issuer, resource, idp, jwks, key, client } = JSON.parse(SETTINGS);
  const signer = new SigningKey({ jwk: key });
  const idpKeys = new KeySet({ issuer: idp, jwks, algorithms: ['ES256'] });
  const ownKeys = new KeySet({ issuer, jwks: { keys: [signer.publicJwk] }, algorithms: ['ES256'] });
  const registration = {
    client_id: client.id,
    token_endpoint_auth_method: 'client_secret_basic',
    client_secret_sha256: [digestClientSecret({ clientSecret: client.secret }).sha256],
  };
  const addresses = { issuer, tokenEndpoint: `${issuer}/token`, revocationEndpoint: `${issuer}/revoke` };
  // Long: on a machine that is busy with other things, slow is not dead.
  const patient = { timeoutMs: 20_000 };
  const revocations = durableObjectRevocationStore(REVOKED, { ...patient, maxAgeMs: 0 });
  const common = { revocations, replay: durableObjectReplayStore(REPLAY, patient), onError: (error) => console.error(error) };
  const authorization = resourceAuthorizationServer({
    ...common,
    server: new ResourceAuthorizationServer({
      ...addresses, trustedIssuers: [{ issuer: idp }], resources: [{ id: resource, scopes: 'rows:read' }], revocation: 'required',
    }),
    metadata: { ...addresses, jwksUri: `${issuer}/jwks`, tokenEndpointAuthMethodsSupported: ['client_secret_basic'] },
    jwks: ownKeys,
    signer,
    keys: { keys: () => idpKeys },
    clients: (id) => (id === client.id ? registration : undefined),
    accounts: (claims) => ({ subject: claims.sub }),
  });
  const mcp = protectResource({
    ...common,
    server: new ResourceServer({
      resource, authorizationServers: [{ issuer }], access: { tools: { read_rows: { scope: 'rows:read' } } }, revocation: 'required',
    }),
    keys: { keys: () => ownKeys },
    next: () => Response.json({ rows: 3 }),
  });
  return (request) => (new URL(request.url).pathname === '/mcp' ? mcp(request) : authorization(request));
}

export default {
  fetch(request, environment) {
    handler ??= open(environment);
    return handler(request);
  },
};
