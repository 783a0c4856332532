// `replay.first_use`: the store in memory.

/** The wire error of a token of each kind that was used before. */
const REPLAYED = {
  id_jag: 'invalid_grant',
  client_assertion: 'invalid_client',
  dpop_proof: 'invalid_dpop_proof',
};

export function firstUse(host) {
  const store = host.make('MemoryReplayStore', 'replay_store.new', host.config);
  const answers = host.input.uses.map(({ now, ...token }) => {
    const { name, retain_until } = host.call('replay_key.new', token);
    return host.ask(store, 'replay_store.first_use', { name, retain_until, now }).answer;
  });
  // What a role makes of the last answer.
  if (answers.at(-1) === 'seen') host.refuse('token_replayed', REPLAYED[host.input.uses.at(-1).kind]);
  if (answers.at(-1) === 'unavailable') host.refuse('store_unavailable', 'temporarily_unavailable');
  return { answers };
}
