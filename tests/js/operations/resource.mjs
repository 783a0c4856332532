// `resource_server.access`, `resource_server.response` and `resource_server.metadata`.

import { Store, earlier, responseOf, revocations } from './role.mjs';

const OPERATION = 'resource_server.access';

export function access(host) {
  const resource = new Resource(host);
  const before = earlier(host, (request, _, now) => resource.handle(request, now));
  const { claims, record } = resource.handle(host.input.request, host.now);
  const output = { claims: listed(claims), record };
  return before.length > 0 ? { ...output, earlier: before } : output;
}

export function response(host) {
  const resource = new Resource(host);
  earlier(host, (request, _, now) => resource.handle(request, now));
  return responseOf(host, () => resource.handle(host.input.request, host.now));
}

/** `resource_server.bearer`. */
export function bearer(host) {
  const server = host.make('ResourceServer', 'resource_server.new', host.config.server);
  const token = { token: host.input.token, now: host.now };
  const { issuer } = host.ask(server, 'resource_server.bearer_needs', token);
  const jwks = host.sets[issuer];
  const keys = jwks === undefined ? undefined : host.keySet(issuer, jwks);
  const found = { keys, revocations: revocations(host, host.now), context: host.input.context };
  const ask = () => JSON.stringify(host.ask(server, 'resource_server.verify_bearer', { ...token, ...found }));
  const answer = ask();
  // The token is known by now, and what is handed out is everybody's: it is frozen.
  if (ask() !== answer) throw new Error('a known token is told otherwise');
  const { claims, scopes, record } = JSON.parse(answer);
  return { claims: listed(claims), scopes, record };
}

export function metadata(host) {
  return host.ask(host.make('ResourceServer', 'resource_server.new', host.config.server), 'resource_server.metadata');
}

/** A resource, its host and its store. */
class Resource {
  constructor(host) {
    this.host = host;
    this.server = host.make('ResourceServer', 'resource_server.new', host.config.server);
    this.store = new Store(host);
  }

  handle(request, now) {
    const { host } = this;
    const pending = this.server.parse(request, host.spelled(OPERATION, { now }, 'parse'));
    const { issuer } = pending.needs;
    const jwks = host.sets[issuer];
    const keys = jwks === undefined ? undefined : host.keySet(issuer, jwks);
    const { context } = host.input;
    const found = { keys, nonce: host.config.nonce, context, revocations: revocations(host, now) };
    const verified = host.step(pending, OPERATION, 'verify', { ...found, now });
    const authorized = host.step(verified, OPERATION, 'authorize', { now });
    const answers = this.store.ask(authorized.replayKeys, now);
    return host.step(authorized, OPERATION, 'spend', { answers });
  }
}

/** The claims as the vectors write them: every audience in a list, the actors before the last beside it. */
function listed(claims) {
  const { aud, act } = claims;
  const output = { ...claims, aud: typeof aud === 'string' ? [aud] : aud };
  if (act !== undefined) {
    const [outermost, ...prior] = chain(act);
    output.act = prior.length > 0 ? { ...outermost, prior } : outermost;
  }
  return output;
}

function chain({ act, ...actor }) {
  return act === undefined ? [actor] : [actor, ...chain(act)];
}
