// The types of the SDKs and ours, held against each other by the compiler.

import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

test('what the SDKs take and give is what the declarations say', () => {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const folder = fileURLToPath(new URL('types', import.meta.url));
  const options = ['--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,dom,dom.iterable,esnext.disposable', '--strict', '--noEmit'];
  // The SDKs' own declarations are their business.
  execFileSync(process.execPath, [tsc, ...options, '--skipLibCheck', '--types', '', join(folder, 'sdk.mts')], { stdio: 'inherit' });
});
