// Deno: a `.wasm` import is an instance, which takes no permission.

import * as exports from '../idjag.wasm';
import { backendOf } from './instance.mjs';

export const raw = backendOf(exports);
export const backend = 'wasm';
