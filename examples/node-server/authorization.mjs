// The authorization server: a grant of the identity provider becomes an access token for the tools beside it.

import { KeySet, ResourceAuthorizationServer, SigningKey } from 'idjag';
import { clientDocuments, KeySetFetcher, KeySets, resourceAuthorizationServer } from 'idjag/adapters';

/** Its handler, and its public keys for whoever verifies its tokens. */
export function openAuthorization(config, common) {
  const { origin, resource, idp, clients, clientOrigins, signingKey, dangerousAllowHttpLoopback } = config;
  const signer = new SigningKey(signingKey
    ? { jwk: signingKey }
    : { alg: 'ES256', kid: crypto.randomUUID(), random: crypto.getRandomValues(new Uint8Array(32)) });
  const jwks = new KeySet({ issuer: origin, jwks: { keys: [signer.publicJwk] }, algorithms: ['ES256'], dangerousAllowHttpLoopback });
  const addresses = { issuer: origin, tokenEndpoint: `${origin}/token`, revocationEndpoint: `${origin}/revoke` };
  const idpKeys = new KeySetFetcher({ issuer: idp, algorithms: ['ES256', 'RS256'], dangerousAllowHttpLoopback, onError: common.onError });
  const known = new Map(clients.map((client) => [client.client_id, client]));
  const handler = resourceAuthorizationServer({
    ...common,
    server: new ResourceAuthorizationServer({
      ...addresses,
      trustedIssuers: [{ issuer: idp }],
      resources: [{ id: resource, scopes: 'notes:read notes:write' }],
      dangerousAllowHttpLoopback,
    }),
    metadata: {
      ...addresses,
      jwksUri: `${origin}/jwks`,
      clientIdMetadataDocumentSupported: clientOrigins.length > 0,
      dangerousAllowHttpLoopback,
    },
    jwks,
    signer,
    keys: new KeySets([idpKeys]),
    clients: clientDocuments({
      role: 'resource_authorization_server',
      origins: clientOrigins,
      registered: (clientId) => known.get(clientId),
      dangerousAllowHttpLoopback,
      onError: common.onError,
    }),
    // Everybody whom the identity provider sends has an account here.
    accounts: ({ iss, sub }) => (iss === idp ? { subject: sub } : undefined),
  });
  return { handler, keys: new KeySets([{ issuer: origin, keys: jwks }]) };
}
