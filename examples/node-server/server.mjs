// An MCP server and its authorization server in one process: `npm start`.

import { createServer } from 'node:http';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { ResourceServer } from 'idjag';
import { toNodeHandler } from 'idjag/adapters';
import { protectMcp } from 'idjag/mcp/server';
import { openAuthorization } from './authorization.mjs';
import { readConfig } from './config.mjs';
import { openStore } from './store.mjs';
import { access, makeServer } from './tools.mjs';

const config = readConfig(process.env);
const onError = (error) => console.error(error?.message);
const store = await openStore(config.redis, onError);
/** Every decision is a line for the audit trail. There is no token in it. */
const onRecord = (record) => console.log(JSON.stringify(record));
const common = { replay: store.replay, revocations: store.revocations, onRecord, onError };

const authorization = openAuthorization(config, common);
const { resource, origin, dangerousAllowHttpLoopback } = config;
const server = new ResourceServer({
  resource,
  authorizationServers: [{ issuer: origin }],
  access,
  initialScope: 'notes:read',
  readOnlyScopes: 'notes:read',
  proofSingleUse: true,
  dangerousAllowHttpLoopback,
});
const mcp = protectMcp({ ...common, server, keys: authorization.keys, handler: createMcpHandler(makeServer) });

const paths = new Set([new URL(resource).pathname, new URL(server.metadataUrl).pathname]);
const handler = (request) => (paths.has(new URL(request.url).pathname) ? mcp(request) : authorization.handler(request));
const listener = createServer(toNodeHandler(handler));
listener.listen(config.port, config.host, () => console.log(`listening for ${resource}`));

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    listener.close(() => store.close());
    listener.closeIdleConnections();
  });
}
