// The objects between the steps of the server roles. Nobody can make one but the step before it, and the next step uses it
// up: a second use is `handle_invalid`.

import type {
  AccessNeeds, AccessTokenClaims, AuthorizeAccessStep, AuthorizeExchangeStep, AuthorizeGrantStep, AuthenticateStep, Bytes,
  ClientNeeds, ClientRecord, ConcludeRevocationStep, DecisionRecord, ExchangeNeeds, ExchangeSubject, GrantNeeds, HttpAnswer, IdJagClaims,
  IssueStep, JsonObject, KeySet, PermittedTools, Policy, RefreshStep, RegisteredClient, ReplayKeyAnswer, RespondStep,
  RevocationEntry, RevocationList, RevocationNeeds, SigningKey, SpendStep, TargetStep, ToolsRequest, VerifyAccessStep,
  VerifyExchangeStep, VerifyGrantStep, VerifyRevocationStep,
} from './types.js';

/** A finished answer: send `response`, keep `record`. */
export interface Issued {
  /** The response to send. */
  readonly response: HttpAnswer;
  /** The record to keep. */
  readonly record: DecisionRecord;
}

/** How a token is signed: in process by `signer`, or elsewhere by the private half of `key`. */
type Signing = Omit<IssueStep, 'key' | 'signature'>;
/** Signed in process. */
export interface IssueOptions extends Signing {
  /** The key that signs. */
  readonly signer: SigningKey;
}
/** Signed elsewhere: what is to be signed is the answer. */
export interface IssueElsewhereOptions extends Signing {
  /** The public JWK, with its `kid`, of the key that signs elsewhere. */
  readonly key: NonNullable<IssueStep['key']>;
}

/** The registration of the client of a request, as an object or as data; leave it out when there is no such client. */
interface WithClient {
  readonly client?: RegisteredClient | ClientRecord | null | undefined;
}
/** The key set of the issuer in `needs`; without it nothing can be verified. */
interface WithKeys {
  readonly keys?: KeySet | null | undefined;
}
/** The key set of the actor token's issuer, where there is an actor token. */
interface WithActorKeys {
  readonly actorKeys?: KeySet | null | undefined;
}
/** What has been revoked: tokens are held against it as it is at each step. */
interface WithRevocations {
  readonly revocations?: RevocationList | null | undefined;
}

/** A token that is to be signed elsewhere. */
export declare class PendingSignature {
  #private;
  private constructor();
  /** The bytes to sign. */
  readonly signingInput: Uint8Array;
  /**
   * Attaches the signature: for ECDSA the concatenation of r and s, not DER.
   *
   * @throws {IdJagError} `signer_mismatch` when it is not one of these bytes by the key that was named.
   */
  attach(signature: Bytes): Issued;
}

/** A redemption, taken apart. */
export declare class PendingGrant {
  #private;
  private constructor();
  /** What to look up. */
  readonly needs: GrantNeeds;
  /** Verifies client, proof and grant. */
  verify(
    options: Omit<VerifyGrantStep, 'client'> & WithKeys & WithActorKeys & WithClient & WithRevocations,
  ): VerifiedGrant;
}

/** A grant that holds. */
export declare class VerifiedGrant {
  #private;
  private constructor();
  /**
   * The claims of an ID-JAG, for finding the user by `iss`, `tenant` and `sub`; never by `sub` alone. A server with
   * `delegation` looks at `parent` first: where that is there, these are not.
   */
  readonly claims: IdJagClaims;
  /** Where a token is to be derived: its parent's claims, for finding the user by `sub`, your own name for the user. */
  readonly parent?: AccessTokenClaims;
  /** Decides what is granted. */
  authorize(options: AuthorizeGrantStep & { readonly policy?: Policy | null | undefined }): AuthorizedGrant;
}

/** A decision, before the replay store has been asked. */
export declare class AuthorizedGrant {
  #private;
  private constructor();
  /** The scope that will be granted. */
  readonly scope: string;
  /** What to record, in this order, stopping at the first that is not new. */
  readonly replayKeys: readonly ReplayKeyAnswer[];
  /** Takes the replay store's answers. */
  spend(options: SpendStep): SpentGrant;
}

/** A grant that was used up for one access token. */
export declare class SpentGrant {
  #private;
  private constructor();
  /** Writes and signs the access token. */
  issue(options: IssueOptions): Issued;
  issue(options: IssueElsewhereOptions): PendingSignature;
}

/** A token exchange, taken apart. */
export declare class PendingExchange {
  #private;
  private constructor();
  /** What to look up. */
  readonly needs: ExchangeNeeds;
  /** Verifies client, proof, subject token and actor token. */
  verify(
    options: Omit<VerifyExchangeStep, 'client'> & WithKeys & WithClient & WithRevocations & {
      /** The key set of the actor token's issuer. */
      readonly actorKeys?: KeySet | null | undefined;
    },
  ): VerifiedExchange;
}

/** A subject token that holds. */
export declare class VerifiedExchange {
  #private;
  private constructor();
  /** The user, as the subject token names it. */
  readonly subject: ExchangeSubject;
  /** Whether `refresh` is next, and not `target`. */
  readonly wantsRefreshToken: boolean;
  /** Finds what the grant is for in the policy. */
  target(options: TargetStep & { readonly policy: Policy }): TargetedExchange;
  /** Decides about a refresh token. */
  refresh(options: RefreshStep & { readonly policy: Policy }): AuthorizedRefresh;
}

