// The black-box adapter of the WebAssembly module: `node tests/blackbox/wasm.mjs <folder where the
// package is installed>`.

import { serve } from './serve.mjs';

await serve('idjag-wasm');
