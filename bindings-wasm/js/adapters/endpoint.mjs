// What authorization servers of both kinds serve: a token endpoint, the metadata that names it, the keys.

import { readMessage } from './message.mjs';
import { answer, failed, serveDocument } from './respond.mjs';

/** More than any token request has; the library's own cap is far below it. */
const MAX_BODY_BYTES = 256 * 1024;
const BODY_TIMEOUT_MS = 10_000;

/**
 * A handler that routes by path. All addresses are those of the metadata document: where a proxy takes part of the path
 * away, mount `handler.token`, `handler.metadata` and `handler.jwks` one by one.
 */
export function tokenServer(token, options) {
  const { metadata, metadataUrls, jwks } = options;
  const { maxBodyBytes = MAX_BODY_BYTES, bodyTimeoutMs = BODY_TIMEOUT_MS } = options;
  const routes = {
    token: (request) => answer(async () => {
      const message = await readMessage(request, metadata.token_endpoint, { maxBodyBytes, bodyTimeoutMs });
      return token(message);
    }, options),
    metadata: async (request) => serveDocument(request, metadata),
    jwks: async (request) => serveDocument(request, jwks.public()),
  };
  const byPath = new Map([
    ...metadataUrls.map((url) => [new URL(url).pathname, routes.metadata]),
    [new URL(metadata.jwks_uri).pathname, routes.jwks],
    [new URL(metadata.token_endpoint).pathname, routes.token],
  ]);
  const handler = async (request) => {
    try {
      const route = byPath.get(new URL(request.url).pathname);
      return route ? await route(request) : new Response(null, { status: 404 });
    } catch (error) {
      return failed(error, options.onError);
    }
  };
  return Object.assign(handler, routes);
}
