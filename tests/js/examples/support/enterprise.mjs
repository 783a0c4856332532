// An enterprise on this machine: its identity provider, and its app.

import { createHash } from 'node:crypto';
import { serve } from '../../adapters/support/http.mjs';
import { sha256, webKey } from '../../adapters/support/jose.mjs';
import { adapters, idjag } from '../../adapters/support/package.mjs';

const loopback = { dangerousAllowHttpLoopback: true };
export const now = () => Math.floor(Date.now() / 1000);

/** Opens it for these servers: `{ id, issuer, resource, scopes }`, where the app is `client`, or `desk-at-<id>`. Ada may all. */
export async function openEnterprise(servers) {
  const enterprise = { groups: ['engineering'], requests: [] };
  const key = await webKey('idp-1');
  const site = await serve((request, response) => {
    enterprise.requests.push(`${request.method} ${request.url}`);
    return adapters.toNodeHandler(route)(request, response);
  });
  const issuer = site.origin;
  const addresses = { issuer, tokenEndpoint: `${issuer}/token` };
  const document = {
    version: 1,
    apps: [{ id: 'desk', client_ids: ['desk'], status: 'approved' }],
    servers: servers.map(({ id, issuer: at, resource, scopes, client = `desk-at-${id}` }) => ({
      id, issuer: at, resources: [resource], client_ids: { desk: client }, scope_sets: { all: scopes },
    })),
    rules: servers.map(({ id }) => ({
      id: `desk-${id}`, effect: 'permit', apps: { ids: ['desk'] }, servers: { ids: [id] },
      subjects: { groups_any: ['engineering'] }, scopes: ['@all'],
    })),
  };
  const secret = { client_id: 'desk', token_endpoint_auth_method: 'client_secret_basic', client_secret_sha256: [await sha256('desk-secret')] };
  const handler = adapters.identityProvider({
    server: new idjag.IdentityProvider({ ...addresses, ...loopback }),
    metadata: { ...addresses, jwksUri: `${issuer}/jwks`, authorizationEndpoint: `${issuer}/authorize`, ...loopback },
    jwks: new idjag.KeySet({ issuer, jwks: { keys: [key.publicJwk] }, algorithms: ['ES256'], ...loopback }),
    signer: key,
    policy: new idjag.Policy({ document, ...loopback }),
    clients: (id) => (id === 'desk' ? secret : undefined),
    users: ({ subject }) => (subject === 'ada' ? { subject: 'ada', groups: enterprise.groups } : undefined),
    replay: adapters.memoryReplayStore(new idjag.MemoryReplayStore({ capacity: 1000 })),
  });

  /** An ID Token for Ada. */
  const idToken = (claims) => key.token('JWT', {
    iss: issuer, sub: 'ada', aud: 'desk', iat: now(), exp: now() + 300, auth_time: now(), ...claims,
  });
  /** Ada has a session in every browser: whoever comes is sent back with a code at once. */
  const codes = new Map();
  const authorize = ({ searchParams }) => {
    const code = crypto.randomUUID();
    codes.set(code, Object.fromEntries(searchParams));
    const back = new URL(searchParams.get('redirect_uri'));
    const fields = { code, state: searchParams.get('state'), ...enterprise.answer };
    for (const [name, value] of Object.entries(fields)) if (value !== undefined) back.searchParams.set(name, value);
    return new Response(null, { status: 302, headers: { location: back.href } });
  };
  /** The ID Token for a code, by the client and the verifier that it was asked with. */
  const redeem = async (form, authorization) => {
    const asked = codes.get(form.get('code'));
    codes.delete(form.get('code'));
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    const isGood = asked?.code_challenge === challenge && asked.redirect_uri === form.get('redirect_uri')
      && authorization === `Basic ${Buffer.from('desk:desk-secret').toString('base64')}`;
    if (!isGood) return Response.json({ error: 'invalid_grant' }, { status: 400 });
    return Response.json({ access_token: 'x', token_type: 'Bearer', id_token: await idToken({ nonce: asked.nonce, ...enterprise.claims }) });
  };
  const route = async (request) => {
    const url = new URL(request.url);
    if (url.pathname === '/authorize') return authorize(url);
    if (url.pathname === '/token') {
      const form = new URLSearchParams(await request.clone().text());
      if (form.get('grant_type') === 'authorization_code') return redeem(form, request.headers.get('authorization'));
    }
    return handler(request);
  };
  return Object.assign(enterprise, {
    issuer,
    idToken,
    /** The app's client, known at the servers by these secrets; bound to a key where one is given. */
    client: async (secrets, options) => new idjag.Client({
      idp: await adapters.discoverIssuer({ issuer, ...loopback }),
      idpCredentials: { issuer, client_id: 'desk', token_endpoint_auth_method: 'client_secret_basic', client_secret: 'desk-secret' },
      credentials: servers.filter(({ id }) => secrets[id]).map(({ id, issuer: at }) => ({
        issuer: at, client_id: `desk-at-${id}`, token_endpoint_auth_method: 'client_secret_basic', client_secret: secrets[id],
      })),
      ...options,
      ...loopback,
    }),
    signOn: async () => ({ issuer, idToken: await idToken(), expiresAt: now() + 300 }),
    close: () => site.close(),
  });
}
