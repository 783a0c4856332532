// The tests of the adapters, from the project's folder: `node adapters.mjs`. `IDJAG_BACKEND` says over which backend, and
// `IDJAG_TOOLS` where the packages are that only tests use.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { run } from 'node:test';
import { report } from './report.mjs';

const folder = fileURLToPath(new URL('../adapters/', import.meta.url));
const files = readdirSync(folder).filter((file) => file.endsWith('.test.mjs')).sort().map((file) => folder + file);
const result = { passed: 0, failed: 0, failures: [] };

const events = run({ files, concurrency: 1, timeout: 300_000 });
events.on('test:pass', ({ details, skip, todo, name }) => {
  if (skip !== undefined || todo !== undefined) failed(name, 'a test that is skipped shows nothing');
  else if (details.type !== 'suite') result.passed += 1;
});
events.on('test:fail', ({ name, details: { error, type } }) => {
  // A suite fails with its tests, which have been counted.
  if (type !== 'suite' || error.failureType !== 'subtestsFailed') failed(name, error.cause?.stack ?? error.message);
});
for await (const _ of events);
process.exitCode = report(result) ? 0 : 1;

function failed(id, problem) {
  result.failed += 1;
  result.failures.push({ id, problem });
}
