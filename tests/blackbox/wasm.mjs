// The black-box adapter of the WebAssembly module: `node tests/blackbox/wasm.mjs` where the package `idjag-wasm` is
// installed.

import { serve } from './serve.mjs';

await serve('idjag-wasm');
