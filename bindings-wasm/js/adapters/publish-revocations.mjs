// Telling others what is revoked: a manifest in a line, and the entries after it.

import * as idjag from '#api';
import { clock } from './defaults.mjs';
import { checkMembers } from './options.mjs';
import { current, demand, failed, revocationsFailed } from './respond.mjs';
import { revocationsOf } from './revocations.mjs';

/** A handler that serves updates of a store; see `index.d.ts` for the options. */
export function revocationPublisher(options) {
  checkMembers(options, ['revocations', 'issuer', 'signer'], ['interval', 'now', 'onError']);
  const { revocations, issuer, signer, interval = 10, now = clock, onError } = options;

  const publish = async (since) => {
    const at = now();
    const list = await revocationsOf(revocations, at);
    const update = new idjag.RevocationUpdate({ revocations: list, issuer, since, nextUpdate: at + interval, now: at });
    try {
      const headers = { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' };
      return new Response(streamOf(await manifestOf(update, signer), update), { headers });
    } catch (error) {
      update.free();
      throw error;
    }
  };

  return async (request) => {
    if (request.method !== 'GET') return new Response(null, { status: 405, headers: { allow: 'GET' } });
    const since = new URL(request.url).searchParams.get('since') ?? undefined;
    if (since !== undefined && !/^\d{1,15}$/.test(since)) return new Response(null, { status: 400 });
    try {
      return await publish(since === undefined ? undefined : Number(since));
    } catch (error) {
      return error?.code === 'revocations_unavailable' ? revocationsFailed(error, onError) : failed(error, onError);
    }
  };
}

async function manifestOf(update, signer) {
  const by = await current(signer);
  if (by instanceof idjag.SigningKey) return update.sign({ signer: by }).token;
  const { publicJwk: key } = by;
  const { signing_input: signingInput } = update.prepare({ key });
  const signature = await demand(by.sign, bytesOf(signingInput));
  return idjag.attachJws({ signingInput, key, signature }).token;
}

/** The manifest and the chunks, each made when it is asked for. */
function streamOf(manifest, update) {
  let number = 0;
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(`${manifest}\n`));
    },
    pull(controller) {
      if (number < update.chunks) {
        controller.enqueue(bytesOf(update.chunk({ number }).chunk));
        number += 1;
        return;
      }
      update.free();
      controller.close();
    },
    cancel() {
      update.free();
    },
  });
}

function bytesOf(base64url) {
  const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}
