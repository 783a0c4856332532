// OpenID Connect as an app does it: a browser that goes to the provider and comes back with a code, and what that is good for.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { PASSWORDS, SECRET } from './idp.mjs';

const random = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
const BASIC = `Basic ${btoa(`desk:${encodeURIComponent(SECRET)}`)}`;

/** The document in which the provider at `issuer` says where everything is. */
export async function metadataOf(issuer, kind = 'openid-configuration') {
  return (await fetch(`${issuer}/.well-known/${kind}`)).json();
}

/** What the app asks a browser to visit, and how it redeems the code that comes back to `redirectUri`. */
export async function authorizationRequest(issuer, clientId, redirectUri) {
  const { authorization_endpoint: endpoint, token_endpoint: tokenEndpoint, jwks_uri: jwksUri } = await metadataOf(issuer);
  const [state, nonce, verifier] = [random(), random(), random()];
  const url = new URL(endpoint);
  url.search = new URLSearchParams({
    response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope: 'openid', state, nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
  });
  const redeem = async (answer, form, headers) => {
    assert.deepEqual([answer.get('state'), answer.get('iss')], [state, issuer]);
    const response = await fetch(tokenEndpoint, {
      method: 'POST',
      headers,
      body: new URLSearchParams({
        grant_type: 'authorization_code', code: answer.get('code'), redirect_uri: redirectUri, code_verifier: verifier, ...form,
      }),
    });
    const tokens = await response.json();
    assert.equal(response.status, 200, JSON.stringify(tokens.error));
    const rules = { issuer, audience: clientId, algorithms: ['RS256'] };
    const { payload } = await jwtVerify(tokens.id_token, createRemoteJWKSet(new URL(jwksUri)), rules);
    assert.equal(payload.nonce, nonce);
    return { claims: payload, idToken: tokens.id_token, refreshToken: tokens.refresh_token };
  };
  return { url, redeem };
}

/** Goes to `url` and signs `person` on: the address of the app to which the browser is sent back. */
export async function throughThePage(url, person) {
  const browser = new Browser();
  const page = await browser.visit(url);
  assert.equal(page.status, 200);
  const form = new URLSearchParams({ name: person, password: PASSWORDS[person] });
  return (await browser.visit(page.url, { method: 'POST', body: form })).location;
}

/** Signs `person` on at `idp` for the app: what an app has afterwards. */
export async function signOn(idp, person, clientId = 'desk') {
  const { url, redeem } = await authorizationRequest(idp.issuer, clientId, 'http://127.0.0.1/callback');
  const answer = new URL(await throughThePage(url, person)).searchParams;
  if (clientId === 'desk') return redeem(answer, {}, { authorization: BASIC });
  return redeem(answer, {
    client_id: clientId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await idp.clientAssertion(),
  });
}

/** The app `desk` gives a refresh token up. */
export async function revoke(issuer, token) {
  const { revocation_endpoint: endpoint } = await metadataOf(issuer);
  const body = new URLSearchParams({ token, token_type_hint: 'refresh_token' });
  assert.equal((await fetch(endpoint, { method: 'POST', headers: { authorization: BASIC }, body })).status, 200);
}

/** What a browser does without a screen: it keeps cookies by their path and follows redirects on the provider's own site. */
class Browser {
  #cookies = new Map();

  /** Goes to `url`: the page at the end, or the `location` on another site. */
  async visit(url, init) {
    const here = new URL(url);
    const cookie = [...this.#cookies.values()].filter(({ path }) => here.pathname.startsWith(path)).map(({ pair }) => pair).join('; ');
    const response = await fetch(here, { ...init, headers: { cookie }, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split('; ');
      const path = attributes.find((one) => one.startsWith('path='))?.slice(5) ?? '/';
      this.#cookies.set(`${pair.split('=')[0]} ${path}`, { pair, path });
    }
    const location = response.headers.get('location');
    if (location === null) return { url: here.href, status: response.status, text: await response.text() };
    const to = new URL(location, here);
    return to.origin === here.origin ? this.visit(to) : { location: to.href };
  }
}
