// Worker threads: each loads the package, makes objects and calls, all at the same time; what one makes is its own.

import assert from 'node:assert/strict';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

const THREADS = 8;
const ROUNDS = 300;
const JWK = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
const THUMBPRINT = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k';

/** Starts the threads, two generations of them, and waits for what each says. */
export async function threadsOf(backend) {
  for (let generation = 0; generation < 2; generation += 1) {
    await Promise.all(Array.from({ length: THREADS }, () => new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), { workerData: { idjagThread: true, backend } });
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the thread ended with ${code} and said nothing`)));
    })));
  }
}

async function work() {
  const idjag = await import('idjag');
  assert.equal(idjag.backend, workerData.backend);
  for (let round = 0; round < ROUNDS; round += 1) {
    const keys = new idjag.KeySet({ issuer: 'https://a.example/', jwks: { keys: [JWK] }, algorithms: ['EdDSA'] });
    assert.equal(idjag.thumbprintJwk({ jwk: JWK, algorithms: ['EdDSA'] }).jkt, THUMBPRINT);
    assert.throws(() => idjag.verifyIdJag(), { name: 'IdJagError', code: 'argument_invalid' });
    keys.free();
    keys.free();
    assert.throws(() => keys.public(), { name: 'IdJagError', code: 'handle_invalid' });
  }
  parentPort.postMessage('done');
}

if (!isMainThread && workerData?.idjagThread) await work();
