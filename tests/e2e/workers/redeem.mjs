// An authorization server as a Worker: what was redeemed, Durable Objects remember.

import { KeySet, ResourceAuthorizationServer, SigningKey, digestClientSecret } from 'idjag';
import {
  KeySetFetcher, KeySets, ReplayObject, durableObjectReplayStore, resourceAuthorizationServer,
} from 'idjag/adapters';

export { ReplayObject };

let handler;

function open({ SETTINGS, REPLAY }) {
  const { issuer, resource, idp, jwks, key, client } = JSON.parse(SETTINGS);
  const signer = new SigningKey({ jwk: key });
  const dangerousAllowHttpLoopback = issuer.startsWith('http://127.0.0.1:');
  const algorithms = ['ES256'];
  const idpKeys = jwks
    ? { issuer: idp, keys: new KeySet({ issuer: idp, jwks, algorithms }) }
    : new KeySetFetcher({ issuer: idp, algorithms, dangerousAllowHttpLoopback });
  const registration = {
    client_id: client.id,
    token_endpoint_auth_method: 'client_secret_basic',
    client_secret_sha256: [digestClientSecret({ clientSecret: client.secret }).sha256],
  };
  return resourceAuthorizationServer({
    server: new ResourceAuthorizationServer({
      issuer, tokenEndpoint: `${issuer}/token`, trustedIssuers: [{ issuer: idp }],
      resources: [{ id: resource, scopes: 'rows:read' }], dangerousAllowHttpLoopback,
    }),
    metadata: { issuer, tokenEndpoint: `${issuer}/token`, jwksUri: `${issuer}/jwks`, dangerousAllowHttpLoopback },
    jwks: new KeySet({ issuer, jwks: { keys: [signer.publicJwk] }, algorithms, dangerousAllowHttpLoopback }),
    signer,
    keys: new KeySets([idpKeys]),
    clients: (id) => (id === client.id ? registration : undefined),
    accounts: (claims) => ({ subject: `edge/${claims.sub}` }),
    // Long: on a machine that is busy with other things, slow is not dead.
    replay: durableObjectReplayStore(REPLAY, { shards: 4, timeoutMs: 20_000 }),
    onError: (error) => console.error(error),
  });
}

export default {
  fetch(request, environment) {
    handler ??= open(environment);
    return handler(request);
  },
};
