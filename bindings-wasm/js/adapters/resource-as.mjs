// The resource authorization server as a handler: its token endpoint, its metadata, its keys.

import { clock, randomBytes } from './defaults.mjs';
import { tokenServer } from './endpoint.mjs';
import { checkOptions } from './options.mjs';
import { firstUses } from './replay.mjs';
import { consult, current, demand } from './respond.mjs';
import { issue } from './sign.mjs';

/** A handler for the addresses of a resource authorization server; see `index.d.ts` for the options. */
export function resourceAuthorizationServer(options) {
  const required = ['server', 'metadata', 'jwks', 'signer', 'keys', 'clients', 'accounts'];
  checkOptions(options, required, ['policy', 'random']);
  const { server, policy, signer, keys, clients, accounts, replay, nonce } = options;
  const { now = clock, random = randomBytes } = options;

  const token = async (request) => {
    const pending = server.parse(request, { now: now() });
    const { issuer, kid, client_id: clientId } = pending.needs;
    const [keySet, client, nonces] = await Promise.all([
      keysOf(keys, issuer, kid), consult(clients, clientId), demand(nonce),
    ]);
    const verified = pending.verify({ keys: keySet, client, nonce: nonces, now: now() });
    const account = await consult(accounts, verified.claims);
    const granted = verified.authorize({ policy: await current(policy), account, now: now() });
    const answers = await firstUses(replay, granted.replayKeys, now());
    return issue(granted.spend({ answers }), signer, { random: random(), now: now() });
  };
  return tokenServer('resource_authorization_server', token, options);
}

/** The keys of `issuer`. Without them nothing is verified: that they cannot be had is for the library to say. */
export async function keysOf(keys, issuer, kid) {
  try {
    return (await keys.keys(issuer, kid)) ?? undefined;
  } catch {
    return undefined;
  }
}
