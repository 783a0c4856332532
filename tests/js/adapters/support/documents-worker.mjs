// A Worker that says what it knows of the client named in the address.

import { clientDocuments } from 'idjag/adapters';

let clients;

export default {
  async fetch(request) {
    clients ??= clientDocuments({ role: 'idp', dangerousAllowHttpLoopback: true });
    try {
      return Response.json((await clients(new URL(request.url).searchParams.get('client'))) ?? null);
    } catch {
      return new Response(null, { status: 503 });
    }
  },
};
