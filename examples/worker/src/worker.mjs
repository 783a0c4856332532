// An MCP server at the edge: tokens are verified here, tools run here, and nothing is asked of anybody but the issuer's keys.

import { createMcpHandler } from '@modelcontextprotocol/server';
import { ResourceServer } from 'idjag';
import { durableObjectReplayStore, KeySetFetcher, KeySets, ReplayObject } from 'idjag/adapters';
import { protectMcp } from 'idjag/mcp/server';
import { access, makeServer } from './tools.mjs';

// The class of the Durable Objects in wrangler.toml.
export { ReplayObject };

let handler;

function open({ RESOURCE, ISSUER, REPLAY, PROOFS, DEVELOPMENT }) {
  if (REPLAY === undefined && PROOFS !== 'reusable') throw new Error('REPLAY, the binding of ReplayObject, is missing');
  const dangerousAllowHttpLoopback = DEVELOPMENT === '1';
  const onError = (error) => console.error(error?.message);
  const keys = new KeySetFetcher({ issuer: ISSUER, algorithms: ['ES256'], dangerousAllowHttpLoopback, onError });
  return protectMcp({
    server: new ResourceServer({
      resource: RESOURCE,
      authorizationServers: [{ issuer: ISSUER }],
      access,
      initialScope: 'rows:read',
      readOnlyScopes: 'rows:read',
      // A proof of possession is good for one request.
      proofSingleUse: REPLAY !== undefined,
      dangerousAllowHttpLoopback,
    }),
    keys: new KeySets([keys]),
    replay: REPLAY && durableObjectReplayStore(REPLAY),
    handler: createMcpHandler(makeServer),
    // Every decision, for the audit trail. There is no token in it.
    onRecord: (record) => console.log(JSON.stringify(record)),
    onError,
  });
}

export default {
  fetch(request, env) {
    handler ??= open(env);
    return handler(request);
  },
};
