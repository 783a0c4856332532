// Browsers, bundlers and everything else: the module is part of the code, so that no server and no bundler has to be
// told of a file.

import base64 from '../idjag.wasm.mjs';
import { instantiate } from './instance.mjs';

const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

export const raw = instantiate(new WebAssembly.Module(bytes));
export const backend = 'wasm';
