// The operations of the vectors over the public API: one adapter each, which turns a case into calls and nothing else.

import * as calls from './operations/calls.mjs';
import * as client from './operations/client.mjs';
import * as connection from './operations/connection.mjs';
import * as documents from './operations/documents.mjs';
import * as exchanges from './operations/exchanges.mjs';
import * as grants from './operations/grants.mjs';
import * as machines from './operations/machines.mjs';
import { plain, signed, timed, withKeys } from './operations/plain.mjs';
import * as policy from './operations/policy.mjs';
import { firstUse } from './operations/replay.mjs';
import * as resource from './operations/resource.mjs';
import * as tokens from './operations/tokens.mjs';

export const OPERATIONS = {
  'access_token.sign': (host) => signed(host),
  'access_token.verify': withKeys,
  'actor_token.verify': withKeys,
  'authorization_response.check_issuer': plain,
  'authorization_server_metadata.build': (host) => documents.built(host),
  'authorization_server_metadata.read': documents.read,
  'challenge.build': (host) => documents.built(host),
  'challenge.parse': documents.read,
  'client.connection': connection.run,
  'client.exchange_request': client.exchangeRequest,
  'client.exchange_response': client.exchangeResponse,
  'client.grant_request': client.grantRequest,
  'client.grant_response': client.grantResponse,
  'client.read_answer': client.readAnswer,
  'client.use_token': client.useToken,
  'client_assertion.sign': (host) => signed(host),
  'client_assertion.verify': tokens.clientAssertion,
  'client_document.read': documents.read,
  'client_documents.run': machines.clientDocuments,
  'client_id_url.parse': plain,
  'client_metadata.build': documents.clientMetadata,
  'discovery.run': machines.discovery,
  'dpop.sign': tokens.dpopProof,
  'dpop.verify': timed,
  'id_jag.sign': (host) => signed(host),
  'id_jag.verify': withKeys,
  'id_token.sign': (host) => signed(host),
  'id_token.verify': withKeys,
  'idp.response': exchanges.response,
  'idp.token_exchange': exchanges.tokenExchange,
  'jwk.thumbprint': plain,
  'jwks.parse': plain,
  'jws.attach': tokens.attach,
  'jws.verify': tokens.jws,
  'key_set_cache.run': machines.keySetCache,
  'policy.check': policy.check,
  'policy.compile': policy.compile,
  'policy.evaluate': policy.ask,
  'policy.explain': policy.ask,
  'policy.withdrawals': policy.withdrawals,
  'protected_resource_metadata.build': (host) => documents.built(host),
  'protected_resource_metadata.read': documents.read,
  'record.of_revocation': timed,
  'record.read': plain,
  'record.to_ocsf': plain,
  'records.chain': plain,
  'records.connections': timed,
  'registration.plan': documents.registration,
  'replay.first_use': firstUse,
  'resource_as.response': grants.response,
  'resource_as.revocation': grants.revocation,
  'resource_as.token': grants.token,
  'resource_server.access': resource.access,
  'resource_server.bearer': resource.bearer,
  'resource_server.metadata': resource.metadata,
  'resource_server.response': resource.response,
  'revocation_list.run': machines.revocationList,
  'saml_nameid.match': plain,
  'scope.select': documents.scopes,
  'well_known.urls': plain,
  'wire.call': calls.run,
};
