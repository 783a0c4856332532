// A client for the official suite: the MCP TypeScript SDK over a connection of ours. `client.mjs <MCP server>`; what else
// there is to know, the suite says in the environment.

import * as idjag from 'idjag';
import { mcpFetch } from 'idjag/mcp/client';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { scenarioOf } from './scenarios.mjs';

const resource = process.argv[2];
const { MCP_CONFORMANCE_SCENARIO: name, MCP_CONFORMANCE_PROTOCOL_VERSION: version } = process.env;
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}');

const { options, ...supplies } = await scenarioOf(name, resource, context);
const client = new idjag.Client({ ...options, stepUpLimit: 2, dangerousAllowHttpLoopback: true });
const connection = new idjag.Connection({ client, resource });
const fetch = mcpFetch(connection, { ...supplies, startWithoutToken: true });

// The revisions before this one have a handshake, the later ones have none.
const mode = version >= '2026-07-28' ? { pin: version } : 'legacy';
const mcp = new Client({ name: 'idjag-conformance', version: '1.0.0' }, { versionNegotiation: { mode } });
await mcp.connect(new StreamableHTTPClientTransport(new URL(resource), { fetch }));
await mcp.listTools();
await mcp.callTool({ name: 'test-tool', arguments: {} });
await mcp.close();
