// The module in headless Chromium. From the project with the packages: `node chromium.mjs`.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { executablePath } from '../suite/run/browser.mjs';
import { mint } from './mint.mjs';
import { ALGORITHMS, BATCH, COMPUTED, CONTENDERS, MANY, MANY_NOTE, print, ROUNDS, rounds } from './report.mjs';

const GROUP = 'edge.chromium';
const corpus = await mint(600);
const { outputFiles: [script] } = await build({
  entryPoints: [fileURLToPath(new URL('page.mjs', import.meta.url))],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'browser',
  logLevel: 'error',
});
const files = {
  '/': ['text/html', '<script type="module" src="/page.mjs"></script>'],
  '/page.mjs': ['text/javascript', script.text],
  '/corpus.json': ['application/json', JSON.stringify(corpus)],
  '/idjag.wasm': ['application/wasm', readFileSync(createRequire(import.meta.url).resolve('idjag/idjag.wasm'))],
};
// Isolated from other origins, a page has a clock that is fine enough.
const isolated = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
const server = createServer((request, response) => {
  const [type, body] = files[request.url] ?? ['text/plain', ''];
  response.writeHead(body === '' ? 404 : 200, { 'content-type': type, ...isolated }).end(body);
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const address = `http://127.0.0.1:${server.address().port}/`;
/** A page in a process of its own, which has compiled nothing yet. */
async function opened() {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error.message));
  await page.goto(address);
  return { browser, page, cold: await page.evaluate((size) => measured(size), BATCH) };
}

const cold = [];
for (let round = 0; round < 5; round++) {
  const { browser, cold: one } = await opened();
  cold.push(one);
  await browser.close();
}
print(GROUP, 'compile', 'idjag wasm', 'ms', cold.map(({ compile }) => compile), 'a new process each time');
print(GROUP, 'instantiate and first ES256 verification', 'idjag wasm', 'ms', cold.map(({ first }) => first), 'a new process each time');

const { browser, page } = await opened();
for (const alg of ALGORITHMS) {
  const one = (who, round) => page.evaluate(([name, of, number]) => time(name, of, number), [who, alg, round]);
  for (const [name, micros] of await rounds(CONTENDERS, ROUNDS, one)) print(GROUP, `${alg}, warm key`, name, 'us', micros);
}
const [before, after] = await page.evaluate(([many, computed]) => kept(many, computed), [MANY, COMPUTED]);
print(GROUP, 'memory of the instance', 'idjag wasm', 'MB', [before / 1e6]);
print(GROUP, 'memory of the instance after many verifications', 'idjag wasm', 'MB', [after / 1e6], MANY_NOTE);
await browser.close();
server.close();
