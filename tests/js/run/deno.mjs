// Deno, from the project's folder, with no permission but to read the vectors.

import * as idjag from 'idjag';
import { runSuite } from '../suite.mjs';
import { check, report } from './report.mjs';

const particular = await check({
  'this is Deno, with WebAssembly': () => {
    if (idjag.backend !== 'wasm') throw new Error(idjag.backend);
  },
});
const topics = JSON.parse(Deno.readTextFileSync('vectors.json'));
Deno.exitCode = report(particular, runSuite(idjag, topics)) ? 0 : 1;
