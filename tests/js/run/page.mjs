// What the page in the browser does: the vectors are fetched, the result is the page's.

import * as idjag from 'idjag';
import { runVectors } from '../vectors.mjs';

globalThis.result = (async () => {
  const topics = await (await fetch('/vectors.json')).json();
  return { backend: idjag.backend, ...runVectors(idjag, topics) };
})();
