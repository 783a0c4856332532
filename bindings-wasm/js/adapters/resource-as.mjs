// The resource authorization server as a handler: its endpoints, its metadata, its keys.

import { clock, randomBytes } from './defaults.mjs';
import { tokenServer } from './endpoint.mjs';
import { checkOptions } from './options.mjs';
import { firstUses } from './replay.mjs';
import { memoryRevocationStore, revocationsOf, storeEntries } from './revocations.mjs';
import { consult, current, demand } from './respond.mjs';
import { issue } from './sign.mjs';

/** A handler for the addresses of a resource authorization server; see `index.d.ts` for the options. */
export function resourceAuthorizationServer(options) {
  const required = ['server', 'metadata', 'jwks', 'signer', 'keys', 'clients', 'accounts'];
  checkOptions(options, required, ['policy', 'random', 'revocations']);
  const { server, policy, signer, jwks, keys, clients, accounts, replay, nonce, onError } = options;
  const { now = clock, random = randomBytes, revocations = memoryRevocationStore() } = options;

  const token = async (request) => {
    const pending = server.parse(request, { now: now() });
    const { issuer, kid, client_id: clientId } = pending.needs;
    const [keySet, client, nonces, revoked] = await Promise.all([
      keysOf(keys, issuer, kid), consult(clients, clientId), demand(nonce), revocationsOf(revocations, now()),
    ]);
    const verified = pending.verify({ keys: keySet, client, nonce: nonces, revocations: revoked, now: now() });
    const account = await consult(accounts, verified.claims);
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

/** The keys of `issuer`. Without them nothing is verified: that they cannot be had is for the library to say. */
export async function keysOf(keys, issuer, kid) {
  try {
    return (await keys.keys(issuer, kid)) ?? undefined;
  } catch {
    return undefined;
  }
}
