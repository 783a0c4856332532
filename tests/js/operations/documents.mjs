// Documents, challenges, and what a client decides by them.

import { shown } from './role.mjs';

/** The answer is a response: its body is JSON, or left out where it is empty. */
export function built(host, options = { ...host.config, ...host.input }) {
  const { body, ...response } = shown(host.call(host.operation, options));
  return body === '' ? response : { ...response, body };
}

/** As `built`, the one key being a set. */
export function clientMetadata(host) {
  const { jwk, ...options } = host.input;
  return built(host, jwk === undefined ? options : { ...options, jwks: { keys: [jwk] } });
}

/** How the document is read is `reading` or part of the configuration. */
export function read(host) {
  return host.call(host.operation, { ...reading(host.config), ...host.input });
}

/** The configuration with its caps as `limits`. */
export function reading({ reading: inner, ...config }) {
  const { response_bytes, header_bytes, ...options } = { ...config, ...inner };
  return { ...options, limits: { response_bytes, header_bytes } };
}

/** The server's metadata says what the input says of it. */
export function registration(host) {
  const { issuer, client_id_metadata_document_supported, registration_endpoint, ...options } = host.input;
  const token_endpoint = 'https://as.example/token';
  const server = { issuer, token_endpoint, client_id_metadata_document_supported, registration_endpoint };
  return host.call(host.operation, { ...options, server });
}

/** At some resource, whose challenge names a scope. */
export function scopes(host) {
  const { challenge: challenged_scope, ...options } = { ...host.config, ...host.input };
  return host.call(host.operation, { ...options, challenged_scope, resource: 'https://mcp.chat.example/' });
}
