// The steps of a server role: each holds the arguments so far, nobody can make one, and the next step consumes it.

import { handleInvalid } from './error.mjs';
import { camelCase, fromBase64url } from './encode.mjs';
import { addMethod, showAnswer } from './objects.mjs';

/** What only this module can show: the right to make a step. */
const MAKER = Symbol('maker');

/** The names of the objects between the steps, by operation; `types.d.ts` and `steps.d.ts` declare them. */
const STAGES = {
  'resource_as.token': ['PendingGrant', 'VerifiedGrant', 'AuthorizedGrant', 'SpentGrant'],
  'resource_server.access': ['PendingAccess', 'VerifiedAccess', 'AuthorizedAccess'],
};

/** The objects between the steps of every role at one backend. */
export class Steps {
  /** The classes, by name. */
  types = {};
  #calls;
  #pending;
  #ways = new Map();

  constructor(calls) {
    this.#calls = calls;
    this.#pending = this.#stage('PendingSignature');
    const { take } = this.#pending;
    addMethod(this.#pending.type, 'attach', function (signature) {
      const { state, finish } = take(this);
      const members = `${state.members}${state.members.endsWith('{') ? '' : ','}`;
      return finish({ ...state, members: members + calls.member('signature', signature, '') });
    });
  }

  /**
   * Makes the classes between the steps of `operation`; answers its first step, `begin(self, request, options)`.
   *
   * A step keeps text, never a conclusion: each call sends all arguments from the request on, and the library takes
   * every step again. The text is left open at its end, inside the member of the last step.
   */
  add(operation) {
    const calls = this.#calls;
    const pending = this.#pending;
    const [first, ...rest] = operation.steps;
    const stages = STAGES[operation.name].map((name) => this.#stage(name));
    this.#ways.set(operation.noun, stages);

    /** Adds the step `name` to what was given before it. */
    const extended = (state, name, options) => {
      const { objects, members } = calls.read(operation, options, `/${name}`, state.objects);
      return { objects, members: `${state.members},"${name}":{${members}` };
    };
    /** Takes the steps of `state`, `at` of them after the first, and wraps what comes back. */
    const advance = (state, at) => {
      const { ok } = calls.send(operation, state.objects, `{${state.members}}}`);
      if (typeof ok.signing_input === 'string') {
        const shown = { signing_input: fromBase64url(ok.signing_input) };
        return new pending.type(MAKER, { state, finish: (signed) => advance(signed, at) }, shown);
      }
      return at < stages.length ? new stages[at].type(MAKER, state, ok) : ok;
    };

    rest.forEach((name, index) => {
      const { type, take } = stages[index];
      addMethod(type, name, function (options) {
        return advance(extended(take(this), name, options), index + 1);
      });
    });
    return (self, request, options) => {
      const state = { objects: [calls.own(self)], members: calls.member('request', request, '') };
      return advance(extended(state, first, options), 0);
    };
  }

  /** Lets the object after the steps of `operation` be asked for what that answers, without using it up. */
  ask(operation) {
    const calls = this.#calls;
    const { type, peek } = this.#ways.get(operation.noun)[operation.steps.length - 1];
    addMethod(type, camelCase(operation.verb), function (options) {
      const state = peek(this);
      const { objects, members } = calls.read(operation, options, '', state.objects);
      return calls.send(operation, objects, `{${state.members}}${members && `,${members}`}}`).ok;
    });
  }

  /** A class that only this module can make objects of, and the one way to what they hold. */
  #stage(name) {
    const type = class {
      #held;

      constructor(maker, held, shown) {
        if (maker !== MAKER) throw handleInvalid(`only the step before makes a ${name}`);
        this.#held = held;
        showAnswer(this, shown);
        Object.freeze(this);
      }

      static peek(step) {
        const held = Object(step) === step && #held in step ? step.#held : undefined;
        if (!held) throw handleInvalid(`a ${name} that has not been used is expected`);
        return held;
      }

      static take(step) {
        const held = peek(step);
        step.#held = undefined;
        return held;
      }
    };
    const { peek, take } = type;
    delete type.peek;
    delete type.take;
    Object.defineProperty(type, 'name', { value: name });
    this.types[name] = type;
    return { type, peek, take };
  }
}
