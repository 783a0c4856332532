// Node's requests and responses as those of the Web: nothing is lost, joined or believed on the way.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { adapters } from './support/package.mjs';
import { sendRaw, serve } from './support/http.mjs';

let served;
afterEach(() => served?.close());
const listen = async (handler, before = (request, response, next) => next()) => {
  const listener = adapters.toNodeHandler(handler);
  served = await serve((request, response) => before(request, response, () => listener(request, response)));
  return served;
};
const echo = async (request) => Response.json({
  method: request.method, path: new URL(request.url).pathname, host: new URL(request.url).host, body: await request.text(),
});
const body = async (response) => JSON.parse(await response.text());

test('method, path and body arrive as they were sent', async () => {
  const { origin } = await listen(echo);
  const text = 'ä'.repeat(100_000);
  const got = await body(await fetch(`${origin}/a%2Fb?c=d`, { method: 'PUT', body: text }));
  assert.deepEqual(got, { method: 'PUT', path: '/a%2Fb', host: 'node.invalid', body: text });
  assert.deepEqual(await body(await fetch(`${origin}/`)), { method: 'GET', path: '/', host: 'node.invalid', body: '' });
});

test('no request chooses its own address', async () => {
  const { port } = await listen(echo);
  for (const [target, path] of [['//evil.example/a', '//evil.example/a'], ['http://evil.example/a', '/a'], ['/\\evil.example/a', '//evil.example/a']]) {
    const answer = await sendRaw(port, `GET ${target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`);
    assert.ok(answer.includes(`"path":"${path}","host":"node.invalid"`), answer);
  }
  assert.match(await sendRaw(port, 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 500 /);
});

test('under a mount the whole path counts', async () => {
  const { origin } = await listen(echo, (request, response, next) => {
    request.originalUrl = request.url;
    request.url = '/stripped';
    next();
  });
  assert.equal((await body(await fetch(`${origin}/mount/a`))).path, '/mount/a');
});

test('a body that was read counts if it was kept as it was, and only then', async () => {
  const read = (keep) => async (request, response, next) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    request.body = keep(Buffer.concat(pieces));
    next();
  };
  const send = async (keep) => {
    const { origin } = await listen(echo, read(keep));
    const response = await fetch(origin, { method: 'POST', body: '{"a":1,"a":2}' });
    await served.close();
    return response;
  };
  assert.equal((await body(await send((bytes) => bytes))).body, '{"a":1,"a":2}');
  assert.equal((await body(await send((bytes) => bytes.toString()))).body, '{"a":1,"a":2}');
  const parsed = await send((bytes) => JSON.parse(bytes));
  assert.deepEqual([parsed.status, await parsed.text()], [500, '{"error":"server_error"}']);
});

test('responses go out as they are', async () => {
  const headers = new Headers([['set-cookie', 'a=1'], ['set-cookie', 'b=2'], ['x-one', '1']]);
  const { origin } = await listen(() => new Response('created', { status: 201, headers }));
  const response = await fetch(origin);
  assert.deepEqual([response.status, response.headers.getSetCookie(), response.headers.get('x-one')], [201, ['a=1', 'b=2'], '1']);
  assert.equal(await response.text(), 'created');
  const head = await fetch(origin, { method: 'HEAD' });
  assert.deepEqual([head.status, await head.text()], [201, '']);
});

test('a handler that fails says nothing; one that fails midway ends the connection', async () => {
  const { origin } = await listen(({ url }) => {
    if (url.endsWith('/early')) throw new Error('db.internal');
    const pieces = ['one', 'two'];
    return new Response(new ReadableStream({
      pull(controller) {
        if (pieces.length === 0) throw new Error('db.internal');
        controller.enqueue(new TextEncoder().encode(pieces.shift()));
      },
    }), { headers: { 'x-secret': 'kept' } });
  });
  const early = await fetch(`${origin}/early`);
  assert.deepEqual([early.status, await early.text(), early.headers.get('cache-control')], [500, '{"error":"server_error"}', 'no-store']);
  await assert.rejects(async () => (await fetch(`${origin}/late`)).text());
});

test('a caller that is gone is told of by the signal', async () => {
  let told;
  const gone = new Promise((resolve) => { told = resolve; });
  const { origin } = await listen(({ signal }) => new Promise(() => {
    signal.addEventListener('abort', () => told(true));
  }));
  const leave = new AbortController();
  setTimeout(() => leave.abort(), 100);
  await assert.rejects(fetch(origin, { signal: leave.signal }));
  assert.equal(await gone, true);
});
