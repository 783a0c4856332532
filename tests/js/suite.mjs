// Everything that is the same in every runtime: the vectors, the boundary, known tokens, the README.

import { runBoundary } from './boundary.mjs';
import { runKnown } from './known.mjs';
import { runReadme } from './readme.mjs';
import { runVectors } from './vectors.mjs';

/** One result of all; `others` are the same API over other backends. */
export function runSuite(api, topics, others = []) {
  const results = [runVectors(api, topics), runBoundary(api, others), runKnown(api), runReadme(api)];
  return results.reduce((sum, one) => ({
    passed: sum.passed + one.passed,
    failed: sum.failed + one.failed,
    failures: [...sum.failures, ...one.failures],
  }));
}
