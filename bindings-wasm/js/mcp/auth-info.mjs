// What the MCP SDKs are told of a caller: their `AuthInfo`.

/** The `AuthInfo` of a verified `token` with these claims and scopes, at the resource server `server`. */
export function authInfoOf(server, token, claims, scopes = claims.scope?.split(' ') ?? []) {
  const { client_id: clientId, exp, sub, iss, [server.contextClaim]: ctx, act } = claims;
  return {
    token,
    clientId,
    scopes: [...scopes],
    expiresAt: exp,
    resource: new URL(server.resource),
    resourceMetadataUrl: server.metadataUrl,
    extra: { subject: sub, issuer: iss, ctx, actor: act, claims },
  };
}
