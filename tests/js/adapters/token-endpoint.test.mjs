// The token endpoint of a resource authorization server: what it grants, what it refuses, and how it fails.

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { adapters, idjag } from './support/package.mjs';
import { claimsOf, webKey } from './support/jose.mjs';
import { sendRaw, serve } from './support/http.mjs';
import * as world from './support/resource.mjs';

let known;
before(async () => {
  known = await world.parties();
});

/** Answers a fresh grant's redemption by a server made with `changed` options. */
async function redeem(changed, arrived) {
  const made = await world.authorizationServer(known, changed);
  const response = await made.handler(world.redemption(await world.grant(known), arrived));
  return { ...made, response, body: await response.json() };
}

const fails = () => {
  throw new Error('the database is at db.internal:5432');
};

describe('a redemption', () => {
  test('becomes an access token, and its record says who got what', async () => {
    const { response, body, records } = await redeem();
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    const claims = claimsOf(body.access_token);
    assert.deepEqual([claims.iss, claims.sub, claims.aud, claims.scope], [world.ISSUER, 'ada@mcp', world.RESOURCE, 'rows:read']);
    assert.deepEqual(records.map(({ outcome, subject }) => [outcome, subject]), [['permit', 'ada']]);
  });

  test('happens once', async () => {
    const { handler, records } = await world.authorizationServer(known);
    const assertion = await world.grant(known);
    const responses = await Promise.all(Array.from({ length: 20 }, () => handler(world.redemption(assertion))));
    const statuses = responses.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [200, ...Array(19).fill(400)]);
    assert.equal(records.filter(({ error }) => error === 'token_replayed').length, 19);
  });

  for (const [name, changed, code, status, oauth] of [
    ['of an unknown client', { clients: () => undefined }, 'client_unknown', 401, 'invalid_client'],
    ['without the issuer’s keys', { keys: { keys: () => undefined } }, 'keys_unavailable', 503, 'temporarily_unavailable'],
    ['while its keys cannot be fetched', { keys: { keys: fails } }, 'keys_unavailable', 503, 'temporarily_unavailable'],
    ['of a user without account', { accounts: () => undefined }, 'subject_unknown', 400, 'invalid_grant'],
    ['without a store', { replay: undefined }, 'store_unavailable', 503, 'temporarily_unavailable'],
    ['while the store fails', { replay: { firstUse: fails } }, 'store_unavailable', 503, 'temporarily_unavailable'],
    ['by a store that says yes', { replay: { firstUse: async () => true } }, 'store_unavailable', 503, 'temporarily_unavailable'],
  ]) {
    test(`${name} is refused as ${code}`, async () => {
      const { response, body, records } = await redeem(changed);
      assert.deepEqual([response.status, body.error], [status, oauth]);
      assert.deepEqual(records.map(({ error }) => error), [code]);
      assert.equal(response.headers.has('retry-after'), status === 503);
      assert.equal(body.access_token, undefined);
    });
  }

  test('that failed for want of a store can be repeated', async () => {
    let down = true;
    const store = adapters.memoryReplayStore(new idjag.MemoryReplayStore({ capacity: 10 }));
    const replay = { firstUse: (...asked) => (down ? fails() : store.firstUse(...asked)) };
    const { handler } = await world.authorizationServer(known, { replay });
    const assertion = await world.grant(known);
    assert.equal((await handler(world.redemption(assertion))).status, 503);
    down = false;
    assert.equal((await handler(world.redemption(assertion))).status, 200);
  });
});

