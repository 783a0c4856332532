// The sizes of modules: `node sizes.mjs <name>=<file> …`.

import { readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const kilobytes = (bytes) => (bytes.length / 1000).toFixed(0).padStart(7);

console.log(`${'module'.padEnd(24)}    raw    gzip  brotli  (KB)`);
for (const argument of process.argv.slice(2)) {
  const [name, path] = argument.split(/=(.*)/s);
  const bytes = readFileSync(path);
  const sizes = [bytes, gzipSync(bytes, { level: 9 }), brotliCompressSync(bytes)].map(kilobytes);
  console.log(`${name.padEnd(23)} ${sizes.join(' ')}`);
}
