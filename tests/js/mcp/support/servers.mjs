// MCP servers made with the SDKs, in each of the ways in which they are served, behind the guard.

import { randomUUID } from 'node:crypto';
import { createMcpExpressApp } from '@modelcontextprotocol/express';
import { createMcpHonoApp } from '@modelcontextprotocol/hono';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import { McpServer as McpServer1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import express from 'express';
import { toNodeHandler } from 'idjag/adapters';
import { mcpMiddleware, protectMcp } from 'idjag/mcp/server';

/** Three tools, of which the table of the company knows two; each says who called it. */
function withTools(server, authInfoOf) {
  for (const name of ['read', 'write', 'unlisted']) {
    server.registerTool(name, { description: `Tool ${name}` }, async (extra) => {
      const { token, clientId, scopes, expiresAt, resource, extra: more } = authInfoOf(extra);
      const said = { tool: name, isToken: token.split('.').length === 3, clientId, scopes, expiresAt, resource: resource.href, ...more };
      return { content: [{ type: 'text', text: JSON.stringify(said) }] };
    });
  }
  return server;
}

export const server2 = () => withTools(new McpServer({ name: 'rows', version: '1.0.0' }), (ctx) => ctx.http.authInfo);
export const server1 = () => withTools(new McpServer1({ name: 'rows', version: '1.0.0' }), (extra) => extra.authInfo);

/** Without the option that only `protectResource` has. */
const guarded = ({ next, ...options }) => options;

/** A server and a transport for each request. */
async function once(make, transport, send) {
  const server = make();
  await server.connect(transport);
  return send(transport);
}

/** One transport for each session, as the SDK's own examples keep them. */
function sessions(make, Transport, options) {
  const known = new Map();
  return async (id) => {
    if (known.has(id)) return known.get(id);
    const transport = new Transport({
      ...options,
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (session) => known.set(session, transport),
    });
    await make().connect(transport);
    return transport;
  };
}

function onExpress(app, options, serve) {
  const guard = mcpMiddleware(guarded(options));
  app.use(guard.metadata);
  app.all('/mcp', guard, serve);
  return app;
}

const web = (options, handler) => toNodeHandler(protectMcp({ ...guarded(options), handler }));

/** Every way of serving, by name: from the options of the guard to a listener. */
export const WAYS = {
  'version 2, createMcpHandler': (options) => web(options, createMcpHandler(() => server2())),
  'version 2, createMcpHandler that streams': (options) => web(options, createMcpHandler(() => server2(), { responseMode: 'sse' })),
  'version 2, a Web transport for each request': (options) => web(options, (request, { authInfo }) =>
    once(server2, new WebStandardStreamableHTTPServerTransport({}), (transport) => transport.handleRequest(request, { authInfo }))),
  'version 2, a Web transport for each session': (options) => {
    const transportOf = sessions(server2, WebStandardStreamableHTTPServerTransport, {});
    return web(options, async (request, { authInfo }) => {
      const transport = await transportOf(request.headers.get('mcp-session-id'));
      return transport.handleRequest(request, { authInfo });
    });
  },
  'version 2, Express with a parser of bodies': (options) => onExpress(createMcpExpressApp(), options, (request, response) =>
    once(server2, new NodeStreamableHTTPServerTransport({}), (transport) => transport.handleRequest(request, response, request.body))),
  'version 2, Express, answers in JSON': (options) => onExpress(express(), options, (request, response) =>
    once(server2, new NodeStreamableHTTPServerTransport({ enableJsonResponse: true }), (transport) => transport.handleRequest(request, response, request.body))),
  'version 2, Hono with a parser of bodies': (options) => {
    const handler = createMcpHandler(() => server2());
    const guard = protectMcp({ ...guarded(options), handler });
    const app = createMcpHonoApp();
    app.all('/mcp', (context) => guard(context.req.raw));
    app.get('/.well-known/*', (context) => guard(context.req.raw));
    return toNodeHandler((request) => app.fetch(request));
  },
  'version 1, a transport for each request': (options) => onExpress(express(), options, (request, response) =>
    once(server1, new StreamableHTTPServerTransport({}), (transport) => transport.handleRequest(request, response, request.body))),
  'version 1, a transport for each session': (options) => {
    const transportOf = sessions(server1, StreamableHTTPServerTransport, {});
    return onExpress(express(), options, async (request, response) => {
      const transport = await transportOf(request.headers['mcp-session-id']);
      await transport.handleRequest(request, response, request.body);
    });
  },
  'version 1, answers in JSON': (options) => onExpress(express(), options, (request, response) =>
    once(server1, new StreamableHTTPServerTransport({ enableJsonResponse: true }), (transport) => transport.handleRequest(request, response, request.body))),
};
