// Vercel's edge runtime: `?module` makes a `.wasm` import a compiled module.

import module from '../idjag.wasm?module';
import { instantiate } from './instance.mjs';

export const raw = instantiate(module);
export const backend = 'wasm';
