// The API over a module that the caller brings: compiled, or its bytes.

import { createApi } from './api.mjs';
import { instantiate as raw } from './load/instance.mjs';

export { createApi, raw };

/** The API over a new instance of `source`, with objects of its own. */
export function instantiate(source) {
  return createApi(raw(source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source)));
}
