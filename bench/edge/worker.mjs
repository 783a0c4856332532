// The worker that is measured: does what it is asked to, as often as it is asked to. Its clock stands still meanwhile.

import module from 'idjag/idjag.wasm';
import { createApi, instantiate, raw as instance } from 'idjag/manual';
import { batch, contenders, first, keySet, memory } from './work.mjs';

let corpus;
let all;
let raw;
let api;
let known;

export default {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    const number = (name) => Number(searchParams.get(name));
    if (pathname === '/corpus') corpus = await request.json();
    if (pathname === '/first') first(instantiate(module), corpus);
    if (pathname === '/open') {
      raw = instance(module);
      api = createApi(raw);
      known = keySet(api, corpus);
      all = await contenders(api, corpus);
    }
    if (pathname === '/batch') await batch(all[searchParams.get('who')], searchParams.get('alg'), number('first'), number('count'));
    return Response.json(pathname === '/memory' ? memory(api, raw, known, corpus, number('count'), number('computed')) : null);
  },
};
