// Packages that only the tests use: they are installed beside the tests, not beside the package under test.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The package.json of the folder in which they are installed. */
const home = process.env.IDJAG_TOOLS ?? fileURLToPath(new URL('../../package.json', import.meta.url));
const resolve = createRequire(home).resolve;

/** The exports of a package. */
export async function tool(name) {
  const module = await import(pathToFileURL(resolve(name)).href);
  return module.default ? { ...module.default, ...module } : module;
}

/** A program that a package brings. */
export const program = (path) => join(dirname(home), 'node_modules', path);
