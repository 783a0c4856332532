// From Node's requests and responses to the Web's and back, without importing anything of Node.

import { keepFields } from './message.mjs';

/** The origin of requests inside this process. Nothing reads it: public addresses come from configuration. */
const ORIGIN = 'http://node.invalid';

/**
 * A listener for `http.createServer`, `https.createServer` or Express, of a handler from `Request` to `Response`.
 *
 * Mount it before anything that reads bodies. Where a body has been read already, it must have been kept as it was, as
 * `express.raw()` keeps it: a parsed body is another text.
 */
export function toNodeHandler(handler) {
  return async (incoming, outgoing) => {
    try {
      await write(await handler(toWebRequest(incoming, whileOpen(outgoing))), incoming, outgoing);
    } catch {
      fail(outgoing);
    }
  };
}

/** A signal that is aborted when the caller goes before the response is complete. */
export function whileOpen(outgoing) {
  const gone = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) gone.abort();
  });
  return gone.signal;
}

/** The request as a `Request`; `text` is its body where somebody has read it and keeps what it says. */
export function toWebRequest(incoming, signal, text) {
  const fields = [];
  for (let at = 0; at + 1 < incoming.rawHeaders.length; at += 2) {
    const name = incoming.rawHeaders[at];
    // What was read and is kept as text stands in no encoding any more.
    const isOver = text !== undefined && name.toLowerCase() === 'content-encoding';
    if (!name.startsWith(':') && !isOver) fields.push([name, incoming.rawHeaders[at + 1]]);
  }
  const { method } = incoming;
  const bare = method === 'GET' || method === 'HEAD';
  const body = bare ? undefined : (text ?? bodyOf(incoming));
  const request = new Request(addressOf(incoming), { method, headers: fields, body, duplex: 'half', signal });
  // `Headers` joins what was sent twice. The library refuses it either way, and says why when it sees it.
  return keepFields(request, fields);
}

/** The path is appended, never resolved: `//other.example/` is a path here, and not an address. */
function addressOf(incoming) {
  const target = incoming.originalUrl ?? incoming.url;
  return target.startsWith('/') ? ORIGIN + target : new URL(new URL(target).pathname, ORIGIN).href;
}

function bodyOf(incoming) {
  const kept = incoming.rawBody ?? incoming.body;
  if (kept instanceof Uint8Array || typeof kept === 'string') return kept;
  if (incoming.readableDidRead) throw new Error('the body has been read and was not kept as it was');
  return new ReadableStream(new IncomingBody(incoming), { highWaterMark: 0 });
}

/** A request's body, pulled as it is read. */
class IncomingBody {
  #pieces;
  #incoming;

  constructor(incoming) {
    this.#incoming = incoming;
    this.#pieces = incoming[Symbol.asyncIterator]({ destroyOnReturn: false });
  }

  async pull(controller) {
    const { done, value } = await this.#pieces.next();
    if (done) controller.close();
    else controller.enqueue(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }

  cancel() {
    // What still comes is thrown away, so that the refusal can be read.
    this.#incoming.resume();
  }
}

/** Writes `response`, and nothing else after it. */
export async function write(response, incoming, outgoing) {
  outgoing.statusCode = response.status;
  const cookies = response.headers.getSetCookie?.() ?? [];
  for (const [name, value] of response.headers) if (name !== 'set-cookie') outgoing.setHeader(name, value);
  if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies);
  if (!incoming.complete) {
    // The rest of the body is not waited for, nor taken for the next request.
    if (incoming.httpVersionMajor === 1) outgoing.setHeader('connection', 'close');
    incoming.resume();
  }
  if (response.body === null || incoming.method === 'HEAD') {
    outgoing.end();
    return;
  }
  await pour(response.body.getReader(), outgoing);
}

/** Writes what `reader` yields as fast as it is taken; stops it when the caller is gone. */
async function pour(reader, outgoing) {
  const gone = new Promise((resolve) => outgoing.once('close', resolve));
  while (!outgoing.destroyed) {
    const piece = await Promise.race([reader.read(), gone]);
    if (piece === undefined) break;
    if (piece.done) {
      outgoing.end();
      return;
    }
    if (!outgoing.write(piece.value)) {
      await Promise.race([new Promise((resolve) => outgoing.once('drain', resolve)), gone]);
    }
  }
  reader.cancel().catch(() => {});
}

/** Answers that nothing was decided, or breaks off where an answer has begun. */
export function fail(outgoing) {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  for (const name of outgoing.getHeaderNames()) outgoing.removeHeader(name);
  outgoing.statusCode = 500;
  outgoing.setHeader('content-type', 'application/json');
  outgoing.setHeader('cache-control', 'no-store');
  outgoing.end('{"error":"server_error"}');
}
