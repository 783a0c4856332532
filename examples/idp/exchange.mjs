// The half of idjag: ID Tokens and refresh tokens of this provider become ID-JAGs, as policy.json permits.

import { IdentityProvider, KeySet, Policy, SigningKey } from 'idjag';
import { identityProvider } from 'idjag/adapters';

/** The token exchange of the provider whose sign-on is `signOn`. */
export function openExchange({ issuer, company, keys, signOn, replay }) {
  const dangerousAllowHttpLoopback = issuer.startsWith('http://127.0.0.1:');
  const tokenEndpoint = `${issuer}/token`;
  return identityProvider({
    server: new IdentityProvider({
      issuer,
      tokenEndpoint,
      idTokenAlgorithms: ['RS256'],
      clientAlgorithms: ['ES256', 'EdDSA'],
      subjectTokens: ['refresh_token'],
      dangerousAllowHttpLoopback,
    }),
    metadata: { issuer, tokenEndpoint, jwksUri: `${issuer}/jwks`, dangerousAllowHttpLoopback },
    jwks: new KeySet({ issuer, jwks: keys.published, algorithms: ['RS256', 'ES256'], dangerousAllowHttpLoopback }),
    signer: new SigningKey({ jwk: keys.forIdJags }),
    policy: policyInForce(company.policy, { dangerousAllowHttpLoopback }),
    clients: (clientId) => company.registrations.get(clientId),
    users: ({ subject }) => userOf(company.person(subject)),
    attest: (token, clientId) => attested(signOn, token, clientId),
    replay,
    onRecord: (record) => console.log(JSON.stringify({ record })),
    onError: (error) => console.error(error),
  });
}

/** The policy whenever it is asked for: an edit counts at once, and one that does not compile changes nothing. */
function policyInForce(read, options) {
  let text = read();
  let policy = new Policy({ document: text, ...options });
  return () => {
    const found = read();
    if (found === text) return policy;
    text = found;
    try {
      policy = new Policy({ document: text, ...options });
    } catch (error) {
      console.error('policy.json:', error.message, error.faults ?? error.detail);
    }
    return policy;
  };
}

/** The user as the directory knows it. Where a server knows people by other names, this is where they are given. */
function userOf(person) {
  return person && { subject: person.id, groups: person.groups, email: person.email };
}

/** The provider's word for one of its refresh tokens: whose it is, of which client, and that it is still good. */
async function attested(signOn, { kind, token }) {
  if (kind !== 'refresh_token') return undefined;
  const found = await signOn.RefreshToken.find(token);
  const grant = found && (await signOn.Grant.find(found.grantId));
  if (!grant) return undefined;
  return {
    subject: found.accountId,
    authTime: found.authTime,
    vouched: {
      refreshToken: {
        issuedHere: true,
        clientId: found.clientId,
        revoked: !found.isValid || grant.isExpired || grant.accountId !== found.accountId || grant.clientId !== found.clientId,
        expiresAt: found.exp,
        boundTo: found.jkt,
      },
    },
  };
}
