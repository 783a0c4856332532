// The public API over one backend, native or WebAssembly: functions and classes as the catalog lists them.

import { CLASSES, OPERATIONS } from './catalog.mjs';
import { Bearers, frozen, VERIFY_BEARER } from './shell/bearer.mjs';
import { Calls, Operation } from './shell/calls.mjs';
import { camelCase } from './shell/encode.mjs';
import { callMalformed, IdJagError } from './shell/error.mjs';
import { toRequest, toResponse } from './shell/http.mjs';
import { addMethod, objectClass, wrap } from './shell/objects.mjs';
import { Steps } from './shell/steps.mjs';

export { IdJagError, toRequest, toResponse };

/**
 * The API over `raw`, whose function `call` takes text and answers text. Where it has `verifyBearer`, the one operation
 * with a shorter form, that is used.
 *
 * @param {import('./api.js').Raw} raw
 */
export function createApi(raw) {
  if (typeof raw?.call !== 'function') throw callMalformed(new TypeError('a backend has a function `call`'));
  const calls = new Calls(raw);
  const bearers = typeof raw.verifyBearer === 'function' ? new Bearers(raw, calls) : undefined;
  const operations = OPERATIONS.map((line) => new Operation(line));
  const finalizer = typeof FinalizationRegistry === 'function'
    ? new FinalizationRegistry((number) => calls.forget(number))
    : undefined;

  const api = { IdJagError, toRequest, toResponse, call: (text) => calls.text(text) };
  const makers = operations.filter(({ noun, verb }) => verb === 'new' && noun in CLASSES);
  for (const make of makers) api[CLASSES[make.noun]] = objectClass(CLASSES[make.noun], make, calls, finalizer);

  const roles = new Steps(calls);
  for (const operation of operations.filter((one) => !makers.includes(one))) {
    const { noun, verb, steps, hasSelf, isQuestion } = operation;
    const owner = hasSelf ? api[CLASSES[noun]] : undefined;
    if (isQuestion) {
      roles.ask(operation);
    } else if (steps) {
      const [beginning, begin] = roles.add(operation);
      addMethod(owner, beginning, function (request, options) {
        return begin(this, request, options);
      });
    } else if (operation.name === VERIFY_BEARER) {
      addMethod(owner, camelCase(verb), function (options) {
        return bearers?.verify(this, options) ?? frozen(calls.run(operation, options, this).ok);
      });
    } else if (owner) {
      addMethod(owner, camelCase(verb), function (options) {
        const made = calls.run(operation, options, this);
        return operation.makes ? wrap(api[operation.makes], made) : made.ok;
      });
    } else {
      api[operation.functionName] = (options) => calls.run(operation, options).ok;
    }
  }
  Object.assign(api, roles.types);
  for (const member of Object.values(api)) {
    if (member.prototype) Object.freeze(member.prototype);
    Object.freeze(member);
  }
  return Object.freeze(api);
}
