// An example as a program: copied by itself, started as its README says.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What runs: it does not outlive this process, however that ends. */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

/** Where the examples are, beside the packages that they depend on. */
const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));

/** The path of a file of an example. */
export const pathOf = (name, file) => join(EXAMPLES, name, file);

/** The files of the example `name` in a folder of their own. */
export function copied(name) {
  const folder = mkdtempSync(join(EXAMPLES, `${name}-`));
  cpSync(join(EXAMPLES, name), folder, { recursive: true });
  return folder;
}

/** Runs `script` of a copy with this environment, and waits for a line with `ready` on its standard output. */
export async function start(folder, script, env, ready) {
  const child = spawn(process.execPath, [join(folder, script)], { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const program = {
    output: '',
    errors: '',
    ended: once(child, 'exit').then(([code]) => code),
    /** Asks it to end, and waits until it has. */
    async close() {
      child.kill('SIGTERM');
      await program.ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
  child.stderr.on('data', (piece) => {
    program.errors += piece;
  });
  const started = new Promise((resolve, reject) => {
    child.stdout.on('data', (piece) => {
      program.output += piece;
      if (program.output.includes(ready)) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`${script} ended: ${program.output}${program.errors}`)));
  });
  try {
    await started;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return program;
}
