// Everything that the package exports.

export * from './shell.js';
export * from './steps.js';
export * from './types.js';

/** Which backend answers: the native addon or the WebAssembly module. */
export declare const backend: 'native' | 'wasm';
