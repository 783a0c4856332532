// Requests to addresses that strangers choose, in Node.js: to the public internet only.

import { lookup } from 'node:dns/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { isLoopback, isPublic } from './addresses.mjs';

/** Names of this machine. */
const LOCAL = /^(localhost|127(\.\d+){3}|\[::1\])$/;
/** Responses that have no body. */
const EMPTY = [204, 205, 304];

/**
 * A function like `fetch`. A name is resolved once, each of its addresses must be public, and the connection goes to one of
 * those that were checked: a name that leads elsewhere a moment later leads nowhere. Redirects are not followed.
 */
export function publicFetch({ dangerousAllowHttpLoopback = false } = {}) {
  return async (address, { method = 'GET', headers = [], signal } = {}) => {
    const url = new URL(address);
    const isLocal = dangerousAllowHttpLoopback && LOCAL.test(url.hostname);
    if (url.protocol !== 'https:' && !isLocal) throw new TypeError('only https is fetched');
    const found = await lookup(url.hostname.replace(/^\[|\]$/g, ''), { all: true });
    const isTaken = isLocal ? isLoopback : isPublic;
    if (found.length === 0 || !found.every((each) => isTaken(each.address))) {
      throw new TypeError('the name leads to an address that is not public');
    }
    return receive(await answered(url, { method, headers, signal, found }));
  };
}

/** Sends the request to one of the addresses in `found`; the head of the response. */
function answered(url, { method, headers, signal, found }) {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const checked = (_, { all }, done) => (all ? done(null, found) : done(null, found[0].address, found[0].family));
  return new Promise((resolve, reject) => {
    const fields = { ...Object.fromEntries(headers), 'accept-encoding': 'identity' };
    // A connection of its own: one that is kept open may lead to an address that was checked for another request.
    const outgoing = send(url, { method, headers: fields, signal, lookup: checked, agent: false });
    outgoing.once('response', resolve).once('error', reject).end();
  });
}

/** The response whose head has come. One that cannot be read is not waited for: nobody else would close the connection. */
function receive(incoming) {
  try {
    return responseOf(incoming);
  } catch (error) {
    incoming.destroy();
    throw error;
  }
}

function responseOf(incoming) {
  const { statusCode: status } = incoming;
  if (status < 200 || status > 599) throw new TypeError('the status is none of HTTP');
  const headers = new Headers();
  for (let at = 0; at + 1 < incoming.rawHeaders.length; at += 2) headers.append(incoming.rawHeaders[at], incoming.rawHeaders[at + 1]);
  // Whatever goes wrong from here on is told to whoever reads.
  incoming.on('error', () => {});
  const isEmpty = EMPTY.includes(status);
  if (isEmpty) incoming.resume();
  return new Response(isEmpty ? null : Readable.toWeb(incoming), { status, headers });
}
