// A Redis server whose memory is on disk, and which can be killed and started again where it was.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './http.mjs';
import { gone, guarded, unwaited } from './processes.mjs';

/** Starts a server; one with `keeps` writes down what it is told before it answers. */
export async function openRedis({ keeps = true } = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'idjag-redis-'));
  const port = await freePort();
  let child = await listening(port, directory, keeps);
  return {
    url: `redis://127.0.0.1:${port}`,
    /** Ends it in the middle of everything, without a chance to say so. */
    async kill() {
      child.kill('SIGKILL');
      await gone(child);
    },
    /** Starts it again, on the same port, with what it wrote down. */
    async restart() {
      child = await listening(port, directory, keeps);
    },
    async close() {
      child.kill('SIGKILL');
      await gone(child);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function listening(port, directory, keeps) {
  const memory = keeps ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''];
  const settings = [...place, ...memory, '--maxmemory-policy', 'noeviction'];
  const child = guarded(spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'] }));
  let log = '';
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`redis-server does not start: ${log}`)));
    child.stdout.on('data', (piece) => {
      log += piece;
      if (log.includes('Ready to accept connections')) resolve();
    });
  });
  unwaited(child);
  return child;
}
