// Cloudflare Workers: a `.wasm` import is a compiled module.

import module from '../idjag.wasm';
import { instantiate } from './instance.mjs';

export const raw = instantiate(module);
export const backend = 'wasm';
