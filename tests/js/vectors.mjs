// Runs the vectors over the public API. Nothing here knows which runtime it is in: topics are handed in as data.

import { OPERATIONS } from './operations.mjs';
import { Host } from './host.mjs';
import { differences } from './compare.mjs';

/**
 * Runs every case of `topics` (the parsed files of `tests/vectors`) whose id contains `filter`.
 * The result counts cases; an operation without vectors, or vectors without an operation, is a failure too.
 */
export function runVectors(api, topics, { filter = '' } = {}) {
  const result = { passed: 0, failed: 0, failures: [] };
  const count = (id, problem) => {
    if (problem === undefined) result.passed += 1;
    else {
      result.failed += 1;
      result.failures.push({ id, problem });
    }
  };
  const known = new Set(topics.map((topic) => topic.operation));
  if (filter === '') {
    for (const name of Object.keys(OPERATIONS)) if (!known.has(name)) count(name, 'no vectors');
    for (const name of known) if (!Object.hasOwn(OPERATIONS, name)) count(name, 'no adapter');
  }
  for (const topic of topics.filter((one) => Object.hasOwn(OPERATIONS, one.operation))) {
    for (const group of topic.groups) {
      for (const test of group.tests.filter((one) => one.id.includes(filter))) {
        count(test.id, judge(api, OPERATIONS[topic.operation], topic.operation, group, test));
      }
    }
  }
  return result;
}

/** What is wrong with the outcome of one case; `undefined` when it is the expected one. */
function judge(api, adapter, operation, group, test) {
  const host = new Host(api, operation, group, test);
  let output;
  try {
    output = adapter(host);
  } catch (error) {
    if (!(error instanceof api.IdJagError)) return `threw ${error?.stack ?? error}`;
    const found = JSON.stringify({ code: error.code, oauth: error.oauth ?? null });
    if (test.result !== 'invalid') return `refused with ${found}: ${error.message}`;
    const expected = JSON.stringify({ code: test.error.code, oauth: test.error.oauth ?? null });
    return found === expected ? undefined : `expected ${expected}, got ${found}`;
  } finally {
    host.free();
  }
  if (test.result !== 'valid') return `accepted with ${JSON.stringify(output)}`;
  const found = differences(test.output ?? null, output);
  return found.length === 0 ? undefined : `another output: ${found.slice(0, 8).join('; ')}`;
}
