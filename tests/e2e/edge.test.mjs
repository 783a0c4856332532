// MCP at the edge: examples/worker and an authorization server as Workers, in workerd, what must not be used twice in Durable
// Objects; one sign-on at examples/idp, and the clients of both SDKs.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { SigningKey } from 'idjag';
import { CLIENT_SECRET } from './support/data-server.mjs';
import { credentialsOf, deskClient, DESKS, identityOf, proofKey } from './support/desk.mjs';
import { serve } from './support/http.mjs';
import { openIdp } from './support/idp.mjs';
import { startNode22 } from './support/processes.mjs';
import { signOn } from './support/sign-on.mjs';
import { connectAll } from 'idjag/mcp/client';

/** The public address of Workers: what comes there goes to any of those at `origins`, as it came. */
async function openFront() {
  const front = await serve();
  let turn = 0;
  front.to = (origins) => {
    front.listener = async (request, response) => {
      const pieces = [];
      for await (const piece of request) pieces.push(piece);
      const { host, connection, 'content-length': length, ...headers } = request.headers;
      turn += 1;
      const answer = await fetch(origins[turn % origins.length] + request.url, {
        method: request.method, headers, body: pieces.length === 0 ? undefined : Buffer.concat(pieces), redirect: 'manual',
      });
      const { 'transfer-encoding': coding, 'content-encoding': encoding, ...fields } = Object.fromEntries(answer.headers);
      response.writeHead(answer.status, fields).end(Buffer.from(await answer.arrayBuffer()));
    };
  };
  return front;
}

describe('an MCP server at the edge', () => {
  const opened = [];
  const keep = (one) => {
    opened.unshift(one);
    return one;
  };
  let idp;
  let edge;
  let mcp;
  before(async () => {
    idp = keep(await openIdp());
    const [authorization, front] = [keep(await openFront()), keep(await openFront())];
    const directory = await mkdtemp(join(tmpdir(), 'idjag-edge-'));
    keep({ close: () => rm(directory, { recursive: true, force: true }) });
    edge = { id: 'edge', resource: `${front.origin}/mcp`, issuer: authorization.origin, scopes: ['rows:read'] };
    const key = new SigningKey({ alg: 'ES256', kid: 'edge-1', random: crypto.getRandomValues(new Uint8Array(32)) });
    const told = {
      issuer: edge.issuer, resource: edge.resource, idp: idp.issuer, key: key.dangerousExport().jwk,
      client: { id: 'desk-at-edge', secret: CLIENT_SECRET },
    };
    const started = async (name, script, bindings) => {
      const settings = { script, names: ['one', 'two'], objects: { REPLAY: 'ReplayObject' }, directory: join(directory, name), bindings };
      const workers = await startNode22('servers/workers.mjs', settings);
      keep({ close: workers.stop });
      return workers.origins;
    };
    authorization.to(await started('authorization', 'workers/redeem.mjs', { SETTINGS: JSON.stringify(told) }));
    mcp = await started('mcp', '../examples/worker/src/worker.mjs', { RESOURCE: edge.resource, ISSUER: edge.issuer, DEVELOPMENT: '1' });
    front.to(mcp);
    await idp.permit([edge]);
  });
  after(async () => {
    for (const one of opened) await one.close();
  });

  const settings = async (person, dpop) => ({
    issuer: idp.issuer,
    credentials: credentialsOf(idp.issuer, [edge]),
    identity: identityOf(idp.issuer, await signOn(idp, person)),
    dpop,
    servers: [{ ...edge, call: 'read_rows', arguments: {} }],
  });

  for (const [sdk, visit] of Object.entries(DESKS)) {
    for (const dpop of [false, true]) {
      test(`${sdk} calls it ${dpop ? 'with proofs' : 'by bearer tokens'}`, async () => {
        const { visits, asked } = await visit(await settings('alice', dpop));
        assert.deepEqual(visits, [{
          id: 'edge',
          token_type: dpop ? 'DPoP' : 'Bearer',
          tools: ['read_rows'],
          said: { rows: ['apples', 'pears'], user: 'edge/alice' },
        }]);
        assert.equal(asked.length, 1);
      });
    }

    test(`${sdk}: whom an administrator denies is told so`, async () => {
      const { visits, asked } = await visit(await settings('carl', true));
      assert.deepEqual([visits, asked.length], [[{ id: 'edge', error: 'server_denied' }], 1]);
    });
  }

  test('a proof is good for one request, whichever isolate gets it', async () => {
    const { issuer, credentials, identity } = await settings('alice');
    const client = await deskClient(issuer, credentials, { dpop: proofKey() });
    const [{ connection, error }] = await connectAll({ client, servers: [edge.resource], identity: () => identity });
    assert.equal(error, undefined);
    const plain = { method: 'POST', url: edge.resource, headers: [['content-type', 'application/json'], ['accept', 'application/json, text/event-stream']] };
    const random = crypto.getRandomValues(new Uint8Array(32));
    const { headers } = connection.authorize({ request: plain, random, now: Math.floor(Date.now() / 1000) });
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'read_rows', arguments: {} } });
    const sent = Array.from({ length: 20 }, (_, at) => fetch(`${mcp[at % 2]}/mcp`, { method: 'POST', headers, body }));
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    assert.deepEqual([statuses.filter((one) => one === 200).length, statuses.filter((one) => one === 401).length], [1, 19]);
  });
});
