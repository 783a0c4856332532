// A protected MCP endpoint: who passes, with what, and what everybody else is told.

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { adapters, idjag } from './support/package.mjs';
import { sendRaw, serve } from './support/http.mjs';
import { webKey } from './support/jose.mjs';
import { ISSUER, RESOURCE, now } from './support/resource.mjs';

const METADATA = 'https://mcp.example/.well-known/oauth-protected-resource/mcp';

let issuerKey;
let issuerKeys;
let proofKey;
before(async () => {
  [issuerKey, proofKey] = [await webKey('auth-1'), await webKey('app-proof')];
  issuerKeys = new idjag.KeySet({ issuer: ISSUER, jwks: { keys: [issuerKey.publicJwk] }, algorithms: ['ES256'] });
});

/** An access token for this server. */
function accessToken(changed = {}) {
  const at = now();
  const claims = {
    iss: ISSUER, aud: RESOURCE, sub: 'ada@mcp', client_id: 'app', jti: `token-${Math.random()}`,
    iat: at, exp: at + 300, scope: 'rows:read', ...changed,
  };
  return issuerKey.token('at+jwt', claims);
}

const call = (name) => ({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {} } });
const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

/** The options of a protected server with three tools, and what it told. */
function protectedServer(changed = {}, configured = {}) {
  const told = { records: [], errors: [], passed: [] };
  const server = new idjag.ResourceServer({
    resource: RESOURCE,
    authorizationServers: [{ issuer: ISSUER }],
    access: { tools: { read: { scope: 'rows:read' }, write: { scope: 'rows:write' }, ping: {} } },
    initialScope: 'rows:read',
    ...configured,
  });
  const handler = adapters.protectResource({
    server,
    keys: { keys: (issuer) => (issuer === ISSUER ? issuerKeys : undefined) },
    replay: adapters.memoryReplayStore(new idjag.MemoryReplayStore({ capacity: 100 })),
    onRecord: (record) => told.records.push(record),
    onError: (error) => told.errors.push(error),
    next: async (request, access) => {
      told.passed.push({ request, access });
      const body = await request.text();
      return Response.json({ sub: access.claims.sub, body });
    },
    ...changed,
  });
  return { handler, ...told };
}

function post(message, { token, headers = {}, url = RESOURCE } = {}) {
  const authorization = token === undefined ? {} : { authorization: token.includes(' ') ? token : `Bearer ${token}` };
  const body = typeof message === 'string' ? message : JSON.stringify(message);
  return new Request(url, { method: 'POST', headers: { 'content-type': 'application/json', ...authorization, ...headers }, body });
}

