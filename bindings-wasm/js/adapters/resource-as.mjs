// The resource authorization server as a handler: its endpoints, its metadata, its keys.

import { clock, randomBytes } from './defaults.mjs';
import { tokenServer } from './endpoint.mjs';
import { checkOptions, invalid } from './options.mjs';
import { firstUses } from './replay.mjs';
import { revocationsOf, storeEntries } from './revocations.mjs';
import { consult, current, demand } from './respond.mjs';
import { issue } from './sign.mjs';

/** A handler for the addresses of a resource authorization server; see `index.d.ts` for the options. */
export function resourceAuthorizationServer(options) {
  const required = ['server', 'metadata', 'jwks', 'signer', 'keys', 'clients', 'accounts'];
  checkOptions(options, required, ['policy', 'random', 'revocations', 'users']);
  const { server, policy, signer, jwks, keys, clients, accounts, users, replay, nonce, onError } = options;
  const { now = clock, random = randomBytes, revocations } = options;
  checkRevocation(options);

  const token = async (request) => {
    const pending = server.parse(request, { now: now() });
    const { issuer, kid, client_id: clientId, actor } = pending.needs;
    const [keySet, actorKeys, client, nonces, revoked] = await Promise.all([
      issuer === options.metadata.issuer ? jwks : keysOf(keys, issuer, kid), actor && keysOf(keys, actor.issuer, actor.kid),
      consult(clients, clientId), demand(nonce), revocationsOf(revocations, now()),
    ]);
    const found = { keys: keySet, actorKeys, client, nonce: nonces, revocations: revoked };
    const verified = pending.verify({ ...found, now: now() });
    const { claims, parent } = verified;
    const account = await (parent ? consult(users, parent) : consult(accounts, claims));
    const granted = verified.authorize({ policy: await current(policy), account, now: now() });
    const answers = await firstUses(replay, granted.replayKeys, now());
    return issue(granted.spend({ answers }), signer, { random: random(), now: now() });
  };

  const revocation = async (request) => {
    const pending = server.parseRevocation(request, { now: now() });
    const [client, nonces] = await Promise.all([consult(clients, pending.needs.client_id), demand(nonce)]);
    const verified = pending.verify({ keys: jwks, client, nonce: nonces, now: now() });
    const spent = verified.spend({ answers: await firstUses(replay, verified.replayKeys, now()) });
    const stored = await storeEntries(revocations, spent.entries, now(), onError);
    return spent.conclude({ stored });
  };
  return tokenServer('resource_authorization_server', { token, revocation }, options);
}

/** A revocation endpoint is there on both sides or on none, and what it stores is where the guards of resources look. */
function checkRevocation({ server, metadata, revocations }) {
  const { revocationEndpoint: url } = metadata;
  const isPublished = url !== undefined && url !== null;
  if (isPublished !== revokes(server)) throw invalid('metadata/revocationEndpoint', 'the server is to have the same one');
  if (isPublished && revocations === undefined) {
    throw invalid('revocations', 'the store is expected with which the servers of resources hold tokens against it');
  }
}

/** Whether `server` has a revocation endpoint: a request that is none is refused for that only where it has not. */
function revokes(server) {
  try {
    server.parseRevocation({ method: 'POST', url: '', headers: [], body: '' }, { now: 0 });
    return true;
  } catch ({ code }) {
    return code !== 'config_invalid';
  }
}

/** The keys of `issuer`. Without them nothing is verified: that they cannot be had is for the library to say. */
export async function keysOf(keys, issuer, kid) {
  try {
    return (await keys.keys(issuer, kid)) ?? undefined;
  } catch {
    return undefined;
  }
}
