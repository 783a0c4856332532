// An identity provider: people sign on by OpenID Connect (oidc-provider), apps exchange the sign-on for ID-JAGs (idjag), and
// both are one issuer with one token endpoint.
//
// PORT       where to listen; 8080 by default
// ISSUER     the public address, https behind your proxy; http://127.0.0.1:PORT by default
// COMPANY    the folder of clients.json, people.json and policy.json; this one by default
// KEYS       the file of the private keys, made when it is not there; keys.json by default
// REDIS_URL  where it is remembered what has been used once; in this process by default

import { once } from 'node:events';
import { createServer } from 'node:http';
import { toNodeHandler } from 'idjag/adapters';
import { openCompany } from './company.mjs';
import { openExchange } from './exchange.mjs';
import { openKeys } from './keys.mjs';
import { byGrantType } from './router.mjs';
import { listenerOf, openSignOn } from './sign-on.mjs';
import { openStore } from './store.mjs';

const { PORT = '8080', ISSUER, COMPANY = import.meta.dirname, KEYS = 'keys.json', REDIS_URL } = process.env;

const server = createServer().listen(Number(PORT), '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
const issuer = ISSUER ?? `http://127.0.0.1:${port}`;

const company = openCompany(COMPANY, issuer);
const keys = openKeys(KEYS);
const signOn = openSignOn({ issuer, company, keys });
const exchange = openExchange({ issuer, company, keys, signOn, replay: await openStore(REDIS_URL) });
server.on('request', byGrantType(toNodeHandler(exchange.token), listenerOf(signOn, issuer)));

console.log(JSON.stringify({ issuer, port }));