describe('a bearer token', () => {
  test('passes with what its scope covers; the body goes on as it came, the credentials do not', async () => {
    const { handler, records, passed } = protectedServer();
    const text = `  ${JSON.stringify(call('read'))}\n`;
    const response = await handler(post(text, { token: await accessToken(), url: 'http://forged.example/mcp?x=1', headers: { dpop: 'x' } }));
    assert.deepEqual([response.status, await response.json()], [200, { sub: 'ada@mcp', body: text }]);
    const [{ request, access }] = passed;
    assert.equal(request.url, `${RESOURCE}?x=1`);
    assert.deepEqual([request.headers.has('authorization'), request.headers.has('dpop')], [false, false]);
    assert.deepEqual([access.operation, access.record.outcome, records.length], ['read', 'permit', 1]);
    assert.deepEqual(access.permitsTools(['write', 'read', 'unknown', 'ping']), ['read', 'ping']);
  });

  for (const [name, request, status, code, challenge] of [
    ['is missing', async () => post(call('read')), 401, 'credentials_missing', /^(?!.*error=).*scope="rows:read"/],
    ['is not one', async () => post(call('read'), { token: 'nonsense' }), 401, 'token_malformed', /invalid_token/],
    ['has expired', async () => post(call('read'), { token: await accessToken({ exp: now() - 400, iat: now() - 900 }) }), 401, 'token_expired', /invalid_token/],
    ['is for another resource', async () => post(call('read'), { token: await accessToken({ aud: 'https://other.example/' }) }), 401, 'audience_mismatch', /invalid_token/],
    ['is of another issuer', async () => post(call('read'), { token: await accessToken({ iss: 'https://evil.example' }) }), 401, 'issuer_untrusted', /invalid_token/],
    ['does not reach that far', async () => post(call('write'), { token: await accessToken() }), 403, 'insufficient_scope', /insufficient_scope.*scope="rows:write"/],
    ['asks for a tool that is not listed', async () => post(call('drop'), { token: await accessToken() }), 403, 'operation_not_listed', /access_denied/],
    ['is in the address too', async () => post(call('read'), { token: await accessToken(), url: `${RESOURCE}?access_token=x` }), 400, 'credentials_repeated', /invalid_request/],
    ['comes with two messages', async () => post([call('read'), call('write')], { token: await accessToken() }), 400, 'operation_malformed', /invalid_request/],
    ['comes with a message of two readings', async () => post('{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}', { token: await accessToken() }), 400, 'operation_malformed', /invalid_request/],
    ['comes with headers that say less than the body', async () => post(call('write'), { token: await accessToken(), headers: { 'mcp-method': 'tools/list', 'mcp-name': 'read' } }), 403, 'insufficient_scope', /rows:write/],
  ]) {
    test(`that ${name}: ${status} ${code}`, async () => {
      const { handler, records, passed } = protectedServer();
      const response = await handler(await request());
      assert.deepEqual([response.status, records.map(({ error }) => error)], [status, [code]]);
      const header = response.headers.get('www-authenticate');
      assert.match(header, challenge);
      assert.ok(header.includes(`resource_metadata="${METADATA}"`), header);
      assert.equal(passed.length, 0);
    });
  }

  test('serves the conversation that it is for, where the host knows which that is', async () => {
    const conversation = (headers) => {
      const session = headers.get('mcp-session-id');
      if (session === 'lost') throw new Error('the sessions are lost');
      return session === null ? undefined : `conversation:${session}`;
    };
    const own = await accessToken({ ctx: 'conversation:1' });
    for (const [session, token, status, error] of [
      ['1', own, 200, undefined],
      ['2', own, 401, 'context_mismatch'],
      ['1', await accessToken(), 401, 'context_required'],
      [undefined, await accessToken(), 200, undefined],
      ['lost', own, 503, undefined],
    ]) {
      const { handler, records, passed, errors } = protectedServer({ conversation });
      const headers = session === undefined ? {} : { 'mcp-session-id': session };
      const response = await handler(post(call('read'), { token, headers }));
      assert.deepEqual([response.status, records[0]?.error], [status, error], `${session}`);
      assert.deepEqual([passed.length, errors.length], [status === 200 ? 1 : 0, status === 503 ? 1 : 0]);
    }
  });

  test('for no conversation is refused where there must be one', async () => {
    const { handler, records } = protectedServer({}, { context: 'required', contextClaim: 'txn' });
    for (const [claims, status] of [[{ txn: 'conversation:1' }, 200], [{ ctx: 'conversation:1' }, 401]]) {
      assert.equal((await handler(post(call('read'), { token: await accessToken(claims) }))).status, status);
    }
    assert.deepEqual(records.map(({ context, error }) => [context, error]), [
      ['conversation:1', undefined], [undefined, 'context_required'],
    ]);
  });

  test('without the issuer’s keys: 503, and a hint to come again', async () => {
    for (const keys of [() => undefined, () => { throw new Error('unreachable'); }]) {
      const { handler, records } = protectedServer({ keys: { keys } });
      const response = await handler(post(LIST, { token: await accessToken() }));
      assert.deepEqual([response.status, records[0].error], [503, 'keys_unavailable']);
      assert.ok(response.headers.has('retry-after'));
    }
  });
});

