// Node.js, from the project's folder: the suite over `idjag` with the backend that the argument names, and what is
// particular to Node.js.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as idjag from 'idjag';
import { runSuite } from '../suite.mjs';
import { check, report } from './report.mjs';
import { threadsOf } from './threads.mjs';

const backend = process.argv[2];
const require = createRequire(import.meta.url);

const particular = await check({
  'the backend is the one asked for': () => assert.equal(idjag.backend, backend),
  'required or imported, it is one instance': () => {
    const required = require('idjag');
    for (const name of Object.keys(idjag)) assert.equal(required[name], idjag[name], name);
  },
  'the package of WebAssembly alone has the same exports': async () => {
    const other = await import('idjag-wasm');
    assert.deepEqual(Object.keys(other).sort(), Object.keys(idjag).sort());
    assert.equal(other.backend, 'wasm');
    assert.deepEqual(Object.keys(require('idjag-wasm')).sort(), Object.keys(idjag).sort());
  },
  'a module can be brought along, by import and by require': async () => {
    const bytes = readFileSync(require.resolve('idjag/idjag.wasm'));
    for (const { instantiate } of [await import('idjag/manual'), require('idjag/manual')]) {
      for (const source of [bytes, new WebAssembly.Module(bytes)]) {
        const names = Object.keys(instantiate(source));
        assert.deepEqual([...names, 'backend'].sort(), Object.keys(idjag).sort());
      }
    }
  },
  'worker threads load it at the same time': () => threadsOf(backend),
});
const topics = JSON.parse(readFileSync('vectors.json', 'utf8'));
const suite = runSuite(idjag, topics, [await import('idjag-wasm')]);
process.exitCode = report(particular, suite) ? 0 : 1;
