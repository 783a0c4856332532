// Waiting and reading with an end: nobody else's slowness or size becomes ours.

/** What was to be read is larger than it may be. */
export class TooLarge extends Error {
  constructor() {
    super('the body is larger than allowed');
    this.name = 'TooLarge';
  }
}

/** What was waited for took longer than it may, or the caller gave up. */
export class TimedOut extends Error {
  constructor(options) {
    super('there was no answer in time', options);
    this.name = 'TimedOut';
  }
}

/**
 * A span of time that ends after `milliseconds` or when `signal` is aborted. Its own `signal` tells others; `race` holds
 * even for a promise that does not listen to it.
 */
export class TimeLimit {
  /** Made when somebody asks for its signal: most never do, and to make one is dear. */
  #controller;
  #ended;
  #end;
  #isOver = false;
  #timer;
  #outer;
  #abort = () => {
    this.#isOver = true;
    // Before anybody who listens to the signal fails of it.
    this.#end(new TimedOut({ cause: this.#outer?.reason }));
    this.#controller?.abort(this.#outer?.reason);
  };

  constructor(milliseconds, signal) {
    this.#ended = new Promise((_, reject) => {
      this.#end = reject;
    });
    this.#ended.catch(() => {});
    this.#outer = signal;
    if (signal?.aborted) this.#abort();
    signal?.addEventListener('abort', this.#abort);
    if (milliseconds !== undefined) this.#timer = setTimeout(this.#abort, milliseconds);
  }

  /** Aborted when the time is over. */
  get signal() {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#isOver) this.#controller.abort(this.#outer?.reason);
    }
    return this.#controller.signal;
  }

  /** What `promise` becomes, unless the time is over first. */
  race(promise) {
    return Promise.race([promise, this.#ended]);
  }

  /** Stops the clock. */
  clear() {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#abort);
  }
}

/**
 * The bytes of a stream, read piece by piece: one that grows past `maxBytes` is given up at once, whatever length was
 * declared. `null` is an empty body.
 */
export async function readBytes(stream, maxBytes, limit) {
  if (stream === null || stream === undefined) return new Uint8Array(0);
  const reader = stream.getReader();
  const pieces = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await limit.race(reader.read());
      if (done) return joined(pieces, length);
      length += value.byteLength;
      if (length > maxBytes) throw new TooLarge();
      pieces.push(value);
    }
  } catch (error) {
    // The sender is told to stop; that it may not listen is no reason to wait.
    reader.cancel(error).catch(() => {});
    throw error;
  }
}

function joined(pieces, length) {
  if (pieces.length === 1) return pieces[0];
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}
