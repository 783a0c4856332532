// `resource_as.token` and `resource_as.response`: the steps of a redemption.

import { Store, earlier, opened, responseOf, revocations, shown } from './role.mjs';

const OPERATION = 'resource_as.token';
const REVOCATION = 'resource_as.revocation';

export function token(host) {
  const endpoint = new Endpoint(host);
  const before = earlier(host, (...request) => endpoint.handle(...request));
  const output = opened(endpoint.handle(host.input.request, host.input.token_id ?? 'at-1', host.now));
  return before.length > 0 ? { ...output, earlier: before } : output;
}

export function response(host) {
  const endpoint = new Endpoint(host);
  earlier(host, (...request) => endpoint.handle(...request));
  return responseOf(host, () => endpoint.handle(host.input.request, 'at-1', host.now));
}

/** `resource_as.revocation`. */
export function revocation(host) {
  const endpoint = new Endpoint(host);
  const before = earlier(host, (request, _, now) => endpoint.revoke(request, 'stored', now));
  const { response: answer, ...done } = endpoint.revoke(host.input.request, host.input.stored ?? 'stored', host.now);
  const output = { ...shown(answer), ...done };
  return before.length > 0 ? { ...output, earlier: before } : output;
}

/** A server, its host and its store. */
class Endpoint {
  constructor(host) {
    this.host = host;
    this.server = host.make('ResourceAuthorizationServer', 'resource_as.new', host.config.server);
    this.policy = host.policy(host.config.policy);
    this.signer = host.signer(host.signers.server);
    this.store = new Store(host);
  }

  handle(request, token_id, now) {
    const { host } = this;
    const pending = this.server.parse(request, host.spelled(OPERATION, { now }, 'parse'));
    const { issuer, client_id, actor } = pending.needs;
    const keysOf = (name) => (host.sets[name] === undefined ? undefined : host.keySet(name, host.sets[name]));
    const [keys, actor_keys] = [keysOf(issuer), keysOf(actor?.issuer)];
    const found = { keys, actor_keys, client: this.client(client_id), nonce: host.config.nonce, revocations: revocations(host, now) };
    const verified = host.step(pending, OPERATION, 'verify', { ...found, now });
    const account = this.account(verified.parent ?? verified.claims);
    const granted = host.step(verified, OPERATION, 'authorize', { policy: this.policy, account, now });
    const answers = this.store.ask(granted.replayKeys, now);
    const spent = host.step(granted, OPERATION, 'spend', { answers });
    return host.step(spent, OPERATION, 'issue', { signer: this.signer, token_id, now });
  }

  client(client_id) {
    return this.host.config.clients?.find((one) => one.client_id === client_id);
  }

  revoke(request, stored, now) {
    const { host } = this;
    const pending = this.server.parseRevocation(request, host.spelled(REVOCATION, { now }, 'parse'));
    const { issuer, client_id } = pending.needs;
    const jwks = host.sets[issuer];
    const keys = jwks === undefined ? undefined : host.keySet(issuer, jwks);
    const found = { keys, client: this.client(client_id), nonce: host.config.nonce };
    const verified = host.step(pending, REVOCATION, 'verify', { ...found, now });
    const answers = this.store.ask(verified.replayKeys, now);
    const spent = host.step(verified, REVOCATION, 'spend', { answers });
    const { entries } = spent;
    return { ...host.step(spent, REVOCATION, 'conclude', { stored }), entries };
  }

  /** The user of a grant: by NameID where the issuer's rule says so, else by issuer, tenant and subject. */
  account(claims) {
    const { host } = this;
    const rule = host.config.server.trusted_issuers.find((one) => one.issuer === claims.iss)?.saml_nameid;
    const isSameName = (known) => {
      if (known.name_id === undefined) return false;
      const names = { ...rule, sub_id: claims.sub_id, account: known.name_id };
      return host.call('saml_nameid.same', names).same && [undefined, claims.sub].includes(known.subject);
    };
    const isSame = ({ issuer, tenant, subject }) =>
      issuer === claims.iss && tenant === claims.tenant && subject === claims.sub;
    return host.config.accounts?.find(rule ? isSameName : isSame)?.account;
  }
}