describe('a bound token', () => {
  const bound = async () => accessToken({ cnf: { jkt: await proofKey.thumbprint() } });
  const proven = async (token, { url = RESOURCE, nonce, proof } = {}) => {
    const dpop = proof ?? (await proofKey.proof('POST', url, { accessToken: token, nonce }));
    return post(call('read'), { token: `DPoP ${token}`, headers: { dpop }, url: 'http://10.0.0.7:8080/mcp' });
  };

  test('passes with its proof, for the address of the configuration', async () => {
    const { handler, records } = protectedServer();
    assert.equal((await handler(await proven(await bound()))).status, 200);
    assert.equal((await handler(await proven(await bound(), { url: 'http://10.0.0.7:8080/mcp' }))).status, 401);
    assert.equal(records[1].error, 'proof_uri_mismatch');
  });

  test('passes with a proof for the path it is at, and with none for another', async () => {
    const below = `${RESOURCE}/rows`;
    const sent = async (options, at, named) => {
      const { handler, records } = protectedServer(options);
      const token = await bound();
      const dpop = await proofKey.proof('POST', named, { accessToken: token });
      const { status } = await handler(post(call('read'), { token: `DPoP ${token}`, headers: { dpop }, url: at }));
      return [status, records[0].error];
    };
    assert.deepEqual(await sent({}, 'http://10.0.0.7/mcp/rows', below), [200, undefined]);
    assert.deepEqual(await sent({}, below, RESOURCE), [401, 'proof_uri_mismatch']);
    assert.deepEqual(await sent({}, RESOURCE, below), [401, 'proof_uri_mismatch']);
    assert.deepEqual(await sent({ dangerousAnyPath: true }, 'http://10.0.0.7/stripped', RESOURCE), [200, undefined]);
  });

  test('does not pass as a bearer token', async () => {
    const { handler, records } = protectedServer();
    assert.equal((await handler(post(call('read'), { token: await bound() }))).status, 401);
    assert.equal(records[0].error, 'bound_token_as_bearer');
  });

  test('passes once with each proof where that is demanded, and not while nobody can say', async () => {
    const { handler, records } = protectedServer({}, { proofSingleUse: true });
    const token = await bound();
    const proof = await proofKey.proof('POST', RESOURCE, { accessToken: token });
    assert.equal((await handler(await proven(token, { proof }))).status, 200);
    assert.equal((await handler(await proven(token, { proof }))).status, 401);
    assert.equal(records[1].error, 'token_replayed');
    for (const replay of [undefined, { firstUse: async () => { throw new Error('down'); } }]) {
      const down = protectedServer({ replay }, { proofSingleUse: true });
      const response = await down.handler(await proven(token));
      assert.deepEqual([response.status, down.records[0].error], [503, 'store_unavailable']);
      assert.ok(response.headers.has('retry-after'));
    }
  });

  test('needs the nonce where one is demanded', async () => {
    const { handler } = protectedServer({ nonce: () => ({ current: 'n-2', previous: 'n-1' }) });
    const token = await bound();
    const asked = await handler(await proven(token));
    assert.deepEqual([asked.status, asked.headers.get('dpop-nonce')], [401, 'n-2']);
    assert.match(asked.headers.get('www-authenticate'), /use_dpop_nonce/);
    assert.equal((await handler(await proven(token, { nonce: 'n-1' }))).status, 200);
  });

  test('does not pass when the nonces are lost', async () => {
    const { handler, records, passed } = protectedServer({ nonce: () => undefined });
    assert.equal((await handler(await proven(await bound()))).status, 503);
    assert.deepEqual([records.length, passed.length], [0, 0]);
  });

  test('does not pass with two proofs, sent apart or joined', async () => {
    const { handler, records, passed } = protectedServer();
    const token = await bound();
    const proof = await proofKey.proof('POST', RESOURCE, { accessToken: token });
    assert.equal((await handler(await proven(token, { proof: `${proof}, ${proof}` }))).status, 401);
    const served = await serve(adapters.toNodeHandler(handler));
    const body = JSON.stringify(call('read'));
    const head = `POST /mcp HTTP/1.1\r\nHost: mcp.example\r\nConnection: close\r\nContent-Length: ${body.length}\r\n`;
    const twice = await sendRaw(served.port, `${head}Authorization: DPoP ${token}\r\nDPoP: ${proof}\r\nDPoP: ${proof}\r\n\r\n${body}`);
    assert.match(twice, /^HTTP\/1\.1 40[01] /);
    assert.equal(records.at(-1).error, 'proof_repeated');
    const tokens = await sendRaw(served.port, `${head}Authorization: Bearer ${await accessToken()}\r\nAuthorization: Bearer ${token}\r\n\r\n${body}`);
    assert.match(tokens, /^HTTP\/1\.1 400 /);
    assert.equal(records.at(-1).error, 'credentials_repeated');
    assert.equal(passed.length, 0);
    await served.close();
  });
});

