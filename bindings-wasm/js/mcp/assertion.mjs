// ID-JAGs for the SDK's `CrossAppAccessProvider`, asked for and checked by the library.

import * as idjag from '#api';
import { discoverIssuer } from '#adapters';
import { clock, randomBytes } from '../adapters/defaults.mjs';
import { checkMembers } from '../adapters/options.mjs';
import { send } from '../adapters/send.mjs';
import { sharedIdentity } from './identity.mjs';

const REQUIRED = ['idp', 'credentials', 'identity'];
const OPTIONAL = [
  'clientId', 'signer', 'dpop', 'authorizationDetails', 'context', 'contextClaim', 'dangerousAllowHttpLoopback', 'limits',
  'fetch', 'timeoutMs', 'maxBytes', 'now', 'random',
];
/** Requests for one answer: nonces and sign-ons that are asked for again. */
const MAX_ATTEMPTS = 5;
const TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:';

/** An `assertion` callback; see `client.d.ts` for the options. */
export function assertion(options) {
  checkMembers(options, REQUIRED, OPTIONAL);
  const { idp, credentials, clientId, signer, dpop, authorizationDetails, context, contextClaim } = options;
  const { limits, dangerousAllowHttpLoopback, now = clock, random = randomBytes, fetch, timeoutMs, maxBytes } = options;
  const identityFor = sharedIdentity(options.identity, { now });
  let found;
  /** The identity provider's metadata: given, or discovered once. */
  const provider = (sending) => {
    if (typeof idp !== 'string') return idp;
    found ??= discoverIssuer({ issuer: idp, limits, dangerousAllowHttpLoopback, ...sending }).catch((error) => {
      found = undefined;
      throw error;
    });
    return found;
  };

  return async ({ authorizationServerUrl: audience, resourceUrl: resource, scope, fetchFn }) => {
    const sending = { fetch: fetch ?? fetchFn, timeoutMs, maxBytes };
    const server = await provider(sending);
    const exchange = { audience, clientId, resource, scope, authorizationDetails, context, contextClaim };
    const identity = identityFor();
    let subjects = subjectsOf(await identity({ step: 'need_identity', reason: 'sign_on' }), now());
    let nonce;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const { request } = idjag.exchangeRequest({
        exchange, ...subjects[0], idp: server, credentials, signer, dpop, proof: dpop && { nonce },
        random: random(), dangerousAllowHttpLoopback, now: now(),
      });
      const response = await send(request, sending);
      try {
        const binding = dpop && { jkt: dpop.jkt };
        return idjag.exchangeResponse({ exchange, binding, response, limits, dangerousAllowHttpLoopback, now: now() }).id_jag;
      } catch (error) {
        const meaning = meaningOf(response, limits, error);
        if (meaning.answer === 'nonce_required') nonce = meaning.nonce;
        else if (meaning.answer === 'grant_refused' && subjects.length > 1) subjects = subjects.slice(1);
        else subjects = subjectsOf(await renewed(identity, meaning, error), now());
      }
    }
    throw new idjag.IdJagError({ code: 'server_failed', message: 'the identity provider keeps asking' });
  };
}

/** What a refusal means; an answer that is none of the kind is the error that it was. */
function meaningOf(response, limits, error) {
  if (response.status < 400) throw error;
  return idjag.readAnswer({ from: 'token_endpoint', response, limits });
}

/** Another sign-on, where that is what helps; throws `error` where nothing does. */
async function renewed(identity, { answer, max_age, acr_values }, error) {
  const reasons = { grant_refused: 'refused', step_up: 'step_up' };
  if (reasons[answer] === undefined) throw error;
  const found = await identity({ step: 'need_identity', reason: reasons[answer], max_age, acr_values });
  if (found === undefined) throw error;
  return found;
}

/** The subject tokens of a sign-on, as requests name them: those that expire first, the refresh token when they are of no use. */
function subjectsOf({ idToken, saml2, refreshToken, expiresAt } = {}, now) {
  const isOver = expiresAt !== undefined && expiresAt <= now;
  const kinds = [['id_token', isOver ? undefined : idToken], ['saml2', isOver ? undefined : saml2], ['refresh_token', refreshToken]];
  const found = kinds.filter(([, token]) => token);
  if (found.length === 0) {
    throw new idjag.IdJagError({ code: 'identity_expired', message: 'the sign-on must be renewed' });
  }
  return found.map(([kind, token]) => ({ subjectToken: token, subjectTokenType: TOKEN_TYPE + kind }));
}
