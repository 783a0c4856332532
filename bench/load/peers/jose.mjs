// examples/node-server with jose in place of idjag: the same tools, the same addresses, the same checks written by hand, and a
// line for each decision. Without what the library also does: revocation, discovery of keys that rotate, the policy, DPoP.

import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { toNodeHandler } from 'idjag/adapters';
import { createLocalJWKSet, createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { readConfig } from '../examples/node-server/config.mjs';
import { access, makeServer } from '../examples/node-server/tools.mjs';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const { origin, resource, idp, clients, port, host } = readConfig(process.env);
const record = (line) => console.log(JSON.stringify(line));
const now = () => Math.floor(Date.now() / 1000);

const { jwks_uri: idpJwks } = await (await fetch(`${idp}/.well-known/openid-configuration`)).json();
const idpKeys = createRemoteJWKSet(new URL(idpJwks));
const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
const keys = createLocalJWKSet({ keys: [{ ...await exportJWK(publicKey), kid: 'notes-1', alg: 'ES256' }] });
const known = new Map(clients.map((client) => [client.client_id, client]));
const used = new Map();

const json = (status, value, headers = {}) => new Response(JSON.stringify(value), {
  status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
});
const refused = (error) => json(error === 'invalid_client' ? 401 : 400, { error });

/** The client whose secret the request has. */
function authenticated(request) {
  const [scheme, credentials = ''] = (request.headers.get('authorization') ?? '').split(' ');
  if (scheme !== 'Basic') return undefined;
  const [id, secret = ''] = Buffer.from(credentials, 'base64').toString().split(':').map(decodeURIComponent);
  const digest = createHash('sha256').update(secret).digest();
  const digests = known.get(id)?.client_secret_sha256 ?? [];
  return digests.some((each) => timingSafeEqual(Buffer.from(each, 'base64url'), digest)) ? id : undefined;
}

async function redeem(request) {
  const client = authenticated(request);
  if (client === undefined) return refused('invalid_client');
  const form = new URLSearchParams(await request.text());
  if (form.get('grant_type') !== GRANT_TYPE) return refused('unsupported_grant_type');
  let grant;
  try {
    ({ payload: grant } = await jwtVerify(form.get('assertion') ?? '', idpKeys, {
      issuer: idp, audience: origin, typ: 'oauth-id-jag+jwt', algorithms: ['ES256', 'RS256'], clockTolerance: 60,
      requiredClaims: ['sub', 'client_id', 'jti', 'exp', 'iat'],
    }));
  } catch {
    return refused('invalid_grant');
  }
  const name = `${grant.iss} ${grant.jti}`;
  const isFit = grant.client_id === client && grant.exp - grant.iat <= 3600 && grant.resource === resource;
  if (!isFit || used.has(name)) return refused('invalid_grant');
  used.set(name, grant.exp);
  const scope = grant.scope.split(' ').filter((each) => ['notes:read', 'notes:write'].includes(each)).join(' ');
  const token = await new SignJWT({ client_id: client, scope })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'notes-1' })
    .setIssuer(origin).setSubject(grant.sub).setAudience(resource).setJti(crypto.randomUUID())
    .setIssuedAt().setExpirationTime(now() + 300).sign(privateKey);
  record({ time: now(), role: 'resource_as', outcome: 'permit', client_id: client, subject: grant.sub, jti: grant.jti, scope });
  return json(200, { access_token: token, token_type: 'Bearer', expires_in: 300, scope });
}

const handler = createMcpHandler(makeServer);

async function call(request) {
  const [scheme, token] = (request.headers.get('authorization') ?? '').split(' ');
  let claims;
  try {
    if (scheme !== 'Bearer') throw new Error('no token');
    ({ payload: claims } = await jwtVerify(token, keys, {
      issuer: origin, audience: resource, typ: 'at+jwt', algorithms: ['ES256'], clockTolerance: 60,
      requiredClaims: ['sub', 'client_id', 'jti', 'exp', 'iat'],
    }));
  } catch {
    return json(401, { error: 'invalid_token' }, { 'www-authenticate': 'Bearer error="invalid_token"' });
  }
  const body = await request.text();
  const { method, params } = JSON.parse(body);
  const scopes = claims.scope.split(' ');
  const needed = method === 'tools/call' ? access.tools[params.name]?.scope : 'notes:read';
  if (!scopes.includes(needed)) return json(403, { error: 'insufficient_scope' });
  record({ time: now(), role: 'resource_server', outcome: 'permit', operation: params?.name ?? method, subject: claims.sub, jti: claims.jti });
  const authInfo = {
    token, clientId: claims.client_id, scopes, expiresAt: claims.exp, resource: new URL(resource),
    extra: { subject: claims.sub, issuer: claims.iss, claims },
  };
  const { url, headers } = request;
  return handler.fetch(new Request(url, { method: 'POST', headers, body }), { authInfo });
}

const routes = { '/token': redeem, '/mcp': call };
const metadata = { resource, authorization_servers: [origin] };
createServer(toNodeHandler((request) => {
  const { pathname } = new URL(request.url);
  const route = routes[pathname];
  if (route && request.method === 'POST') return route(request);
  return pathname.startsWith('/.well-known/oauth-protected-resource') ? json(200, metadata) : json(404, {});
})).listen(port, host);
