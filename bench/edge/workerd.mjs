// The module in workerd, timed from outside over loopback, since the clock of a worker stands still while it computes: a
// request with the work, less one without. From the project with the packages: `node workerd.mjs`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { mint } from './mint.mjs';
import { ALGORITHMS, BATCH, COMPUTED, CONTENDERS, MANY, MANY_NOTE, print, ROUNDS, rounds } from './report.mjs';

const GROUP = 'edge.workerd';
const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [
      (name = "worker.mjs", esModule = embed "worker.mjs"),
      (name = "idjag.wasm", wasm = embed "idjag.wasm"),
    ],
    compatibilityDate = "2026-01-01",
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;

const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'edge-workerd-'));
await build({
  entryPoints: [fileURLToPath(new URL('worker.mjs', import.meta.url))],
  outfile: join(folder, 'worker.mjs'),
  bundle: true,
  format: 'esm',
  conditions: ['workerd', 'worker', 'browser'],
  logLevel: 'error',
  plugins: [{
    name: 'modules',
    setup: ({ onResolve }) => onResolve({ filter: /\.wasm$/ }, () => ({ path: './idjag.wasm', external: true })),
  }],
});
writeFileSync(join(folder, 'idjag.wasm'), readFileSync(require.resolve('idjag/idjag.wasm')));
writeFileSync(join(folder, 'config.capnp'), CONFIG);

const program = require.resolve('workerd/bin/workerd');
/** A new process with the worker in it: how to ask it, and how to end it. */
async function started(corpus) {
  const child = spawn(program, ['serve', join(folder, 'config.capnp'), '--control-fd=3'], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const [line] = await once(child.stdio[3], 'data');
  const { port } = JSON.parse(line);
  const ask = async (path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  await ask('/corpus', JSON.stringify(corpus));
  return { ask, close: () => child.kill() };
}
const took = async (work) => {
  const since = performance.now();
  await work();
  return performance.now() - since;
};
const median = (values) => [...values].sort((left, right) => left - right)[values.length >> 1];
const several = async (work) => {
  const values = [];
  for (let round = 0; round < ROUNDS; round++) values.push(await work());
  return values;
};

const corpus = await mint(600);
const cold = await several(async () => {
  const { ask, close } = await started({ ...corpus, tokens: { ES256: corpus.tokens.ES256.slice(0, 1) } });
  const idle = median(await several(() => took(() => ask('/idle'))));
  const whole = await took(() => ask('/first'));
  close();
  return Math.max(0, whole - idle);
});
print(GROUP, 'instantiate and first ES256 verification', 'idjag wasm', 'ms', cold, 'a new process each time');

const { ask, close } = await started(corpus);
await ask('/open');
for (const alg of ALGORITHMS) {
  const path = (who, first, count) => `/batch?${new URLSearchParams({ who, alg, first, count })}`;
  const time = async (who, round) => {
    const idle = await took(() => ask(path(who, 0, 0)));
    const whole = await took(() => ask(path(who, round * BATCH, BATCH)));
    return Math.max(0, whole - idle) * 1000 / BATCH;
  };
  for (const [name, micros] of await rounds(CONTENDERS, ROUNDS, time)) print(GROUP, `${alg}, warm key`, name, 'us', micros);
}
// In portions: a request must not take for ever.
const portion = MANY / 20;
const sizes = [];
for (let done = 0; done < MANY; done += portion) {
  sizes.push(...await ask(`/memory?count=${portion}&computed=${Math.max(0, COMPUTED - done)}`));
}
print(GROUP, 'memory of the instance', 'idjag wasm', 'MB', [sizes.at(0) / 1e6]);
print(GROUP, 'memory of the instance after many verifications', 'idjag wasm', 'MB', [sizes.at(-1) / 1e6], MANY_NOTE);
close();
