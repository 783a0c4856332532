// The identity provider of examples/idp, as a newcomer starts it, in a company of the test's own.

import { scryptSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { startNode22 } from './processes.mjs';

export const SECRET = 'a secret of the app';
export const PASSWORDS = { alice: 'correct horse', carl: 'battery staple' };
const CALLBACK = 'http://127.0.0.1/callback';

/** Starts it, with `more` in its environment and these people. `permit` says afterwards which servers there are and what is permitted. */
export async function openIdp(more = {}, people = undefined) {
  const folder = await mkdtemp(join(tmpdir(), 'idjag-idp-'));
  const put = (name, value) => writeFile(join(folder, name), JSON.stringify(value));
  const key = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(key.publicKey)), kid: 'patch-1', alg: 'ES256', use: 'sig' };
  const person = (id, groups) => ({ id, email: `${id}@acme.example`, groups, password: hashed(PASSWORDS[id]) });
  const app = (id, more) => ({
    client_id: id, application_type: 'native', redirect_uris: [CALLBACK], grant_types: ['authorization_code', 'refresh_token'], ...more,
  });
  const apps = [{ id: 'desk', client_ids: ['desk'], status: 'approved' }, { id: 'patch', client_ids: ['patch'], status: 'approved' }];
  await put('people.json', people ?? [person('alice', ['engineering']), person('carl', ['contractors'])]);
  await put('clients.json', [
    app('desk', { token_endpoint_auth_method: 'client_secret_basic', secret_from: 'DESK_SECRET' }),
    app('patch', { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256', jwks: { keys: [jwk] } }),
  ]);
  await put('policy.json', { version: 1, apps, servers: [], rules: [] });
  const environment = { PORT: '0', COMPANY: folder, KEYS: join(folder, 'keys.json'), DESK_SECRET: SECRET, ...more };
  const started = await startNode22('../examples/idp/server.mjs', {}, environment);
  const records = () => started.lines.map(({ record }) => record);
  return {
    issuer: started.issuer,
    /** Where it listens, whatever address its issuer has. */
    origin: `http://127.0.0.1:${started.port}`,
    records,
    patchKey: { ...(await exportJWK(key.privateKey)), kid: 'patch-1', alg: 'ES256' },
    /** What the app `patch` proves itself with. */
    clientAssertion: () => new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: 'patch-1' })
      .setIssuer('patch').setSubject('patch').setAudience(started.issuer).setJti(crypto.randomUUID()).setIssuedAt().setExpirationTime('1m')
      .sign(key.privateKey),
    /** Engineers get the `scopes` of each of `servers`, and nobody else gets anything. */
    permit: (servers) => put('policy.json', {
      version: 1,
      apps,
      servers: servers.map(({ id, issuer, resource }) => ({
        id, issuer, resources: [resource], client_ids: { desk: `desk-at-${id}`, patch: `patch-at-${id}` },
      })),
      rules: servers.map(({ id, scopes }) => ({
        id: `engineers-at-${id}`, effect: 'permit', apps: { ids: ['desk', 'patch'] }, servers: { ids: [id] },
        subjects: { groups_any: ['engineering'] }, scopes,
      })),
    }),
    async close() {
      await started.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function hashed(password) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  return `${Buffer.from(salt).toString('hex')}:${scryptSync(password, salt, 32).toString('hex')}`;
}
