// What the page in the browser does: the vectors are fetched, the result is the page's.

import * as idjag from 'idjag';
import { runSuite } from '../suite.mjs';

globalThis.result = (async () => {
  const topics = await (await fetch('/vectors.json')).json();
  return { backend: idjag.backend, ...runSuite(idjag, topics) };
})();
