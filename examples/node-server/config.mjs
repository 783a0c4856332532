// What this server is told by its environment. Nothing of it is ever taken from a request.

import { readFileSync } from 'node:fs';

export function readConfig(env) {
  const required = (name) => {
    if (!env[name]) throw new Error(`${name} is not set; the README says what it is`);
    return env[name];
  };
  const origin = required('ORIGIN');
  if (new URL(origin).origin !== origin) throw new Error('ORIGIN is an origin, such as https://notes.example');
  return {
    /** Where this server is known to the world. Its authorization server has the same origin. */
    origin,
    resource: `${origin}/mcp`,
    /** The enterprise's identity provider, by its issuer identifier. */
    idp: required('IDP'),
    port: Number(env.PORT ?? 8080),
    host: env.HOST ?? '127.0.0.1',
    clients: JSON.parse(readFileSync(env.CLIENTS ?? 'clients.json', 'utf8')),
    /** The origins whose client metadata documents are taken, besides. */
    clientOrigins: env.CLIENT_ORIGINS?.split(' ') ?? [],
    /** The private key of the authorization server; a new one for every start where there is none. */
    signingKey: env.SIGNING_KEY ? JSON.parse(readFileSync(env.SIGNING_KEY, 'utf8')) : undefined,
    redis: env.REDIS_URL,
    /** Takes `http` addresses on this machine. */
    dangerousAllowHttpLoopback: env.DEVELOPMENT === '1',
  };
}
