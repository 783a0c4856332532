// Bun: the module is a file beside this one, and goes into a bundle or an executable as one.

import { readFileSync } from 'node:fs';
import path from '../idjag.wasm' with { type: 'file' };
import { instantiate } from './instance.mjs';

export const raw = instantiate(new WebAssembly.Module(readFileSync(path)));
export const backend = 'wasm';
