// Whatever a caller passes, what comes back is an answer or an `IdJagError` with a known code: nothing else is thrown.

import { functionName } from './host.mjs';
import { IDP, NOW, SERVER, access, authentication, exchange, objects, redemption, revocation } from './scene.mjs';
import { INPUTS, RECORDS } from './shapes.mjs';
import { camel } from './spelling.mjs';
import { hostile, wrong } from './values.mjs';

/** The objects whose methods the operations of each noun are, by their names in the scene. */
const OWNERS = {
  client_documents: 'documents', connection: 'connection', discovery: 'discovery', key_set: 'idpKeys', key_set_cache: 'cache', policy: 'policy',
  replay_store: 'store', resource_server: 'resource', revocation_list: 'revocations',
  revocation_update: 'update', signing_key: 'signer',
};

/** Runs all checks; `others` are the same API over other backends, whose objects are strangers here. */
export function runBoundary(api, others = []) {
  const result = { passed: 0, failed: 0, failures: [] };
  const check = (id, run) => {
    try {
      run();
      result.passed += 1;
    } catch (error) {
      result.failed += 1;
      result.failures.push({ id, problem: error?.stack ?? String(error) });
    }
  };
  const codes = new Set(api.listErrorCodes().codes.map(({ code }) => code));
  const made = objects(api);
  const wall = { api, codes, made };
  for (const operation of Object.keys(INPUTS)) {
    const call = callOf(wall, operation);
    if (call !== undefined) eachArgument(wall, operation, call, check);
  }
  const roles = [redemption, exchange, access, authentication, revocation].map((role) => role(api, made));
  for (const stages of roles) eachStep(wall, stages, check);
  handles(wall, others, check);
  for (const object of Object.values(made)) object.free();
  return result;
}

/** The operation as a function of its options; none where it is the step of a role, which `eachStep` takes. */
function callOf({ api, made }, operation) {
  const [noun, verb] = operation.split('.');
  const name = functionName(operation);
  if (typeof api[name] === 'function') return api[name];
  const owner = made[OWNERS[noun]];
  if (verb !== 'new') return owner?.[camel(verb)]?.bind(owner);
  const type = Object.values(made).find((object) => INPUTS[operation] === inputOf(noun) && isOf(api, object, noun));
  return (options) => new type.constructor(options).free();
}

const CLASSES = {
  client: 'Client', client_documents: 'ClientDocuments', connection: 'Connection', discovery: 'Discovery', idp: 'IdentityProvider', key_set: 'KeySet',
  key_set_cache: 'KeySetCache', policy: 'Policy', registered_client: 'RegisteredClient',
  replay_store: 'MemoryReplayStore', resource_as: 'ResourceAuthorizationServer', resource_server: 'ResourceServer',
  revocation_list: 'RevocationList', revocation_update: 'RevocationUpdate', signing_key: 'SigningKey',
};

const inputOf = (noun) => INPUTS[`${noun}.new`];
const isOf = (api, object, noun) => object instanceof api[CLASSES[noun]];

/** Nonsense in place of the options, and in place of each member at every depth. */
function eachArgument(wall, operation, call, check) {
  check(`${operation}: options`, () => {
    for (const value of [...hostile(), ...wrong().filter((one) => one === null || typeof one !== 'object')]) {
      if (value !== undefined) refused(wall, () => call(value));
    }
  });
  const [, members] = RECORDS[INPUTS[operation]];
  const options = sample(INPUTS[operation]);
  for (const path of paths(INPUTS[operation])) {
    check(`${operation}: ${path.join('/')}`, () => {
      for (const value of hostile()) refused(wall, () => call(replaced(options, path, value)));
      for (const value of wrong()) answered(wall, () => call(replaced(options, path, value)));
    });
  }
  check(`${operation}: a member that is not known`, () => {
    refused(wall, () => call({ ...options, unknownMember: 1 }));
    if (Object.keys(members).length > 0) answered(wall, () => call(options));
  });
}

