// Makes the key of the authorization server and a client's secret: `npm run keygen`.

import { randomBytes, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { digestClientSecret, SigningKey } from 'idjag';

const key = new SigningKey({ alg: 'ES256', kid: randomUUID(), random: randomBytes(32) });
writeFileSync('signing-key.json', JSON.stringify(key.dangerousExport().jwk), { mode: 0o600, flag: 'wx' });
const clientSecret = randomBytes(32).toString('base64url');
console.log('signing-key.json has been written: start with SIGNING_KEY=signing-key.json');
console.log(`the secret to give to a client: ${clientSecret}`);
console.log(`its digest for clients.json: ${digestClientSecret({ clientSecret }).sha256}`);
