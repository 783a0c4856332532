// `policy.*`: a document compiled, and asked.

export function compile(host) {
  return host.ask(host.make('Policy', 'policy.new', host.input), 'policy.describe');
}

/** The sentences are for people; the vectors compare the stable names. */
export function check(host) {
  const output = host.call('policy.check', { ...host.config, ...host.input });
  const faults = output.faults.map(({ message, ...fault }) => {
    if (typeof message !== 'string') throw new Error('a fault has a sentence');
    return fault;
  });
  return { ...output, faults };
}

export function ask(host) {
  return host.ask(host.make('Policy', 'policy.new', host.config), host.operation, host.input);
}

export function withdrawals(host) {
  const { former, ...options } = host.input;
  const policy = host.policy(host.config.document);
  return host.ask(policy, host.operation, { ...options, former: host.policy(former), now: host.now });
}
