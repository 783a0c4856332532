// How every runner ends: what failed, and one closing line.

/** Prints the sum of `results`, each `{ passed, failed, failures: [{ id, problem }] }`; whether nothing failed. */
export function report(...results) {
  const sum = (member) => results.reduce((total, result) => total + result[member], 0);
  for (const { id, problem } of results.flatMap((result) => result.failures).slice(0, 40)) {
    console.log(`FAILED ${id}: ${problem}`);
  }
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') === 0 && sum('passed') > 0;
}

/** Runs named checks, functions that throw when something is wrong. */
export async function check(checks) {
  const result = { passed: 0, failed: 0, failures: [] };
  for (const [id, run] of Object.entries(checks)) {
    try {
      await run();
      result.passed += 1;
    } catch (error) {
      result.failed += 1;
      result.failures.push({ id, problem: error?.stack ?? String(error) });
    }
  }
  return result;
}