describe('failures of the host', () => {
  for (const [name, changed] of [
    ['the registry', { clients: fails }],
    ['the accounts', { accounts: fails }],
    ['the policy', { policy: fails }],
    ['the nonces', { nonce: fails }],
    ['the key service', { signer: { publicJwk: undefined, sign: fails } }],
  ]) {
    test(`${name}: 503 that says nothing, and no token`, async () => {
      if (changed.signer) changed.signer.publicJwk = (await webKey('kms-1')).publicJwk;
      const { response, body, errors } = await redeem(changed);
      assert.equal(response.status, 503);
      assert.deepEqual(body, { error: 'temporarily_unavailable' });
      assert.deepEqual([response.headers.get('cache-control'), response.headers.get('retry-after')], ['no-store', '1']);
      assert.match(errors[0].cause.message, /db\.internal/);
    });
  }

  for (const option of ['policy', 'nonce', 'signer']) {
    for (const nothing of [undefined, null]) {
      test(`a ${option} that is ${nothing}: 503, and never the same as none`, async () => {
        const { response, body, errors } = await redeem({ [option]: async () => nothing });
        assert.deepEqual([response.status, body], [503, { error: 'temporarily_unavailable' }]);
        assert.match(errors[0].cause.message, /answered nothing/);
      });
    }
  }

  test('a signature that is none: 503', async () => {
    const { publicJwk } = await webKey('kms-1');
    const { response, body } = await redeem({ signer: { publicJwk, sign: async () => undefined } });
    assert.deepEqual([response.status, body], [503, { error: 'temporarily_unavailable' }]);
  });

  test('a record that cannot be kept grants nothing', async () => {
    const { response, body, errors } = await redeem({ onRecord: fails });
    assert.deepEqual([response.status, body], [500, { error: 'server_error' }]);
    assert.equal(errors.length, 1);
  });

  test('a record that cannot be kept leaves a refusal what it is', async () => {
    const { response, body } = await redeem({ onRecord: fails, clients: () => undefined });
    assert.deepEqual([response.status, body.error], [401, 'invalid_client']);
  });

  test('a configuration that is not one: 500 that says nothing', async () => {
    const { response, body, errors } = await redeem({ random: () => new Uint8Array(3) });
    assert.deepEqual([response.status, body], [500, { error: 'server_error' }]);
    assert.equal(errors[0].code, 'entropy_too_short');
  });
});

describe('a handler', () => {
  test('is not made of options that are missing or misspelled', async () => {
    const { options } = await world.authorizationServer(known);
    const make = (changed) => () => adapters.resourceAuthorizationServer({ ...options, ...changed });
    assert.throws(make({ clients: undefined }), { code: 'argument_invalid', detail: '/clients: the member is missing' });
    assert.throws(make({ policy: null }), { code: 'argument_invalid', detail: /^\/policy: / });
    assert.throws(make({ nonces: () => ({ current: 'a' }) }), { detail: '/nonces: the member is not known here' });
    assert.throws(make({ metadata: { issuer: world.ISSUER } }), { code: 'argument_invalid' });
    assert.throws(() => adapters.protectResource({}), { code: 'argument_invalid' });
    assert.throws(() => adapters.identityProvider(options), { code: 'argument_invalid' });
  });

  test('can be mounted route by route', async () => {
    const { handler } = await world.authorizationServer(known);
    const moved = (path, init) => new Request(`http://10.0.0.7/internal/${path}`, init);
    assert.equal((await handler(moved('jwks'))).status, 404);
    assert.equal((await handler.jwks(moved('jwks'))).status, 200);
    assert.equal((await (await handler.metadata(moved('about'))).json()).issuer, world.ISSUER);
    assert.equal((await handler.token(moved('token', world.redemption(await world.grant(known))))).status, 200);
  });
});

describe('keys elsewhere', () => {
  test('sign by WebCrypto', async () => {
    const kms = await webKey('kms-1');
    const { response, body } = await redeem({ signer: async () => kms });
    assert.equal(response.status, 200);
    assert.equal(claimsOf(body.access_token).sub, 'ada@mcp');
    const header = JSON.parse(Buffer.from(body.access_token.split('.')[0], 'base64url'));
    assert.deepEqual([header.alg, header.kid], ['ES256', 'kms-1']);
  });

  test('that sign something else are found out', async () => {
    const [kms, other] = [await webKey('kms-1'), await webKey('kms-2')];
    const { response, body, records } = await redeem({ signer: { publicJwk: kms.publicJwk, sign: other.sign } });
    assert.deepEqual([response.status, body.error], [500, 'server_error']);
    assert.equal(records[0].error, 'signer_mismatch');
  });
});

describe('proofs', () => {
  const proven = async (changed, url, options) => {
    const proof = await known.proofKey.proof('POST', url, options);
    return redeem(changed, { origin: 'https://forged.example', headers: { dpop: proof, host: 'forged.example' } });
  };

  test('name the address of the configuration, whatever the request says of its own', async () => {
    const { body } = await proven({}, world.TOKEN_ENDPOINT);
    assert.equal(body.token_type, 'DPoP');
    assert.equal(claimsOf(body.access_token).cnf.jkt, await known.proofKey.thumbprint());
    const forged = await proven({}, 'https://forged.example/token');
    assert.equal(forged.records[0].error, 'proof_uri_mismatch');
  });

  test('carry the nonce where one is demanded', async () => {
    const nonce = async () => ({ current: 'nonce-2', previous: 'nonce-1' });
    const without = await proven({ nonce }, world.TOKEN_ENDPOINT);
    assert.equal(without.body.error, 'use_dpop_nonce');
    assert.equal(without.response.headers.get('dpop-nonce'), 'nonce-2');
    for (const given of ['nonce-1', 'nonce-2']) {
      const { response } = await proven({ nonce }, world.TOKEN_ENDPOINT, { nonce: given });
      assert.deepEqual([response.status, response.headers.get('dpop-nonce')], [200, 'nonce-2']);
    }
  });
});

