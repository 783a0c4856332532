// Fetching keys: from where they may come, how often, how much, and what serves meanwhile.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { adapters, idjag } from './support/package.mjs';
import { serve } from './support/http.mjs';
import { webKey } from './support/jose.mjs';

const START = 1_800_000_000;

/** An issuer on this machine whose key set can change, fail, stall or grow. */
async function startIssuer() {
  const issuer = { keys: [], hits: 0, paths: [], answer: undefined };
  const served = await serve(async (request, response) => {
    issuer.hits += 1;
    issuer.paths.push(request.url);
    if (issuer.answer) return issuer.answer(request, response);
    const { origin } = served;
    const body = request.url === '/jwks'
      ? { keys: issuer.keys }
      : { issuer: origin, token_endpoint: `${origin}/token`, jwks_uri: `${origin}/jwks` };
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify(body));
  });
  issuer.origin = served.origin;
  issuer.close = served.close;
  return issuer;
}

describe('a key set fetcher', () => {
  let issuer;
  let now;
  let errors;
  let first;
  const fetcher = (changed = {}) => new adapters.KeySetFetcher({
    issuer: issuer.origin,
    jwksUri: `${issuer.origin}/jwks`,
    algorithms: ['ES256'],
    dangerousAllowHttpLoopback: true,
    timeoutMs: 5000,
    now: () => now,
    onError: (error) => errors.push(error),
    ...changed,
  });
  const kids = (keys) => keys?.keys.map(({ kid }) => kid);

  beforeEach(async () => {
    issuer = await startIssuer();
    first = await webKey('first');
    issuer.keys = [first.publicJwk];
    [now, errors] = [START, []];
  });
  afterEach(() => issuer.close());

  test('fetches once, however many ask, and answers the same set', async () => {
    const keys = fetcher();
    const answers = await Promise.all(Array.from({ length: 200 }, () => keys.keys('first')));
    assert.equal(issuer.hits, 1);
    assert.equal(new Set(answers).size, 1);
    assert.deepEqual(kids(answers[0]), ['first']);
    now += 599;
    assert.equal(await keys.keys('first'), answers[0]);
    assert.equal(issuer.hits, 1);
    now += 1;
    await keys.keys('first');
    assert.equal(issuer.hits, 2, 'when it is old, it is asked for again');
  });

  test('fetches once per interval, however many unknown keys arrive', async () => {
    const keys = fetcher();
    await keys.keys('first');
    now += 60;
    const storm = () => Promise.all(Array.from({ length: 500 }, (_, at) => keys.keys(`invented-${at}`)));
    for (const answer of await storm()) assert.deepEqual(kids(answer), ['first']);
    await storm();
    assert.equal(issuer.hits, 2);
    now += 30;
    await storm();
    assert.equal(issuer.hits, 3);
  });

  test('has a new key for all who ask while it is being fetched', async () => {
    const keys = fetcher();
    await keys.keys('first');
    now += 60;
    issuer.keys = [(await webKey('second')).publicJwk];
    const answers = await Promise.all(Array.from({ length: 50 }, () => keys.keys('second')));
    assert.ok(answers.every((answer) => kids(answer).includes('second')));
    assert.deepEqual(kids(await keys.keys('first')), ['second'], 'and what was removed is gone');
    assert.equal(issuer.hits, 2);
  });

  test('does not let known keys wait for unknown ones', async () => {
    const keys = fetcher({ timeoutMs: 1000 });
    await keys.keys('first');
    now += 60;
    issuer.answer = () => {};
    const order = [];
    const unknown = keys.keys('invented').finally(() => order.push('unknown'));
    assert.deepEqual(kids(await keys.keys('first').finally(() => order.push('known'))), ['first']);
    assert.deepEqual(kids(await unknown), ['first']);
    assert.deepEqual(order, ['known', 'unknown']);
  });

  test('serves old keys during an outage, and not for ever', async () => {
    const keys = fetcher({ maxStale: 1000 });
    await keys.keys('first');
    issuer.answer = (_, response) => response.writeHead(503).end();
    now += 1599;
    assert.deepEqual(kids(await keys.keys('first')), ['first']);
    now += 1;
    assert.equal(await keys.keys('first'), undefined);
    assert.ok(issuer.hits <= 3);
    issuer.answer = undefined;
    now += 30;
    assert.deepEqual(kids(await keys.keys('first')), ['first']);
  });

  for (const [name, answer] of [
    ['a redirect', (_, response) => response.writeHead(302, { location: '/jwks' }).end()],
    ['a page', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('{"keys":[]}')],
    ['too much, declared', (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(`{"keys":[],"x":"${'x'.repeat(2 * 1024 * 1024)}"}`);
    }],
    ['too much, without an end', (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => response.destroyed || response.write('x'.repeat(65536), more);
      more();
    }],
    ['nothing', () => {}],
    ['a body that does not come', (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{')],
    ['a broken connection', (request) => request.socket.destroy()],
  ]) {
    test(`takes no keys from ${name}`, async () => {
      const keys = fetcher({ timeoutMs: 300 });
      issuer.answer = answer;
      // It answers although some of these never end.
      assert.equal(await keys.keys('first'), undefined);
      assert.equal(errors.length, 1);
      assert.equal(issuer.hits, 1, 'nothing is followed');
      assert.equal(await keys.keys('first'), undefined);
      assert.equal(issuer.hits, 1, 'nor tried again at once');
    });
  }

  test('finds the address by the issuer’s metadata, once', async () => {
    const keys = fetcher({ jwksUri: undefined });
    const answers = await Promise.all(Array.from({ length: 20 }, () => keys.keys('first')));
    assert.ok(answers.every((answer) => kids(answer)?.[0] === 'first'));
    assert.deepEqual(issuer.paths, ['/.well-known/oauth-authorization-server', '/jwks']);
  });

  test('keeps to the address it found first when an earlier search ends late', async () => {
    let late;
    const stalled = (url, init) => {
      if (late || !url.endsWith('/oauth-authorization-server')) return fetch(url, init);
      return new Promise((resolve) => { late = () => resolve(fetch(url, { ...init, signal: undefined })); });
    };
    // A fetch that ignores its signal, and a search that takes longer than the interval between two.
    const keys = fetcher({ jwksUri: undefined, fetch: stalled, timeoutMs: 1000, minRefreshInterval: 1 });
    const waiting = keys.keys('first');
    now += 1;
    assert.deepEqual(kids(await keys.keys('first')), ['first']);
    late();
    await waiting;
    await new Promise((resolve) => setTimeout(resolve, 100));
    issuer.keys = [(await webKey('second')).publicJwk];
    now += 600;
    assert.deepEqual(kids(await keys.keys('second')), ['second']);
    assert.deepEqual(issuer.paths.filter((path) => path === '/jwks').length, 2);
  });

  test('believes no metadata of another issuer', async () => {
    issuer.answer = (_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ issuer: 'https://other.example', token_endpoint: `${issuer.origin}/t`, jwks_uri: `${issuer.origin}/jwks` }));
    };
    const keys = fetcher({ jwksUri: undefined });
    assert.equal(await keys.keys('first'), undefined);
    assert.equal(errors[0].code, 'metadata_issuer_mismatch');
    const { hits } = issuer;
    await Promise.all(Array.from({ length: 20 }, () => keys.keys('first')));
    assert.equal(issuer.hits, hits, 'and asks no more until the interval is over');
  });

  test('refuses a fetch that follows redirects', async () => {
    issuer.answer = (request, response) => {
      if (request.url === '/jwks') return response.writeHead(302, { location: '/elsewhere' }).end();
      response.setHeader('content-type', 'application/json');
      return response.end(JSON.stringify({ keys: issuer.keys }));
    };
    const keys = fetcher({ fetch: (url, init) => fetch(url, { ...init, redirect: 'follow' }) });
    assert.equal(await keys.keys('first'), undefined);
    assert.match(errors[0].message, /redirects/);
  });

  test('takes no http address, not even on this machine, unless told to', () => {
    const options = { issuer: 'https://idp.example', algorithms: ['ES256'] };
    for (const jwksUri of ['http://idp.example/jwks', 'http://127.0.0.1/jwks']) {
      assert.throws(() => new adapters.KeySetFetcher({ ...options, jwksUri }), { code: 'url_insecure' });
    }
    const opted = { ...options, dangerousAllowHttpLoopback: true, jwksUri: 'http://idp.example/jwks' };
    assert.throws(() => new adapters.KeySetFetcher(opted), { code: 'url_insecure' });
  });

  test('of several issuers, fetches for those that are listed alone', async () => {
    const fixed = new idjag.KeySet({ issuer: 'https://b.example', jwks: { keys: [first.publicJwk] }, algorithms: ['ES256'] });
    const sets = new adapters.KeySets([fetcher(), { issuer: 'https://b.example', keys: fixed }]);
    assert.deepEqual(kids(await sets.keys(issuer.origin, 'first')), ['first']);
    assert.equal(await sets.keys('https://b.example', 'first'), fixed);
    assert.equal(await sets.keys(`${issuer.origin}/`, 'first'), undefined);
    assert.equal(await sets.keys('https://evil.example', 'first'), undefined);
    assert.equal(issuer.hits, 1);
    assert.throws(() => new adapters.KeySets([fetcher(), fetcher()]), { code: 'argument_invalid' });
  });
});
