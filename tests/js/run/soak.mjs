// What no input may do to an instance: a million malformed calls leave its objects where they were and its memory as good
// as there, and it still answers. From the project's folder: `node --expose-gc soak.mjs [count]`.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createApi, raw as instance } from 'idjag/manual';
import { runVectors } from '../vectors.mjs';
import { Mutator } from './mutate.mjs';
import { check, report } from './report.mjs';

const COUNT = Number(process.argv[2] ?? 1_000_000);
/** Of the vectors, one in so many. */
const SHARE = 12;
/** Calls with a token in them are longer, and may reach a signature, which takes as long as fifty others: one in so many. */
const SHORT = 500;
const LONG_EVERY = 100;

const wasm = readFileSync(createRequire(import.meta.url).resolve('idjag/idjag.wasm'));
const raw = instance(new WebAssembly.Module(wasm));
const api = createApi(raw);
const objects = () => JSON.parse(raw.call('count\n\n{}')).ok;
const topics = JSON.parse(readFileSync('vectors.json', 'utf8'));

/** What is there to remember what it is given: it grows to its capacity, which has a check of its own. */
const REMEMBERS = ['revocation_list.add\n', 'client_documents.next\n', 'client_documents.received\n'];

/** Calls that are well formed, and whose objects exist: what the vectors ask for, with nothing freed. */
function callsOfVectors() {
  const calls = new Set();
  const recorder = createApi({
    call(text) {
      if (text.startsWith('free\n')) return '{"ok":null}';
      calls.add(text);
      return raw.call(text);
    },
  });
  let index = 0;
  const share = topics.map((topic) => ({
    ...topic,
    groups: topic.groups.map((group) => ({ ...group, tests: group.tests.filter(() => index++ % SHARE === 0) })),
  }));
  runVectors(recorder, share);
  // Some vectors are calls that are malformed on purpose: nothing can be made wrong in them.
  const isCall = (text) => text.split('\n').length >= 3;
  return [...calls].filter((call) => isCall(call) && !REMEMBERS.some((operation) => call.startsWith(operation)));
}

/** One malformed call: an envelope comes back, and what was made nevertheless is freed. */
function send(text) {
  const answer = JSON.parse(raw.call(text));
  if (!('ok' in answer) && typeof answer.err?.code !== 'string') throw new Error(`${answer} for ${text}`);
  if (answer.handle) raw.call(`free\n${answer.handle}\n{}`);
}

/** Functions, and the classes that are made of options; the other classes are steps, which nobody constructs. */
const makers = Object.entries(api).filter(([name, member]) => {
  const isClass = /^[A-Z]/.test(name);
  return isClass ? 'free' in member.prototype : !['toRequest', 'toResponse'].includes(name);
});

/** One misuse of the public API: what it throws is an IdJagError. */
function misuse(mutator) {
  const [name, member] = mutator.one(makers);
  try {
    const made = /^[A-Z]/.test(name) ? new member(mutator.junk()) : member(mutator.junk());
    made?.free?.();
  } catch (error) {
    if (!(error instanceof api.IdJagError)) throw error;
  }
}

const result = await check({
  [`${COUNT} malformed calls leave nothing`]: () => {
    const mutator = new Mutator(20_240_601);
    const calls = callsOfVectors();
    const [short, long] = [calls.filter((one) => one.length <= SHORT), calls.filter((one) => one.length > SHORT)];
    assert.ok(short.length > 20 && long.length > 50, `${short.length} short calls, ${long.length} long ones`);
    const some = (count) => {
      for (let index = 0; index < count; index += 1) {
        if (index % 10 === 0) misuse(mutator);
        else send(mutator.call(mutator.one(index % LONG_EVERY === 1 ? long : short)));
      }
    };
    Error.stackTraceLimit = 0;
    some(COUNT / 10);
    const [memory, alive] = [raw.memory.buffer.byteLength, objects()];
    some(COUNT - COUNT / 10);
    assert.equal(objects(), alive);
    // The greatest need at one moment grows now and then by some pages. Whatever leaked a byte per call would take more.
    const grown = raw.memory.buffer.byteLength - memory;
    assert.ok(grown <= COUNT / 4, `${grown} bytes`);
  },
  'what remembers takes no more than its capacity': () => {
    const [now, retain_until] = [1_000_000_000, 2_000_000_000];
    const documents = new api.ClientDocuments({ role: 'idp', algorithms: ['ES256'] });
    const revocations = new api.RevocationList({ capacity: 1000, now });
    let refused = 0;
    const remember = (from, to) => {
      for (let index = from; index < to; index += 1) {
        documents.next({ clientId: `https://app-${index}.example/client.json`, now });
        try {
          revocations.add({ entries: [{ iss: 'https://as.example', jti: `token-${index}`, retain_until }], now });
        } catch (error) {
          refused += error.code === 'store_unavailable' ? 1 : NaN;
        }
      }
    };
    remember(1000, 4000);
    const memory = raw.memory.buffer.byteLength;
    remember(4000, 40_000);
    assert.equal(raw.memory.buffer.byteLength, memory);
    assert.equal(refused, 38_000, 'a list that is full forgets nothing');
    for (const one of [documents, revocations]) one.free();
  },
  'the instance still answers every vector of a topic': () => {
    const topic = topics.find(({ operation }) => operation === 'id_jag.verify');
    const { passed, failures } = runVectors(api, [topic], { filter: `${topic.operation}/` });
    assert.deepEqual(failures, []);
    assert.ok(passed > 0);
  },
  'a text that is too long is refused without a copy': () => {
    const memory = raw.memory.buffer.byteLength;
    assert.equal(JSON.parse(raw.call('x'.repeat(64 * 1024 * 1024 + 1))).err.code, 'call_malformed');
    assert.equal(raw.memory.buffer.byteLength, memory);
  },
  'text of every kind crosses whole': () => {
    for (const text of ['', '\n', '\n\n', 'é', '\ud800', 'a\udc00b', '😀'.repeat(1000), `${'a'.repeat(999)}é`]) {
      assert.equal(JSON.parse(raw.call(text)).err.code, text === '\n\n' ? 'operation_unknown' : 'call_malformed');
    }
  },
  'an object freed twice is freed once, and the next has another number': () => {
    const keys = () => new api.KeySet({ issuer: 'https://a.example/', jwks: { keys: [] }, algorithms: ['ES256'] });
    const before = objects();
    const [first, second] = [keys(), keys()];
    first.free();
    first.free();
    const third = keys();
    assert.throws(() => first.public(), { name: 'IdJagError', code: 'handle_invalid' });
    assert.ok(second.public());
    assert.ok(third.public());
    second.free();
    third.free();
    assert.equal(objects(), before);
  },
  'objects that nobody holds are freed': async () => {
    const before = objects();
    for (let index = 0; index < 1000; index += 1) {
      new api.KeySet({ issuer: 'https://a.example/', jwks: { keys: [] }, algorithms: ['ES256'] });
    }
    for (let round = 0; objects() > before && round < 100; round += 1) {
      gc();
      await new Promise((later) => setTimeout(later, 10));
    }
    assert.equal(objects(), before);
  },
});
process.exitCode = report(result) ? 0 : 1;
