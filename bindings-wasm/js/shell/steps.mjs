// The steps of a server role: each holds the arguments so far, nobody can make one, and the next step consumes it.

import { handleInvalid } from './error.mjs';
import { camelCase, fromBase64url } from './encode.mjs';
import { addMethod, showAnswer } from './objects.mjs';

/** What only this module can show: the right to make a step. */
const MAKER = Symbol('maker');

/**
 * The ways through the steps of each operation: the method that begins them, and for each object after a step the steps
 * that may follow, with the object after those; after a last step there is none but the answer. `steps.d.ts` declares them.
 */
const WAYS = {
  'idp.exchange': ['parse', {
    PendingExchange: { verify: 'VerifiedExchange' },
    VerifiedExchange: { target: 'TargetedExchange', refresh: 'AuthorizedRefresh' },
    TargetedExchange: { authorize: 'AuthorizedExchange' },
    AuthorizedExchange: { spend: 'SpentExchange' },
    SpentExchange: { issue: null },
    AuthorizedRefresh: { spend: 'SpentRefresh' },
    SpentRefresh: { respond: null },
  }],
  'idp.authenticate_client': ['parseClient', {
    PendingClient: { authenticate: 'CheckedClient' },
    CheckedClient: { spend: null },
  }],
  'resource_as.token': ['parse', {
    PendingGrant: { verify: 'VerifiedGrant' },
    VerifiedGrant: { authorize: 'AuthorizedGrant' },
    AuthorizedGrant: { spend: 'SpentGrant' },
    SpentGrant: { issue: null },
  }],
  'resource_as.revocation': ['parseRevocation', {
    PendingRevocation: { verify: 'VerifiedRevocation' },
    VerifiedRevocation: { spend: 'SpentRevocation' },
    SpentRevocation: { conclude: null },
  }],
  'resource_server.access': ['parse', {
    PendingAccess: { verify: 'VerifiedAccess' },
    VerifiedAccess: { authorize: 'AuthorizedAccess' },
    AuthorizedAccess: { spend: null },
  }],
};

/** The objects between the steps of every role at one backend. */
export class Steps {
  /** The classes, by name. */
  types = {};
  #calls;
  #pending;
  #stages = {};

  constructor(calls) {
    this.#calls = calls;
    this.#pending = this.#stage('PendingSignature');
    const { take } = this.#pending;
    addMethod(this.#pending.type, 'attach', function (signature) {
      const { operation, state, finish } = take(this);
      const members = `${state.members}${state.members.endsWith('{') ? '' : ','}`;
      return finish({ ...state, members: members + calls.member(operation, 'signature', signature, '/issue') });
    });
  }

  /**
   * Makes the classes between the steps of `operation`; answers the method that begins them, and what it does.
   *
   * A step keeps text, never a conclusion: each call sends all arguments from the request on, and the library takes
   * every step again. The text is left open at its end, inside the member of the last step.
   */
  add(operation) {
    const calls = this.#calls;
    const pending = this.#pending;
    const [beginning, ways] = WAYS[operation.name];
    const stages = Object.fromEntries(Object.keys(ways).map((name) => [name, this.#stage(name)]));
    this.#stages[operation.noun] = { ...this.#stages[operation.noun], ...stages };

    /** Adds the step `name` to the members given before it. */
    const extended = (state, name, options) => {
      const { objects, members } = calls.read(operation, options, `/${name}`, state.objects);
      return { objects, members: `${state.members},"${name}":{${members}` };
    };
    /** Takes the steps of `state`, and wraps what comes back as `next`. */
    const advance = (state, next) => {
      const { ok } = calls.send(operation, state.objects, `{${state.members}}}`);
      if (typeof ok.signing_input === 'string') {
        const shown = { signing_input: fromBase64url(ok.signing_input) };
        return new pending.type(MAKER, { operation, state, finish: (signed) => advance(signed, next) }, shown);
      }
      return next === null ? ok : new stages[next].type(MAKER, state, ok);
    };

    for (const [stage, steps] of Object.entries(ways)) {
      const { type, take } = stages[stage];
      for (const [name, next] of Object.entries(steps)) {
        addMethod(type, name, function (options) {
          const { objects, members } = take(this);
          return advance(extended({ objects, members: `${members}}` }, name, options), next);
        });
      }
    }
    const [first] = operation.steps;
    const begin = (self, request, options) => {
      const state = { objects: [calls.own(self)], members: calls.member(operation, 'request', request, '') };
      return advance(extended(state, first, options), Object.keys(ways)[0]);
    };
    return [beginning, begin];
  }

  /** Lets the object after the steps of `operation` be asked for what that answers, without using it up. */
  ask(operation) {
    const calls = this.#calls;
    const { type, peek } = Object.values(this.#stages[operation.noun])[operation.steps.length - 1];
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