describe('over HTTP', () => {
  const form = (assertion) => new URLSearchParams({ grant_type: world.JWT_BEARER, assertion }).toString();
  const raw = (body, fields, target = '/token') =>
    `POST ${target} HTTP/1.1\r\nHost: forged.example\r\nContent-Type: application/x-www-form-urlencoded\r\n`
    + `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n${fields}\r\n${body}`;
  const listen = async (changed) => {
    const made = await world.authorizationServer(known, changed);
    return { ...made, served: await serve(adapters.toNodeHandler(made.handler)) };
  };

  test('what is sent twice is seen twice, and refused', async () => {
    const { served, records } = await listen();
    const proof = await known.proofKey.proof('POST', world.TOKEN_ENDPOINT);
    const basic = `Authorization: ${world.BASIC}\r\n`;
    for (const [fields, code] of [
      [`${basic}DPoP: ${proof}\r\ndpop: ${proof}\r\n`, 'proof_repeated'],
      [basic + basic, 'authentication_repeated'],
      [basic, undefined],
    ]) {
      const answer = await sendRaw(served.port, raw(form(await world.grant(known)), fields));
      assert.match(answer, code ? /^HTTP\/1\.1 40[01] / : /^HTTP\/1\.1 200 /);
      assert.equal(records.at(-1).error, code);
    }
    await served.close();
  });

  test('what was sent twice and joined is refused as well', async () => {
    const { handler, records } = await world.authorizationServer(known);
    const proof = await known.proofKey.proof('POST', world.TOKEN_ENDPOINT);
    for (const [name, value] of [['dpop', proof], ['authorization', world.BASIC]]) {
      const request = world.redemption(await world.grant(known), { headers: name === 'dpop' ? { dpop: proof } : {} });
      request.headers.append(name, value);
      const response = await handler(request);
      assert.ok([400, 401].includes(response.status), `${name} ${response.status}`);
      assert.equal(records.at(-1).outcome, 'refuse');
    }
  });

  test('a body that is too large is not read to its end', async () => {
    const { served, records } = await listen({ maxBodyBytes: 1000 });
    const answer = await sendRaw(served.port, raw('x'.repeat(2_000_000), ''));
    assert.match(answer, /^HTTP\/1\.1 413 /);
    assert.equal(records.length, 0);
    await served.close();
  });

  test('a body that does not come is not waited for', async () => {
    const { served } = await listen({ bodyTimeoutMs: 100 });
    const head = 'POST /token HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n';
    const { connect } = await import('node:net');
    const socket = connect(served.port, '127.0.0.1');
    socket.write(head);
    let answer = '';
    for await (const piece of socket) {
      answer += piece;
      if (answer.includes('invalid_request')) break;
    }
    assert.match(answer, /^HTTP\/1\.1 408 /);
    await served.close();
  });

  test('documents are served at their paths, whatever the host, and nothing else is', async () => {
    const { served } = await listen();
    const get = (path, method = 'GET') => fetch(served.origin + path, { method });
    const metadata = await get('/.well-known/oauth-authorization-server');
    assert.deepEqual([metadata.status, (await metadata.json()).issuer], [200, world.ISSUER]);
    const jwks = await (await get('/jwks')).json();
    assert.deepEqual(jwks.keys.map(({ kid, d }) => [kid, d]), [['auth-1', undefined]]);
    const head = await get('/jwks', 'HEAD');
    assert.deepEqual([head.status, await head.text()], [200, '']);
    assert.equal((await get('/jwks', 'POST')).status, 405);
    assert.equal((await get('/other')).status, 404);
    assert.equal((await get('/token')).status, 400);
    for (const target of ['//evil.example/jwks', '/jwks/../token/']) {
      assert.match(await sendRaw(served.port, `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`), /^HTTP\/1\.1 404 /);
    }
    const absolute = 'GET https://evil.example/jwks HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    assert.match(await sendRaw(served.port, absolute), /^HTTP\/1\.1 200 /);
    await served.close();
  });
});
