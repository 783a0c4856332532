// The metadata of an issuer, from wherever the specifications allow it to be.

import * as idjag from '#api';
import { send } from './send.mjs';

/**
 * Fetches and reads the RFC 8414 or OpenID Connect document of `issuer`, which must name exactly this issuer. Throws when
 * there is none, and what the library says of one that does not hold.
 */
export async function discoverIssuer(options) {
  const { issuer, limits, dangerousAllowHttpLoopback, fetch, timeoutMs, maxBytes, signal } = options;
  const discovery = new idjag.Discovery({ issuer, limits, dangerousAllowHttpLoopback });
  try {
    for (;;) {
      const { request } = discovery.next();
      const response = await send(request, { fetch, timeoutMs, maxBytes, signal });
      const { done, authorization_server: found } = discovery.receive({ response });
      if (done) return found;
    }
  } finally {
    discovery.free();
  }
}
