// One sign-on for many servers, and what a client declares.

import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { CLIENT_CAPABILITIES_META_KEY } from '@modelcontextprotocol/client';
import { connectAll, EXTENSION, sharedIdentity, withExtension } from 'idjag/mcp/client';
import { RESOURCE, openCompany, toolCall } from '../adapters/support/company.mjs';
import { connected, listed, VERSIONS } from './support/clients.mjs';
import { WAYS } from './support/servers.mjs';

const listen = WAYS['version 2, createMcpHandler'];
let company;
afterEach(() => company?.close());

/** A source of sign-ons that counts. */
function counting(answer = () => company.signOn()) {
  const source = async (need) => {
    source.needs.push(need.reason);
    return answer(need);
  };
  return Object.assign(source, { needs: [] });
}

describe('many servers', () => {
  test('are connected to after one sign-on; one that is away stops no other', async () => {
    company = await openCompany({ listen });
    const identity = counting();
    const { client } = await company.app();
    const away = 'https://away.example/mcp';
    const servers = [RESOURCE, { resource: RESOURCE, scope: 'rows:read' }, away, RESOURCE, 'nonsense'];
    const found = await connectAll({ client, servers, identity, ...company.sending() });
    assert.deepEqual(identity.needs, ['sign_on']);
    assert.deepEqual(found.map(({ resource }) => resource), [RESOURCE, RESOURCE, away, RESOURCE, 'nonsense']);
    assert.deepEqual(found.map(({ token }) => token?.scope), ['rows:read', 'rows:read', undefined, 'rows:read', undefined]);
    assert.deepEqual(found.map(({ error }) => error?.name), [undefined, undefined, 'IdJagError', undefined, 'IdJagError']);
    for (const { fetch } of [found[0], found[1], found[3]]) {
      const desk = await connected('version 2', RESOURCE, fetch);
      assert.deepEqual(await listed(desk), ['read']);
      await desk.close();
    }
    assert.deepEqual(identity.needs, ['sign_on']);
  });

  test('are each told an administrator’s no', async () => {
    company = await openCompany({ listen });
    company.groups = ['contractors'];
    const { client } = await company.app();
    const found = await connectAll({ client, servers: [RESOURCE, RESOURCE], identity: counting(), ...company.sending() });
    assert.deepEqual(found.map(({ error, token }) => [error?.code, token]), [['server_denied', undefined], ['server_denied', undefined]]);
  });

  test('share one renewal when the sign-on has expired', async () => {
    company = await openCompany({ listen });
    const identity = counting();
    const { client } = await company.app();
    const found = await connectAll({ client, servers: [RESOURCE, RESOURCE, RESOURCE], identity, ...company.sending() });
    company.skew = 900;
    const call = toolCall('read');
    const headers = { ...call.headers, accept: 'application/json, text/event-stream' };
    const responses = await Promise.all(found.map(({ fetch }) => fetch(RESOURCE, { ...call, headers })));
    assert.deepEqual(responses.map(({ status }) => status), [200, 200, 200]);
    assert.equal(identity.needs.length, 2);
  });

  test('are left when the caller gives up, and can be called later all the same', async () => {
    company = await openCompany({ listen });
    const { client } = await company.app();
    const leave = new AbortController();
    leave.abort(new Error('enough'));
    const [found] = await connectAll({ client, servers: [RESOURCE], identity: counting(), ...company.sending(), signal: leave.signal });
    assert.equal(found.error.message, 'enough');
    const desk = await connected('version 2', RESOURCE, found.fetch);
    assert.deepEqual(await listed(desk), ['read']);
    await desk.close();
  });

  test('need what they need', async () => {
    await assert.rejects(connectAll({ client: {}, servers: [] }), { code: 'argument_invalid' });
    await assert.rejects(connectAll({ client: {}, servers: [], identity: counting(), authProvider: {} }), { code: 'argument_invalid' });
  });
});

describe('a shared sign-on', () => {
  const at = { now: () => 1000 };
  const made = () => {
    let count = 0;
    return counting(() => ({ issuer: 'https://idp.example', idToken: `t${(count += 1)}`, expiresAt: 2000 }));
  };

  test('is asked for once, and again by whoever was given it already', async () => {
    const source = made();
    const identityFor = sharedIdentity(source, at);
    const [a, b, c] = [identityFor(), identityFor(), identityFor()];
    const found = await Promise.all([a({ reason: 'sign_on' }), b({ reason: 'sign_on' })]);
    assert.deepEqual(found.map(({ idToken }) => idToken), ['t1', 't1']);
    assert.equal((await a({ reason: 'refused' })).idToken, 't2');
    assert.equal((await b({ reason: 'refused' })).idToken, 't2', 'another has renewed it meanwhile');
    assert.equal((await c({ reason: 'sign_on' })).idToken, 't2');
    assert.deepEqual(source.needs, ['sign_on', 'refused']);
  });

  test('is asked for anew where it must be like something else', async () => {
    const source = made();
    const identity = sharedIdentity(source, at)();
    await identity({ reason: 'sign_on' });
    await Promise.all([identity({ reason: 'step_up', max_age: 60 }), identity({ reason: 'step_up', acr_values: ['mfa'] })]);
    assert.equal(source.needs.length, 3);
  });

  test('is not used when it is about to expire; a failure is not remembered', async () => {
    let fails = true;
    let now = 1000;
    const source = counting(() => {
      if (fails) throw new Error('the user closed the window');
      return { issuer: 'https://idp.example', idToken: 't', expiresAt: now + 100 };
    });
    const identityFor = sharedIdentity(source, { now: () => now });
    await assert.rejects(identityFor()({ reason: 'sign_on' }), /closed the window/);
    fails = false;
    await identityFor()({ reason: 'sign_on' });
    now = 1090;
    await identityFor()({ reason: 'sign_on' });
    assert.equal(source.needs.length, 3);
  });
});

describe('the extension', () => {
  for (const version of VERSIONS) {
    test(`is declared to the server by a client of ${version}`, async () => {
      company = await openCompany({ listen });
      const { client } = await company.app();
      const [{ fetch }] = await connectAll({ client, servers: [RESOURCE], identity: counting(), ...company.sending() });
      const bodies = [];
      const watched = (url, init) => {
        if (init?.body) bodies.push(JSON.parse(init.body));
        return fetch(url, init);
      };
      const capabilities = withExtension({ extensions: { 'com.example/other': { a: 1 } } });
      const desk = await connected(version, RESOURCE, watched, { capabilities });
      const [{ params }] = bodies;
      const declared = params.capabilities ?? params._meta[CLIENT_CAPABILITIES_META_KEY];
      assert.deepEqual(declared.extensions, { 'com.example/other': { a: 1 }, [EXTENSION]: {} });
      await desk.close();
    });
  }
});
