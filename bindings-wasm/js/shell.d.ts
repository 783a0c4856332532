// What is not an operation: the error, and the step between the Web's requests and responses and ours.

import type { ArrivedRequest, DecisionRecord, ErrorCode, HttpAnswer, OAuthErrorCode } from './types.js';

/** One thing that is wrong with a policy document. */
export interface PolicyFault {
  /** Where, as a JSON Pointer. */
  readonly path: string;
  /** What, by a stable name. */
  readonly fault: string;
  /** The same for people. */
  readonly message: string;
  /** What stands there, where it helps. */
  readonly found?: string;
  /** Its line, from 1, when the document was given as text. */
  readonly line?: number;
  /** Its column, from 1, when the document was given as text. */
  readonly column?: number;
}

/** A refusal: `code` names it for good, everything else helps to see why. No member holds text from inside a token. */
export declare class IdJagError extends Error {
  /** For adapters that refuse something themselves: in the words of the library's own answers. */
  constructor(
    err: {
      readonly code: ErrorCode;
      readonly message: string;
      readonly detail?: string | undefined;
      readonly token?: string | undefined;
      readonly oauth?: OAuthErrorCode | undefined;
      readonly http?: HttpAnswer | undefined;
      readonly record?: DecisionRecord | undefined;
      readonly faults?: readonly PolicyFault[] | undefined;
      readonly left_out?: number | undefined;
    },
    options?: { readonly cause?: unknown },
  );
  readonly name: 'IdJagError';
  /** The stable code. */
  readonly code: ErrorCode;
  /** What the code is about: a claim, a parameter, a setting, or the place of an argument. For logs. */
  readonly detail?: string;
  /** The error on the wire, where there is one. */
  readonly oauth?: OAuthErrorCode;
  /** The kind of token at fault, where there is one. */
  readonly token?: string;
  /** The status code of `response`. */
  readonly status?: number;
  /** The finished response of a server role, to be sent as it is. */
  readonly response?: HttpAnswer;
  /** The decision record of a server role, to keep. */
  readonly record?: DecisionRecord;
  /** What is wrong with a policy document. */
  readonly faults?: readonly PolicyFault[];
  /** How many more faults there are than `faults` lists. */
  readonly leftOut?: number;
}

/**
 * Reads a Web `Request` once. `url` is the public address of the endpoint, from your configuration: never take it from the
 * request, whose Host header the sender chose.
 *
 * @throws {IdJagError} `argument_invalid` when the body has been read already.
 */
export declare function toRequest(
  request: {
    readonly method: string;
    readonly headers: Iterable<[string, string]>;
    arrayBuffer(): Promise<ArrayBuffer>;
  },
  url: string,
): Promise<ArrivedRequest>;

/** The Web `Response` of this runtime, where there is one. */
type WebResponse = typeof globalThis extends { Response: new (...options: any[]) => infer R } ? R : unknown;

/** A Web `Response` of an answer's `response`, or of an error's. */
export declare function toResponse(answer: HttpAnswer): WebResponse;

/**
 * The one function under everything here, for tools: the text of a call in, the text of its answer out. A call is an
 * operation's name, the space-separated numbers of its objects and one JSON object, a line each; the answer is
 * `{"ok": …, "handle"?: …}` or `{"err": …}`. `docs/wire.schema.json` describes the operations.
 *
 * @throws {IdJagError} `argument_invalid` when it is no well-formed text.
 */
export declare function call(text: string): string;
