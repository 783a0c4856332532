// The page that is measured: fetches the module and the tokens, and does what it is asked to.

import { createApi, raw as instance } from 'idjag/manual';
import { batch, contenders, first, keySet, memory } from './work.mjs';

const now = () => performance.now();

globalThis.measured = async (batchSize) => {
  const corpus = await (await fetch('/corpus.json')).json();
  const bytes = await (await fetch('/idjag.wasm')).arrayBuffer();
  const since = now();
  const module = await WebAssembly.compile(bytes);
  const compiled = now();
  const raw = instance(module);
  const api = createApi(raw);
  first(api, corpus);
  const cold = { compile: compiled - since, first: now() - compiled };
  const all = await contenders(api, corpus);
  globalThis.time = async (who, alg, round) => {
    const since = now();
    await batch(all[who], alg, round * batchSize, batchSize);
    return (now() - since) * 1000 / batchSize;
  };
  globalThis.kept = (many, computed) => memory(api, raw, keySet(api, corpus), corpus, many, computed);
  return cold;
};
