// examples/agent: one sign-on in the browser, then every server that the administrator permits.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { digestClientSecret } from 'idjag';
import { freePort, sendRaw } from '../adapters/support/http.mjs';
import { openEnterprise } from './support/enterprise.mjs';
import { copied, start } from './support/program.mjs';

const open = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});
const opened = (each) => {
  open.push(each);
  return each;
};
const secretOf = (id) => `${id}-secret-of-at-least-128-bits`;

/** Servers like examples/node-server, each in a process of its own, that take this agent. */
async function startServer({ id, issuer, port, idp }) {
  const folder = copied('node-server');
  const client = {
    client_id: `desk-at-${id}`, token_endpoint_auth_method: 'client_secret_basic',
    client_secret_sha256: [digestClientSecret({ clientSecret: secretOf(id) }).sha256],
  };
  writeFileSync(join(folder, 'clients.json'), JSON.stringify([client]));
  return start(folder, 'server.mjs', { ORIGIN: issuer, IDP: idp, PORT: `${port}`, DEVELOPMENT: '1' }, 'listening');
}

/** A company with these servers; those in `away` do not run. */
async function company(ids, { away = [], forbidden = [] } = {}) {
  const servers = await Promise.all(ids.map(async (id) => {
    const port = await freePort();
    const issuer = `http://127.0.0.1:${port}`;
    return { id, port, issuer, resource: `${issuer}/mcp`, scopes: ['notes:read', 'notes:write'] };
  }));
  const enterprise = opened(await openEnterprise(servers.filter(({ id }) => !forbidden.includes(id))));
  const running = servers.filter(({ id }) => !away.includes(id));
  await Promise.all(running.map(async (server) => opened(await startServer({ ...server, idp: enterprise.issuer }))));
  return { enterprise, servers };
}

/** Starts the agent and has the user sign on, after requests to `strays`; what it prints then, and how it ends. */
async function run({ enterprise, servers }, strays = []) {
  const folder = copied('agent');
  const { issuer } = enterprise;
  writeFileSync(join(folder, 'agent.json'), JSON.stringify({
    idp: { issuer, client_id: 'desk', secret_from: 'IDP_SECRET' },
    servers: servers.map(({ id, issuer: at, resource }) => ({ resource, issuer: at, client_id: `desk-at-${id}`, secret_from: `SECRET_${id}` })),
  }));
  const secrets = Object.fromEntries(servers.map(({ id }) => [`SECRET_${id}`, secretOf(id)]));
  const env = { ...secrets, IDP_SECRET: 'desk-secret', REDIRECT_PORT: '0', DEVELOPMENT: '1' };
  const program = opened(await start(folder, 'agent.mjs', env, 'sign on: '));
  const [, address] = /^sign on: (\S+)$/m.exec(program.output);
  const { port } = new URL(new URL(address).searchParams.get('redirect_uri'));
  for (const stray of strays) {
    assert.match(await sendRaw(port, `GET ${stray} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`), /^HTTP\/1\.1 404 /, stray);
  }
  const browser = await fetch(address);
  const seen = { status: browser.status, text: await browser.text() };
  const code = await program.ended;
  return { code, seen, lines: program.output.trim().split('\n').slice(1), errors: program.errors, output: program.output };
}

describe('the agent', () => {
  test('uses every server after one sign-on', async () => {
    const found = await company(['a', 'b', 'c']);
    const { code, seen, lines, output, errors } = await run(found);
    assert.deepEqual([seen.status, seen.text], [200, 'You may close this window.\n']);
    assert.deepEqual(lines, found.servers.map(({ resource }) => `${resource}: list_notes, add_note`));
    assert.equal(code, 0);
    const authorizations = found.enterprise.requests.filter((request) => request.startsWith('GET /authorize'));
    assert.equal(authorizations.length, 1);
    assert.ok(!/eyJ|desk-secret|-secret-of/.test(output + errors), 'no token and no secret in what it prints');
  });

  test('waits for the browser, whoever else comes by', async () => {
    const found = await company(['a']);
    const { code, lines } = await run(found, ['//', '/\\', 'http://', 'http://[', '*', '/callback', '/callback?state=guessed&code=x']);
    assert.deepEqual([lines, code], [[`${found.servers[0].resource}: list_notes, add_note`], 0]);
  });

  test('goes on without the servers that are away or forbidden', async () => {
    const found = await company(['a', 'b', 'c'], { away: ['b'], forbidden: ['c'] });
    const { code, lines } = await run(found);
    const [a, b, c] = found.servers.map(({ resource }) => resource);
    assert.equal(lines[0], `${a}: list_notes, add_note`);
    assert.match(lines[1], new RegExp(`^${b}: not connected: \\w+$`));
    assert.match(lines[2], new RegExp(`^${c}: not connected: \\w+$`));
    assert.equal(code, 1);
  });

  test('uses nothing where the sign-on is not the one that it asked for', async () => {
    const found = await company(['a']);
    for (const changed of [
      { claims: { nonce: 'another' } },
      { claims: { aud: 'another' } },
      { answer: { iss: 'https://evil.example' } },
      { answer: { error: 'access_denied', code: undefined } },
    ]) {
      Object.assign(found.enterprise, { claims: undefined, answer: undefined, ...changed });
      const { code, lines } = await run(found);
      assert.match(lines.join('\n'), /not connected/, JSON.stringify(changed));
      assert.equal(code, 1);
    }
  });
});
