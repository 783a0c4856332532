// The identity provider as a handler: its token endpoint, its metadata, its keys.

import { clock, randomBytes } from './defaults.mjs';
import { tokenServer } from './endpoint.mjs';
import { checkOptions } from './options.mjs';
import { firstUses } from './replay.mjs';
import { revocationsOf } from './revocations.mjs';
import { keysOf } from './resource-as.mjs';
import { consult, current, demand } from './respond.mjs';
import { issue } from './sign.mjs';

/** A handler for the addresses of an identity provider; see `index.d.ts` for the options. */
export function identityProvider(options) {
  const required = ['server', 'metadata', 'jwks', 'signer', 'policy', 'clients', 'users'];
  checkOptions(options, required, ['attest', 'refreshTokens', 'actorKeys', 'random', 'revocations']);
  const { server, policy, signer, jwks, actorKeys, clients, attest, users, refreshTokens, replay, nonce } = options;
  const { now = clock, random = randomBytes, revocations } = options;
  const spend = async (authorized) => {
    return authorized.spend({ answers: await firstUses(replay, authorized.replayKeys, now()) });
  };

  const token = async (request) => {
    const pending = server.parse(request, { now: now() });
    const verified = pending.verify({ ...(await lookUp(pending.needs)), now: now() });
    const inForce = await current(policy);
    if (verified.wantsRefreshToken && refreshTokens) return renew(verified, inForce, pending.needs.client_id);
    const targeted = verified.target({ policy: inForce });
    const { subject, audience, clientId } = targeted;
    const user = await consult(users, subject, { audience, clientId });
    const spent = await spend(targeted.authorize({ user, now: now() }));
    return issue(spent, signer, { random: random(), now: now() });
  };

  /** What the exchange needs to be verified. Keys that cannot be had are for the library to miss. */
  const lookUp = async ({ client_id: clientId, subject, actor }) => {
    const [client, attested, actors, nonces, revoked] = await Promise.all([
      consult(clients, clientId),
      subject.token === undefined ? undefined : consult(attest, subject, clientId),
      actor && keysOf(actorKeys, actor.issuer, actor.kid),
      demand(nonce),
      revocationsOf(revocations, now()),
    ]);
    return { client, attested, keys: jwks, actorKeys: actors, nonce: nonces, revocations: revoked };
  };

  /** A refresh token for a SAML assertion. */
  const renew = async (verified, inForce, clientId) => {
    const { subject } = verified;
    const offered = await demand(refreshTokens.offered, subject, clientId);
    const spent = await spend(verified.refresh({ policy: inForce, offered }));
    const { scope, boundTo } = spent;
    const made = await demand(refreshTokens.make, { subject, clientId, scope, boundTo });
    return spent.respond({ ...made, now: now() });
  };
  return tokenServer('idp', { token }, options);
}
