// `wire.call`: the text of a call, as a binding passes it on. `#1` stands for the number of the object that the first
// call made.

export function run(host) {
  const made = [];
  let last;
  try {
    for (const text of host.input.calls) {
      if (last?.err) throw new Error(`a call before the last failed: ${JSON.stringify(last.err)}`);
      last = JSON.parse(host.api.call(text.replace(/#(\d)/g, (_, index) => made[index - 1])));
      made.push(last.handle);
    }
  } finally {
    const numbers = made.filter((number) => number !== undefined);
    host.api.call(`free\n${numbers.join(' ')}\n{}`);
  }
  if (last.err) host.refuse(last.err.code, last.err.oauth);
  return { ok: last.ok };
}
