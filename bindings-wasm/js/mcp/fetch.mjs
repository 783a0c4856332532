// The `fetch` of the SDKs' transports, over a connection.

import { authorizedFetch } from '#adapters';

/**
 * An `authorizedFetch` that counts step-ups for each tool and method. Without an `authProvider` beside it the SDK has
 * nothing to fall back to: a refusal is thrown, and reaches whoever called.
 */
export function mcpFetch(connection, options = {}) {
  const { operation = operationOf, ...driving } = options;
  return authorizedFetch(connection, { ...driving, operation });
}

/** What a request does: its method, and the tool where it calls one. Only a name for counting: nothing is decided by it. */
function operationOf({ method }, body) {
  try {
    const { method: called, params } = JSON.parse(new TextDecoder().decode(body));
    return called === 'tools/call' ? `tools/call ${params.name}` : String(called ?? method);
  } catch {
    return method;
  }
}
