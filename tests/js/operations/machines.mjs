// Scripts over time: a key set cache, and discovery.

import { ALL_ALGORITHMS } from '../host.mjs';
import { reading } from './documents.mjs';
import { utf8 } from './role.mjs';

export function keySetCache(host) {
  const options = { ...host.config, algorithms: ALL_ALGORITHMS };
  const cache = host.make('KeySetCache', 'key_set_cache.new', options);
  return played(host, host.input.steps, (step) => act(host, cache, step));
}

/** The events of a script; one whose last step is refused is refused itself. */
export function played(host, steps, take) {
  let last;
  const events = steps.map((step) => {
    last = undefined;
    try {
      return take(step);
    } catch (error) {
      if (!(error instanceof host.api.IdJagError)) throw error;
      last = error;
      return { error: error.code };
    }
  });
  if (last !== undefined) throw last;
  return { events };
}

function act(host, cache, step) {
  const now = step.at;
  if ('refreshed' in step) {
    host.ask(cache, 'key_set_cache.refreshed', { response: step.refreshed, now });
    return { refreshed: true };
  }
  if ('replace' in step) {
    const [issuer, jwks, fetched_at] = step.replace;
    host.ask(cache, 'key_set_cache.replace', { issuer, jwks, fetched_at });
    return { replaced: true };
  }
  if ('begin_refresh' in step) return host.ask(cache, 'key_set_cache.begin_refresh', { now });
  const found = host.ask(cache, 'key_set_cache.lookup', { kid: step.lookup, now });
  const kids = found.usable ? kidsOf(host, cache, found, now) : null;
  if (found.state === 'use') return { use: kids };
  if (found.state === 'refresh') return { refresh: true, then: kids };
  return { unavailable: true, retry_at: found.retry_at };
}

function kidsOf(host, cache, found, now) {
  const set = host.ask(cache, 'key_set_cache.keys', { now });
  try {
    if (!(set instanceof host.api.KeySet)) throw new Error('the keys are no `KeySet`');
    if (set.generation !== found.generation) throw new Error('the keys are not those that were looked up');
    return set.keys.map((key) => key.kid);
  } finally {
    set.free();
  }
}

export function revocationList(host) {
  const { updates, ...config } = host.config;
  const list = host.make('RevocationList', 'revocation_list.new', { ...config, now: host.now });
  return played(host, host.input.steps, ({ at: now, ...step }) => {
    if ('receive' in step) {
      const options = { ...updates, manifest: step.receive, keys: host.sets.authority, now };
      return host.ask(list, 'revocation_list.receive', options);
    }
    if ('chunk' in step) return host.ask(list, 'revocation_list.receive_chunk', { chunk: step.chunk, now });
    if ('publish' in step) return publish(host, { ...step.publish, issuer: updates.issuer, revocations: list, now });
    if ('add' in step) return host.ask(list, 'revocation_list.add', { entries: step.add, now });
    if ('synchronize' in step) {
      return host.ask(list, 'revocation_list.synchronize', { sequence: step.synchronize, now });
    }
    return host.ask(list, 'revocation_list.export', { now });
  });
}

function publish(host, options) {
  const update = host.make('RevocationUpdate', 'revocation_update.new', options);
  const { d, ...key } = host.signers.authority;
  const { token: manifest, claims } = host.ask(update, 'revocation_update.sign', { signer: host.signer({ ...key, d }) });
  const pending = host.ask(update, 'revocation_update.prepare', { key });
  if (utf8(pending.signing_input) !== manifest.slice(0, manifest.lastIndexOf('.'))) {
    throw new Error('what is signed elsewhere is not the same');
  }
  if (update.sequence !== claims.sequence || update.baseSequence !== claims.base_sequence || update.size !== claims.size) {
    throw new Error('the answer does not tell what is signed');
  }
  const chunks = Array.from({ length: update.chunks }, (_, number) => host.ask(update, 'revocation_update.chunk', { number }));
  return { manifest, chunks: chunks.map(({ chunk }) => chunk) };
}

export function clientDocuments(host) {
  const documents = host.make('ClientDocuments', 'client_documents.new', host.config);
  return played(host, host.input.steps, ({ at: now, client_id, received: response }) => {
    return response === undefined
      ? host.ask(documents, 'client_documents.next', { client_id, now })
      : host.ask(documents, 'client_documents.received', { client_id, response, now });
  });
}

export function discovery(host) {
  const { resource, resource_metadata, issuer, responses } = host.input;
  const options = { ...reading(host.config), resource, resource_metadata, issuer };
  const machine = host.make('Discovery', 'discovery.new', options);
  const requests = [];
  let output;
  for (const response of responses) {
    const { request } = host.ask(machine, 'discovery.next');
    if (request === null) throw new Error('a request for every response');
    requests.push(request);
    output = host.ask(machine, 'discovery.receive', { response });
  }
  if (host.ask(machine, 'discovery.next').request !== null) throw new Error('a response for every request');
  const { done, ...found } = output;
  if (done !== true) throw new Error('a result when nothing more is sent');
  return { ...found, requests };
}
