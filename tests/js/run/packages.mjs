// What the packages promise to the tools that use them: `node packages.mjs <project> <folder of packages>`.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { check, report } from './report.mjs';

const [project, folder] = process.argv.slice(2).map((path) => resolve(path));
const bin = fileURLToPath(new URL('../node_modules/.bin', import.meta.url));
const quiet = { cwd: project, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' } };
const checks = {};

for (const name of readdirSync(folder)) {
  const pkgDir = join(folder, name);
  checks[`${name}: publint finds nothing`] = async () => {
    const { messages, pkg } = await publint({ pkgDir, strict: true });
    assert.deepEqual(messages.map((message) => formatMessage(message, pkg, { color: false })), []);
  };
}

for (const name of ['idjag', 'idjag-wasm']) {
  checks[`${name}: the types are found however it is imported`] = () => {
    tool('attw', ['--pack', join(folder, name), '--profile', 'node16', '--exclude-entrypoints', 'idjag.wasm']);
  };
  checks[`${name}: what the declarations declare is what there is`] = async () => {
    const require = createRequire(join(project, 'package.json'));
    const exported = Object.keys(require(name)).sort();
    assert.deepEqual(declared(join(project, 'node_modules', name, 'index.d.ts')), exported);
  };
}

checks['type checks: import and require, in every kind of resolution'] = () => {
  const types = join(project, 'types');
  mkdirSync(types, { recursive: true });
  cpSync(join(project, 'suite/types'), types, { recursive: true });
  for (const resolution of ['node16', 'nodenext', 'bundler']) {
    const options = {
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      target: 'es2022',
      lib: ['es2022', 'dom', 'dom.iterable', 'esnext.disposable'],
      types: [],
      module: resolution === 'bundler' ? 'esnext' : resolution,
      moduleResolution: resolution,
    };
    const include = resolution === 'bundler' ? ['types/*.mts'] : ['types/*'];
    const file = join(project, `tsconfig.${resolution}.json`);
    writeFileSync(file, JSON.stringify({ compilerOptions: options, include }));
    tool('tsc', ['--project', file]);
  }
};

checks['a bundle for the edge runtime imports a compiled module'] = async () => {
  const outfile = join(project, 'edge.mjs');
  const modules = [];
  await build({
    stdin: { contents: "export * from 'idjag';", resolveDir: project },
    outfile,
    bundle: true,
    format: 'esm',
    conditions: ['edge-light', 'worker', 'browser'],
    logLevel: 'error',
    plugins: [{
      name: 'modules',
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /\.wasm\?module$/ }, ({ path, resolveDir }) => {
          modules.push(path);
          return { path: join(resolveDir, path.replace('?module', '')), namespace: 'module' };
        });
        onLoad({ filter: /./, namespace: 'module' }, ({ path }) => ({
          contents: `export default new WebAssembly.Module(Buffer.from('${readFileSync(path, 'base64')}', 'base64'));`,
        }));
      },
    }],
  });
  const idjag = await import(pathToFileURL(outfile));
  assert.deepEqual(modules, ['../idjag.wasm?module']);
  assert.equal(idjag.backend, 'wasm');
  assert.throws(() => idjag.verifyIdJag({}), { code: 'argument_invalid' });
};

checks['where no backend loads, the error names both causes'] = () => {
  const bare = join(project, 'bare');
  cpSync(join(project, 'node_modules/idjag/node.cjs'), join(bare, 'node.cjs'));
  const run = (backend) => execFileSync(
    process.execPath,
    ['-e', "try { require('./node.cjs') } catch (error) { console.log(error.message) }"],
    { ...quiet, cwd: bare, env: { ...process.env, NODE_PATH: '', IDJAG_BACKEND: backend, ...HIDDEN } },
  );
  assert.match(run(''), /neither backend loads; the native addon: .*idjag-.*; WebAssembly: .*idjag\.wasm/s);
};

checks['an addon of another version, or that is none of the package’s own, is not run'] = () => {
  const { version, optionalDependencies } = JSON.parse(readFileSync(join(project, 'node_modules/idjag/package.json'), 'utf8'));
  const [own] = Object.keys(optionalDependencies);
  const others = [own.replace(/-gnu$/, '-musl'), own.replace(/-musl$/, '-gnu')].filter((name) => name !== own);
  const run = (name, claimed, backend) => {
    const home = join(project, 'mixed');
    rmSync(home, { recursive: true, force: true });
    const put = (addon, manifest, code) => {
      mkdirSync(join(home, 'node_modules', addon), { recursive: true });
      writeFileSync(join(home, 'node_modules', addon, 'package.json'), JSON.stringify(manifest));
      writeFileSync(join(home, 'node_modules', addon, 'index.js'), code);
    };
    // It hides the one that is installed above.
    put(own, { name: own, version }, "throw new Error('it does not load');");
    put(name, { name, version: claimed }, "console.log('it runs'); exports.call = () => '';");
    for (const file of ['node.cjs', 'idjag.wasm']) cpSync(join(project, 'node_modules/idjag', file), join(home, file));
    const script = "try { console.log(require('./node.cjs').backend) } catch (error) { console.log(error.message) }";
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { ...quiet, cwd: home, env: { ...quiet.env, IDJAG_BACKEND: backend } });
    return { stdout, stderr };
  };
  assert.equal(run(own, version, '').stdout, 'it runs\nnative\n', 'the stand-in would be run');
  const mixed = run(own, '0.0.0-other', '');
  assert.equal(mixed.stdout, 'wasm\n');
  assert.ok(mixed.stderr.includes(`${own} is of version 0.0.0-other and not ${version}`), mixed.stderr);
  assert.match(run(own, '0.0.0-other', 'native').stdout, /^idjag-\S+ is of version 0\.0\.0-other/);
  for (const name of others) assert.equal(run(name, version, '').stdout, 'wasm\n');
};

/** So that the addon beside it is not found: what stands in for it cannot be loaded. */
const HIDDEN = { NODE_OPTIONS: `--require=${join(project, 'suite/run/hide-addon.cjs')}` };

const result = await check(checks);
process.exitCode = report(result) ? 0 : 1;

/** Runs a tool of the lockfile; what it printed is the error when it fails. */
function tool(name, args) {
  try {
    execFileSync(join(bin, name), args, { ...quiet, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new Error(`${name}: ${error.stdout}${error.stderr}`);
  }
}

/** The values that a declaration file and those it re-exports declare. */
function declared(file) {
  const text = readFileSync(file, 'utf8');
  const own = [...text.matchAll(/^export (?:declare )?(?:abstract )?(?:function|class|const) (\w+)/gm)].map(([, name]) => name);
  const others = [...text.matchAll(/^export \* from '(.*)\.js';/gm)].map(([, path]) => join(file, '..', `${path}.d.ts`));
  return [...new Set([...own, ...others.flatMap(declared)])].sort();
}
