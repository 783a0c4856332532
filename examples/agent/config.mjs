// What the agent is told: a file of servers, and its secrets by the environment.

import { readFileSync } from 'node:fs';

export function readConfig(env) {
  const { idp, servers } = JSON.parse(readFileSync(env.CONFIG ?? 'agent.json', 'utf8'));
  const credentials = ({ issuer, client_id, secret_from: name }) => {
    if (!env[name]) throw new Error(`${name}, the secret of ${client_id} at ${issuer}, is not set`);
    return { issuer, client_id, token_endpoint_auth_method: 'client_secret_basic', client_secret: env[name] };
  };
  // Servers may share an authorization server, where the agent is one client.
  const byIssuer = new Map(servers.map((server) => [server.issuer, server]));
  return {
    idp: idp.issuer,
    idpCredentials: credentials(idp),
    credentials: [...byIssuer.values()].map(credentials),
    resources: servers.map(({ resource }) => resource),
    redirectPort: Number(env.REDIRECT_PORT ?? 8765),
    /** Takes `http` addresses on this machine. */
    dangerousAllowHttpLoopback: env.DEVELOPMENT === '1',
  };
}
