// A Redis server of the test's own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './http.mjs';

/** Starts a server on `port`, or on any that is free, and waits until it listens. */
export async function startRedis(port) {
  const directory = await mkdtemp(join(tmpdir(), 'idjag-redis-'));
  const chosen = port ?? (await freePort());
  const settings = ['--port', String(chosen), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory];
  const child = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'] });
  let log = '';
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`redis-server does not start: ${log}`)));
    child.stdout.on('data', (piece) => {
      log += piece;
      if (log.includes('Ready to accept connections')) resolve();
    });
  });
  return {
    port: chosen,
    url: `redis://127.0.0.1:${chosen}`,
    /** Stops it in the middle of everything, without a chance to say so. */
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    async kill() {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}
