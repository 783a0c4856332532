// Lines that the collector reads: the median and the quartiles of the rounds.

export function print(group, row, who, unit, values, note) {
  const sorted = [...values].sort((left, right) => left - right);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  console.log(JSON.stringify({ group, row, who, unit, median: at(0.5), low: at(0.25), high: at(0.75), n: sorted.length, note }));
}

/** What each of the contenders takes for one verification, in microseconds, round by round, in turns. */
export async function rounds(names, count, time) {
  const taken = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -WARM; round < count; round++) {
    for (const name of names) {
      const micros = await time(name, round + WARM);
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
/** Rounds before those that count: an engine compiles a module's functions again once they ran often. */
export const WARM = 40;
/** Verifications after which the memory is looked at, and how many of them compute nearly every signature. */
export const MANY = Number(process.env.EDGE_VERIFICATIONS ?? 1_000_000);
export const COMPUTED = MANY / 10;
/** What is said of them. */
export const MANY_NOTE = `${MANY} verifications, nearly every signature computed in ${COMPUTED} of them`;
