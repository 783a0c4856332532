// workerd: bundles the worker with the condition `workerd`, serves it on loopback and sends it the vectors:
// `node workerd.mjs <project>`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { report } from './report.mjs';

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

const project = resolve(process.argv[2]);
const folder = join(project, 'workerd');
mkdirSync(folder, { recursive: true });
await build({
  entryPoints: [join(project, 'suite/run/worker.mjs')],
  outfile: join(folder, 'worker.mjs'),
  bundle: true,
  format: 'esm',
  conditions: ['workerd', 'worker', 'browser'],
  logLevel: 'error',
  plugins: [{
    // The module stays a file that workerd compiles, as `wrangler` has it.
    name: 'modules',
    setup({ onResolve }) {
      onResolve({ filter: /\.wasm$/ }, ({ path, resolveDir }) => {
        writeFileSync(join(folder, 'idjag.wasm'), readFileSync(join(resolveDir, path)));
        return { path: './idjag.wasm', external: true };
      });
    },
  }],
});
writeFileSync(join(folder, 'config.capnp'), CONFIG);

const program = fileURLToPath(new URL('../node_modules/workerd/bin/workerd', import.meta.url));
const server = spawn(program, ['serve', join(folder, 'config.capnp'), '--control-fd=3'], {
  stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
});
try {
  const ended = once(server, 'exit').then(([code]) => { throw new Error(`workerd ended with ${code}`); });
  const port = await Promise.race([portOf(server.stdio[3]), ended]);
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    body: readFileSync(join(project, 'vectors.json')),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  const result = JSON.parse(text);
  if (result.backend !== 'wasm' || result.agent !== 'Cloudflare-Workers') throw new Error(text.slice(0, 200));
  process.exitCode = report(result) ? 0 : 1;
} finally {
  server.kill();
}

/** The port that workerd chose, which it says in a line of JSON. */
async function portOf(stream) {
  let text = '';
  for await (const chunk of stream) {
    text += chunk;
    for (const line of text.split('\n').slice(0, -1)) {
      const event = JSON.parse(line);
      if (event.event === 'listen') return event.port;
    }
  }
  throw new Error(`workerd did not listen: ${text}`);
}
