// The examples of the README, run: each is what a newcomer writes first. In a program of your own the first line of each
// is `import { … } from 'idjag'`.

import { IDP, NOW, RESOURCE, SERVER, exchangeRequest, grantRequest, callRequest, objects, redemption } from './scene.mjs';

/** A protected MCP server, at the edge or anywhere. */
function resourceServer(idjag, request, jwks, now) {
  const { KeySet, ResourceServer, IdJagError } = idjag;
  const server = new ResourceServer({
    resource: 'https://mcp.example/',
    authorizationServers: [{ issuer: 'https://auth.example/', algorithms: ['EdDSA'] }],
    access: { tools: { look: { scope: 'read' }, change: { scope: 'write' } } },
  });
  const keys = new KeySet({ issuer: 'https://auth.example/', jwks, algorithms: ['EdDSA'] });
  try {
    const access = server.parse(request, { now }).verify({ keys, now }).authorize({ now });
    return access.spend({ answers: [] }).claims.sub;
  } catch (error) {
    if (error instanceof IdJagError && error.response) return error.response; // its WWW-Authenticate says what is lacking
    throw error;
  }
}

/** A resource authorization server: an ID-JAG becomes an access token, once. */
function redeem(idjag, request, { server, keys, client, policy, signer, store }, now) {
  try {
    const verified = server.parse(request, { now }).verify({ keys, client, now });
    const account = { subject: `local-${verified.claims.sub}` };
    const granted = verified.authorize({ policy, account, now });
    const answers = granted.replayKeys.map(({ name, retain_until }) =>
      store.firstUse({ name, retainUntil: retain_until, now }).answer);
    return granted.spend({ answers }).issue({ signer, random: crypto.getRandomValues(new Uint8Array(16)), now }).response;
  } catch (error) {
    if (error instanceof idjag.IdJagError && error.response) return error.response;
    throw error;
  }
}

/** An identity provider: an ID Token becomes an ID-JAG, where the policy permits it. */
function exchange(idjag, request, { idp, keys, client, policy, signer, store }, now) {
  try {
    const target = idp.parse(request, { now }).verify({ keys, client, now }).target({ policy });
    const granted = target.authorize({ user: { subject: target.subject.subject }, now });
    const answers = granted.replayKeys.map(({ name, retain_until }) =>
      store.firstUse({ name, retainUntil: retain_until, now }).answer);
    return granted.spend({ answers }).issue({ signer, random: crypto.getRandomValues(new Uint8Array(16)), now }).response;
  } catch (error) {
    if (error instanceof idjag.IdJagError && error.response) return error.response;
    throw error;
  }
}

/** A client: asks what to send, sends it, and says what came back. */
function connect(idjag, client, idToken, send, now) {
  const connection = new idjag.Connection({ client, resource: 'https://mcp.example/' });
  connection.identify({ issuer: 'https://idp.example', idToken, expiresAt: now + 300 });
  for (;;) {
    const step = connection.next({ random: crypto.getRandomValues(new Uint8Array(32)), now });
    if (step.step === 'ready') return connection;
    if (step.step !== 'send') throw new Error(step.step);
    connection.receive({ response: send(step.request), now });
  }
}

/** Runs them together: a sign-on becomes an ID-JAG, that an access token, that a call. */
export function runReadme(api) {
  const made = objects(api);
  const { idp, idpKeys, idpSigner, policy, registered: client, server, signer, store } = made;
  const idpSide = { idp, keys: idpKeys, client, policy, signer: idpSigner, store };
  const serverSide = { server, keys: idpKeys, client, policy, signer, store };
  const jwks = made.serverKeys.public();
  const json = (body) => ({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  /** The company's servers, as the client meets them. */
  const send = (request) => {
    switch (request.url) {
      case `${RESOURCE}.well-known/oauth-protected-resource`:
        return json({ resource: RESOURCE, authorization_servers: [SERVER], scopes_supported: ['read'] });
      case `${SERVER}.well-known/oauth-authorization-server`:
        return json({
          issuer: SERVER,
          token_endpoint: `${SERVER}token`,
          grant_types_supported: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
          authorization_grant_profiles_supported: ['urn:ietf:params:oauth:grant-profile:id-jag'],
          token_endpoint_auth_methods_supported: ['client_secret_post'],
        });
      case `${IDP}/token`:
        return exchange(api, request, idpSide, NOW);
      case `${SERVER}token`:
        return redeem(api, request, serverSide, NOW);
      default:
        throw new Error(`nobody answers at ${request.url}`);
    }
  };
  const checks = {
    'readme: an identity provider exchanges': () => {
      equal(exchange(api, exchangeRequest(api, made), idpSide, NOW).status, 200);
    },
    'readme: a resource authorization server redeems, once': () => {
      const request = grantRequest(api, made, 'once');
      equal(redeem(api, request, serverSide, NOW).status, 200);
      equal(JSON.parse(redeem(api, request, serverSide, NOW).body).error, 'invalid_grant');
    },
    'readme: a resource server lets a call pass, and says what another lacks': () => {
      const { response } = redemption(api, made).SpentGrant().issue({ signer, tokenId: 'at', now: NOW });
      const { access_token } = JSON.parse(response.body);
      equal(resourceServer(api, callRequest(access_token), jwks, NOW), 'account');
      const refused = resourceServer(api, callRequest(access_token, 'change'), jwks, NOW);
      equal(refused.status, 403);
      equal(new Map(refused.headers).get('WWW-Authenticate').includes('scope="write"'), true);
    },
    'readme: a client connects': () => {
      const claims = { iss: IDP, sub: 'user', aud: 'agent', iat: NOW, exp: NOW + 300, auth_time: NOW };
      const idToken = api.signIdToken({ claims, signer: idpSigner }).token;
      const connection = connect(api, made.client, idToken, send, NOW);
      const request = connection.authorize({ request: { method: 'POST', url: RESOURCE }, random: new Uint8Array(32), now: NOW });
      connection.free();
      equal(request.headers.some(([name]) => name.toLowerCase() === 'authorization'), true);
    },
  };
  const result = { passed: 0, failed: 0, failures: [] };
  for (const [id, run] of Object.entries(checks)) {
    try {
      run();
      result.passed += 1;
    } catch (error) {
      result.failed += 1;
      result.failures.push({ id, problem: error?.stack ?? String(error) });
    }
  }
  for (const object of Object.values(made)) object.free();
  return result;
}

function equal(found, expected) {
  if (found !== expected) throw new Error(`${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
}
