// A resource authorization server, step by step: an ID-JAG becomes an access token, once.
export function redeem(server, request, host, now) {
  const pending = server.parse(request, { now });
  const { issuer, client_id } = pending.needs; // what to look up
  const verified = pending.verify({ keys: host.keys(issuer), client: host.client(client_id), now });
  const account = { subject: verified.claims.sub };
  const granted = verified.authorize({ account, now });
  const spent = granted.spend({ answers: host.firstUse(granted.replayKeys, now) });
  return spent.issue({ signer: host.key, random: host.random(), now }); // { response, record }
}
