// A subagent's access token, derived from a connection's own.

import * as idjag from '#api';
import { connect } from './client.mjs';
import { clock, randomBytes } from './defaults.mjs';
import { send } from './send.mjs';

/** Requests for one token. The connection itself gives up earlier. */
const MAX_ATTEMPTS = 3;

/** Connects where needed, and asks the authorization server for a token with no more than what is `wanted`. */
export async function downscope(connection, wanted = {}, options = {}) {
  const { fetch, timeoutMs, maxBytes, signal, now = clock, random = randomBytes } = options;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    await connect(connection, options);
    const request = connection.downscope({ wanted, random: random(), now: now() });
    const response = await send(request, { fetch, timeoutMs, maxBytes, signal });
    const answer = connection.onDownscopeResponse({ wanted, response, now: now() });
    if (answer.verdict === 'derived') return { ...answer.token, access_token: answer.access_token };
    if (answer.verdict === 'refused') throw new idjag.IdJagError(answer.error);
  }
  throw new idjag.IdJagError({ code: 'server_failed', message: 'the server keeps asking' });
}
