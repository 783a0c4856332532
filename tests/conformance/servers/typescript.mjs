// A resource authorization server for the official suite, made of the packed package. Prints its issuer identifier, and
// ends with its input.

import { once } from 'node:events';
import { createServer } from 'node:http';
import * as idjag from 'idjag';
import { clientDocuments, KeySetFetcher, KeySets, memoryReplayStore, resourceAuthorizationServer, toNodeHandler } from 'idjag/adapters';

const ALGORITHMS = ['ES256'];
const IDP = 'https://idp.example';
const RESOURCE = 'https://mcp.example/mcp';
const loopback = { dangerousAllowHttpLoopback: true };

let listener;
const http = createServer((request, response) => listener(request, response)).listen(0, '127.0.0.1');
await once(http, 'listening');
const issuer = `http://127.0.0.1:${http.address().port}`;

const signer = new idjag.SigningKey({ alg: 'ES256', kid: 'as-1', random: crypto.getRandomValues(new Uint8Array(32)) });
listener = toNodeHandler(resourceAuthorizationServer({
  server: new idjag.ResourceAuthorizationServer({
    issuer,
    tokenEndpoint: `${issuer}/token`,
    trustedIssuers: [{ issuer: IDP, algorithms: ALGORITHMS }],
    resources: [{ id: RESOURCE, scopes: 'rows:read' }],
    ...loopback,
  }),
  metadata: {
    issuer,
    tokenEndpoint: `${issuer}/token`,
    jwksUri: `${issuer}/jwks`,
    // The sign-on that the host has had all along: users may still come that way.
    authorizationEndpoint: `${issuer}/authorize`,
    clientIdMetadataDocumentSupported: true,
    ...loopback,
  },
  jwks: new idjag.KeySet({ issuer, jwks: { keys: [signer.publicJwk] }, algorithms: ALGORITHMS, ...loopback }),
  signer,
  keys: new KeySets([new KeySetFetcher({ issuer: IDP, algorithms: ALGORITHMS })]),
  clients: clientDocuments({ role: 'resource_authorization_server' }),
  accounts: (claims) => ({ subject: claims.sub }),
  replay: memoryReplayStore(new idjag.MemoryReplayStore({ capacity: 1000 })),
  onError: (error) => console.error(error),
}));

console.log(issuer);
process.stdin.resume();
await once(process.stdin, 'end');
process.exit();
