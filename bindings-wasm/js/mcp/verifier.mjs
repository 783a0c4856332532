// The verifier of tokens that the SDKs' own bearer middleware asks.

import * as idjag from '#api';
import { clock } from '../adapters/defaults.mjs';
import { checkOptions, invalid } from '../adapters/options.mjs';
import { keysOf } from '../adapters/resource-as.mjs';
import { noted } from '../adapters/respond.mjs';
import { authInfoOf } from './auth-info.mjs';

/** An `OAuthTokenVerifier` of the SDKs; see `server.d.ts` for the options. */
export function tokenVerifier(options) {
  checkOptions(options, ['server', 'keys', 'errors']);
  const { server, keys, now = clock, onRecord, onError } = options;
  const toSdkError = translator(options.errors);

  const verify = async (token) => {
    // The SDK has taken the scheme away, and no proof comes with the token: one that is bound is refused.
    const headers = [['authorization', `Bearer ${token}`]];
    const pending = server.parse({ method: 'POST', url: server.resource, headers, body: '' }, { now: now() });
    const { issuer, kid } = pending.needs;
    return pending.verify({ keys: await keysOf(keys, issuer, kid), now: now() }).claims;
  };

  return {
    async verifyAccessToken(token) {
      try {
        return authInfoOf(server, token, await verify(token));
      } catch (error) {
        if (!(error instanceof idjag.IdJagError)) throw error;
        await noted(error.record, onRecord, onError);
        throw toSdkError(error);
      }
    },
  };
}

/** From a refusal of the library to the error that the SDK answers with the same status. */
function translator(errors) {
  const [make, ...others] = typeof errors === 'function'
    ? [(code, message) => new errors(code, message)]
    : [fromClasses(errors), errors?.InvalidTokenError, errors?.InsufficientScopeError, errors?.ServerError];
  if (others.some((known) => typeof known !== 'function')) {
    throw invalid('errors', "the class OAuthError of the SDK's version 2, or the module of version 1 with its errors");
  }
  return ({ status, message }) => {
    if (status === 401) return make('invalid_token', message);
    return status === 403 ? make('insufficient_scope', message) : make('server_error', 'the token cannot be verified now');
  };
}

/** Version 1 knows errors by their classes. */
function fromClasses({ InvalidTokenError, InsufficientScopeError, ServerError } = {}) {
  const classes = { invalid_token: InvalidTokenError, insufficient_scope: InsufficientScopeError, server_error: ServerError };
  return (code, message) => new classes[code](message);
}
