// Node.js without an addon: the module is a file beside the package's entry.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { instantiate } from './instance.mjs';

/** The module of the package in `folder`. */
export function loadWasm(folder) {
  return instantiate(new WebAssembly.Module(readFileSync(join(folder, 'idjag.wasm'))));
}
