// The verifier of tokens that the SDKs' own bearer middleware asks.

import * as idjag from '#api';
import { clock } from '../adapters/defaults.mjs';
import { checkMembers, invalid } from '../adapters/options.mjs';
import { keysOf } from '../adapters/resource-as.mjs';
import { noted, report } from '../adapters/respond.mjs';
import { revocationsOf } from '../adapters/revocations.mjs';
import { authInfoOf } from './auth-info.mjs';

/** An `OAuthTokenVerifier` of the SDKs; see `server.d.ts` for the options. */
export function tokenVerifier(options) {
  checkMembers(options, ['server', 'keys', 'errors'], ['revocations', 'now', 'onRecord', 'onError']);
  const { server, keys, revocations, now = clock, onRecord, onError } = options;
  const toSdkError = translator(options.errors);

  const verify = async (token) => {
    const { issuer, kid } = server.bearerNeeds({ token, now: now() });
    const [keySet, revoked] = await Promise.all([keysOf(keys, issuer, kid), revocationsOf(revocations, now())]);
    return server.verifyBearer({ token, keys: keySet, revocations: revoked, now: now() });
  };

  return {
    async verifyAccessToken(token) {
      try {
        const { claims, scopes, record } = await verify(token);
        // Nothing is let through of which there is no record.
        await onRecord?.(record);
        return authInfoOf(server, token, claims, scopes);
      } catch (error) {
        if (!(error instanceof idjag.IdJagError && error.record)) {
          report(error, onError);
          throw toSdkError({});
        }
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