/** An exchange whose audience is known. */
export declare class TargetedExchange {
  #private;
  private constructor();
  /** The user, as the subject token names it. */
  readonly subject: ExchangeSubject;
  /** The audience for which your directory must know the user. */
  readonly audience: string;
  /** The client that asks. */
  readonly clientId: string;
  /** Decides what is granted. */
  authorize(options: AuthorizeExchangeStep): AuthorizedExchange;
}

/** A decision, before the replay store has been asked. */
export declare class AuthorizedExchange {
  #private;
  private constructor();
  /** The scope that will be granted; left out when there is none. */
  readonly scope?: string;
  /** What to record, in this order, stopping at the first that is not new. */
  readonly replayKeys: readonly ReplayKeyAnswer[];
  /** Takes the replay store's answers. */
  spend(options: SpendStep): SpentExchange;
}

/** An exchange that was used up for one ID-JAG. */
export declare class SpentExchange {
  #private;
  private constructor();
  /** Writes and signs the ID-JAG. */
  issue(options: IssueOptions): Issued;
  issue(options: IssueElsewhereOptions): PendingSignature;
}

/** A decision about a refresh token, before the replay store has been asked. */
export declare class AuthorizedRefresh {
  #private;
  private constructor();
  /** What to record, in this order, stopping at the first that is not new. */
  readonly replayKeys: readonly ReplayKeyAnswer[];
  /** Takes the replay store's answers. */
  spend(options: SpendStep): SpentRefresh;
}

/** An exchange that was used up for one refresh token, which you make. */
export declare class SpentRefresh {
  #private;
  private constructor();
  /** The scope in whose context to store the token; left out when there is none. */
  readonly scope?: string;
  /** The thumbprint of the key to store with it, and to state with every later use; left out when it is not bound. */
  readonly boundTo?: string;
  /** Hands the refresh token out. */
  respond(options: RespondStep): Issued & {
    readonly scope?: string;
    readonly bound_to?: string;
  };
}

/** A client, not authenticated yet. */
export declare class PendingClient {
  #private;
  private constructor();
  /** What to look up. */
  readonly needs: ClientNeeds;
  /** Checks what the client proves itself with. */
  authenticate(options: Omit<AuthenticateStep, 'client'> & WithClient): CheckedClient;
}

/** A client whose assertion, if it sent one, has not been recorded yet. */
export declare class CheckedClient {
  #private;
  private constructor();
  /** What to record; empty when the client sent no assertion. */
  readonly replayKeys: readonly ReplayKeyAnswer[];
  /** Takes the replay store's answers: the client has proven that it is this one. */
  spend(options: SpendStep): { readonly client_id: string };
}

/** A revocation request, taken apart. */
export declare class PendingRevocation {
  #private;
  private constructor();
  /** What to look up. */
  readonly needs: RevocationNeeds;
  /** Authenticates the client and finds out whether the token is its own; `keys` are the server's own. */
  verify(options: Omit<VerifyRevocationStep, 'client'> & WithKeys & WithClient): VerifiedRevocation;
}

/** A revocation request that holds, before the replay store has been asked; do so even when `replayKeys` is empty. */
export declare class VerifiedRevocation {
  #private;
  private constructor();
  /** What to record, in this order, stopping at the first that is not new. */
  readonly replayKeys: readonly ReplayKeyAnswer[];
  /** Takes the replay store's answers. */
  spend(options: SpendStep): SpentRevocation;
}

/** A revocation request of which nothing is left but to store what it revokes. */
export declare class SpentRevocation {
  #private;
  private constructor();
  /** What to store where everybody who verifies tokens finds it; none when there is nothing to revoke. */
  readonly entries: readonly RevocationEntry[];
  /** Takes what came of storing them, and answers the client. */
  conclude(options: ConcludeRevocationStep): { readonly response: HttpAnswer; readonly record: DecisionRecord };
}

/** A request with an access token, taken apart. */
export declare class PendingAccess {
  #private;
  private constructor();
  /** What to look up. */
  readonly needs: AccessNeeds;
  /** Verifies token and proof. */
  verify(options: VerifyAccessStep & WithKeys & WithRevocations): VerifiedAccess;
}

/** A token that holds. */
export declare class VerifiedAccess {
  #private;
  private constructor();
  /** The token's claims. */
  readonly claims: JsonObject;
  /** Decides whether the token may do what the request asks for. */
  authorize(options: AuthorizeAccessStep): AuthorizedAccess;
  /** Which of these tools the token may call: for leaving the others out of a `tools/list` answer. Uses nothing up. */
  permitsTools(options: Pick<ToolsRequest, 'tools'>): PermittedTools;
}

/** A decision, before the replay store has been asked; do so even when `replayKeys` is empty, with no answers. */
export declare class AuthorizedAccess {
  #private;
  private constructor();
  /** The operation, by the name it has in the configuration. */
  readonly operation: string;
  /** What to record, if proofs are used once; empty when they are not. */
  readonly replayKeys: readonly ReplayKeyAnswer[];
  /** Takes the replay store's answers: the request may pass. */
  spend(options: SpendStep): { readonly claims: JsonObject; readonly record: DecisionRecord };
}
