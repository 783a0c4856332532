// An agent: one sign-on, then every MCP server of its list. `npm start` shows what it may do where.

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as IdJagClient, SigningKey } from 'idjag';
import { discoverIssuer } from 'idjag/adapters';
import { connectAll, withExtension } from 'idjag/mcp/client';
import { readConfig } from './config.mjs';
import { signOnBy } from './sign-on.mjs';

const { idp, idpCredentials, credentials, resources, redirectPort, dangerousAllowHttpLoopback } = readConfig(process.env);
const provider = await discoverIssuer({ issuer: idp, dangerousAllowHttpLoopback });
const client = new IdJagClient({
  idp: provider,
  idpCredentials,
  credentials,
  // Every token is bound to this key: whoever steals one cannot use it.
  dpop: new SigningKey({ alg: 'ES256', kid: 'agent', random: crypto.getRandomValues(new Uint8Array(32)) }),
  dangerousAllowHttpLoopback,
});
const show = (address) => console.log(`sign on: ${address}`);
const identity = signOnBy({ provider, credentials: idpCredentials, redirectPort, dangerousAllowHttpLoopback, show });

const servers = await connectAll({ client, servers: resources, identity });
for (const { resource, fetch, error } of servers) {
  try {
    if (error) throw error;
    const mcp = new Client({ name: 'agent', version: '1.0.0' }, { capabilities: withExtension() });
    await mcp.connect(new StreamableHTTPClientTransport(new URL(resource), { fetch }));
    const { tools } = await mcp.listTools();
    console.log(`${resource}: ${tools.map(({ name }) => name).join(', ') || 'no tool'}`);
    await mcp.close();
  } catch (reason) {
    // An administrator's no is final: nobody is asked for consent instead.
    console.log(`${resource}: not connected: ${reason.code ?? reason.message}`);
    process.exitCode = 1;
  }
}
