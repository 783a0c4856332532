// Protecting an MCP endpoint: what may pass is handed on, everything else gets the library's challenge.

import { clock } from './defaults.mjs';
import { readMessage, withoutBody } from './message.mjs';
import { checkOptions } from './options.mjs';
import { firstUses } from './replay.mjs';
import { keysOf } from './resource-as.mjs';
import { answer, demand, failed, serveDocument } from './respond.mjs';

/** More than the messages of most MCP servers; servers that take more say so. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const BODY_TIMEOUT_MS = 30_000;

/** A handler around `next`; see `index.d.ts` for the options. */
export function protectResource(options) {
  checkOptions(options, ['server', 'keys', 'next'], ['url']);
  const { server, keys, replay, nonce, next, now = clock, url = server.resource } = options;
  const { maxBodyBytes = MAX_BODY_BYTES, bodyTimeoutMs = BODY_TIMEOUT_MS } = options;
  const { origin } = new URL(url);
  const metadataPath = new URL(server.metadataUrl).pathname;

  /**
   * Verifies token and proof by the header fields alone, and answers what was looked up for that: a stranger's body is
   * not worth reading. Throws the refusal.
   */
  const recognize = async (request) => {
    const pending = server.parse(request, { now: now() });
    const { issuer, kid } = pending.needs;
    const [keySet, nonces] = await Promise.all([keysOf(keys, issuer, kid), demand(nonce)]);
    const found = { keys: keySet, nonce: nonces };
    pending.verify({ ...found, now: now() });
    return found;
  };

  /** Takes every step over the whole request; answers what `next` is told. Throws the refusal. */
  const admit = async (request, found) => {
    const at = now();
    const verify = { ...found, now: at };
    const authorized = server.parse(request, { now: at }).verify(verify).authorize({ now: at });
    const answers = await firstUses(replay, authorized.replayKeys, now());
    const { claims, record } = authorized.spend({ answers });
    // Asked of the steps taken anew: those above have been used up.
    const permitsTools = (tools) =>
      server.parse(request, { now: at }).verify(verify).permitsTools({ tools }).tools;
    return { claims, record, operation: authorized.operation, permitsTools };
  };

  return async (request) => {
    try {
      const { pathname, search } = new URL(request.url);
      if (pathname === metadataPath) return serveDocument(request, server.metadata());
      return await answer(async () => {
        const found = await recognize(withoutBody(request, url + search));
        const message = await readMessage(request, url + search, { maxBodyBytes, bodyTimeoutMs });
        const access = Object.freeze(await admit(message, found));
        const passed = handedOn(request, origin + pathname + search, message.body);
        return { record: access.record, response: () => next(passed, access) };
      }, options);
    } catch (error) {
      return failed(error, options.onError);
    }
  };
}

/**
 * The request as it goes on: at its public address, with the bytes that were decided on, and without the credentials,
 * which nobody behind this needs.
 */
function handedOn(request, url, body) {
  const headers = new Headers(request.headers);
  headers.delete('authorization');
  headers.delete('dpop');
  const { method, signal } = request;
  return new Request(url, { method, headers, signal, body: body.byteLength > 0 ? body : undefined });
}
