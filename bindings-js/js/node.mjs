// Node.js: the native addon where there is one for this machine, else the WebAssembly module.
//
// This file is bundled as CommonJS, which has `__dirname`. `IDJAG_BACKEND=native` or `wasm` in the environment asks for one of the two alone.

import { loadWasm } from '../../bindings-wasm/js/load/node.mjs';
import { loadNative } from './native.cjs';

export const { raw, backend } = load(process.env.IDJAG_BACKEND);

function load(wanted) {
  if (wanted === 'native') return { raw: loadNative(), backend: 'native' };
  if (wanted === 'wasm') return { raw: loadWasm(__dirname), backend: 'wasm' };
  let missing;
  try {
    return { raw: loadNative(), backend: 'native' };
  } catch (error) {
    missing = error;
    // Nobody asked for two versions. Everything works without the addon, so that is no reason to stop.
    if (error.code === 'ERR_IDJAG_ADDON_VERSION') {
      process.emitWarning(`${error.message}: WebAssembly is used instead`, { code: error.code });
    }
  }
  try {
    return { raw: loadWasm(__dirname), backend: 'wasm' };
  } catch (error) {
    const message = `idjag: neither backend loads; the native addon: ${missing.message}; WebAssembly: ${error.message}`;
    throw new AggregateError([missing, error], message);
  }
}