/** Nobody makes a step but the step before, and each is used once. */
function eachStep(wall, stages, check) {
  const names = Object.keys(stages);
  for (const [index, name] of names.entries()) {
    const type = wall.api[name];
    const methods = Object.getOwnPropertyNames(type.prototype).filter((method) => method !== 'constructor');
    const questions = ['permitsTools'];
    check(`${name}: cannot be made`, () => {
      const forgeries = [
        () => new type(),
        () => new type(Symbol('maker'), { objects: [], members: '' }, {}),
        () => Reflect.construct(type, [{}], class {}),
        () => new (class extends type {})(),
      ];
      for (const forgery of forgeries) refused(wall, forgery, ['handle_invalid']);
    });
    for (const method of methods) {
      check(`${name}.${method}: only on the real thing`, () => {
        const real = stages[name]();
        const fakes = [undefined, null, 1, {}, Object.create(type.prototype), Object.create(real), new Proxy(real, {})];
        if (typeof structuredClone === 'function') fakes.push(structuredClone({ ...real }));
        const another = stages[names[(index + 1) % names.length]]();
        for (const fake of [...fakes, { ...real }, another]) {
          refused(wall, () => type.prototype[method].call(fake, { now: NOW }), ['handle_invalid']);
        }
      });
      check(`${name}.${method}: hostile options`, () => {
        for (const value of hostile()) {
          const step = stages[name]();
          refused(wall, () => step[method](value));
          if (!questions.includes(method)) refused(wall, () => step[method]({ now: NOW }), ['handle_invalid']);
        }
        const step = stages[name]();
        answered(wall, () => step[method]({ ...hostileMembers() }));
      });
    }
    check(`${name}: shows nothing that it keeps`, () => {
      const step = stages[name]();
      if (!Object.isFrozen(step)) throw new Error('the step can be changed');
      if (JSON.stringify(step).includes('a client secret')) throw new Error('the step shows its arguments');
    });
  }
}

const hostileMembers = () => ({ keys: 'x', client: 7, now: 'then' });

/** Objects that are of another kind, freed, or of another backend. */
function handles({ api, codes, made }, others, check) {
  const wall = { api, codes };
  const claims = { iss: IDP, sub: 'user', aud: SERVER, client_id: 'agent', jti: 'jag', iat: NOW, exp: NOW + 60 };
  const { token } = api.signIdJag({ claims, signer: made.idpSigner });
  const expected = { issuer: IDP, audience: SERVER, clientId: 'agent', algorithms: ['ES256'], now: NOW };
  const options = { token, ...expected };
  check('the object that belongs there is taken', () => {
    if (api.verifyIdJag({ ...options, keys: made.idpKeys }).claims.jti !== 'jag') throw new Error('not verified');
  });
  check('an object of another kind is refused in every slot', () => {
    for (const [name, object] of Object.entries(made)) {
      if (object instanceof api.KeySet) continue;
      refused(wall, () => api.verifyIdJag({ ...options, keys: object }), ['handle_invalid']);
      refused(wall, () => api.KeySet.prototype.public.call(object), ['handle_invalid']);
      refused(wall, () => api.verifyIdJag({ ...options, token: object }), ['argument_invalid']);
      if (name !== 'store') refused(wall, () => api.MemoryReplayStore.prototype.firstUse.call(object, {}));
    }
  });
  check('an object that was freed is refused, and freed again without harm', () => {
    const keys = new api.KeySet({ issuer: 'https://idp.example', jwks: '{"keys":[]}', algorithms: ['ES256'] });
    keys.free();
    keys.free();
    refused(wall, () => keys.public(), ['handle_invalid']);
    refused(wall, () => api.verifyIdJag({ ...options, keys }), ['handle_invalid']);
    for (const fake of [undefined, {}, Object.create(api.KeySet.prototype), new Proxy(made.idpKeys, {})]) {
      refused(wall, () => api.KeySet.prototype.free.call(fake), ['handle_invalid']);
    }
  });
  check('a step whose object was freed is refused', () => {
    const server = new api.ResourceServer({ resource: 'https://x.example/', authorizationServers: [{ issuer: 'https://y.example' }] });
    const pending = access(api, made).PendingAccess();
    const keys = new api.KeySet({ issuer: 'https://auth.example/', jwks: { keys: [] }, algorithms: ['ES256'] });
    keys.free();
    server.free();
    refused(wall, () => server.parse({ method: 'GET' }, { now: NOW }), ['handle_invalid']);
    refused(wall, () => pending.verify({ keys, now: NOW }), ['handle_invalid']);
  });
  for (const other of others) {
    check('an object of another backend is refused', () => {
      const keys = new other.KeySet({ issuer: 'https://idp.example', jwks: { keys: [] }, algorithms: ['ES256'] });
      const known = ['handle_invalid', 'argument_invalid'];
      refused(wall, () => api.verifyIdJag({ ...options, keys }), known);
      refused(wall, () => api.KeySet.prototype.public.call(keys), ['handle_invalid']);
      keys.free();
    });
  }
  check('the text of a call is a text', () => {
    for (const value of [undefined, null, 1, 1n, Symbol('s'), {}, [], () => 1, new String('x'), '\ud800']) {
      refused(wall, () => api.call(value), ['argument_invalid']);
    }
    for (const value of ['', 'x', '\n\n', 'free\n\n{}', 'count\n1\n', '\u0000\n\n{}']) JSON.parse(api.call(value));
  });
  check('a graph that repeats itself ends', () => {
    let bomb = [1];
    for (let depth = 0; depth < 40; depth += 1) bomb = [bomb, bomb];
    refused(wall, () => api.parseJwks({ algorithms: ['ES256'], jwks: { bomb } }), ['argument_invalid']);
  });
}

