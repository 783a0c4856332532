// `idp.token_exchange` and `idp.response`: the steps of a token exchange.

import { Store, earlier, opened, responseOf, revocations } from './role.mjs';

const OPERATION = 'idp.exchange';

export function tokenExchange(host) {
  const endpoint = new Endpoint(host);
  const before = earlier(host, (...request) => endpoint.handle(...request));
  const done = endpoint.handle(host.input.request, host.input.token_id ?? 'jag-1', host.now);
  const output = opened(done);
  if (before.length > 0) output.earlier = before;
  if (done.bound_to !== undefined) output.refresh_token_bound_to = done.bound_to;
  return output;
}

export function response(host) {
  const endpoint = new Endpoint(host);
  earlier(host, (...request) => endpoint.handle(...request));
  return responseOf(host, () => endpoint.handle(host.input.request, 'jag-1', host.now));
}

/** A provider, its host and its store. */
class Endpoint {
  constructor(host) {
    this.host = host;
    this.server = host.make('IdentityProvider', 'idp.new', host.config.server);
    this.policy = host.policy(host.config.policy);
    this.signer = host.signer(host.signers.server);
    this.store = new Store(host);
  }

  keysOf(issuer) {
    const jwks = this.host.sets[issuer];
    return jwks === undefined ? undefined : this.host.keySet(issuer, jwks);
  }

  handle(request, token_id, now) {
    const { host, policy } = this;
    const pending = this.server.parse(request, host.spelled(OPERATION, { now }, 'parse'));
    const { client_id, actor } = pending.needs;
    const verified = host.step(pending, OPERATION, 'verify', {
      keys: this.keysOf(host.config.server.issuer),
      actor_keys: this.keysOf(actor?.issuer),
      client: host.config.clients?.find((client) => client.client_id === client_id),
      attested: host.input.attested,
      nonce: host.config.nonce,
      revocations: revocations(host, now),
      now,
    });
    if (verified.wantsRefreshToken) return this.refresh(verified, now);
    const targeted = host.step(verified, OPERATION, 'target', { policy });
    const isUser = ({ subject, audience }) =>
      subject === targeted.subject.subject && audience === targeted.audience;
    const user = host.config.directory?.find(isUser)?.user;
    const authorized = host.step(targeted, OPERATION, 'authorize', { user, now });
    const answers = this.store.ask(authorized.replayKeys, now);
    const spent = host.step(authorized, OPERATION, 'spend', { answers });
    return host.step(spent, OPERATION, 'issue', { signer: this.signer, token_id, now });
  }

  refresh(verified, now) {
    const { host, policy } = this;
    const { offered, token: refresh_token, expires_in } = host.input.refresh_token;
    const authorized = host.step(verified, OPERATION, 'refresh', { policy, offered });
    const answers = this.store.ask(authorized.replayKeys, now);
    const spent = host.step(authorized, OPERATION, 'spend', { answers });
    const done = host.step(spent, OPERATION, 'respond', { refresh_token, expires_in, now });
    if (spent.boundTo !== done.bound_to) throw new Error('the two steps name different keys');
    return done;
  }
}
