// The guard in front of an MCP server of the SDKs: who may pass is handed on as `AuthInfo`, tool lists are cut to the token.

import { checkOptions } from '../adapters/options.mjs';
import { guard, PLACE } from '../adapters/protect.mjs';
import { authInfoOf } from './auth-info.mjs';
import { withPermittedTools } from './listing.mjs';

/** A handler of the Web around an MCP server; see `server.d.ts` for the options. */
export function protectMcp(options) {
  checkOptions(options, ['server', 'keys', 'handler'], PLACE);
  const { server, handler } = options;
  const serve = typeof handler === 'function' ? handler : (request, known) => handler.fetch(request, known);
  return guard(options, async (passed, access, original) => {
    // Tools cannot be left out of an answer that was compressed.
    passed.headers.delete('accept-encoding');
    const response = await serve(passed, { authInfo: authInfoFor(server, original, access), access });
    return withPermittedTools(response, access);
  });
}

/** The `AuthInfo` of a request that may pass: it was `original`, whose credentials have been verified. */
export function authInfoFor(server, original, access) {
  const [, token] = original.headers.get('authorization').trim().split(/ +/);
  return authInfoOf(server, token, access.claims);
}
