// The answers of an MCP server with the tools left out that the token may not call.

/** The operations in whose answer a list of tools may come: the listing itself, and streams that are taken up again. */
const LISTING = new Set(['tools/list', 'session']);

/** Whether a list of tools may come in answer to what `access` permits. */
export function mayList(access) {
  return LISTING.has(access.operation);
}

/**
 * How a body of this kind is read: `json`, `stream` (server-sent events), or `none` where no list of tools can be taken
 * from it, so that it must not go out.
 */
export function kindOf(contentType, contentEncoding) {
  if (contentEncoding && contentEncoding !== 'identity') return 'none';
  const [media] = (contentType ?? '').split(';');
  const kinds = { 'application/json': 'json', 'text/event-stream': 'stream' };
  return kinds[media.trim().toLowerCase()] ?? 'none';
}

/** `response` without the tools that the token may not call. */
export async function withPermittedTools(response, access) {
  if (!mayList(access) || response.body === null) return response;
  const { status, statusText } = response;
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  const kind = kindOf(headers.get('content-type'), headers.get('content-encoding'));
  if (kind === 'json') {
    return new Response(permittedJson(await response.text(), access), { status, statusText, headers });
  }
  if (kind === 'stream') {
    const events = new EventFilter(access);
    const decoder = new TextDecoder();
    const encoder = new TextEncoder();
    const body = response.body.pipeThrough(new TransformStream({
      transform(chunk, controller) {
        const text = events.push(decoder.decode(chunk, { stream: true }));
        if (text !== '') controller.enqueue(encoder.encode(text));
      },
      flush(controller) {
        const text = events.push(decoder.decode(), true);
        if (text !== '') controller.enqueue(encoder.encode(text));
      },
    }));
    return new Response(body, { status, statusText, headers });
  }
  if (!response.ok) return response;
  await response.body.cancel();
  throw new TypeError('a list of tools is expected as JSON or as events, in no encoding');
}

/** A JSON text of one message or of several, cut. Throws when it is none. */
export function permittedJson(text, access) {
  const value = JSON.parse(text);
  const cut = Array.isArray(value) ? value.map((message) => permitted(message, access)) : permitted(value, access);
  return JSON.stringify(cut);
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
    const others = lines.filter((line) => !data.includes(line));
    return [...others, `data: ${permittedJson(text, this.#access)}`].join('\n');
  }
}
