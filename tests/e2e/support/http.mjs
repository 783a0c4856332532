// HTTP servers of the test's own, on 127.0.0.1.

import { once } from 'node:events';
import { createServer } from 'node:http';

/** Serves `listener` until `close`. It may be set later, once the origin is known. */
export async function serve(listener) {
  const served = { listener };
  const server = createServer((request, response) => served.listener(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  served.origin = `http://127.0.0.1:${server.address().port}`;
  served.close = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return served;
}

/** A port that nobody listens on, for programs that must be told theirs. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
