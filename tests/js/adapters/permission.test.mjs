// Authorization codes: whoever calls the redirect URI, only the response to the request is taken.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adapters, idjag } from './support/package.mjs';

const MCP = 'https://mcp.example/mcp';
const ISSUER = 'https://as.example';
const BACK = 'http://127.0.0.1:8000/callback';
const DOCUMENTS = {
  'https://mcp.example/.well-known/oauth-protected-resource/mcp': { resource: MCP, authorization_servers: [ISSUER] },
  'https://as.example/.well-known/oauth-authorization-server': {
    issuer: ISSUER,
    authorization_endpoint: `${ISSUER}/authorize`,
    token_endpoint: `${ISSUER}/token`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic'],
  },
};

/** The servers of a connection, and what they were asked. */
function internet() {
  const asked = [];
  const codes = [];
  const fetch = async (url, { body }) => {
    asked.push(url);
    if (DOCUMENTS[url]) return Response.json(DOCUMENTS[url]);
    if (url !== `${ISSUER}/token`) return new Response(null, { status: 404 });
    codes.push(new URLSearchParams(await new Response(body).text()).get('code'));
    return Response.json({ access_token: 'token', token_type: 'Bearer', expires_in: 300 });
  };
  return { asked, codes, fetch };
}

function connection() {
  const credentials = [{
    issuer: ISSUER,
    client_id: 'desk',
    token_endpoint_auth_method: 'client_secret_basic',
    client_secret: 's'.repeat(32),
  }];
  const client = new idjag.Client({ grant: 'authorization_code', redirectUri: BACK, credentials });
  return new idjag.Connection({ client, resource: MCP });
}

function answer(need, more = {}) {
  const state = new URL(need.authorization_url).searchParams.get('state');
  return `${BACK}?${new URLSearchParams({ code: 'good', state, ...more })}`;
}

describe('an authorization response', () => {
  const connected = async (strangers) => {
    const { codes, fetch } = internet();
    let called = 0;
    const authorization = (need) => {
      called += 1;
      return called <= strangers ? answer(need, { code: 'stolen', state: 'guessed' }) : answer(need);
    };
    const outcome = adapters.connect(connection(), { authorization, fetch });
    return { codes, outcome: await outcome.catch((error) => error.code) };
  };

  test('is waited for while strangers call', async () => {
    const { codes, outcome } = await connected(3);
    assert.ok(outcome.expires_at > Date.now() / 1000, JSON.stringify(outcome));
    assert.deepEqual(codes, ['good'], 'no other code was sent');
  });

  test('is not waited for without end', async () => {
    assert.deepEqual(await connected(11), { codes: [], outcome: 'state_mismatch' });
  });
});

test('only the server itself is asked without a token', async () => {
  const { asked, fetch } = internet();
  const send = adapters.authorizedFetch(connection(), { authorization: (need) => answer(need), fetch, startWithoutToken: true });
  await assert.rejects(send('https://elsewhere.example/mcp', { method: 'POST', body: '{}' }), { code: 'token_for_another_server' });
  assert.ok(!asked.some((url) => url.startsWith('https://elsewhere.example')), 'its challenge would lead to its issuer');
});
