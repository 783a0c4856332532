// Access tokens of about 830 bytes with twelve claims, each with an identifier of its own: the same one twice is remembered.

import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { ALGORITHMS } from './report.mjs';

export const ISSUER = 'https://auth.example.com/tenants/production';
export const RESOURCE = 'https://mcp.data.example.com/mcp';

export async function mint(count) {
  const now = Math.floor(Date.now() / 1000);
  const corpus = { issuer: ISSUER, resource: RESOURCE, now, keys: [], tokens: {} };
  for (const alg of ALGORITHMS) {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    corpus.keys.push({ ...await exportJWK(publicKey), kid: alg, alg });
    corpus.tokens[alg] = [];
    for (let number = 0; number < count; number++) {
      const claims = {
        client_id: 'https://apps.example.com/clients/agent-desktop.json', scope: 'rows:read rows:write tables:list',
        auth_time: now - 60, acr: 'urn:example:acr:phishing-resistant', amr: ['hwk', 'pin'],
        ctx: 'conversation:01JD8ZT6V3W9KQ2N5XB7R4M1CE',
      };
      corpus.tokens[alg].push(await new SignJWT(claims)
        .setProtectedHeader({ alg, typ: 'at+jwt', kid: alg })
        .setIssuer(ISSUER).setSubject('user-7f0c2d1e-5b7a-4f3e-9f1d-2c6b8a4e0d93').setAudience(RESOURCE)
        .setJti(crypto.randomUUID()).setIssuedAt(now).setExpirationTime(now + 3600)
        .sign(privateKey));
    }
  }
  return corpus;
}
