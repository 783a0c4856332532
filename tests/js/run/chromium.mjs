// Headless Chromium: every vector in a page that imports the package as it is installed, and a bundle of the same page:
// `node chromium.mjs <project>`.

import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { executablePath } from './browser.mjs';
import { check, report } from './report.mjs';

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
};
const IMPORTS = { imports: { idjag: '/node_modules/idjag/inline.mjs' } };
const PAGES = {
  '/page.html': `<script type="importmap">${JSON.stringify(IMPORTS)}</script>
    <script type="module" src="/suite/run/page.mjs"></script>`,
  '/bundle.html': '<script src="/bundle.mjs"></script>',
};

const project = resolve(process.argv[2]);

// As a script, not a module: nothing in the package may need top-level `await`.
await build({
  entryPoints: [join(project, 'suite/run/page.mjs')],
  outfile: join(project, 'bundle.mjs'),
  bundle: true,
  format: 'iife',
  platform: 'browser',
  logLevel: 'error',
});

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const file = join(project, normalize(pathname));
  const body = PAGES[pathname] ?? (existsSync(file) ? readFileSync(file) : undefined);
  response.writeHead(body === undefined ? 404 : 200, { 'content-type': TYPES[extname(pathname)] ?? 'text/plain' });
  response.end(body);
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const outcome = async (path) => {
    const page = await browser.newPage();
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(`http://127.0.0.1:${server.address().port}${path}`);
    const result = await page.evaluate('globalThis.result');
    if (result?.backend !== 'wasm') throw new Error(errors.join('\n') || 'the page came to nothing');
    return result;
  };
  const installed = await outcome('/page.html');
  const bundled = await check({
    'a bundle of the page comes to the same': async () => {
      const { passed, failed } = await outcome('/bundle.html');
      if (passed !== installed.passed || failed !== installed.failed) throw new Error(`${passed}, ${failed}`);
    },
  });
  console.log(`Chromium ${browser.version()}`);
  process.exitCode = report(installed, bundled) ? 0 : 1;
} finally {
  await browser.close();
  server.close();
}
