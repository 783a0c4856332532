// The operations of the vectors over the public API: one adapter each, which turns a case into calls and nothing else.

import * as grants from './adapters/grants.mjs';
import { plain, signed, withKeys } from './adapters/plain.mjs';
import { firstUse } from './adapters/replay.mjs';
import * as resource from './adapters/resource.mjs';

export const OPERATIONS = {
  'id_jag.sign': signed,
  'id_jag.verify': withKeys,
  'jwk.thumbprint': plain,
  'jwks.parse': plain,
  'replay.first_use': firstUse,
  'resource_as.response': grants.response,
  'resource_as.token': grants.token,
  'resource_server.access': resource.access,
  'resource_server.metadata': resource.metadata,
  'resource_server.response': resource.response,
};
