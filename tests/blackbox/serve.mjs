// The black-box format over standard input and output: one JSON case per line in, one JSON verdict per line out.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { answer } from './verify.mjs';

/** Answers every line with the API of the package `name`, which is found from the working directory. */
export async function serve(name) {
  const api = createRequire(join(process.cwd(), 'package.json'))(name);
  let rest = Buffer.alloc(0);
  const reply = (line) => process.stdout.write(`${JSON.stringify(answer(api, line))}\n`);
  for await (const chunk of process.stdin) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      reply(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) reply(rest);
}
