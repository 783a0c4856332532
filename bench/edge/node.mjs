// The module in Node.js: sizes, the first verification in a new process, warm ones beside others, memory.
// From the project with the packages: `node node.mjs [<name of a build>=<file> …]`.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { createApi, raw as instance } from 'idjag/manual';
import { mint } from './mint.mjs';
import { ALGORITHMS, BATCH, COMPUTED, CONTENDERS, MANY, MANY_NOTE, print, ROUNDS, rounds } from './report.mjs';
import { batch, contenders, keySet, memory } from './work.mjs';

const GROUP = 'edge.node';
const wasm = createRequire(import.meta.url).resolve('idjag/idjag.wasm');

for (const argument of process.argv.slice(2)) {
  const [name, path] = argument.split(/=(.*)/s);
  const bytes = readFileSync(path);
  const sizes = { raw: bytes, gzip: gzipSync(bytes, { level: 9 }), brotli: brotliCompressSync(bytes) };
  for (const [kind, { length }] of Object.entries(sizes)) print('edge.size', `${name}, ${kind}`, 'idjag wasm', 'KB', [length / 1000]);
}

const corpus = await mint(600);
const file = join(tmpdir(), `edge-${process.pid}.json`);
writeFileSync(file, JSON.stringify({ ...corpus, tokens: { ES256: corpus.tokens.ES256.slice(0, 1) } }));
const cold = { compile: [], first: [] };
for (let round = 0; round < ROUNDS; round++) {
  const output = execFileSync(process.execPath, [fileURLToPath(new URL('first.mjs', import.meta.url)), wasm, file]);
  const { compile, first } = JSON.parse(output);
  cold.compile.push(compile);
  cold.first.push(first);
}
print(GROUP, 'compile', 'idjag wasm', 'ms', cold.compile, 'a new process each time');
print(GROUP, 'instantiate and first ES256 verification', 'idjag wasm', 'ms', cold.first, 'a new process each time');

const raw = instance(new WebAssembly.Module(readFileSync(wasm)));
const api = createApi(raw);
const all = await contenders(api, corpus);
for (const alg of ALGORITHMS) {
  const time = async (name, round) => {
    const since = performance.now();
    await batch(all[name], alg, round * BATCH, BATCH);
    return (performance.now() - since) * 1000 / BATCH;
  };
  for (const [name, micros] of await rounds(CONTENDERS, ROUNDS, time)) print(GROUP, `${alg}, warm key`, name, 'us', micros);
}
const [before, after] = memory(api, raw, keySet(api, corpus), corpus, MANY, COMPUTED);
print(GROUP, 'memory of the instance', 'idjag wasm', 'MB', [before / 1e6]);
print(GROUP, 'memory of the instance after many verifications', 'idjag wasm', 'MB', [after / 1e6], MANY_NOTE);
