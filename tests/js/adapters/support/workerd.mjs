// workerd with the worker of `worker.mjs`, bundled as `wrangler` would.

import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const workerd = join(dirname(createRequire(import.meta.url).resolve('workerd/package.json')), 'bin/workerd');

const config = (bindings) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [
        (name = "worker.mjs", esModule = embed "worker.mjs"),
        (name = "idjag.wasm", wasm = embed "idjag.wasm"),
      ],
      bindings = [${Object.entries(bindings).map(([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`).join(', ')}],
      compatibilityDate = "2026-01-01",
    )),
    (name = "internet", network = (allow = ["private", "public"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;

/** The worker of `worker.mjs`. */
const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url));

/** Starts it, or the worker at `entry`, with these texts as its environment: where it listens. */
export async function startWorker(bindings, entry = WORKER) {
  const folder = await mkdtemp(join(tmpdir(), 'idjag-worker-'));
  await build({
    entryPoints: [entry],
    outfile: join(folder, 'worker.mjs'),
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    logLevel: 'error',
    plugins: [{
      name: 'modules',
      setup({ onResolve }) {
        onResolve({ filter: /\.wasm$/ }, async ({ path, resolveDir }) => {
          await cp(join(resolveDir, path), join(folder, 'idjag.wasm'));
          return { path: './idjag.wasm', external: true };
        });
      },
    }],
  });
  await writeFile(join(folder, 'config.capnp'), config(bindings));
  const child = spawn(workerd, ['serve', join(folder, 'config.capnp'), '--control-fd=3'], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const port = await portOf(child);
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    async close() {
      child.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The port that it chose, which it says in a line of JSON. */
async function portOf(child) {
  let text = '';
  for await (const piece of child.stdio[3]) {
    text += piece;
    for (const line of text.split('\n').slice(0, -1)) {
      const event = JSON.parse(line);
      if (event.event === 'listen') return event.port;
    }
  }
  throw new Error(`workerd does not listen: ${text}`);
}
