// What the adapters of the server roles share: the replay store, requests before, tokens opened.

/** A replay store: one in memory, or none that answers. */
export class Store {
  #host;
  #memory;

  constructor(host) {
    this.#host = host;
    if (host.input.store !== 'unavailable') {
      this.#memory = host.make('MemoryReplayStore', 'replay_store.new', { capacity: 1000 });
    }
  }

  /** The answers for these keys, up to the first that is not new. */
  ask(keys, now) {
    const answers = [];
    for (const { name, retain_until } of keys) {
      const use = { name, retain_until, now };
      answers.push(
        this.#memory === undefined
          ? 'unavailable'
          : this.#host.ask(this.#memory, 'replay_store.first_use', use).answer,
      );
      if (answers.at(-1) !== 'first') break;
    }
    return answers;
  }
}

/** What has been revoked, as the configuration has it; nothing where it says nothing. */
export function revocations(host, now) {
  const settings = host.config.revocations;
  if (settings === undefined) return undefined;
  const list = host.make('RevocationList', 'revocation_list.new', { max_stale: settings.max_stale, now });
  host.ask(list, 'revocation_list.add', { entries: settings.entries, now });
  if (settings.synchronized_at !== undefined) {
    host.ask(list, 'revocation_list.synchronize', { sequence: 1, now: settings.synchronized_at });
  }
  return list;
}

/** Handles the requests before the one under test, and says briefly what became of each. */
export function earlier(host, handle) {
  return (host.input.earlier ?? []).map((one, index) => {
    try {
      const done = handle(one.request, `earlier-${index}`, one.now ?? host.now);
      return { status: done.response?.status ?? 200 };
    } catch (error) {
      if (!(error instanceof host.api.IdJagError)) throw error;
      return { error: { code: error.code, oauth: error.oauth ?? null } };
    }
  });
}

/** The response with its token opened as `{header, claims}`, and the record. */
export function opened({ response, record }) {
  const output = { ...shown(response), record };
  const token = output.body?.access_token;
  const parts = typeof token === 'string' ? token.split('.') : [];
  if (parts.length === 3) {
    const [header, claims] = parts.slice(0, 2).map((part) => JSON.parse(utf8(part)));
    output.body.access_token = { header, claims };
  }
  return output;
}

/** The finished refusal. */
export function responseOf(host, handle) {
  try {
    handle();
  } catch (error) {
    if (!(error instanceof host.api.IdJagError) || error.response === undefined) throw error;
    if (error.status !== error.response.status) throw new Error('`status` is not that of the response');
    return { ...shown(error.response), record: error.record };
  }
  throw new Error('the request was to be refused');
}

/** A response whose body, where it is JSON, is JSON. */
export function shown(response) {
  try {
    return { ...response, body: JSON.parse(response.body) };
  } catch {
    return { ...response };
  }
}

export function utf8(base64url) {
  const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder().decode(Uint8Array.from(binary, (letter) => letter.codePointAt(0)));
}
