// The examples together, each as a newcomer starts it: the identity provider, two MCP servers, and the agent.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { digestClientSecret } from 'idjag';
import { freePort } from './support/http.mjs';
import { openIdp, SECRET } from './support/idp.mjs';
import { startExample } from './support/processes.mjs';
import { openRedis } from './support/redis.mjs';
import { throughThePage } from './support/sign-on.mjs';

const secretAt = (id) => `what the agent has at ${id}`;

describe('the examples', () => {
  let folder;
  let redis;
  let idp;
  const running = [];
  const servers = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'idjag-examples-'));
    redis = await openRedis();
    idp = await openIdp({ REDIS_URL: redis.url });
    for (const id of ['notes', 'memos']) {
      const port = await freePort();
      const issuer = `http://127.0.0.1:${port}`;
      const clients = join(folder, `${id}.json`);
      await writeFile(clients, JSON.stringify([{
        client_id: `desk-at-${id}`, token_endpoint_auth_method: 'client_secret_basic',
        client_secret_sha256: [digestClientSecret({ clientSecret: secretAt(id) }).sha256],
      }]));
      const env = { ORIGIN: issuer, IDP: idp.issuer, PORT: `${port}`, CLIENTS: clients, DEVELOPMENT: '1', REDIS_URL: redis.url };
      running.push(await startExample('node-server/server.mjs', env, 'listening'));
      servers.push({ id, issuer, resource: `${issuer}/mcp`, scopes: ['notes:read'] });
    }
    await idp.permit([servers[0], { ...servers[1], scopes: ['notes:read', 'notes:write'] }]);
  });
  after(async () => {
    await Promise.all([...running.map(({ stop }) => stop()), idp?.close()]);
    await redis?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** The agent, when `person` has signed on: what it printed, and how it ended. */
  const agentOf = async (person) => {
    const config = join(folder, `agent-${person}.json`);
    await writeFile(config, JSON.stringify({
      idp: { issuer: idp.issuer, client_id: 'desk', secret_from: 'IDP_SECRET' },
      servers: servers.map(({ id, issuer, resource }) => ({ resource, issuer, client_id: `desk-at-${id}`, secret_from: `SECRET_${id}` })),
    }));
    const secrets = Object.fromEntries(servers.map(({ id }) => [`SECRET_${id}`, secretAt(id)]));
    const env = { CONFIG: config, IDP_SECRET: SECRET, REDIRECT_PORT: '0', DEVELOPMENT: '1', ...secrets };
    const agent = await startExample('agent/agent.mjs', env, 'sign on: ');
    const back = await throughThePage(/^sign on: (\S+)$/m.exec(agent.output)[1], person);
    await fetch(back);
    const code = await agent.ended;
    const [first, ...lines] = agent.output.trim().split('\n');
    return { code, asked: [first, ...lines].filter((line) => line.startsWith('sign on: ')).length, lines };
  };

  test('an engineer signs on once, and her agent may do what the policy says', async () => {
    const { code, asked, lines } = await agentOf('alice');
    assert.deepEqual(lines, [`${servers[0].resource}: list_notes`, `${servers[1].resource}: list_notes, add_note`]);
    assert.deepEqual([code, asked], [0, 1]);
  });

  test('a contractor’s agent is told no by each server, and asks for nobody’s consent', async () => {
    const { code, asked, lines } = await agentOf('carl');
    assert.deepEqual(lines, servers.map(({ resource }) => `${resource}: not connected: server_denied`));
    assert.deepEqual([code, asked], [1, 1]);
  });
});
