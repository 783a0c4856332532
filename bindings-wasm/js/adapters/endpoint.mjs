// What authorization servers of both kinds serve: their endpoints, the metadata that names them, the keys.

import * as idjag from '#api';
import { readMessage } from './message.mjs';
import { answer, failed, serveDocument } from './respond.mjs';

/** More than any request to these endpoints has; the library's own cap is far below it. */
const MAX_BODY_BYTES = 256 * 1024;
const BODY_TIMEOUT_MS = 10_000;

/**
 * A handler that routes by path, for a server of the kind `role` whose requests `decides` decide, by endpoint. All
 * addresses are those of the metadata: where a proxy takes part of the path away, mount `handler.token`,
 * `handler.revocation`, `handler.metadata` and `handler.jwks` one by one.
 */
export function tokenServer(role, decides, options) {
  const { server, jwks, metadata, maxBodyBytes = MAX_BODY_BYTES, bodyTimeoutMs = BODY_TIMEOUT_MS } = options;
  const { authorizationDetailsTypesSupported = server.detailTypes } = metadata;
  const published = { ...metadata, authorizationDetailsTypesSupported, role };
  const document = JSON.parse(idjag.buildAuthorizationServerMetadata(published).body);
  const { issuer, jwks_uri: jwksUri } = document;
  const { dangerousAllowHttpLoopback } = metadata;
  const { urls } = idjag.wellKnownUrls({ issuer, dangerousAllowHttpLoopback });

  const endpoints = Object.keys(decides).filter((name) => document[`${name}_endpoint`] !== undefined);
  const addressOf = (name) => document[`${name}_endpoint`];
  const endpoint = (name) => (request) => answer(async () => {
    return decides[name](await readMessage(request, addressOf(name), { maxBodyBytes, bodyTimeoutMs }));
  }, options);

  const routes = {
    ...Object.fromEntries(endpoints.map((name) => [name, endpoint(name)])),
    metadata: async (request) => serveDocument(request, document),
    jwks: async (request) => serveDocument(request, jwks.public()),
  };
  const byPath = new Map([
    ...urls.map((url) => [new URL(url).pathname, routes.metadata]),
    [new URL(jwksUri).pathname, routes.jwks],
    ...endpoints.map((name) => [new URL(addressOf(name)).pathname, routes[name]]),
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
