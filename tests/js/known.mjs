// Tokens that are known: told again without JSON, frozen, at the present time, and only while the library says that they hold.

import { NOW, SERVER, objects } from './scene.mjs';

/** Runs all checks. */
export function runKnown(api) {
  const result = { passed: 0, failed: 0, failures: [] };
  const made = objects(api);
  const { resource } = made.resource;
  const mint = (jti, more) => api.signAccessToken({
    claims: {
      iss: SERVER, sub: 'user', aud: resource, client_id: 'agent', jti, iat: NOW, exp: NOW + 300, scope: 'read',
      act: { sub: 'agent' }, ...more,
    },
    signer: made.signer,
  }).token;
  const keys = made.serverKeys;
  const server = (more) => new api.ResourceServer({ resource, authorizationServers: [{ issuer: SERVER, algorithms: ['EdDSA'] }], ...more });
  const same = (left, right) => JSON.stringify(left) === JSON.stringify(right);
  const refusal = (run) => {
    try {
      return run();
    } catch (error) {
      return error.code;
    }
  };
  const checks = {
    'a known token is told at the present time, and nothing else changes'() {
      const [ours, token] = [server(), mint('one')];
      const ask = (now) => ours.verifyBearer({ token, keys, now });
      const [first, second, later] = [ask(NOW), ask(NOW), ask(NOW + 7.9)];
      const { time, ...rest } = later.record;
      const { time: then, ...before } = first.record;
      return same(first, second) && then === NOW && time === NOW + 7 && same(rest, before) && same(later.claims, first.claims);
    },
    'what is told is frozen, whether or not it was told before'() {
      const [ours, token] = [server(), mint('two')];
      const isFrozen = (value) => typeof value !== 'object' || (Object.isFrozen(value) && Object.values(value).every(isFrozen));
      return [0, 0, 1].every((later) => isFrozen(ours.verifyBearer({ token, keys, now: NOW + later })));
    },
    'a known token is refused as soon as it does not hold'() {
      const [ours, token] = [server(), mint('three')];
      const list = new api.RevocationList({ now: NOW });
      const ask = (more) => refusal(() => ours.verifyBearer({ token, keys, now: NOW, ...more }).claims.jti);
      const before = [ask(), ask({ revocations: list })];
      list.add({ entries: [{ iss: SERVER, jti: 'three', retain_until: NOW + 900 }], now: NOW });
      const other = new api.KeySet({ issuer: SERVER, jwks: '{"keys":[]}', algorithms: ['EdDSA'] });
      const after = [
        ask({ revocations: list }), ask({ now: NOW + 9000 }), ask({ keys: other }), ask({ keys: undefined }), ask({ context: 'c' }),
      ];
      const isRefused = (answer) => ['token_revoked', 'token_expired', 'key_unknown', 'keys_unavailable', 'context_required'].includes(answer);
      return same(before, ['three', 'three']) && after.every(isRefused) && new Set(after).size === 5 && ask() === 'three';
    },
    'more tokens than there is room for are each told as what they are'() {
      const tokens = Array.from({ length: 12 }, (_, index) => mint(`many-${index}`));
      return [0, 1, 3].every((tokenCacheCapacity) => {
        const ours = server({ tokenCacheCapacity });
        return [1, 2, 3].every(() => tokens.every((token, index) => (
          ours.verifyBearer({ token, keys, now: NOW }).claims.jti === `many-${index}`
        )));
      });
    },
    'a server that was freed knows nothing any more'() {
      const [ours, token] = [server(), mint('four')];
      ours.verifyBearer({ token, keys, now: NOW });
      ours.free();
      return refusal(() => ours.verifyBearer({ token, keys, now: NOW })) === 'handle_invalid';
    },
    'arguments that are none are refused, known token or not'() {
      const [ours, token] = [server(), mint('five')];
      const ask = (options) => refusal(() => ours.verifyBearer(options).claims.jti);
      const good = { token, keys, now: NOW };
      const wrong = [
        { ...good, now: `${NOW}` }, { ...good, now: -1 }, { ...good, now: Infinity }, { ...good, unknown: 1 },
        { ...good, token: [token] }, [good], { ...good, [Symbol('context')]: 'c' },
      ];
      return ask(good) === 'five' && wrong.every((options) => ask(options) === 'argument_invalid') && ask(good) === 'five';
    },
    'what all objects inherit is no argument'() {
      const [ours, token] = [server(), mint('six')];
      const ask = () => refusal(() => ours.verifyBearer({ token, keys, now: NOW }).claims.jti);
      const before = ask();
      Object.defineProperty(Object.prototype, 'context', { value: 'c', enumerable: true, configurable: true });
      try {
        return before === 'six' && ask() === 'six' && Object.isFrozen(ours.verifyBearer({ token, keys, now: NOW }).claims);
      } finally {
        delete Object.prototype.context;
      }
    },
  };
  for (const [id, check] of Object.entries(checks)) {
    let problem = 'it does not';
    try {
      if (check()) problem = undefined;
    } catch (error) {
      problem = error?.stack ?? String(error);
    }
    if (problem === undefined) result.passed += 1;
    else result.failures.push({ id: `known tokens: ${id}`, problem });
  }
  result.failed = result.failures.length;
  for (const object of Object.values(made)) object.free();
  return result;
}
