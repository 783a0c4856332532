// Whole verifications in Node.js: `node verify.mjs <corpus>`.

import { readFileSync } from 'node:fs';
import { checked, race } from './race.mjs';
import * as contenders from './contenders.mjs';

const corpus = JSON.parse(readFileSync(process.argv[2], 'utf8'));
/** What is called hot: as many tokens as a busy server sees again and again. */
const HOT = 16;

/** A row in which every contender is given `tokens` in turn. */
async function row(group, name, all, tokens) {
  await race(group, name, all.map(({ who, accepts, isAsync }) => {
    let next = 0;
    const work = () => accepts(tokens[next++ % tokens.length]);
    return { who, work, isAsync };
  }));
}

for (const [alg, { good, bent, ring }] of Object.entries(corpus.tokens)) {
  // Tokens that nobody has seen lately: no cache helps, neither ours nor a peer's.
  const whole = [
    ...contenders.ours(corpus, alg, { tokenCacheCapacity: 0 }),
    await contenders.jose(corpus, alg),
    contenders.fastJwt(corpus, alg, false),
    ...(alg === 'EdDSA' ? [] : [contenders.jsonWebToken(corpus, alg)]),
  ];
  for (const { who, accepts } of whole) await checked(who, accepts, { good, bent });
  await row('node.verify', `${alg}, warm key`, whole, ring);

  const signatures = await contenders.signatures(corpus, alg);
  for (const { who, accepts } of signatures) await checked(who, accepts, { good, bent: { signature: bent.signature } });
  await row('node.signature', `${alg} alone`, signatures, ring);

  const cached = [...contenders.ours(corpus, alg), contenders.fastJwt(corpus, alg, 1000)];
  for (const { who, accepts } of cached) await checked(who, accepts, { good, bent });
  await row('node.hit', `${alg}, cache hit`, cached, ring.slice(0, HOT));
}
