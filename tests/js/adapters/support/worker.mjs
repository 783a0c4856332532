// A Worker: a protected MCP endpoint whose keys are fetched from the issuer that the environment names.

import * as idjag from 'idjag';
import { KeySetFetcher, KeySets, memoryReplayStore, protectResource } from 'idjag/adapters';

let handler;

function open({ ISSUER, RESOURCE }) {
  const keys = new KeySetFetcher({ issuer: ISSUER, algorithms: ['ES256'], dangerousAllowHttpLoopback: true, timeoutMs: 2000 });
  return protectResource({
    server: new idjag.ResourceServer({
      resource: RESOURCE,
      authorizationServers: [{ issuer: ISSUER }],
      access: { tools: { read: { scope: 'rows:read' }, write: { scope: 'rows:write' } } },
      proofSingleUse: true,
      dangerousAllowHttpLoopback: true,
    }),
    keys: new KeySets([keys]),
    replay: memoryReplayStore(new idjag.MemoryReplayStore({ capacity: 1000 })),
    next: async (request, access) => {
      const { id, params } = await request.json();
      return Response.json({ jsonrpc: '2.0', id, result: { tool: params?.name, user: access.claims.sub, backend: idjag.backend } });
    },
  });
}

export default {
  fetch(request, environment) {
    handler ??= open(environment);
    return handler(request);
  },
};
