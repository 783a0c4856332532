// The operations that are one call: configuration, input and time are its arguments.

/** Neither keys nor time. */
export function plain(host) {
  return host.call(host.operation, { ...host.config, ...host.input });
}

/** No keys. */
export function timed(host) {
  return host.call(host.operation, { ...host.config, ...host.input, now: host.now });
}

/** The keys of `issuer` as data, or as an object where the configuration says whose it is. */
export function withKeys(host) {
  const { key_set_issuer: owner, ...options } = { ...host.config, ...host.input, now: host.now };
  const jwks = host.sets.issuer;
  const keys = owner === undefined ? jwks : host.keySet(owner, jwks, host.config.algorithms);
  return host.call(host.operation, { ...options, keys });
}

/** The signing key that the input names. */
export function signed(host, input = host.input) {
  const { signer, ...options } = input;
  return host.call(host.operation, { ...options, signer: host.signer(host.signers[signer]) });
}
