// Contenders that do the same work, in turns, so that noise strikes all of them: `bench/harness` in JavaScript.

import { strict as assert } from 'node:assert';

const ROUNDS = 31;
/** Milliseconds that one round takes at least. */
const ROUND = 3;
/** Milliseconds that each works before anything is timed, and how often at least: the engine compiles what runs often, a
 * module's functions twice, and the second time late where the processors are busy.
 */
const WARM = 150;
const WARM_TIMES = 2000;

/**
 * Runs a row. A contender has a name `who` and `work`, which says whether it came to the right end; `isAsync` where it
 * must be awaited.
 */
export async function race(group, row, contenders) {
  const times = [];
  for (const contender of contenders) times.push(await calibrated(contender));
  const rounds = contenders.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const at = (round + turn) % contenders.length;
      rounds[at].push((await timed(contenders[at], times[at]) * 1000) / times[at]);
    }
  }
  contenders.forEach(({ who }, at) => say(group, row, who, 'us', rounds[at]));
}

/** Prints the median and the quartiles of some figures. */
export function say(group, row, who, unit, figures) {
  const sorted = [...figures].sort((left, right) => left - right);
  const at = (quarter) => sorted[Math.floor(((sorted.length - 1) * quarter) / 4)];
  const line = { group, row, who, unit, median: at(2), low: at(1), high: at(3), n: sorted.length };
  console.log(JSON.stringify(line));
}

/** Nobody is timed who takes a bent token, or refuses the good one. */
export async function checked(who, accepts, { good, bent }) {
  assert(await accepts(good), `${who} refuses the good token`);
  for (const [name, token] of Object.entries(bent)) {
    assert(!(await accepts(token)), `${who} accepts a token with a bent ${name}`);
  }
}

async function timed({ who, work, isAsync }, times) {
  let right = true;
  const started = performance.now();
  if (isAsync) {
    for (let count = 0; count < times; count += 1) right = (await work()) && right;
  } else {
    for (let count = 0; count < times; count += 1) right = work() && right;
  }
  const took = performance.now() - started;
  assert(right, `${who} came to another end`);
  return took;
}

async function calibrated(contender) {
  const end = performance.now() + WARM;
  for (let times = 0; times < WARM_TIMES || performance.now() < end; times += 8) await timed(contender, 8);
  let times = 1;
  while ((await timed(contender, times)) < ROUND) times *= 2;
  return times;
}
