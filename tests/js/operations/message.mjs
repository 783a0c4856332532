// Requests that a client makes, taken apart so that they can be compared.

import { utf8 } from './role.mjs';

/**
 * `{method, url, headers, form}`: the form sorted by name, for its order means nothing, and the tokens made here as
 * `{header, payload}`, once their signature by the signer `client` or `dpop` has been verified. Other bodies are left out.
 */
export function openedMessage(host, { method, url, headers, body }) {
  const fields = headers.map(([name, value]) => [name, name === 'DPoP' ? token(host, value, 'dpop') : value]);
  const pairs = (body ?? '').split('&').filter((pair) => pair.includes('='));
  const form = pairs.map((pair) => {
    const [name, value] = pair.split(/=(.*)/s).map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
    return [name, name === 'client_assertion' ? token(host, value, 'client') : value];
  });
  form.sort(([one], [other]) => (one < other ? -1 : Number(one > other)));
  const message = { method, url, headers: fields, form };
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value.length > 0));
}

/** The header and the payload of an ES256 token that the signer `name` made. */
function token(host, text, name) {
  const { d, ...jwk } = host.signers[name];
  host.api.verifyJws({ token: text, keys: { keys: [jwk] }, algorithms: ['ES256'] });
  const [header, payload] = text.split('.').slice(0, 2).map((part) => JSON.parse(utf8(part)));
  return { header, payload };
}

/** `message` without what differs each time: each token's `jti`, collected in `seen`, which must not hold it yet. */
export function withoutTokenIds(message, seen) {
  for (const [, value] of [...(message.headers ?? []), ...(message.form ?? [])]) {
    if (typeof value === 'object') {
      const { jti } = value.payload;
      if (typeof jti !== 'string' || seen.has(jti)) throw new Error('every token has a `jti` of its own');
      seen.add(jti);
      delete value.payload.jti;
    }
  }
  return message;
}
