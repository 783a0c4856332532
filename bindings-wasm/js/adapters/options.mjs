// Options of adapters: what is misspelled or missing is found when the adapter is made, not when a request comes.

import * as idjag from '#api';

/** What every handler takes. */
const COMMON = ['replay', 'nonce', 'onRecord', 'onError', 'maxBodyBytes', 'bodyTimeoutMs', 'now'];

/** Refuses options without the `required` ones, or with others than these, the `optional` ones and those of every handler. */
export function checkOptions(options, required, optional = []) {
  checkMembers(options, required, [...optional, ...COMMON]);
}

/** Refuses options without the `required` ones, or with others than these and the `optional` ones. */
export function checkMembers(options, required, optional) {
  const missing = required.find((name) => options?.[name] === undefined || options[name] === null);
  if (missing !== undefined) throw invalid(missing, 'the member is missing');
  const known = new Set([...required, ...optional]);
  const unknown = Object.keys(options).find((name) => !known.has(name));
  if (unknown !== undefined) throw invalid(unknown, 'the member is not known here');
  const empty = optional.find((name) => options[name] === null);
  if (empty !== undefined) throw invalid(empty, 'the member has no value; leave it out where there is none');
}

/** The error of an argument that is not what an adapter takes. */
export function invalid(name, expected) {
  const message = 'an argument is missing, unknown or of the wrong kind';
  return new idjag.IdJagError({ code: 'argument_invalid', message, detail: `/${name}: ${expected}` });
}
