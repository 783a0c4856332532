// Clients registered by the document at their identifier: what is fetched, when, and what becomes of the request meanwhile.

import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { adapters } from './support/package.mjs';
import { serve } from './support/http.mjs';
import { webKey } from './support/jose.mjs';
import { authorizationServer, grant, JWT_BEARER, now, parties, TOKEN_ENDPOINT, ISSUER } from './support/resource.mjs';
import { startWorker } from './support/workerd.mjs';

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const loopback = { dangerousAllowHttpLoopback: true };
let known;
let appKey;
let site;
/** What the site answers, by path; and what it was asked for. */
let pages;
let asked;
before(async () => {
  known = await parties();
  appKey = await webKey('app-1');
});
beforeEach(async () => {
  pages = new Map();
  asked = [];
  site = await serve(async (request, response) => {
    asked.push(request.url);
    const page = pages.get(request.url);
    const { status = 200, headers = { 'content-type': 'application/json' }, body } = (await page?.()) ?? { status: 404 };
    response.writeHead(status, headers);
    response.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body));
  });
});
afterEach(() => site.close());

const app = () => `${site.origin}/app`;
const documentOf = (changed) => ({
  client_id: app(), client_name: 'Desk', redirect_uris: [`${site.origin}/back`], grant_types: ['authorization_code', JWT_BEARER],
  token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [appKey.publicJwk] }, ...changed,
});
const publish = (path, body, more) => pages.set(path, () => ({ body, ...more }));

/** A server whose clients are known by their documents. */
async function server(changed) {
  const told = [];
  const clients = adapters.clientDocuments({ role: 'resource_authorization_server', ...loopback, onError: (error) => told.push(error), ...changed });
  return { ...(await authorizationServer(known, { clients })), clients, told };
}

/** A redemption by the client at `clientId`. */
async function redeem({ handler }, { clientId = app(), key = appKey } = {}) {
  const at = now();
  const assertion = await key.token('JWT', { iss: clientId, sub: clientId, aud: ISSUER, jti: `${Math.random()}`, iat: at, exp: at + 60 });
  const body = new URLSearchParams({
    grant_type: JWT_BEARER, assertion: await grant(known, { client_id: clientId }), client_assertion_type: ASSERTION, client_assertion: assertion,
  });
  return handler(new Request(TOKEN_ENDPOINT, { method: 'POST', body }));
}
const outcome = async (response) => [response.status, (await response.json()).error];

describe('a client with a document', () => {
  test('redeems its grant, and its document is fetched once', async () => {
    publish('/app', documentOf());
    const found = await server();
    for (const response of await Promise.all(Array.from({ length: 10 }, () => redeem(found)))) assert.equal(response.status, 200);
    assert.equal((await redeem(found)).status, 200);
    assert.deepEqual(asked, ['/app']);
    assert.deepEqual([found.errors, found.told], [[], []]);
  });

  test('may keep its keys elsewhere', async () => {
    publish('/app', documentOf({ jwks: undefined, jwks_uri: `${site.origin}/keys` }));
    publish('/keys', { keys: [appKey.publicJwk] });
    const found = await server();
    assert.equal((await redeem(found)).status, 200);
    assert.deepEqual(asked, ['/app', '/keys']);
  });

  test('must prove that it is this client', async () => {
    publish('/app', documentOf());
    assert.deepEqual(await outcome(await redeem(await server(), { key: await webKey('app-1') })), [401, 'invalid_client']);
  });

  for (const [what, changed] of [
    ['is of another client', { client_id: 'https://another.example/app' }],
    ['has a secret', { client_secret: 'x' }],
    ['names no way to authenticate', { token_endpoint_auth_method: 'none', jwks: undefined }],
    ['has no key', { jwks: { keys: [] } }],
  ]) {
    test(`is not known where the document ${what}`, async () => {
      publish('/app', documentOf(changed));
      const found = await server();
      assert.deepEqual(await outcome(await redeem(found)), [401, 'invalid_client']);
      assert.deepEqual(await outcome(await redeem(found)), [401, 'invalid_client']);
      assert.deepEqual(asked, ['/app'], 'a refusal stands for a while');
      assert.equal(found.told[0].code, 'client_document_invalid');
    });
  }

  for (const [what, page] of [
    ['redirects', () => ({ status: 302, headers: { location: '/other' } })],
    ['is not there', () => ({ status: 404 })],
    ['is of another kind', () => ({ headers: { 'content-type': 'text/html' }, body: documentOf() })],
  ]) {
    test(`is not known where its address ${what}`, async () => {
      pages.set('/app', page);
      publish('/other', documentOf());
      assert.deepEqual(await outcome(await redeem(await server())), [401, 'invalid_client']);
      assert.deepEqual(asked, ['/app']);
    });
  }
});

describe('while a document cannot be had', () => {
  for (const [what, page] of [
    ['the site fails', () => ({ status: 503 })],
    ['the document is too large', () => ({ body: 'x'.repeat(70_000) })],
    ['nothing comes', () => new Promise(() => {})],
  ]) {
    test(`nothing is decided: ${what}`, async () => {
      pages.set('/app', page);
      const found = await server({ timeoutMs: 300 });
      assert.deepEqual(await outcome(await redeem(found)), [503, 'temporarily_unavailable']);
      publish('/app', documentOf());
      assert.deepEqual(await outcome(await redeem(found)), [503, 'temporarily_unavailable'], 'it is not asked again at once');
      assert.equal(asked.length, 1);
    });
  }

  test('it is asked for again later', async () => {
    let skew = 0;
    pages.set('/app', () => ({ status: 503 }));
    const found = await server({ now: () => now() + skew });
    assert.equal((await redeem(found)).status, 503);
    publish('/app', documentOf());
    skew = 31;
    assert.equal((await redeem(found)).status, 200);
  });
});

