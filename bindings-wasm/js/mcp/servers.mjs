// Many MCP servers after one sign-on.

import * as idjag from '#api';
import { connect } from '#adapters';
import { checkMembers } from '../adapters/options.mjs';
import { mcpFetch } from './fetch.mjs';
import { sharedIdentity } from './identity.mjs';

const REQUIRED = ['client', 'servers', 'identity'];
/** How the connections are driven. */
const DRIVING = ['fetch', 'timeoutMs', 'maxBytes', 'now', 'random', 'signal', 'operation'];

/**
 * Connects to every server at once. One sign-on serves all; that one server cannot be connected to is said of that one and
 * stops no other. See `client.d.ts` for the options.
 */
export async function connectAll(options) {
  checkMembers(options, REQUIRED, DRIVING);
  const { client, servers, identity, signal, ...driving } = options;
  const identityFor = sharedIdentity(identity, driving);
  return Promise.all(servers.map(async (server) => {
    const asked = typeof server === 'string' ? { resource: server } : server;
    const reached = { resource: asked.resource };
    try {
      const lasting = { ...driving, identity: identityFor() };
      reached.connection = new idjag.Connection({ client, ...asked });
      reached.fetch = mcpFetch(reached.connection, lasting);
      reached.token = await connect(reached.connection, { ...lasting, signal });
    } catch (error) {
      reached.error = error;
    }
    return reached;
  }));
}
