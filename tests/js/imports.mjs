// What a module may import, and no more: `node imports.mjs <module>`. A clock, a source of randomness or a socket
// could come from nowhere else.

import { readFileSync } from 'node:fs';

const ALLOWED = new Set(['./idjag_wasm_bg.js __wbindgen_init_externref_table function']);

const module = new WebAssembly.Module(readFileSync(process.argv[2]));
const imports = WebAssembly.Module.imports(module).map(({ module, name, kind }) => `${module} ${name} ${kind}`);
const forbidden = imports.filter((one) => !ALLOWED.has(one));
for (const one of forbidden) console.log(`the module imports what it must not: ${one}`);
process.exitCode = forbidden.length === 0 ? 0 : 1;
