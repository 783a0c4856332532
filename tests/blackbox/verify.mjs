// The answer of the public JavaScript API to a black-box case; `tests/src/blackbox` is the same over the Rust API.

import { createHash } from 'node:crypto';

/** The algorithms that there are. */
const ALGORITHMS = new Set(['ES256', 'ES384', 'EdDSA', 'RS256', 'PS256']);
/** The cap on what a case leaves open: a day. */
const WIDE = 86_400;

/** The members of `expected`, by the type of their value. An unknown one is a check that nobody would make. */
const EXPECTED = {
  algs: 'strings', now: 'count', leeway: 'count', iss: 'string', aud: 'string', client_id: 'string', typ: 'string',
  dpop_jkt: 'string', max_depth: 'count', max_token_bytes: 'count', scheme: 'string', nonce: 'string', max_age: 'count',
  trusted_audiences: 'strings', htm: 'string', htu: 'string', iat_window: 'count', jkt: 'string', access_token: 'string',
  payload_sha256: 'string',
};
const IS = {
  string: (value) => typeof value === 'string',
  count: (value) => Number.isSafeInteger(value) && value >= 0,
  strings: (value) => Array.isArray(value) && value.every(IS.string),
};

/** A refusal by what the case itself says. */
class Refusal extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** The answer to one line. */
export function answer(api, line) {
  let one;
  try {
    one = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line));
  } catch {
    return { id: '', verdict: 'reject', code: 'request_malformed' };
  }
  const id = typeof one?.id === 'string' ? one.id : '';
  try {
    const given = checked(one);
    const algorithms = given.expected.algs.filter((name) => ALGORITHMS.has(name));
    if (algorithms.length === 0 && given.expected.algs.length > 0) {
      return { id, verdict: 'skip', code: 'algorithm_not_allowed' };
    }
    KINDS[given.kind](api, given, {
      algorithms,
      limits: { jsonDepth: given.expected.max_depth, tokenBytes: given.expected.max_token_bytes },
    });
    return { id, verdict: 'accept', code: null };
  } catch (error) {
    if (!(error instanceof api.IdJagError || error instanceof Refusal)) throw error;
    return { id, verdict: 'reject', code: error.code };
  }
}

/** The case with its defaults, if it is one. */
function checked(one) {
  const { id, kind, token, jwks, jwks_text, expected } = Object(one);
  const isCase = [id, token, jwks_text ?? ''].every(IS.string) && Object.hasOwn(KINDS, kind);
  if (!isCase) throw new Refusal('request_malformed');
  const isPlain = expected !== null && typeof expected === 'object' && !Array.isArray(expected);
  const given = isPlain ? Object.entries(expected).filter(([, value]) => value !== null) : [];
  const isKnown = ([name, value]) => Object.hasOwn(EXPECTED, name) && IS[EXPECTED[name]](value);
  if (!isPlain || !given.every(isKnown) || !given.some(([name]) => name === 'algs')) {
    throw new Refusal('request_malformed');
  }
  const text = jwks_text ?? (jwks === undefined || jwks === null ? '{"keys":[]}' : JSON.stringify(jwks));
  return { kind, token, keys: text, expected: { now: 0, leeway: 0, ...Object.fromEntries(given) } };
}

const KINDS = {
  id_jag: idJag,
  jwks: idJag,
  access_token: accessToken,
  id_token: idToken,
  dpop: proof,
  jws,
};

/** What all verifications of a token with an issuer share. */
function common({ token, keys, expected }, rules) {
  return {
    ...rules,
    token,
    keys,
    issuer: required(expected.iss),
    window: { tolerance: expected.leeway, maxLifetime: WIDE },
    dangerousAllowHttpLoopback: true,
    now: expected.now,
  };
}

function idJag(api, given, rules) {
  const { expected } = given;
  typIs(expected, 'oauth-id-jag+jwt');
  const options = { audience: required(expected.aud), clientId: required(expected.client_id) };
  const { claims } = api.verifyIdJag({ ...common(given, rules), ...options });
  // A proof beside an unbound ID-JAG is welcome (JAG-110).
  if (claims.cnf !== undefined) proven(claims.cnf, expected.dpop_jkt);
}

function accessToken(api, given, rules) {
  const { expected } = given;
  const isUntyped = expected.typ?.toLowerCase() === 'jwt';
  if (!isUntyped) typIs(expected, 'at+jwt');
  const options = { resource: required(expected.aud), relaxed: isUntyped ? ['typ'] : [] };
  const { claims } = api.verifyAccessToken({ ...common(given, rules), ...options });
  // RFC 9449 §7.1 and §7.2: a bound token comes by `DPoP` with its key's proof, an unbound one by `Bearer`.
  const scheme = (expected.scheme ?? (expected.dpop_jkt === undefined ? 'bearer' : 'dpop')).toLowerCase();
  if (!['bearer', 'dpop'].includes(scheme)) throw new Refusal('request_malformed');
  if (scheme === 'bearer' && claims.cnf !== undefined) throw new Refusal('bound_token_as_bearer');
  if (scheme === 'dpop' && claims.cnf === undefined) throw new Refusal('scheme_mismatch');
  if (claims.cnf !== undefined) proven(claims.cnf, expected.dpop_jkt);
}

function idToken(api, given, rules) {
  const { aud, nonce, max_age, trusted_audiences } = given.expected;
  const options = { clientId: required(aud), nonce, maxAuthenticationAge: max_age, trustedAudiences: trusted_audiences };
  api.verifyIdToken({ ...common(given, rules), ...options });
}

function proof(api, { token, expected }, rules) {
  const { htm, htu, iat_window = WIDE, leeway, nonce, access_token, now } = expected;
  const { jkt } = api.verifyDpop({
    ...rules,
    proof: token,
    method: required(htm),
    url: required(htu),
    accessToken: access_token,
    nonce: nonce === undefined ? undefined : { current: nonce },
    window: iat_window + leeway,
    dangerousAllowHttpLoopback: true,
    now,
  });
  if (expected.jkt !== undefined && expected.jkt !== jkt) throw new Refusal('proof_key_mismatch');
}

function jws(api, { token, keys, expected }, rules) {
  const { payload, payload_bytes } = api.verifyJws({ ...rules, token, keys });
  if (expected.payload_sha256 === undefined) return;
  const bytes = payload === undefined ? Buffer.from(payload_bytes, 'base64url') : Buffer.from(payload, 'utf8');
  const digest = createHash('sha256').update(bytes).digest();
  const isDigest = [digest.toString('base64url'), digest.toString('hex')].some((text) =>
    text === expected.payload_sha256 || (text.length === 64 && text === expected.payload_sha256.toLowerCase()));
  if (!isDigest) throw new Refusal('payload_mismatch');
}

/** The key of the proof must be the one that the token is bound to. */
function proven(cnf, jkt) {
  if (jkt === undefined) throw new Refusal('proof_missing');
  if (cnf.jkt !== jkt) throw new Refusal('proof_key_mismatch');
}

/** The library knows the type of each kind; a case that expects another has no token that fits. */
function typIs({ typ }, known) {
  if (typ !== undefined && typ.replace(/^application\//, '').toLowerCase() !== known) throw new Refusal('typ_mismatch');
}

function required(member) {
  if (member === undefined) throw new Refusal('request_malformed');
  return member;
}
