// Packages that only the tests use, and their programs; `IDJAG_TOOLS` says where they are, if not here.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const resolve = createRequire(process.env.IDJAG_TOOLS ?? import.meta.url).resolve;

/** The exports of a package. */
export async function tool(name) {
  const module = await import(pathToFileURL(resolve(name)).href);
  return module.default ? { ...module.default, ...module } : module;
}

/** A program that a package brings. */
export const program = (name, path) => join(dirname(resolve(`${name}/package.json`)), path);
