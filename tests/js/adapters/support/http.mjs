// HTTP servers of the test's own, on 127.0.0.1.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';

/** A port that nobody listens on. */
export async function freePort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Serves `listener` until `close`. `listener` may be set later, once the origin is known. */
export async function serve(listener) {
  const served = { listener };
  const server = createServer((request, response) => served.listener(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  served.port = server.address().port;
  served.origin = `http://127.0.0.1:${served.port}`;
  served.close = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return served;
}

/** Sends these bytes as they are and answers all that comes back until the server closes. */
export async function sendRaw(port, text) {
  const socket = connect(port, '127.0.0.1');
  socket.end(text);
  let answer = '';
  for await (const piece of socket) answer += piece;
  return answer;
}
