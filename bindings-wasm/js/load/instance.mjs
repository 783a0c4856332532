// An instance of the module as the backend that `createApi` takes: text in, text out.

import * as imports from '../idjag_wasm_bg.js';

/** As many bytes as a call may have; whatever has more characters has more bytes, and is refused without a copy. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * @param {WebAssembly.Module} module
 * @returns {Required<import('../api.js').Raw> & { memory: WebAssembly.Memory }}
 */
export function instantiate(module) {
  return backendOf(new WebAssembly.Instance(module, { './idjag_wasm_bg.js': imports }).exports);
}

/** The backend over the exports of an instance. */
export function backendOf(exports) {
  const { call, verify_bearer: verifyBearer, memory, __wbindgen_malloc: malloc, __wbindgen_realloc: realloc, __wbindgen_free: free } = exports;
  // Growing the memory replaces its buffer.
  let bytes = new Uint8Array(memory.buffer);
  const view = () => (bytes.byteLength === 0 ? (bytes = new Uint8Array(memory.buffer)) : bytes);

  /** Writes `text` as UTF-8 into memory that the callee frees: where, and how many bytes. */
  function pass(text) {
    let size = text.length;
    let at = malloc(size, 1) >>> 0;
    let { read, written } = encoder.encodeInto(text, view().subarray(at, at + size));
    if (read < text.length) {
      const most = written + (text.length - read) * 3;
      at = realloc(at, size, most, 1) >>> 0;
      size = most;
      const rest = encoder.encodeInto(text.slice(read), view().subarray(at + written, at + size));
      written += rest.written;
    }
    // What is allocated must be what is used: it is freed by its length.
    if (written < size) at = realloc(at, size, written, 1) >>> 0;
    return [at, written];
  }

  /** The text that the callee left for whoever called it. */
  function take([answer, length]) {
    const at = answer >>> 0;
    try {
      return decoder.decode(view().subarray(at, at + length));
    } finally {
      free(at, length, 1);
    }
  }

  return {
    memory,
    call(text) {
      return take(call(...pass(text.length > MAX_CHARACTERS ? '' : text)));
    },
    verifyBearer(server, keys, revocations, token, context, now, numberWillDo) {
      const [at, length] = pass(token);
      const [contextAt, contextLength] = pass(context ?? '');
      const flags = (numberWillDo ? 1 : 0) | (context === undefined ? 0 : 2);
      const answer = take(
        verifyBearer(server, keys, revocations, at, length, contextAt, contextLength, now, flags),
      );
      return answer.startsWith('{') ? answer : Number(answer);
    },
  };
}
