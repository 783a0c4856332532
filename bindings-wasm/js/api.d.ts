// The public API over a backend of your own choosing.

import type * as shell from './shell.js';
import type * as steps from './steps.js';
import type * as types from './types.js';

/** A backend: `call` takes an operation, the numbers of its objects and one JSON object, a line each. */
export interface Raw {
  call(text: string): string;
}

/** Everything that the package exports. */
export type Api = Readonly<typeof shell & typeof steps & typeof types>;

/** The API over `raw`; objects of one API are `handle_invalid` at another. */
export declare function createApi(raw: Raw): Api;

export { IdJagError, toRequest, toResponse } from './shell.js';
