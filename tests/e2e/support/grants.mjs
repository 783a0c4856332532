// An identity provider that only writes grants, and one app that redeems them wherever it is told.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export const IDP = 'https://idp.example';
export const ISSUER = 'https://auth.example';
export const RESOURCE = 'https://mcp.example/mcp';
const AGENT = new Agent({ keepAlive: false });
export const CLIENT = { id: 'app', secret: 'app-secret' };

/** Its public keys, and a grant for the app at a time. */
export async function openIssuer() {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'idp-1', alg: 'ES256', use: 'sig' };
  return {
    jwks: { keys: [jwk] },
    async grant() {
      const id = randomUUID();
      const at = Math.floor(Date.now() / 1000);
      const claims = {
        iss: IDP, sub: 'ada', aud: ISSUER, client_id: CLIENT.id, jti: id, iat: at, exp: at + 600,
        resource: RESOURCE, scope: 'rows:read',
      };
      const header = { alg: 'ES256', kid: 'idp-1', typ: 'oauth-id-jag+jwt' };
      return { id, assertion: await new SignJWT(claims).setProtectedHeader(header).sign(privateKey) };
    },
    grants(count) {
      return Promise.all(Array.from({ length: count }, () => this.grant()));
    },
  };
}

/** Redeems `grant` at the server that listens at `origin`: what it answered, however long that takes. */
export async function redeem(origin, grant) {
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: grant.assertion,
  }).toString();
  // Not `fetch`, which gives a busy machine ten seconds to take a connection.
  const sent = request(`${origin}/token`, {
    method: 'POST',
    agent: AGENT,
    headers: {
      authorization: `Basic ${btoa(`${CLIENT.id}:${CLIENT.secret}`)}`,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': body.length,
    },
  });
  sent.end(body);
  const [response] = await once(sent, 'response');
  const { error, access_token: token } = await json(response);
  return { status: response.statusCode, error, token, retryAfter: response.headers['retry-after'] };
}
