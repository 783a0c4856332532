// The one sign-on: OpenID Connect with the authorization code flow and PKCE, in the user's browser (RFC 8252).

import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { checkAuthorizationResponseIssuer, verifyIdToken } from 'idjag';
import { KeySetFetcher } from 'idjag/adapters';

const ALGORITHMS = ['ES256', 'RS256'];
/** For how long the user may take, and the identity provider to answer. */
const PATIENCE = { user: 300_000, server: 10_000 };
const secret = () => randomBytes(32).toString('base64url');

/** How the user signs on: `show` is given the address to open. What comes back is asked by the library when it needs one. */
export function signOnBy({ provider, credentials, redirectPort, dangerousAllowHttpLoopback, show }) {
  const { issuer } = provider;
  const { client_id: clientId, client_secret: clientSecret } = credentials;
  const keys = new KeySetFetcher({ issuer, jwksUri: provider.jwks_uri, algorithms: ALGORITHMS, dangerousAllowHttpLoopback });

  return async ({ max_age: maxAge, acr_values: acrValues }) => {
    const [state, nonce, verifier] = [secret(), secret(), secret()];
    const browser = await openReceiver(redirectPort);
    try {
      const query = {
        response_type: 'code', client_id: clientId, redirect_uri: browser.redirectUri, scope: 'openid', state, nonce,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
        ...(maxAge !== undefined && { max_age: maxAge }),
        ...(acrValues !== undefined && { acr_values: acrValues.join(' ') }),
      };
      const address = new URL(provider.authorization_endpoint);
      for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
      show(address.href);
      const answer = await browser.answer(state);
      checkAuthorizationResponseIssuer({
        issuer,
        authorizationResponseIssParameterSupported: provider.authorization_response_iss_parameter_supported === true,
        iss: answer.get('iss'),
        dangerousAllowHttpLoopback,
      });
      if (!answer.has('code')) throw new Error(`the identity provider says: ${answer.get('error')}`);
      const form = { grant_type: 'authorization_code', code: answer.get('code'), redirect_uri: browser.redirectUri, code_verifier: verifier };
      const idToken = await redeemed(form);
      const now = Math.floor(Date.now() / 1000);
      const { claims } = verifyIdToken({
        token: idToken, issuer, clientId, nonce, maxAuthenticationAge: maxAge, algorithms: ALGORITHMS,
        keys: await keys.keys(), dangerousAllowHttpLoopback, now,
      });
      return { issuer, idToken, expiresAt: claims.exp };
    } finally {
      browser.close();
    }
  };

  async function redeemed(form) {
    const encoded = [clientId, clientSecret].map(encodeURIComponent).join(':');
    const response = await fetch(provider.token_endpoint, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(encoded).toString('base64')}` },
      body: new URLSearchParams(form),
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE.server),
    });
    const { id_token: idToken } = await response.json();
    if (!response.ok || !idToken) throw new Error(`the identity provider refuses the code: ${response.status}`);
    return idToken;
  }
}

/** Where a request leads; nowhere if its address is none. */
function addressOf({ url }) {
  const text = `http://127.0.0.1${url}`;
  return new URL(url.startsWith('/') && URL.canParse(text) ? text : 'http://127.0.0.1/');
}

/** Waits on this machine for the browser to come back. */
async function openReceiver(port) {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const answer = (state) => new Promise((resolve, reject) => {
    const over = setTimeout(() => reject(new Error('the user did not sign on in time')), PATIENCE.user);
    server.on('request', (request, response) => {
      const { pathname, searchParams } = addressOf(request);
      // Whoever does not know `state` was not sent by us, and ends nothing.
      const isOurs = pathname === '/callback' && searchParams.get('state') === state;
      response.writeHead(isOurs ? 200 : 404, { 'content-type': 'text/plain', connection: 'close' });
      response.end(isOurs ? 'You may close this window.\n' : 'Not found.\n');
      if (!isOurs) return;
      clearTimeout(over);
      resolve(searchParams);
    });
  });
  return {
    redirectUri: `http://127.0.0.1:${server.address().port}/callback`,
    answer,
    close: () => server.close(),
  };
}
