// The operations on tokens whose options are named otherwise than the vectors name them.

import { signed } from './plain.mjs';

/** The key set `client`. */
export function clientAssertion(host) {
  return host.call(host.operation, { ...host.config, ...host.input, keys: host.sets.client, now: host.now });
}

/** The random bytes are `random`, and the present is `now`. */
export function dpopProof(host) {
  const { entropy: random, iat: now, ...input } = host.input;
  return signed(host, { ...input, random, now });
}

/** The key set `issuer`, at no particular time. */
export function jws(host) {
  return host.call(host.operation, { ...host.config, ...host.input, keys: host.sets.issuer });
}

/** An access token prepared, and its signature attached. */
export function attach(host) {
  const { jwk: key, signature, ...options } = { ...host.config, ...host.input };
  const { signing_input } = host.call('access_token.prepare', { ...options, key });
  return host.call(host.operation, { signing_input, key, signature, algorithms: options.algorithms });
}