describe('the endpoint', () => {
  test('serves its metadata, to everybody and whatever the host', async () => {
    const { handler } = protectedServer();
    const response = await handler(new Request('http://forged.example/.well-known/oauth-protected-resource/mcp'));
    const document = await response.json();
    assert.deepEqual([response.status, document.resource, document.authorization_servers], [200, RESOURCE, [ISSUER]]);
    const elsewhere = await handler(new Request('https://mcp.example/.well-known/oauth-protected-resource'));
    assert.equal(elsewhere.status, 404);
  });

  test('is its path and what is below it, in everybody’s reading', async () => {
    const { handler, records, passed } = protectedServer();
    const token = await accessToken();
    const statusAt = async (path, to = handler) => (await to(post(call('read'), { token, url: `https://mcp.example${path}` }))).status;
    for (const path of ['/mcp', '/mcp?a=/../b', '/mcp/', '/mcp/a/b', '/x/../mcp', '/mcp/%41']) {
      assert.equal(await statusAt(path), 200, path);
    }
    const [decided, through] = [records.length, passed.length];
    for (const path of [
      '/', '/mcpx', '/MCP', '/admin', '/x/mcp', '/mcp/../admin', '/mcp/%2e%2e/admin', '/mcp/.%2E/admin', '/mcp\\..\\admin',
      '/mcp%2fa', '/mcp/..%2fadmin', '/mcp/..%5Cadmin', '/mcp/%252e%252e/admin', '//mcp', '/mcp//admin', '/%6dcp',
    ]) {
      assert.equal(await statusAt(path), 404, path);
    }
    assert.deepEqual([records.length, passed.length], [decided, through]);
    const anywhere = protectedServer({ dangerousAnyPath: true });
    assert.equal(await statusAt('/admin', anywhere.handler), 200);
    const root = protectedServer({ url: 'https://mcp.example' });
    assert.deepEqual([await statusAt('/', root.handler), await statusAt('/a', root.handler), await statusAt('/%2fa', root.handler)], [200, 200, 404]);
    assert.throws(() => protectedServer({ dangerousAnyPath: 'no' }), { code: 'argument_invalid' });
  });

  test('tells nobody why what is behind it failed', async () => {
    for (const changed of [
      { next: () => { throw new Error('db.internal'); } },
      { onRecord: () => { throw new Error('db.internal'); } },
    ]) {
      const { handler, errors, passed } = protectedServer(changed);
      const response = await handler(post(call('read'), { token: await accessToken() }));
      assert.deepEqual([response.status, await response.json()], [500, { error: 'server_error' }]);
      assert.match(errors[0].message, /db\.internal/);
      assert.equal(passed.length, 0);
    }
  });

  test('hands on no body that was not decided on', async () => {
    const { handler, passed } = protectedServer();
    const headers = { authorization: `Bearer ${await accessToken()}`, 'content-type': 'application/json' };
    await handler(new Request(RESOURCE, { method: 'DELETE', headers, body: JSON.stringify(call('write')) }));
    const bare = await handler(new Request(RESOURCE, { method: 'DELETE', headers }));
    assert.equal(bare.status, 200);
    for (const { request } of passed) {
      assert.equal(request.body, null);
      assert.equal(request.headers.has('content-type'), false);
    }
  });

  test('hands on no other reading of the body', async () => {
    const { handler, passed } = protectedServer();
    await handler(post(call('read'), { token: await accessToken(), headers: { 'content-encoding': 'gzip' } }));
    assert.ok(passed.every(({ request }) => !request.headers.has('content-encoding')));
  });

  test('reads no more of a body than it takes', async () => {
    const { handler, records } = protectedServer({ maxBodyBytes: 1000 });
    const response = await handler(post('x'.repeat(1001), { token: await accessToken() }));
    assert.deepEqual([response.status, records.length], [413, 0]);
  });

  test('reads nothing of a stranger’s body', async () => {
    for (const headers of [{}, { authorization: 'Bearer nonsense' }, { authorization: `Bearer ${await accessToken({ aud: 'https://other.example/' })}` }]) {
      const { handler, records } = protectedServer();
      let pulled = 0;
      const body = new ReadableStream({ pull: (controller) => { pulled += 1; controller.enqueue(new Uint8Array(65536)); } }, { highWaterMark: 0 });
      const response = await handler(new Request(RESOURCE, { method: 'POST', headers, body, duplex: 'half' }));
      assert.deepEqual([response.status, pulled, records.length], [401, 0, 1]);
    }
  });

  test('streams what is behind it, and stops it when the caller is gone', async () => {
    let stopped;
    const gone = new Promise((resolve) => { stopped = resolve; });
    const next = (request) => {
      assert.equal(request.method, 'GET');
      const stream = new ReadableStream({
        pull: (controller) => controller.enqueue(new TextEncoder().encode('data: x\n\n')),
        cancel: () => stopped(true),
      });
      return new Response(stream, { headers: { 'content-type': 'text/event-stream', 'set-cookie': 'a=1' } });
    };
    const { handler, records } = protectedServer({ next });
    const served = await serve(adapters.toNodeHandler(handler));
    const leave = new AbortController();
    const headers = { authorization: `Bearer ${await accessToken()}` };
    const response = await fetch(`${served.origin}/mcp`, { headers, signal: leave.signal });
    assert.equal(response.headers.get('set-cookie'), 'a=1');
    const { value } = await response.body.getReader().read();
    assert.match(new TextDecoder().decode(value), /^data: x/);
    leave.abort();
    assert.equal(await gone, true);
    assert.equal(records[0].operation, 'session');
    await served.close();
  });
});
