// What each scenario is about: the grant, who the client is, and what the host has.

import { createPrivateKey } from 'node:crypto';
import * as idjag from 'idjag';

const REDIRECT_URI = 'http://127.0.0.1:8765/callback';
/** The document that the suite's servers know; it is never fetched. */
const DOCUMENT = 'https://conformance-test.local/client-metadata.json';

/** The options of the client, and what drives its connection. */
export async function scenarioOf(name, resource, context) {
  const { client_id: clientId, client_secret: clientSecret } = context;
  // The suite registers clients without saying where: it is whoever the server trusts.
  const registered = async (method, more) => [
    { issuer: await issuerOf(resource), client_id: clientId, token_endpoint_auth_method: method, ...more },
  ];
  switch (name) {
    case 'auth/enterprise-managed-authorization':
      return enterprise(context, await registered('client_secret_basic', { client_secret: clientSecret }));
    case 'auth/client-credentials-basic': {
      const credentials = await registered('client_secret_basic', { client_secret: clientSecret });
      return { options: { grant: 'client_credentials', credentials } };
    }
    case 'auth/client-credentials-jwt': {
      const credentials = await registered('private_key_jwt', { jwk: jwkOf(context) });
      return { options: { grant: 'client_credentials', credentials } };
    }
    case 'auth/wif-jwt-bearer': {
      const credentials = await registered('none');
      return { options: { grant: 'jwt_bearer', credentials }, assertion: () => context.valid_jwt };
    }
    default:
      return interactive(name, context);
  }
}

function enterprise({ idp_client_id, idp_id_token, idp_issuer, idp_token_endpoint }, credentials) {
  const { exp } = JSON.parse(Buffer.from(idp_id_token.split('.')[1], 'base64url'));
  const own = { issuer: idp_issuer, client_id: idp_client_id, token_endpoint_auth_method: 'none' };
  return {
    options: {
      idp: { issuer: idp_issuer, token_endpoint: idp_token_endpoint },
      idpCredentials: own,
      credentials,
      // The suite's authorization server does not list the profile in its metadata.
      acceptingUnlistedProfile: true,
    },
    identity: () => ({ issuer: idp_issuer, id_token: idp_id_token, expires_at: exp }),
  };
}

/** The user, whose browser the suite's servers send back at once. */
function interactive(name, { issuer, client_id, client_secret }) {
  const known = { issuer, client_id, client_secret, token_endpoint_auth_method: 'client_secret_basic' };
  const random = crypto.getRandomValues(new Uint8Array(32));
  return {
    options: {
      grant: 'authorization_code',
      redirectUri: REDIRECT_URI,
      registeringAs: 'idjag conformance client',
      document: { client_id: DOCUMENT, token_endpoint_auth_method: 'none' },
      credentials: issuer === undefined ? [] : [known],
      dpop: name.startsWith('auth/dpop') ? new idjag.SigningKey({ alg: 'ES256', kid: 'proofs', random }) : undefined,
    },
    async authorization({ authorization_url: url }) {
      const response = await fetch(url, { redirect: 'manual' });
      return response.headers.get('location');
    },
  };
}

/** The authorization server of an MCP server. */
async function issuerOf(resource) {
  const discovery = new idjag.Discovery({ resource, dangerousAllowHttpLoopback: true });
  for (;;) {
    const { request } = discovery.next();
    const answer = await fetch(request.url, { headers: request.headers, redirect: 'manual' });
    const response = { status: answer.status, headers: [...answer.headers], body: await answer.text() };
    const { done, authorization_server: found } = discovery.receive({ response });
    if (done) return found.issuer;
  }
}

function jwkOf({ private_key_pem: pem, signing_algorithm: alg }) {
  return { ...createPrivateKey(pem).export({ format: 'jwk' }), alg, kid: 'conformance' };
}
