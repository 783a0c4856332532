// The packages that the examples name are those with which they are tested.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathOf } from './support/program.mjs';

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
