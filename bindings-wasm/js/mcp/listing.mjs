// The answers of an MCP server with the tools left out that the token may not call.

/** The operations whose answer is a list of tools: the listing itself, and streams that are taken up again. */
const LISTING = new Set(['tools/list', 'session']);
const KINDS = { 'application/json': 'json', 'text/event-stream': 'stream' };

/**
 * How the body of an answer to what `access` permits is read: `json`, `stream` (server-sent events), `free` where no list of
 * tools is in it, or `none` where one may be that cannot be taken from it, so that it must not go out.
 *
 * No answer is taken for granted: in a session, one to a listing may come where another request was given the same `id`.
 */
export function kindOf(access, contentType, contentEncoding) {
  const [media] = (contentType ?? '').split(';');
  const kind = KINDS[media.trim().toLowerCase()] ?? (LISTING.has(access.operation) ? 'none' : 'free');
  return kind !== 'free' && contentEncoding && contentEncoding !== 'identity' ? 'none' : kind;
}

/** `response` without the tools that the token may not call. */
export async function withPermittedTools(response, access) {
  if (response.body === null) return response;
  const { status, statusText } = response;
  const headers = new Headers(response.headers);
  const kind = kindOf(access, headers.get('content-type'), headers.get('content-encoding'));
  if (kind === 'free') return response;
  headers.delete('content-length');
  if (kind === 'json') {
    return new Response(permittedJson(await response.text(), access), { status, statusText, headers });
  }
  if (kind === 'stream') {
    // Pulled as it is read: nothing is held but the event that has begun.
    const body = new ReadableStream(new PermittedEvents(response.body.getReader(), access), { highWaterMark: 0 });
    return new Response(body, { status, statusText, headers });
  }
  if (!response.ok) return response;
  await response.body.cancel();
  throw new TypeError('a list of tools is expected as JSON or as events, in no encoding');
}

/** A JSON text of one message or of several, cut; as it came where it lists no tools. Throws when it is none. */
export function permittedJson(text, access) {
  const value = JSON.parse(text);
  const messages = Array.isArray(value) ? value : [value];
  const cut = messages.map((message) => permitted(message, access));
  if (cut.every((message, at) => message === messages[at])) return text;
  return JSON.stringify(Array.isArray(value) ? cut : cut[0]);
}

/** A message with the permitted tools only, if it is an answer that lists tools. */
function permitted(message, access) {
  const tools = message?.result?.tools;
  if (!Array.isArray(tools)) return message;
  const names = tools.map((tool) => tool?.name).filter((name) => typeof name === 'string');
  const kept = new Set(access.permitsTools(names));
  const result = { ...message.result, tools: tools.filter((tool) => kept.has(tool?.name)) };
  // Of the caller, and of nobody else: no cache between may keep it for others.
  if (result.cacheScope !== undefined) result.cacheScope = 'private';
  return { ...message, result };
}

/** The bytes of server-sent events from `reader`, with the permitted tools only. */
class PermittedEvents {
  #reader;
  #events;
  #decoder = new TextDecoder();
  #encoder = new TextEncoder();

  constructor(reader, access) {
    this.#reader = reader;
    this.#events = new EventFilter(access);
  }

  async pull(controller) {
    try {
      for (;;) {
        const { done, value } = await this.#reader.read();
        const text = done
          ? this.#events.push(this.#decoder.decode(), true)
          : this.#events.push(this.#decoder.decode(value, { stream: true }));
        if (text !== '') controller.enqueue(this.#encoder.encode(text));
        if (done) controller.close();
        if (done || text !== '') return;
      }
    } catch (error) {
      // Whoever writes is told that nobody reads any more; the reader of this is told why.
      this.#reader.cancel(error).catch(() => {});
      throw error;
    }
  }

  cancel(reason) {
    return this.#reader.cancel(reason);
  }
}

/** Server-sent events, cut one by one as their text comes. */
export class EventFilter {
  #access;
  #text = '';

  constructor(access) {
    this.#access = access;
  }

  /** Takes more text, or the last; answers the events that are complete. One that was not ended is none, and is left out. */
  push(text, isLast = false) {
    this.#text += text;
    // A carriage return at the end may be half of a line's end.
    const held = !isLast && this.#text.endsWith('\r') ? '\r' : '';
    const lines = this.#text.slice(0, this.#text.length - held.length).replaceAll(/\r\n?/g, '\n');
    const events = lines.split('\n\n');
    this.#text = events.pop() + held;
    return events.map((event) => `${this.#cut(event)}\n\n`).join('');
  }

  #cut(event) {
    const lines = event.split('\n');
    const data = lines.filter((line) => /^data(:|$)/.test(line));
    const text = data.map((line) => line.replace(/^data(: ?)?/, '')).join('\n');
    if (text === '') return event;
    const cut = permittedJson(text, this.#access);
    if (cut === text) return event;
    const others = lines.filter((line) => !data.includes(line));
    return [...others, `data: ${cut}`].join('\n');
  }
}
