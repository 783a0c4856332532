// What the adapters have at hand for one case: the API, the case, and the objects made for it.

import { camel, inCamelCase, isCamel } from './spelling.mjs';

/** Functions whose name is not that of their operation turned round. */
const OTHERWISE = {
  'authorization_response.check_issuer': 'checkAuthorizationResponseIssuer',
  'error_code.list': 'listErrorCodes',
  'record.of_revocation': 'recordOfRevocation',
  'record.schema': 'recordSchema',
  'record.to_ocsf': 'recordToOcsf',
  'records.chain': 'chainOfRecords',
  'records.connections': 'connectionsOfRecords',
  'saml_nameid.same': 'isSameSamlNameid',
  'well_known.urls': 'wellKnownUrls',
};

/** The name of the function of an operation: `verbNoun`, or the verb alone where the noun is the client itself. */
export function functionName(operation) {
  const [noun, verb] = operation.split('.');
  return OTHERWISE[operation] ?? camel(noun === 'client' ? verb : `${verb}_${noun}`);
}

/** Every algorithm, for key sets that a case does not restrict. */
export const ALL_ALGORITHMS = ['ES256', 'ES384', 'EdDSA', 'RS256', 'PS256'];

export class Host {
  #camel;
  #objects = [];

  constructor(api, operation, group, test) {
    this.api = api;
    this.operation = operation;
    this.config = group.config;
    this.sets = group.keys.sets ?? {};
    this.signers = group.keys.signers ?? {};
    this.now = test.now;
    this.input = test.input;
    this.#camel = isCamel(test.id);
  }

  /** Options of `operation`, or of its step `step`, in the spelling of this case. */
  spelled(operation, options, step) {
    return this.#camel ? inCamelCase(operation, options, step) : options;
  }

  /** Calls the function of `operation`. */
  call(operation, options) {
    return this.api[functionName(operation)](this.spelled(operation, options));
  }

  /** Calls the method of `operation`. */
  ask(object, operation, options = {}) {
    return object[camel(operation.split('.')[1])](this.spelled(operation, options));
  }

  /** Takes the step `name` of `operation`. */
  step(object, operation, name, options) {
    return object[name](this.spelled(operation, options, name));
  }

  /** An object that is freed with the case. */
  make(type, operation, options) {
    const object = new this.api[type](this.spelled(operation, options));
    this.#objects.push(object);
    return object;
  }

  /** The key set of `issuer`. */
  keySet(issuer, jwks, algorithms = ALL_ALGORITHMS) {
    return this.make('KeySet', 'key_set.new', { issuer, jwks, algorithms, prepare: true });
  }

  /** The private key `jwk`; none without one. */
  signer(jwk) {
    return jwk === undefined ? undefined : this.make('SigningKey', 'signing_key.new', { jwk });
  }

  /** The policy of `document`; none without one. */
  policy(document) {
    return document === undefined ? undefined : this.make('Policy', 'policy.new', { document });
  }

  /** A refusal that is none of the library's calls: what a role makes of an answer. */
  refuse(code, oauth) {
    throw new this.api.IdJagError({ code, message: code, oauth });
  }

  free() {
    for (const object of this.#objects.splice(0)) object.free();
  }
}
