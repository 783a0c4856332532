// Everything that the package exports.

export * from './types.js';
export * from './steps.js';
export * from './shell.js';

/** Which backend answers: the native addon or the WebAssembly module. */
export declare const backend: 'native' | 'wasm';
