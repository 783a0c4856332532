// The half of oidc-provider: people sign on, apps get ID Tokens (RS256) and refresh tokens.

import { buildAuthorizationServerMetadata } from 'idjag';
import Provider, { interactionPolicy } from 'oidc-provider';
import { showSignOn } from './pages.mjs';

/** How clients may authenticate: what both halves know. */
const AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'];

/** The provider. The company decides what apps may do: nobody is asked for consent. */
export function openSignOn({ issuer, company, keys }) {
  const policy = interactionPolicy.base();
  policy.remove('consent');
  const provider = new Provider(issuer, {
    clients: company.clients.map((client) => ({ require_auth_time: true, ...client })),
    jwks: keys.all,
    clientAuthMethods: AUTH_METHODS,
    enabledJWA: { clientAuthSigningAlgValues: ['ES256', 'EdDSA'] },
    features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
    findAccount: (_, id) => company.person(id) && { accountId: id, claims: () => ({ sub: id, email: company.person(id).email }) },
    issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
    interactions: { policy, url: (_, interaction) => `/interaction/${interaction.uid}` },
    loadExistingGrant: (context) => grantFor(provider, context.oidc),
    cookies: { keys: keys.forCookies },
    ttl: { IdToken: 300, Interaction: 600, Session: 12 * 3600, Grant: 12 * 3600, RefreshToken: 12 * 3600, AccessToken: 300 },
  });
  provider.proxy = issuer.startsWith('https:');
  provider.use(mergedMetadata(issuer));
  provider.use(showSignOn(provider, company));
  return provider;
}

/** The provider's listener. Its public addresses are those of `issuer`, whatever a request says of where it was sent. */
export function listenerOf(provider, issuer) {
  const { host, protocol } = new URL(issuer);
  const told = { host, 'x-forwarded-host': host, 'x-forwarded-proto': protocol.slice(0, -1) };
  const listener = provider.callback();
  return (request, response) => {
    Object.assign(request.headers, told);
    return listener(request, response);
  };
}

/** What this person's use of this app may do here: signing on and staying signed on. */
async function grantFor(provider, { client, session }) {
  const known = session.grantIdFor(client.clientId);
  const grant = (known && (await provider.Grant.find(known)))
    ?? new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid offline_access');
  await grant.save();
  return grant;
}

/** Adds to the provider's metadata what the exchange says of itself, and serves it where RFC 8414 has it too. */
function mergedMetadata(issuer) {
  const { body } = buildAuthorizationServerMetadata({
    role: 'idp',
    issuer,
    tokenEndpoint: `${issuer}/token`,
    jwksUri: `${issuer}/jwks`,
    dangerousAllowHttpLoopback: issuer.startsWith('http://127.0.0.1:'),
  });
  const exchange = JSON.parse(body);
  return async (context, next) => {
    if (context.path === '/.well-known/oauth-authorization-server') context.path = '/.well-known/openid-configuration';
    await next();
    if (context.oidc?.route !== 'discovery') return;
    const grants = [...context.body.grant_types_supported, ...exchange.grant_types_supported];
    const addresses = { issuer, token_endpoint: exchange.token_endpoint, jwks_uri: exchange.jwks_uri };
    context.body = { ...exchange, ...context.body, ...addresses, grant_types_supported: [...new Set(grants)] };
  };
}
