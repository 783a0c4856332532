// `client.connection`: one MCP server from discovery to use, as a script.

import { played } from './machines.mjs';
import { openedMessage, openedPage, withoutTokenIds } from './message.mjs';

export function run(host) {
  const { dpop, document, ...options } = host.config;
  const client = host.make('Client', 'client.new', {
    ...options,
    ...(document && { document: { client_id: document[0], token_endpoint_auth_method: document[1] } }),
    signer: host.signer(host.signers.client),
    dpop: dpop === true ? host.signer(host.signers.dpop) : undefined,
  });
  const { steps, ...script } = host.input;
  const connection = host.make('Connection', 'connection.new', { ...script, client });
  const player = new Player(host, connection);
  return played(host, steps, ({ at, ...step }) => player.act(step, at ?? host.now));
}

class Player {
  #drawn = 0;
  #seen = new Set();

  constructor(host, connection) {
    this.host = host;
    this.connection = connection;
  }

  random() {
    this.#drawn += 1;
    return new Uint8Array(32).fill(this.#drawn);
  }

  call(verb, options) {
    return this.host.ask(this.connection, `connection.${verb}`, options);
  }

  act(step, now) {
    const [[act, argument]] = Object.entries(step);
    switch (act) {
      case 'identify':
        this.call('identify', argument);
        return { identified: true };
      case 'assert':
        this.call('supply_assertion', { assertion: argument });
        return { asserted: true };
      case 'called':
        this.call('authorization_response', { url: argument });
        return { called: true };
      case 'decline':
        this.call('decline');
        return { declined: true };
      case 'next':
        return this.next(now);
      case 'answer': {
        const event = this.next(now);
        if (event.send === undefined) throw new Error(`a request is due, not ${JSON.stringify(event)}`);
        this.call('receive', { response: argument, now });
        return event;
      }
      case 'unreachable': {
        const event = this.next(now);
        this.call('unreachable', { now });
        return event;
      }
      case 'authorize': {
        const [method, url] = argument;
        const request = this.call('authorize', { request: { method, url }, random: this.random(), now });
        return this.view(request);
      }
      case 'used': {
        const [operation, response] = argument;
        const verdict = this.call('on_resource_response', { operation, response, now });
        if (verdict.error !== undefined) this.host.refuse(verdict.error.code);
        return verdict;
      }
      case 'derive':
        return this.derive(...argument, now);
      default:
        throw new Error(`no act \`${act}\``);
    }
  }

  derive(wanted, response, now) {
    const request = this.call('downscope', { wanted, random: this.random(), now });
    const answer = this.call('on_downscope_response', { wanted, response, now });
    if (answer.error !== undefined) this.host.refuse(answer.error.code);
    const known = picked(answer.token ?? {}, ['token_type', 'scope', 'expires_at']);
    return { derive: answer.verdict, request: this.view(request), ...picked(answer, ['access_token']), ...known };
  }

  /** The next step as an event: what it is about under the step's name. */
  next(now) {
    const step = this.call('next', { random: this.random(), now });
    const { ready } = this.call('status', { now });
    // After a step-up that came to nothing it is ready again, and the step says what it came to.
    if (step.step === 'ready' && !ready) throw new Error('the status contradicts the step');
    switch (step.step) {
      case 'send':
        return { request: this.view(step.request), send: step.purpose };
      case 'need_identity':
        return { ...picked(step, ['max_age', 'acr_values']), need_identity: step.reason };
      case 'need_assertion':
        return { need_assertion: step.audience, resource: step.resource };
      case 'need_authorization':
        return openedPage(step);
      case 'ready':
        return { ...picked(step.token, ['scope', 'expires_at']), ready: step.token.resource };
      case 'wait':
        return { wait: step.seconds };
      case 'denied':
        if (!['identity_provider', 'authorization_server'].includes(step.by)) throw new Error('denied by nobody');
        return this.host.refuse(step.error.code);
      case 'failed':
        return this.host.refuse(step.error.code);
      default:
        throw new Error(`no step \`${step.step}\``);
    }
  }

  /** The request without what differs each time. */
  view(request) {
    return withoutTokenIds(openedMessage(this.host, request), this.#seen);
  }
}

function picked(object, names) {
  return Object.fromEntries(names.filter((name) => object[name] !== undefined).map((name) => [name, object[name]]));
}
