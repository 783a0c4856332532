// The client's pairs: `client.exchange_request|exchange_response`, `client.grant_request|grant_response`,
// `client.use_token` and `client.read_answer`.

import { openedMessage } from './message.mjs';
import { reading } from './documents.mjs';
import { utf8 } from './role.mjs';

/** The key of the proof as an object: `dpop` where none is named; and the options without its name. */
function withProofKey(host, { proof, ...options }) {
  if (proof === undefined) return options;
  const { key = 'dpop', ...rest } = proof;
  return { ...options, proof: rest, dpop: host.signer(host.signers[key]) };
}

/** The binding of a vector, which names a rule, as the thumbprint of the key `dpop` and the rule. */
function bindingOf(host, rule = 'unbound') {
  if (rule === 'unbound') return null;
  return { jkt: host.signer(host.signers.dpop).jkt, dangerous_preferred: rule === 'dangerous_preferred' };
}

/** A grant to redeem out of the members of an input. */
function withGrant(host, input) {
  const { id_jag, audience, resource, binding, scope, authorization_details, detail_types, ...others } = input;
  const { without_resource_parameter, jwt_dpop, ...options } = others;
  const target = { id_jag, audience, resource, scope, authorization_details, detail_types };
  const grant = { ...target, without_resource_parameter, jwt_dpop, binding: bindingOf(host, binding) };
  return { ...options, grant, now: host.now };
}

/** What is asked for in exchange. */
function withExchange(host, { resource, scope, authorization_details, detail_types, context, context_claim, ...options }) {
  const { audience, client_id } = host.config;
  const asked = { resource, scope, authorization_details, detail_types, context, context_claim };
  const exchange = { ...asked, audience: audience.issuer, client_id };
  return { ...options, exchange, now: host.now };
}

/** How a vector's configuration says what to read: a flag, and caps. */
function caps({ dangerous_allow_http_loopback, ...limits } = {}) {
  return { dangerous_allow_http_loopback, limits };
}

export function exchangeRequest(host) {
  const { signed_elsewhere_by: elsewhere, ...input } = host.input;
  const { idp, credentials } = host.config;
  const call = { ...withProofKey(host, withExchange(host, input)), idp };
  if (elsewhere === undefined) {
    const options = { ...call, credentials: [credentials], signer: host.signer(host.signers.client) };
    return openedMessage(host, host.call(host.operation, options).request);
  }
  const { d, ...key } = host.signers.client;
  const options = { ...call, credentials: [{ ...credentials, key }] };
  const { assertion_input } = host.call(host.operation, options);
  const assertion_signature = signature(host, host.signers[elsewhere], utf8(assertion_input));
  return openedMessage(host, host.call(host.operation, { ...options, assertion_signature }).request);
}

/** The signature of a client assertion by the private JWK `key`: signing the same claims makes the same one (RFC 6979). */
function signature(host, key, input) {
  const { sub: client_id, aud, jti, iat, exp } = JSON.parse(utf8(input.split('.')[1]));
  const claims = { client_id, aud, jti, iat, exp };
  const { token } = host.call('client_assertion.sign', { claims, signer: host.signer(key) });
  return token.split('.')[2];
}

export function exchangeResponse(host) {
  const { binding, reading: rules } = host.config;
  const call = { ...withExchange(host, host.input), binding: bindingOf(host, binding), ...caps(rules) };
  const { id_jag, ...answer } = host.call(host.operation, call);
  if (id_jag !== JSON.parse(host.input.response.body).access_token) throw new Error('another ID-JAG');
  return answer;
}

export function grantRequest(host) {
  const options = { ...host.config, ...withProofKey(host, withGrant(host, host.input)) };
  const { request } = host.call(host.operation, { ...options, signer: host.signer(host.signers.client) });
  return openedMessage(host, request);
}

export function grantResponse(host) {
  const { authorization_details, ...answer } = host.call(host.operation, {
    ...withGrant(host, host.input),
    ...caps(host.config),
  });
  // The vectors leave a member out that says nothing.
  return authorization_details?.length > 0 ? { ...answer, authorization_details } : answer;
}

export function useToken(host) {
  const { proof_of_another_token: isAnother, ...input } = host.input;
  const options = withProofKey(host, withGrant(host, input));
  if (isAnother) options.proof.access_token_hash = '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU';
  const { request } = host.call(host.operation, options);
  // The body is the caller's own, and is none of the answer.
  return openedMessage(host, { ...request, body: host.input.request.body });
}

export function readAnswer(host) {
  return host.call(host.operation, { ...host.input, ...reading(host.config), limits: caps(host.config).limits });
}
