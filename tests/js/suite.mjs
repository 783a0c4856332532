// Everything that is the same in every runtime: the vectors, the boundary, the README.

import { runBoundary } from './boundary.mjs';
import { runReadme } from './readme.mjs';
import { runVectors } from './vectors.mjs';

/** One result of all; `others` are the same API over other backends. */
export function runSuite(api, topics, others = []) {
  const results = [runVectors(api, topics), runBoundary(api, others), runReadme(api)];
  return results.reduce((sum, one) => ({
    passed: sum.passed + one.passed,
    failed: sum.failed + one.failed,
    failures: [...sum.failures, ...one.failures],
  }));
}
