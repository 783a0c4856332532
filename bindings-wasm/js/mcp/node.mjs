// The guard as a middleware of Express and of `node:http`, for the transports that take Node's requests and responses.

import { fail, toWebRequest, whileOpen, write } from '../adapters/node.mjs';
import { checkOptions } from '../adapters/options.mjs';
import { guard, PLACE } from '../adapters/protect.mjs';
import { report, serveDocument } from '../adapters/respond.mjs';
import { authInfoFor } from './guard.mjs';
import { EventFilter, kindOf, permittedJson } from './listing.mjs';

/** A middleware; see `server.d.ts` for the options. */
export function mcpMiddleware(options) {
  checkOptions(options, ['server', 'keys'], PLACE);
  const { server, onError } = options;
  const metadataPath = new URL(server.metadataUrl).pathname;
  /** Who may pass, by the response that stands for that. */
  const passing = new WeakMap();
  const decide = guard(options, async (passed, access, original) => {
    const body = await passed.text();
    const mark = new Response(null);
    passing.set(mark, { access, authInfo: authInfoFor(server, original, access), body });
    return mark;
  });

  const middleware = async (incoming, outgoing, next) => {
    try {
      const response = await decide(toWebRequest(incoming, whileOpen(outgoing), parsedText(incoming)));
      const found = passing.get(response);
      if (found === undefined) {
        await write(response, incoming, outgoing);
        return;
      }
      handOn(incoming, outgoing, found, onError);
      await next();
    } catch (error) {
      report(error, onError);
      fail(outgoing);
    }
  };
  /** Serves the RFC 9728 document at its address, and leaves everything else to whoever is next. */
  const metadata = async (incoming, outgoing, next) => {
    try {
      const request = toWebRequest(incoming, whileOpen(outgoing), '');
      if (new URL(request.url).pathname === metadataPath) {
        await write(serveDocument(request, server.metadata()), incoming, outgoing);
        return;
      }
      await next();
    } catch (error) {
      report(error, onError);
      fail(outgoing);
    }
  };
  return Object.assign(middleware, { metadata });
}

/** What a body parser before this has read, as a text that means the same: the value decided on is the value acted on. */
function parsedText(incoming) {
  const { body } = incoming;
  const isParsed = incoming.readableDidRead && typeof body === 'object' && body !== null;
  return isParsed && !(body instanceof Uint8Array) ? JSON.stringify(body) : undefined;
}

/** The header fields that do not go on: credentials, and what would have answers compressed, which could not be cut then. */
const GONE = ['authorization', 'dpop', 'accept-encoding'];

/** Gives the request who calls and what was decided on, and takes its credentials. */
function handOn(incoming, outgoing, { access, authInfo, body }, onError) {
  incoming.auth = authInfo;
  incoming.body = body === '' ? undefined : JSON.parse(body);
  const { rawHeaders } = incoming;
  for (let at = rawHeaders.length - 2; at >= 0; at -= 2) {
    if (GONE.includes(rawHeaders[at].toLowerCase())) rawHeaders.splice(at, 2);
  }
  for (const name of GONE) delete incoming.headers[name];
  cutTools(outgoing, access, onError);
}

/**
 * Makes `outgoing` leave out the tools that the token may not call, however it is written. Where they cannot be left out it
 * fails, and whatever else is written is thrown away: whoever writes may be nobody who takes an error.
 */
function cutTools(outgoing, access, onError) {
  const { writeHead, flushHeaders, write, end } = outgoing;
  /** From here on it is written as ever: what was kept back stays so. */
  const restore = () => Object.assign(outgoing, { writeHead, flushHeaders, write, end });
  const decoder = new TextDecoder();
  let events;
  let text = '';
  let kind;
  let isOver = false;

  /** What `cut` answers, if it can. */
  const attempt = (cut) => {
    try {
      if (!isOver) return cut();
    } catch (error) {
      isOver = true;
      restore();
      report(error, onError);
      fail(outgoing);
      Object.assign(outgoing, { write: thrownAway(() => true), end: thrownAway(() => outgoing) });
    }
    return undefined;
  };

  /** The kind of body, once something of it comes: from then on the header fields stand. */
  const settle = () => {
    if (kind !== undefined) return kind;
    // Node itself writes the head by these when the first piece of the body is written.
    Object.assign(outgoing, { writeHead, flushHeaders });
    kind = kindOf(access, outgoing.getHeader('content-type'), outgoing.getHeader('content-encoding'));
    if (kind !== 'free') outgoing.removeHeader('content-length');
    if (kind === 'stream') events = new EventFilter(access);
    // A refusal of the server's own says nothing of tools.
    if (kind === 'none' && outgoing.statusCode >= 400) kind = 'free';
    return kind;
  };
  /** What may go out of `chunk` at once. */
  const take = (chunk, encoding) => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
    switch (settle()) {
      case 'free':
        return bytes;
      case 'stream':
        return Buffer.from(events.push(decoder.decode(bytes, { stream: true })));
      case 'json':
        text += decoder.decode(bytes, { stream: true });
        return Buffer.alloc(0);
      default:
        throw new TypeError('a list of tools is expected as JSON or as events, in no encoding');
    }
  };

  outgoing.writeHead = (status, ...rest) => {
    outgoing.statusCode = status;
    for (const given of rest) {
      if (typeof given === 'string') outgoing.statusMessage = given;
      else for (const [name, value] of fieldsOf(given)) outgoing.setHeader(name, value);
    }
    return outgoing;
  };
  outgoing.flushHeaders = () => {
    settle();
    flushHeaders.call(outgoing);
  };
  outgoing.write = (chunk, encoding, done) => {
    const [coding, callback] = typeof encoding === 'function' ? [undefined, encoding] : [encoding, done];
    const bytes = attempt(() => take(chunk, coding));
    if (bytes?.length > 0) return write.call(outgoing, bytes, callback);
    callback?.();
    return true;
  };
  outgoing.end = (chunk, encoding, done) => {
    const callback = [chunk, encoding, done].find((given) => typeof given === 'function');
    const last = chunk === undefined || chunk === null || chunk === callback ? undefined : chunk;
    const pieces = attempt(() => {
      const taken = last === undefined ? [] : [take(last, typeof encoding === 'string' ? encoding : undefined)];
      if (kind === 'stream') taken.push(Buffer.from(events.push(decoder.decode(), true)));
      if (kind === 'json') taken.push(Buffer.from(permittedJson(text + decoder.decode(), access)));
      return taken;
    });
    if (pieces === undefined) return thrownAway(() => outgoing)(callback);
    restore();
    return end.call(outgoing, ...(pieces.length > 0 ? [Buffer.concat(pieces)] : []), callback);
  };
}

/** A `write` or an `end` that writes nothing. */
function thrownAway(answer) {
  return (...given) => {
    given.find((each) => typeof each === 'function')?.();
    return answer();
  };
}

/** The fields of `writeHead`, which takes an object, pairs, or names and values in turn. */
function fieldsOf(given) {
  if (!Array.isArray(given)) return Object.entries(given ?? {});
  if (given.every(Array.isArray)) return given;
  return given.flatMap((name, at) => (at % 2 === 0 ? [[name, given[at + 1]]] : []));
}
