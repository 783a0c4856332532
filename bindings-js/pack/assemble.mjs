// Puts the npm packages together: `node assemble.mjs <version> <module.wasm> <addon> <folder>`.
//
// `idjag-wasm` is the API over the WebAssembly module, `idjag` the same with the native addon first in Node.js, and
// `idjag-<platform>` the addon for this machine.

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApi } from '../../bindings-wasm/js/api.mjs';
import { apiPackage, nativePackage } from './manifest.mjs';

const [version, wasm, addon, folder] = process.argv.slice(2);
const root = fileURLToPath(new URL('../..', import.meta.url));
const esbuild = createRequire(join(root, 'tests/js/package.json'))('esbuild');
const shell = join(root, 'bindings-wasm/js');
/** The folders whose modules with declarations are entries of the packages. */
const FOLDERS = ['adapters', 'mcp'];

/** Loaders that are entries of their own, by the name of the entry. */
const LOADERS = ['workerd', 'edge-light', 'deno', 'bun', 'inline'];
/** What only the bundle for Node.js holds. */
const BUNDLED = ['load/node.mjs', 'load/node-entry.mjs'];

const names = Object.keys(createApi({ call: () => '' })).sort();
const platform = platformName();

rmSync(folder, { recursive: true, force: true });
api('idjag-wasm', 'Cross-App Access (XAA) for MCP: ID-JAG grants and access tokens, in WebAssembly.', {
  load: join(shell, 'load/node-entry.mjs'),
  natives: [],
});
api('idjag', 'Cross-App Access (XAA) for MCP: builds, signs and verifies ID-JAG grants and access tokens.', {
  load: join(root, 'bindings-js/js/node.mjs'),
  natives: [`idjag-${platform}`],
});
native();

/** A package with the API in it. */
function api(name, description, { load, natives }) {
  const home = start(name);
  const put = (path, text) => writeFileSync(join(home, path), text);
  cpSync(shell, home, { recursive: true, filter: (path) => !BUNDLED.some((file) => path === join(shell, file)) });
  cpSync(wasm, join(home, 'idjag.wasm'));
  put('idjag.wasm.mjs', `export default '${readFileSync(wasm, 'base64')}';\n`);

  for (const loader of LOADERS) put(`${loader}.mjs`, entry(`./load/${loader}.mjs`, './api.mjs'));
  const define = { IDJAG_VERSION: JSON.stringify(version), IDJAG_NATIVES: JSON.stringify(natives) };
  const contents = entry(load, join(shell, 'api.mjs'));
  bundle({ stdin: { contents, resolveDir: root }, define }, join(home, 'node.cjs'));
  // One instance, whether a program imports the package, requires it, or does both.
  put('node.mjs', `import api from './node.cjs';\n\nexport const { backend, ${names.join(', ')} } = api;\n`);
  bundle({ entryPoints: [join(shell, 'manual.mjs')] }, join(home, 'manual.cjs'));

  bundle({ entryPoints: [join(shell, 'adapters/public/node.mjs')] }, join(home, 'adapters/public/node.cjs'));
  const modules = FOLDERS.flatMap((folder) => bundleEntries(home, folder));
  declarationsForCommonJs(home);
  put('package.json', json(apiPackage(name, description, version, modules, natives)));
}

/** The modules of a folder that are entries, which are those with declarations, as CommonJS beside what was copied. */
function bundleEntries(home, folder) {
  const declared = readdirSync(join(shell, folder)).filter((file) => file.endsWith('.d.ts'));
  const entries = declared.map((file) => `${folder}/${file.replace(/\.d\.ts$/, '')}`);
  for (const entry of entries) bundle({ entryPoints: [join(shell, `${entry}.mjs`)] }, join(home, `${entry}.cjs`));
  return entries;
}

/** An entry: the API over the backend that `loader` loads. */
function entry(loader, shellPath) {
  return [
    `import { createApi } from ${JSON.stringify(shellPath)};`,
    `import { backend, raw } from ${JSON.stringify(loader)};`,
    '',
    'export { backend };',
    `export const { ${names.join(', ')} } = createApi(raw);`,
    '',
  ].join('\n');
}

/** `source` as one CommonJS file. */
function bundle(source, outfile) {
  esbuild.buildSync({
    ...source,
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    external: ['#*', 'idjag-*', 'node:*'],
    logLevel: 'error',
  });
}

/** A `.d.cts` beside each `.d.ts`: declarations for whoever requires the package. */
function declarationsForCommonJs(home) {
  for (const file of readdirSync(home, { recursive: true }).filter((name) => name.endsWith('.d.ts'))) {
    const text = readFileSync(join(home, file), 'utf8').replaceAll(/(from '\.[^']*)\.js'/g, "$1.cjs'");
    writeFileSync(join(home, file.replace(/\.d\.ts$/, '.d.cts')), text);
  }
}

/** The package of the addon that was built on this machine. */
function native() {
  const home = start(`idjag-${platform}`);
  cpSync(addon, join(home, 'idjag.node'));
  writeFileSync(join(home, 'package.json'), json(nativePackage(platform, version)));
}

function start(name) {
  const home = join(folder, name);
  mkdirSync(home, { recursive: true });
  for (const file of ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md']) cpSync(join(root, file), join(home, file));
  return home;
}

function platformName() {
  const name = `${process.platform}-${process.arch}`;
  if (process.platform === 'win32') return `${name}-msvc`;
  if (process.platform !== 'linux') return name;
  return `${name}-${process.report.getReport().header.glibcVersionRuntime ? 'gnu' : 'musl'}`;
}

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}
