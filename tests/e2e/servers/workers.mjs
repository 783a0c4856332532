// Workers in miniflare, each with an isolate and a port of its own, all with the Durable Objects of the first.

import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { tell } from './tell.mjs';

const { script, names, objects, directory, bindings } = JSON.parse(process.env.SETTINGS);

const folder = await mkdtemp(join(tmpdir(), 'idjag-workers-'));
const modules = [];
await build({
  entryPoints: [fileURLToPath(new URL(`../${script}`, import.meta.url))],
  outfile: join(folder, 'worker.mjs'),
  bundle: true,
  format: 'esm',
  conditions: ['workerd', 'worker', 'browser'],
  external: ['node:*', 'cloudflare:*'],
  logLevel: 'error',
  plugins: [{
    name: 'modules',
    setup({ onResolve }) {
      onResolve({ filter: /\.wasm$/ }, async ({ path, resolveDir }) => {
        modules.push({ type: 'CompiledWasm', path: 'idjag.wasm', contents: await readFile(join(resolveDir, path)) });
        return { path: './idjag.wasm', external: true };
      });
    },
  }],
});
const contents = await readFile(join(folder, 'worker.mjs'), 'utf8');

const bound = (at) => Object.fromEntries(Object.entries(objects ?? {}).map(([binding, className]) => [
  binding, at === 0 ? { className, useSQLite: true } : { className, scriptName: names[0], useSQLite: true },
]));
const miniflare = new Miniflare({
  port: 0,
  durableObjectsPersist: directory,
  workers: names.map((name, at) => ({
    name,
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents }, ...modules],
    compatibilityDate: '2026-01-01',
    compatibilityFlags: ['nodejs_compat'],
    bindings,
    durableObjects: bound(at),
    unsafeDirectSockets: [{ port: 0 }],
  })),
});
await miniflare.ready;
const origins = await Promise.all(names.map(async (name) => (await miniflare.unsafeGetDirectURL(name)).origin));
tell({ origins });
