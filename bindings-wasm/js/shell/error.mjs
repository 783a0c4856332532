// The one error that this package throws.

/**
 * A refusal: `code` names it for good, everything else helps to see why.
 *
 * `oauth` is the error on the wire, where there is one. `response` is the finished HTTP response of a server role, to be
 * sent as it is, `status` its status code and `record` the decision record to keep. `faults` lists what is wrong with a
 * policy document. No member holds text from inside a token.
 */
export class IdJagError extends Error {
  /** @param {Record<string, any>} err what the library says; see `docs/errors.md` for the codes. */
  constructor(err, options) {
    const { code, message, detail, token, oauth, http, record, faults, left_out } = Object(err);
    super(detail && !String(message).includes(detail) ? `${message}: ${detail}` : String(message ?? code), options);
    const members = {
      code, detail, oauth, status: http?.status, response: http, record, faults, token, leftOut: left_out,
    };
    for (const [name, value] of Object.entries(members)) {
      Object.defineProperty(this, name, { value, enumerable: value !== undefined });
    }
  }
}
Object.defineProperty(IdJagError.prototype, 'name', { value: 'IdJagError' });

/** An argument that cannot be passed on: where it stands, and what would be there. */
export function argumentInvalid(path, expected, cause) {
  const message = 'an argument is missing, unknown or of the wrong kind';
  const err = { code: 'argument_invalid', message, detail: `${path}: ${expected}` };
  return new IdJagError(err, cause === undefined ? undefined : { cause });
}

/** An object that is not one this library made, not of these bindings, or used up. */
export function handleInvalid(detail) {
  const message = 'the object has been used up, freed, or is of another kind';
  return new IdJagError({ code: 'handle_invalid', message, detail });
}

/** The library did not answer. It never should: whoever sees this has found a defect, and nothing was decided. */
export function callMalformed(cause) {
  const message = 'the call is not an operation, its handles and one JSON object';
  return new IdJagError({ code: 'call_malformed', message, detail: 'the library gave no answer' }, { cause });
}
