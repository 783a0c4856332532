// An example as a program: copied by itself, started as its README says.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

/** The files of the example `name` in a folder of their own, beside the packages that it depends on. */
export function copied(name) {
  const folder = mkdtempSync(join(here, `${name}-`));
  cpSync(join(here, '../programs', name), folder, { recursive: true });
  return folder;
}

/** Runs `script` of a copy with this environment, and waits for a line with `ready` on its standard output. */
export async function start(folder, script, env, ready) {
  const child = spawn(process.execPath, [join(folder, script)], { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
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