/** The call must throw an `IdJagError`; of these codes, where some are named. */
function refused({ api, codes }, call, expected) {
  let answer;
  try {
    answer = call();
  } catch (error) {
    if (!(error instanceof api.IdJagError)) throw error;
    if (!codes.has(error.code)) throw new Error(`no such code: ${error.code}`);
    if (error.code === 'call_malformed') throw error;
    if (expected && !expected.includes(error.code)) throw new Error(`${error.code} instead of ${expected}`);
    return;
  }
  throw new Error(`accepted with ${typeof answer}`);
}

/** The call may answer, or throw an `IdJagError`. */
function answered(wall, call) {
  let isAnswered = true;
  refused(wall, () => {
    try {
      call();
    } catch (error) {
      isAnswered = false;
      throw error;
    }
    throw new wall.api.IdJagError({ code: 'argument_invalid', message: '' });
  });
  return isAnswered;
}

/** A value of a shape, all of whose required members are there. */
function sample(shape) {
  const bare = shape.replace(/\?$/, '');
  if (bare.startsWith('[')) return [sample(bare.slice(1, -1))];
  if (bare.startsWith('{')) return { a: sample(bare.slice(1, -1)) };
  if (bare in RECORDS) return sampleRecord(bare);
  const samples = {
    text: 'x', bytes: new Uint8Array(32), count: 1, time: NOW, flag: true, document: { keys: [] }, object: {}, name: 'ES256',
    texts: 'x', pair: ['a', 'b'],
  };
  return samples[bare];
}

function sampleRecord(name) {
  const [isArguments, members] = RECORDS[name];
  const required = Object.entries(members).filter(([, shape]) => !shape.endsWith('?'));
  return Object.fromEntries(required.map(([member, shape]) => [isArguments ? camel(member) : member, sample(shape)]));
}

/** The places of all members of a record, and of those inside, as lists of names. */
function paths(record, seen = []) {
  const [isArguments, members] = RECORDS[record];
  return Object.entries(members).flatMap(([member, shape]) => {
    const name = isArguments ? camel(member) : member;
    const [inner] = shape.match(/[A-Z]\w+/) ?? [];
    const below = inner === undefined || seen.includes(inner) ? [] : paths(inner, [...seen, record, inner]);
    const step = shape.startsWith('[') ? [0] : shape.startsWith('{') ? ['a'] : [];
    return [[name], ...below.map((path) => [name, ...step, ...path])];
  });
}

/** A copy of `options` with `value` at `path`. */
function replaced(options, path, value) {
  if (path.length === 0) return value;
  const [name, ...rest] = path;
  const inner = replaced(options?.[name] ?? (typeof rest[0] === 'number' ? [] : {}), rest, value);
  if (typeof name === 'number') return [inner];
  return { ...options, [name]: inner };
}
