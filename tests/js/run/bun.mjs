// Bun, from the project's folder: every vector, by import; the same by require.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as idjag from 'idjag';
import { runSuite } from '../suite.mjs';
import { check, report } from './report.mjs';

const particular = await check({
  'this is Bun, with WebAssembly': () => {
    if (!globalThis.Bun || idjag.backend !== 'wasm') throw new Error(idjag.backend);
  },
  'required, it is the same': () => {
    if (createRequire(import.meta.url)('idjag').KeySet !== idjag.KeySet) throw new Error('another instance');
  },
});
process.exitCode = report(particular, runSuite(idjag, JSON.parse(readFileSync('vectors.json', 'utf8')))) ? 0 : 1;