describe('whose documents are asked for', () => {
  test('those of public addresses only', async () => {
    const found = await server({ dangerousAllowHttpLoopback: undefined });
    for (const clientId of [`https://127.0.0.1:${site.port}/app`, `https://localhost:${site.port}/app`, 'https://[::1]/app', 'https://10.0.0.1/app']) {
      assert.deepEqual(await outcome(await redeem(found, { clientId })), [503, 'temporarily_unavailable'], clientId);
    }
    assert.deepEqual(asked, []);
  });

  test('those of listed origins only, and never of what is no address', async () => {
    publish('/app', documentOf());
    const found = await server({ origins: ['https://apps.example'] });
    for (const clientId of [app(), 'app', 'ftp://apps.example/x']) {
      assert.deepEqual(await outcome(await redeem(found, { clientId })), [401, 'invalid_client']);
    }
    assert.deepEqual(asked, []);
  });

  test('those of clients that are not registered by hand', async () => {
    const record = { client_id: app(), token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [appKey.publicJwk] } };
    const found = await server({ registered: async (id) => (id === app() ? record : undefined) });
    assert.equal((await redeem(found)).status, 200);
    assert.deepEqual(asked, []);
  });

});

describe('how many documents are fetched at one time', () => {
  /** Client documents over a `fetch` of which nothing comes before its `gate` is opened. */
  const held = (changed) => {
    const gates = new Map();
    const clients = adapters.clientDocuments({
      role: 'resource_authorization_server',
      fetch: (url) => new Promise((resolve) => gates.set(url, () => resolve(Response.json(documentOf({ client_id: url, redirect_uris: [url] }))))),
      ...changed,
    });
    return { gates, clients, open: () => [...gates].forEach(([url, gate]) => gates.delete(url) && gate()) };
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const at = (host, path = 'app') => `https://${host}.example/${path}`;
  const range = (length, make) => Array.from({ length }, (_, index) => make(index));

  test('sixteen, and the others wait', async () => {
    const { gates, clients, open } = held();
    const answers = Promise.all(range(20, (index) => clients(at(`host${index}`))));
    await settled();
    assert.equal(gates.size, 16);
    open();
    while (gates.size < 4) await settled();
    open();
    assert.equal((await answers).length, 20);
  });

  test('four of one origin, and other origins do not wait for it', async () => {
    const { gates, clients, open } = held();
    const answers = Promise.all([...range(6, (index) => clients(at('slow', `app${index}`))), clients(at('other'))]);
    await settled();
    assert.deepEqual([...gates.keys()], [...range(4, (index) => at('slow', `app${index}`)), at('other')]);
    open();
    while (gates.size < 2) await settled();
    open();
    assert.equal((await answers).length, 7);
  });

  test('who did not get a turn has not been asked for, and is asked for when there is one', async () => {
    const { gates, clients, open } = held({ timeoutMs: 100 });
    const tarpits = range(16, (index) => clients(at(`tarpit${index}`)));
    await assert.rejects(clients(at('honest')), { name: 'TimedOut' });
    await Promise.allSettled(tarpits);
    // They were given up, but their lookups are still under way: nobody else comes in.
    await assert.rejects(clients(at('honest')), { name: 'TimedOut' });
    assert.equal(gates.size, 16);
    open();
    const answer = clients(at('honest'));
    while (gates.size === 0) await settled();
    open();
    assert.equal((await answer).client_id, at('honest'));
  });

  test('clients whose documents have been of use do not wait for strangers', async () => {
    let skew = 0;
    const { gates, clients, open } = held({ timeoutMs: 5000, now: () => now() + skew });
    const first = clients(at('known'));
    await settled();
    open();
    await first;
    const tarpits = range(16, (index) => clients(at(`tarpit${index}`)));
    await settled();
    assert.equal((await clients(at('known'))).client_id, at('known'), 'from memory');
    skew = 7200;
    const again = clients(at('known'));
    while (!gates.has(at('known'))) await settled();
    open();
    assert.equal((await again).client_id, at('known'));
    await Promise.all(tarpits);
  });
});

test('an identity provider knows clients by their documents too', async () => {
  publish('/app', documentOf({ grant_types: ['urn:ietf:params:oauth:grant-type:token-exchange'] }));
  const asIdp = adapters.clientDocuments({ role: 'idp', ...loopback });
  assert.equal((await asIdp(app())).may_use_grant, true);
  const asServer = adapters.clientDocuments({ role: 'resource_authorization_server', ...loopback });
  assert.equal((await asServer(app())).may_use_grant, false);
  assert.throws(() => adapters.clientDocuments({ role: 'other' }), { code: 'argument_invalid' });
});

test('in workerd, the platform fetches', { timeout: 60_000 }, async () => {
  publish('/app', documentOf());
  pages.set('/away', () => ({ status: 503 }));
  pages.set('/moved', () => ({ status: 302, headers: { location: '/app' } }));
  const worker = await startWorker({}, fileURLToPath(new URL('support/documents-worker.mjs', import.meta.url)));
  try {
    const known = (path) => fetch(`${worker.origin}/?client=${encodeURIComponent(site.origin + path)}`);
    assert.equal((await (await known('/app')).json()).token_endpoint_auth_method, 'private_key_jwt');
    assert.equal((await known('/away')).status, 503);
    assert.equal(await (await known('/moved')).json(), null);
    assert.deepEqual(asked, ['/app', '/away', '/moved']);
  } finally {
    await worker.close();
  }
});
