// Requests that a client makes, taken apart so that they can be compared.

import { utf8 } from './role.mjs';

/**
 * `{method, url, headers, form}`: the form sorted by name, for its order means nothing, and the tokens made here as
 * `{header, payload}`, once their signature by the signer `client` or `dpop` has been verified. A JSON
 * body is `json`; others are left out.
 */
export function openedMessage(host, { method, url, headers, body }) {
  const fields = headers.map(([name, value]) => [name, name === 'DPoP' ? token(host, value, 'dpop') : value]);
  const isJson = headers.some(([name, value]) => name === 'Content-Type' && value === 'application/json');
  const form = pairsOf(isJson ? '' : (body ?? '')).map(([name, value]) => {
    return [name, name === 'client_assertion' ? token(host, value, 'client') : value];
  });
  const message = { method, url, headers: fields, form };
  const some = Object.entries(message).filter(([, value]) => value.length > 0);
  return { ...Object.fromEntries(some), ...(isJson && { json: JSON.parse(body) }) };
}

/** What a browser is to open, as an event: the address without its query, and the query like a form. */
export function openedPage({ authorization_url, redirect_uri }) {
  const [endpoint, query] = authorization_url.split(/\?(.*)/s);
  return { need_authorization: endpoint, query: pairsOf(query), redirect_uri };
}

/** The pairs of a form or a query, decoded and sorted by name. */
function pairsOf(text) {
  const pairs = text.split('&').filter((pair) => pair.includes('='));
  const decode = (part) => decodeURIComponent(part.replaceAll('+', ' '));
  const form = pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2).map(decode));
  return form.sort(([one], [other]) => (one < other ? -1 : Number(one > other)));
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
