// Lines that the collector reads: the median and the quartiles of the rounds.

export function print(group, row, who, unit, values, note) {
  const sorted = [...values].sort((left, right) => left - right);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  console.log(JSON.stringify({ group, row, who, unit, median: at(0.5), low: at(0.25), high: at(0.75), n: sorted.length, note }));
}

/** What each of the contenders takes for one verification, in microseconds, round by round, in turns. */
export async function rounds(names, count, time) {
  const taken = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -1; round < count; round++) {
    for (const name of names) {
      const micros = await time(name, round + 1);
      // The first is to warm up.
      if (round >= 0) taken[name].push(micros);
    }
  }
  return Object.entries(taken);
}

/** The figures that are printed for a runtime. */
export const ALGORITHMS = ['ES256', 'EdDSA', 'RS256'];
export const CONTENDERS = ['idjag wasm', 'jose 6', 'WebCrypto, the signature alone'];
/** Verifications of one round, and rounds. */
export const BATCH = 50;
export const ROUNDS = 11;
/** Verifications after which the memory is looked at. */
export const MANY = Number(process.env.EDGE_VERIFICATIONS ?? 1_000_000);
