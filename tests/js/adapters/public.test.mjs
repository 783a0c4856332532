// Which addresses are public, and that nobody is asked at any other.

import assert from 'node:assert/strict';
import dns from 'node:dns';
import { once } from 'node:events';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { serve } from './support/http.mjs';

const home = join(createRequire(import.meta.url).resolve('idjag/package.json'), '..');
const inPackage = (path) => import(pathToFileURL(join(home, 'adapters/public', path)));
const { isLoopback, isPublic } = await inPackage('addresses.mjs');
const { publicFetch } = await inPackage('node.mjs');

describe('an address', () => {
  for (const address of [
    '0.0.0.0', '10.1.2.3', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.8.8.8', '169.254.169.254', '172.16.0.1',
    '172.31.255.255', '192.0.0.8', '192.0.2.1', '192.88.99.1', '192.168.1.1', '198.18.0.1', '198.19.255.255', '198.51.100.7',
    '203.0.113.9', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255',
    '::', '::1', '::ffff:10.0.0.1', '::ffff:8.8.8.8', '::7f00:1', '64:ff9b::a00:1', '64:ff9b:1::1', '100::1', '2001::1',
    '2001:10::1', '2001:20::1', '2001:db8::1', '2002:a00:1::1', '3fff::1', '5f00::1', 'fc00::1', 'fd12::1', 'fe80::1', 'fec0::1', 'ff02::1',
    'fe80::1%eth0', '', 'localhost', '0x7f.1', '127.1', '2130706433', '010.0.0.1',
  ]) {
    test(`${address || 'nothing'} is not public`, () => assert.equal(isPublic(address), false));
  }
  for (const address of [
    '1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '172.15.255.255', '172.32.0.0',
    '192.0.1.1', '192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0', '223.255.255.255',
    '2606:4700:4700::1111', '2001:4860:4860::8888', '2a00::1', '2001:200::1', '2003::1',
  ]) {
    test(`${address} is public`, () => assert.equal(isPublic(address), true));
  }
  test('is this machine', () => {
    assert.deepEqual(['127.0.0.1', '127.9.9.9', '::1', '10.0.0.1', '::ffff:127.0.0.1', '1.1.1.1'].map(isLoopback), [true, true, true, false, false, false]);
  });
});

describe('a request', () => {
  let site;
  const paths = [];
  before(async () => {
    site = await serve((request, response) => {
      paths.push(`${request.url} ${request.headers.host} ${request.headers['accept-encoding']}`);
      const [status, fields] = request.url === '/moved' ? [302, { location: '/x' }] : [request.url === '/empty' ? 204 : 200, { 'x-a': ['1', '2'] }];
      response.writeHead(status, fields);
      response.end(request.url === '/empty' ? undefined : 'found');
    });
  });
  after(() => site.close());

  test('reaches nobody but the public', async () => {
    const fetch = publicFetch();
    const { port } = site;
    for (const address of [
      `http://127.0.0.1:${port}/`, `https://127.0.0.1:${port}/`, `https://localhost:${port}/`, `https://[::1]:${port}/`,
      `https://0.0.0.0:${port}/`, `https://[::ffff:127.0.0.1]:${port}/`, `https://2130706433:${port}/`, `https://0x7f.1:${port}/`,
      'https://169.254.169.254/latest/meta-data/', 'https://10.0.0.1/', 'https://[fd00::1]/', 'http://8.8.8.8/',
    ]) {
      await assert.rejects(fetch(address), TypeError, address);
    }
    assert.deepEqual(paths, []);
  });

  test('reaches this machine by opt-in, and only where that is what is named', async () => {
    const fetch = publicFetch({ dangerousAllowHttpLoopback: true });
    for (const host of ['127.0.0.1', 'localhost']) {
      const response = await fetch(`http://${host}:${site.port}/a?b`, { headers: [['accept', 'application/json']] });
      assert.deepEqual([response.status, response.headers.get('x-a'), await response.text()], [200, '1, 2', 'found']);
      assert.equal(paths.pop(), `/a?b ${host}:${site.port} identity`);
    }
    for (const address of ['http://10.0.0.1/', 'https://192.168.0.1/', 'http://127.0.0.1.example/', 'https://0.0.0.0/']) {
      await assert.rejects(fetch(address), address);
    }
  });

  /** With answers of our own to whoever resolves a name. */
  const resolving = async (answers, act) => {
    const { lookup } = dns;
    const { lookup: lookupOnce } = dns.promises;
    let asked = 0;
    dns.promises.lookup = async () => answers[asked++];
    dns.lookup = () => assert.fail('the name is resolved again');
    syncBuiltinESMExports();
    try {
      return await act();
    } finally {
      Object.assign(dns.promises, { lookup: lookupOnce });
      Object.assign(dns, { lookup });
      syncBuiltinESMExports();
      assert.equal(asked, answers.length);
    }
  };
  const v4 = (address) => ({ address, family: 4 });

  test('goes to the address that was checked, and the name is not resolved again', async () => {
    const fetch = publicFetch({ dangerousAllowHttpLoopback: true });
    const response = await resolving([[v4('127.0.0.1')]], () => fetch(`http://localhost:${site.port}/once`));
    assert.deepEqual([response.status, paths.pop()], [200, `/once localhost:${site.port} identity`]);
  });

  test('is not made where one of many addresses is not public, or there is none', async () => {
    for (const answer of [[v4('93.184.215.14'), v4('10.0.0.1')], [{ address: '::1', family: 6 }], []]) {
      const asked = resolving([answer], () => publicFetch()('https://client.example/app'));
      await assert.rejects(asked, /not public/);
    }
    const local = resolving([[v4('10.0.0.1')]], () => publicFetch({ dangerousAllowHttpLoopback: true })('http://localhost/'));
    await assert.rejects(local, /not public/);
  });

  test('is over where its answer is none of HTTP: the connection is closed', async () => {
    const fetch = publicFetch({ dangerousAllowHttpLoopback: true });
    for (const head of ['HTTP/1.1 999 Odd', 'HTTP/1.1 600 Odd']) {
      const closed = [];
      const odd = createServer((socket) => {
        closed.push(once(socket, 'close'));
        socket.on('error', () => {});
        // It goes on for ever.
        socket.once('data', () => socket.write(`${head}\r\ncontent-length: 1000000\r\n\r\n`));
      });
      odd.listen(0, '127.0.0.1');
      await once(odd, 'listening');
      await assert.rejects(fetch(`http://127.0.0.1:${odd.address().port}/`), TypeError);
      await Promise.all(closed);
      odd.close();
    }
  });

  test('is not sent on, and may have no answer', async () => {
    const fetch = publicFetch({ dangerousAllowHttpLoopback: true });
    const moved = await fetch(`${site.origin}/moved`);
    assert.deepEqual([moved.status, moved.headers.get('location'), await moved.text()], [302, '/x', 'found']);
    assert.deepEqual([(await fetch(`${site.origin}/empty`)).status], [204]);
    await assert.rejects(fetch(`${site.origin}/`, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  });
});
