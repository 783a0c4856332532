// Requests to addresses that strangers choose, in runtimes where nobody has shown yet that they lead to public networks only.

import { invalid } from '../options.mjs';

export function publicFetch() {
  throw invalid('fetch', 'this runtime needs a fetch of your own, which refuses addresses that are not public');
}
