// What authorization servers of both kinds serve: a token endpoint, the metadata that names it, the keys.

import * as idjag from '#api';
import { readMessage } from './message.mjs';
import { answer, failed, serveDocument } from './respond.mjs';

/** More than any token request has; the library's own cap is far below it. */
const MAX_BODY_BYTES = 256 * 1024;
const BODY_TIMEOUT_MS = 10_000;

/**
 * A handler that routes by path, for a server of the kind `role` whose token requests `token` decides. All addresses are
 * those of the metadata: where a proxy takes part of the path away, mount `handler.token`, `handler.metadata` and
 * `handler.jwks` one by one.
 */
export function tokenServer(role, token, options) {
  const { jwks, metadata, maxBodyBytes = MAX_BODY_BYTES, bodyTimeoutMs = BODY_TIMEOUT_MS } = options;
  const document = JSON.parse(idjag.buildAuthorizationServerMetadata({ ...metadata, role }).body);
  const { issuer, token_endpoint: tokenEndpoint, jwks_uri: jwksUri } = document;
  const { dangerousAllowHttpLoopback } = metadata;
  const { urls } = idjag.wellKnownUrls({ issuer, dangerousAllowHttpLoopback });

  const routes = {
    token: (request) => answer(async () => {
      return token(await readMessage(request, tokenEndpoint, { maxBodyBytes, bodyTimeoutMs }));
    }, options),
    metadata: async (request) => serveDocument(request, document),
    jwks: async (request) => serveDocument(request, jwks.public()),
  };
  const byPath = new Map([
    ...urls.map((url) => [new URL(url).pathname, routes.metadata]),
    [new URL(jwksUri).pathname, routes.jwks],
    [new URL(tokenEndpoint).pathname, routes.token],
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
