// The packages that the examples name are those with which they are tested; what they make and must be kept is in no commit.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { copied, pathOf } from './support/program.mjs';

for (const name of ['agent', 'idp', 'node-server', 'worker']) {
  test(name, () => {
    const { dependencies, scripts } = JSON.parse(readFileSync(pathOf(name, 'package.json'), 'utf8'));
    assert.ok(dependencies.idjag && scripts);
    for (const [dependency, range] of Object.entries(dependencies)) {
      const require = createRequire(pathOf(name, 'package.json'));
      const home = require.resolve.paths(dependency).map((path) => join(path, dependency, 'package.json'));
      const found = home.flatMap((path) => {
        try {
          return [JSON.parse(readFileSync(path, 'utf8')).version];
        } catch {
          return [];
        }
      });
      assert.equal(range, `^${found[0]}`, dependency);
    }
  });
}

for (const [name, file] of [['idp', 'keys.json'], ['node-server', 'signing-key.json']]) {
  test(`${file} of ${name} is not committed`, () => {
    const folder = copied(name);
    const git = (...args) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' });
    try {
      writeFileSync(join(folder, file), '{}');
      git('init', '--quiet');
      const files = git('ls-files', '--others', '--exclude-standard').split('\n');
      assert.ok(files.includes('package.json') && !files.includes(file));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
