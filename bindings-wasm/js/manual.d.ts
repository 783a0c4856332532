// The API over a module that the caller brings.

import type { Api, Raw } from './api.js';

export { createApi, type Api, type Raw } from './api.js';

/** An instance of the WebAssembly module. */
export interface RawInstance extends Raw {
  /** Its memory. */
  readonly memory: { readonly buffer: ArrayBuffer };
}

/**
 * The API over a new instance of the module in the package's `idjag.wasm`, with objects of its own: `source` is the
 * compiled module (a `WebAssembly.Module`) or its bytes.
 */
export declare function instantiate(source: object): Api;

/** A new instance of a compiled module. */
export declare function raw(module: object): RawInstance;
