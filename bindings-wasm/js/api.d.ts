// The public API over a backend of your own choosing.

import type * as shell from './shell.js';
import type * as steps from './steps.js';
import type * as types from './types.js';

/** A backend. */
export interface Raw {
  /** Takes an operation, the numbers of its objects and one JSON object, a line each. */
  call(text: string): string;
  /**
   * `resource_server.verify_bearer` as plain arguments: the answer of `call`, with the number under which the token is
   * remembered, and its `record` on a line of its own; or that number alone, where the token was verified before and
   * `numberWillDo`.
   */
  verifyBearer?(
    server: number,
    keys: number,
    revocations: number,
    token: string,
    context: string | undefined,
    now: number,
    numberWillDo: boolean,
  ): number | string;
}

/** Everything that the package exports. */
export type Api = Readonly<typeof shell & typeof steps & typeof types>;

/** The API over `raw`; objects of one API are `handle_invalid` at another. */
export declare function createApi(raw: Raw): Api;

export { IdJagError, toRequest, toResponse } from './shell.js';
