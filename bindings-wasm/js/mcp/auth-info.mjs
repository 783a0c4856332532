// What the MCP SDKs are told of a caller: their `AuthInfo`.

/** The `AuthInfo` of a verified `token` with these claims, at the resource server `server`. */
export function authInfoOf(server, token, claims) {
  const { client_id: clientId, scope, exp, sub, iss, ctx, act } = claims;
  return {
    token,
    clientId,
    scopes: scope ? scope.split(' ') : [],
    expiresAt: exp,
    resource: new URL(server.resource),
    resourceMetadataUrl: server.metadataUrl,
    extra: { subject: sub, issuer: iss, ctx, actor: act, claims },
  };
}
