// Who works here and which apps there are: read from files. Yours is a directory and a registry.
//
// `node company.mjs <password>` prints what people.json keeps of a password.

import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestClientSecret } from 'idjag';

/** What is in `folder`, for the provider `issuer`. Nothing is taken of it that is not complete. */
export function openCompany(folder, issuer) {
  const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const people = new Map(read('people.json').map((person) => [person.id, person]));
  const guessed = [...people.values()].find(({ id, password }) => checks(id, password));
  if (guessed && issuer.startsWith('https:')) throw new Error(`people.json: the password of ${guessed.id} is the name, as in the example`);
  const clients = read('clients.json').map(({ secret_from: name, ...client }) => {
    if (name === undefined) return client;
    const secret = process.env[name];
    if (!secret) throw new Error(`${client.client_id}: ${name} is not in the environment`);
    return { ...client, client_secret: secret };
  });
  return {
    /** The text of the policy, as it stands now. */
    policy: () => readFileSync(join(folder, 'policy.json'), 'utf8'),
    clients,
    /** What the exchange keeps of each client: of its secret, the digest only. */
    registrations: new Map(clients.map((client) => [client.client_id, registrationOf(client)])),
    person: (id) => people.get(id),
    /** The person with this name and password, if there is one; it takes as long when there is none. */
    signIn(id, password) {
      const person = people.get(id);
      const matches = checks(password, person?.password ?? NOBODY);
      return matches ? person : undefined;
    },
  };
}

function registrationOf({ client_id: id, token_endpoint_auth_method: method, client_secret: secret, jwks }) {
  const digests = secret === undefined ? {} : { client_secret_sha256: [digestClientSecret({ clientSecret: secret }).sha256] };
  return { client_id: id, token_endpoint_auth_method: method, jwks, ...digests };
}

/** No password has this digest. */
const NOBODY = `${'0'.repeat(32)}:${'0'.repeat(64)}`;

function checks(password, kept) {
  const [salt, digest] = kept.split(':').map((hex) => Buffer.from(hex, 'hex'));
  return timingSafeEqual(scryptSync(password, salt, 32), digest);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const salt = randomBytes(16);
  console.log(`${salt.toString('hex')}:${scryptSync(process.argv[2], salt, 32).toString('hex')}`);
}
