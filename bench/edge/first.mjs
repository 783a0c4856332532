// One cold start: compiles the module, makes an instance, verifies one token; prints how long that took, in milliseconds.

import { readFileSync } from 'node:fs';
import { instantiate } from 'idjag/manual';
import { first } from './work.mjs';

const [bytes, corpus] = [readFileSync(process.argv[2]), JSON.parse(readFileSync(process.argv[3], 'utf8'))];
const since = performance.now();
const module = new WebAssembly.Module(bytes);
const compiled = performance.now();
first(instantiate(module), corpus);
console.log(JSON.stringify({ compile: compiled - since, first: performance.now() - compiled }));
