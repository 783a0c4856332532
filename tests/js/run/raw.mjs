// One file of vectors through a raw module, such as wasm-pack's: `node raw.mjs <module.js> <topic.json>`.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createApi } from '../../../bindings-wasm/js/api.mjs';
import { runVectors } from '../vectors.mjs';
import { report } from './report.mjs';

const [module, topic] = process.argv.slice(2);
const raw = createRequire(import.meta.url)(module);
const vectors = JSON.parse(readFileSync(topic, 'utf8'));
const result = runVectors(createApi(raw), [vectors], { filter: `${vectors.operation}/` });
process.exitCode = report(result) ? 0 : 1;
