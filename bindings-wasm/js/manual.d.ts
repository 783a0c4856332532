// The API over a module that the caller brings.

import type * as idjag from './index.js';

/** Everything that the package exports, save which backend it chose. */
export type Idjag = Omit<typeof idjag, 'backend'>;

/** What the API is made of: a function that takes text and answers text. */
export interface Raw {
  /** One call. */
  call(text: string): string;
}

/** An instance of the WebAssembly module. */
export interface RawInstance extends Raw {
  /** Its memory. */
  readonly memory: { readonly buffer: ArrayBuffer };
}

/**
 * The API over a new instance of the module in the package's `idjag.wasm`, with objects of its own: `source` is the
 * compiled module (a `WebAssembly.Module`) or its bytes.
 */
export declare function instantiate(source: object): Idjag;

/** A new instance of a compiled module. */
export declare function raw(module: object): RawInstance;

/** The API over any backend, such as the raw module that `wasm-pack build` makes. */
export declare function createApi(raw: Raw): Idjag;
