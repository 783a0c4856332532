// An empty project with the packed packages in it, as a user would install them, and beside them the suite, the end-to-end
// tests, the client of the conformance suite, the examples and the benchmarks:
// `node project.mjs <folder of tarballs> <project>`.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [dist, project] = process.argv.slice(2).map((path) => resolve(path));
const here = fileURLToPath(new URL('.', import.meta.url));
const vectors = fileURLToPath(new URL('../vectors', import.meta.url));

rmSync(project, { recursive: true, force: true });
mkdirSync(project, { recursive: true });
const packages = readdirSync(dist).filter((file) => file.endsWith('.tgz')).map((file) => join(dist, file));
const dependencies = Object.fromEntries(packages.map((file) => [nameOf(file), `file:${file}`]));
writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }));
// What the packages depend on is among the tarballs: nothing is fetched, and what is missing fails.
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const quiet = ['--offline', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
execFileSync(npm, ['install', ...quiet], { cwd: project, stdio: 'inherit' });

cpSync(here, join(project, 'suite'), {
  recursive: true,
  filter: (path) => !/^(node_modules|package(-lock)?\.json)/.test(relative(here, path)),
});
cpSync(join(here, '../e2e'), join(project, 'e2e'), { recursive: true });
for (const part of ['clients/typescript', 'servers/typescript.mjs']) {
  cpSync(join(here, '../conformance', part), join(project, 'conformance', part), { recursive: true });
}
const examples = join(here, '../../examples');
for (const name of readdirSync(examples).filter((name) => existsSync(join(examples, name, 'package.json')))) {
  const own = (path) => !relative(examples, path).includes('node_modules');
  cpSync(join(examples, name), join(project, 'examples', name), { recursive: true, filter: own });
}
for (const [part, folder] of [['edge', 'edge'], ['load/peers', 'peers']]) {
  cpSync(join(here, '../../bench', part), join(project, folder), { recursive: true });
}
// What these themselves import; the packages are not among it.
for (const folder of ['suite', 'e2e', 'conformance', 'examples', 'edge', 'peers'].filter((name) => existsSync(join(project, name)))) {
  symlinkSync(join(here, 'node_modules'), join(project, folder, 'node_modules'), 'junction');
}
// The benchmarks, where the peers are installed that they measure beside.
const bench = join(here, '../../bench/js');
if (existsSync(join(bench, 'node_modules'))) {
  cpSync(bench, join(project, 'bench'), { recursive: true, filter: (path) => !relative(bench, path).includes('node_modules') });
  symlinkSync(join(bench, 'node_modules'), join(project, 'bench/node_modules'), 'junction');
}
// The folder of an operation has a dot in its name; the other holds tokens of foreign libraries.
const topics = readdirSync(vectors, { recursive: true }).filter((file) => /^\w+\.\w+[/\\][\w-]+\.json$/.test(file)).sort();
const texts = topics.map((file) => readFileSync(join(vectors, file), 'utf8'));
writeFileSync(join(project, 'vectors.json'), `[${texts.join(',')}]`);

function nameOf(file) {
  const json = execFileSync('tar', ['-xzOf', file, 'package/package.json'], { encoding: 'utf8' });
  return JSON.parse(json).name;
}
