// Node.js, the package of WebAssembly alone. This file is bundled as CommonJS, which has `__dirname`.

import { loadWasm } from './node.mjs';

export const raw = loadWasm(__dirname);
export const backend = 'wasm';
