"""The objects that the functions of `idjag` take and answer: plain `dict`s with these members, for type checkers.

Generated from the operations of the core by `cargo xtask vectors`. Members keep the words of the protocol.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:
    from typing_extensions import NotRequired

__all__ = [
    "AccessNeeds",
    "AccessOptions",
    "AccessTokenAnswer",
    "AccessTokenClaims",
    "Account",
    "Act",
    "ActorNeed",
    "ActorProfileOptions",
    "AnswerMeaning",
    "ArrivedRequest",
    "ArrivedResponse",
    "AttachedToken",
    "AttestedAssertion",
    "AttestedRefreshToken",
    "AttestedSubject",
    "AudienceOptions",
    "AuthorizationServerDocument",
    "AuthorizedAnswer",
    "AuthorizedRequest",
    "BindingOptions",
    "CacheGeneration",
    "CachedKeys",
    "Chain",
    "ChainStep",
    "CheckedIssuer",
    "ClientAnswer",
    "ClientAssertionClaims",
    "ClientDocumentAnswer",
    "ClientDocumentStep",
    "ClientIdUrlAnswer",
    "ClientNeeds",
    "ClientRecord",
    "ClientSecretDigest",
    "Cnf",
    "ConnectionAnswer",
    "ConnectionConversation",
    "ConnectionLine",
    "ConnectionStatus",
    "ConnectionTable",
    "ConnectionUser",
    "Credentials",
    "DecisionRecord",
    "DelegationOptions",
    "DetailTypeOptions",
    "DirectoryUser",
    "DiscoveryProgress",
    "DocumentedClient",
    "DownscopeVerdict",
    "Empty",
    "ErrorCode",
    "ErrorCodeEntry",
    "ErrorCodes",
    "ExchangeNeeds",
    "ExchangeSubject",
    "ExportedRevocation",
    "FaultOfPolicy",
    "GrantNeeds",
    "GrantToRedeem",
    "HttpAnswer",
    "HttpMessage",
    "IdJagAnswer",
    "IdJagClaims",
    "IdTokenClaims",
    "IdpAnswer",
    "IssuedExchange",
    "IssuedGrant",
    "JwkAnswer",
    "Jwks",
    "KeyAnswer",
    "KeyLookup",
    "LimitOptions",
    "MatchedNameId",
    "MetadataDocument",
    "NearestRule",
    "NextRequest",
    "NextStep",
    "NonceOptions",
    "OcsfEvent",
    "OutgoingRequest",
    "ParsedChallenge",
    "ParsedChallenges",
    "ParsedJwks",
    "PartyWithdrawal",
    "PendingToken",
    "PermittedTools",
    "PolicyApp",
    "PolicyContents",
    "PolicyDecision",
    "PolicyFaults",
    "PolicyRule",
    "PolicyServer",
    "PolicyShare",
    "PolicySize",
    "PolicyTrace",
    "PrivateJwk",
    "ProofOptions",
    "ProtectedResourceDocument",
    "ProtectedResourceOptions",
    "PublishedResource",
    "ReceivedRevocations",
    "RecordSchema",
    "RefreshRequest",
    "RefreshTokenAnswer",
    "RefusedElsewhere",
    "RegisteredClientAnswer",
    "RegistrationPlan",
    "RelaxedOptions",
    "ReplayKeyAnswer",
    "RequestAnswer",
    "RequirementOptions",
    "ResourceAsAnswer",
    "ResourceServerAnswer",
    "RespondedExchange",
    "RevocationChunk",
    "RevocationDocument",
    "RevocationEntry",
    "RevocationListState",
    "RevocationNeeds",
    "RevocationUpdateAnswer",
    "RevokedActor",
    "SameNameId",
    "SamlNameIdOptions",
    "ScopeStepUp",
    "SelectedScopes",
    "SignOnAgain",
    "SignedToken",
    "SigningKeyAnswer",
    "SkippedKey",
    "StoreVerdict",
    "StoredNameId",
    "SubId",
    "SubjectNeed",
    "TokenServer",
    "ToolOptions",
    "TraceAnswer",
    "TracedRule",
    "Trouble",
    "TrustedIssuerOptions",
    "TrustedServerOptions",
    "UnverifiedToken",
    "UseVerdict",
    "UserClaims",
    "VerifiedAccessToken",
    "VerifiedAccessTokenClaims",
    "VerifiedActorAnswer",
    "VerifiedBearer",
    "VerifiedClient",
    "VerifiedIdJagAnswer",
    "VerifiedIdJagClaims",
    "VerifiedIdTokenAnswer",
    "VerifiedJwsAnswer",
    "VerifiedProofAnswer",
    "VouchedOptions",
    "WantedIdJag",
    "WantedToken",
    "WellKnownUrls",
    "WindowOptions",
    "Withdrawn",
]

# Every error code; docs/errors.md says what each means.
ErrorCode = Literal[
    "token_too_large",
    "token_malformed",
    "token_encrypted",
    "token_nested",
    "header_malformed",
    "claims_malformed",
    "duplicate_member",
    "json_too_deep",
    "too_many_values",
    "typ_mismatch",
    "algorithm_not_allowed",
    "critical_header_unsupported",
    "issuer_untrusted",
    "keys_unavailable",
    "key_unknown",
    "key_ambiguous",
    "signature_invalid",
    "key_malformed",
    "key_type_unsupported",
    "key_private",
    "key_weak",
    "key_use_mismatch",
    "jwks_malformed",
    "claim_missing",
    "claim_malformed",
    "issuer_mismatch",
    "audience_mismatch",
    "client_mismatch",
    "subject_mismatch",
    "authorized_party_mismatch",
    "nonce_mismatch",
    "token_expired",
    "token_not_yet_valid",
    "token_issued_in_future",
    "token_too_old",
    "lifetime_too_long",
    "authentication_too_old",
    "authentication_too_weak",
    "self_issued",
    "tenant_mismatch",
    "subject_unknown",
    "subject_identifier_unusable",
    "token_replayed",
    "token_revoked",
    "revocations_unavailable",
    "store_unavailable",
    "context_required",
    "context_mismatch",
    "confirmation_unsupported",
    "proof_missing",
    "proof_required",
    "proof_key_mismatch",
    "proof_repeated",
    "proof_method_mismatch",
    "proof_uri_mismatch",
    "proof_token_mismatch",
    "proof_nonce_required",
    "bound_token_as_bearer",
    "scheme_mismatch",
    "method_not_allowed",
    "content_type_unsupported",
    "body_too_large",
    "form_malformed",
    "parameter_missing",
    "parameter_repeated",
    "parameter_malformed",
    "grant_type_unsupported",
    "requested_token_type_unsupported",
    "subject_token_type_unsupported",
    "subject_token_refused",
    "actor_token_unsupported",
    "depth_exceeded",
    "actor_unauthorized",
    "authorization_malformed",
    "authentication_repeated",
    "client_unknown",
    "client_authentication_missing",
    "client_authentication_failed",
    "client_method_not_allowed",
    "client_not_permitted",
    "audience_unknown",
    "audience_repeated",
    "resource_malformed",
    "resource_unknown",
    "resource_required",
    "resource_not_granted",
    "grant_resource_unknown",
    "scope_malformed",
    "scope_not_granted",
    "scope_ambiguous",
    "details_malformed",
    "details_type_unknown",
    "details_invalid",
    "details_not_granted",
    "client_mapping_missing",
    "tenant_required",
    "policy_denied",
    "approval_required",
    "app_restricted",
    "agent_restricted",
    "step_up_required",
    "credentials_missing",
    "credentials_repeated",
    "insufficient_scope",
    "operation_not_listed",
    "operation_malformed",
    "response_too_large",
    "response_malformed",
    "redirect_refused",
    "server_failed",
    "challenge_malformed",
    "metadata_not_found",
    "metadata_malformed",
    "metadata_issuer_mismatch",
    "metadata_resource_mismatch",
    "profile_unsupported",
    "credentials_issuer_mismatch",
    "issued_token_type_mismatch",
    "token_type_mismatch",
    "grant_widened",
    "binding_missing",
    "token_for_another_server",
    "pkce_unsupported",
    "state_mismatch",
    "server_refused",
    "server_denied",
    "identity_expired",
    "step_up_limit",
    "revocation_malformed",
    "revocations_outdated",
    "revocations_base_mismatch",
    "revocations_stale",
    "revocations_digest_mismatch",
    "record_malformed",
    "client_document_invalid",
    "invalid_now",
    "config_invalid",
    "text_invalid",
    "url_malformed",
    "url_insecure",
    "entropy_too_short",
    "signer_mismatch",
    "claim_reserved",
    "policy_invalid",
    "call_malformed",
    "operation_unknown",
    "argument_invalid",
    "handle_invalid",
]


class IssuedExchange(TypedDict):
    """A token has been issued."""

    response: HttpAnswer
    """After `issue` and `respond`: the response to send."""

    record: DecisionRecord
    """After `issue` and `respond`: the record to keep."""


class RespondedExchange(TypedDict):
    """A token has been issued."""

    scope: NotRequired[str]
    """After `authorize`: the scope that will be granted. Of a refresh token, after `spend`: the scope in whose
    context to store it. Left out when there is none.
    """

    bound_to: NotRequired[str]
    """Of a refresh token, after `spend`: the thumbprint of the key to store with it, and to state with every later
    use. Left out when it is not bound.
    """

    response: HttpAnswer
    """After `issue` and `respond`: the response to send."""

    record: DecisionRecord
    """After `issue` and `respond`: the record to keep."""


class IssuedGrant(TypedDict):
    """A token has been issued."""

    response: HttpAnswer
    """After `issue`: the response to send."""

    record: DecisionRecord
    """After `issue`: the record to keep."""


class AccessNeeds(TypedDict):
    """What to look up before a token can be verified."""

    issuer: str
    """Whose key set: one of the configured authorization servers."""

    kid: NotRequired[str]
    """The key the token claims; a set without it is worth one refresh."""


class AccessOptions(TypedDict):
    """What each operation requires."""

    methods: NotRequired[dict[str, RequirementOptions] | None]
    """JSON-RPC methods other than tool calls, by name."""

    tools: NotRequired[dict[str, ToolOptions] | None]
    """Tools, by name."""

    session: NotRequired[RequirementOptions | None]
    """Listening on, answering in or ending a session; any valid token by default."""


class AccessTokenAnswer(TypedDict):
    """An access token: where it may be sent, and what for. The token itself stays in the response."""

    issuer: str
    """The server that issued it."""

    resource: str
    """The resource it is for."""

    token_type: str
    """How it is presented: `Bearer` or `DPoP`."""

    scope: NotRequired[str]
    """The scope granted, space-separated; left out when nobody said."""

    authorization_details: NotRequired[list[dict[str, Any]]]
    """The authorization details granted."""

    expires_at: NotRequired[int]
    """When it expires, in seconds since 1970, if the server says."""


class AccessTokenClaims(TypedDict):
    """The claims of an access token (RFC 9068 §2.2)."""

    iss: str
    """The authorization server."""

    sub: NotRequired[str | None]
    """The user, as that server knows it."""

    aud: NotRequired[str | list[str] | tuple[str, ...] | None]
    """The resources it is for."""

    client_id: NotRequired[str | None]
    """The client."""

    jti: NotRequired[str | None]
    """The token's own id."""

    iat: NotRequired[float | None]
    """When it was issued, in seconds since 1970."""

    exp: float
    """When it expires, in seconds since 1970."""

    scope: NotRequired[str | None]
    """The scope, space-separated."""

    authorization_details: NotRequired[list[dict[str, Any]] | tuple[dict[str, Any], ...] | None]
    """Rich authorization (RFC 9396)."""

    act: NotRequired[Act | None]
    """Who acts for the user."""

    may_act: NotRequired[dict[str, Any] | None]
    """Who may act in tokens derived from this one, where that is limited."""

    cnf: NotRequired[Cnf | None]
    """The key it is bound to."""

    auth_time: NotRequired[float | None]
    """When the user signed on, in seconds since 1970."""

    acr: NotRequired[str | None]
    """How the user signed on."""

    amr: NotRequired[list[str] | tuple[str, ...] | None]
    """By which methods the user signed on."""

    jag_jti: NotRequired[str | None]
    """The ID-JAG it stems from, by its `jti`."""

    ancestors: NotRequired[list[str] | tuple[str, ...] | None]
    """The tokens it was derived from, by their `jti`, its parent first."""

    ctx: NotRequired[str | None]
    """The conversation it is for."""


class Account(TypedDict):
    """The user, as your own accounts know it."""

    subject: str
    """What becomes `sub` of the access token."""

    groups: NotRequired[list[str] | tuple[str, ...] | None]
    """The user's groups here; leave it out when they are not known."""

    extra: NotRequired[dict[str, Any] | None]
    """Further claims for the access token, under names of your own."""


class Act(TypedDict):
    """Who acts for the user (RFC 8693 §4.1); the actors before it are nested inside."""

    iss: NotRequired[str]
    """The namespace of `sub`."""

    sub: str
    """The actor."""

    sub_profile: NotRequired[str]
    """What kind of actor this is."""

    act: NotRequired[Act]
    """Who acted before."""


class ActorNeed(TypedDict):
    """Whose key set an actor token needs."""

    issuer: str
    """One of the configured issuers."""

    kid: NotRequired[str]
    """The key the token claims; a set without it is worth one refresh."""


class ActorProfileOptions(TypedDict):
    """A party whose actor tokens are accepted."""

    issuer: str
    """Its issuer identifier."""

    typ: str
    """The `typ` of its tokens."""

    algorithms: NotRequired[list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...] | None]
    """The algorithms it may sign with; ES256 by default."""

    sub_profiles: NotRequired[list[str] | tuple[str, ...] | None]
    """The kinds of actor it may vouch for, by `sub_profile`; where left out, any, and actors without one."""


class AnswerMeaning(TypedDict):
    """What a server's refusal means."""

    answer: str
    """`denied`: a policy says no, finally. `grant_refused`: another subject token or ID-JAG may be accepted.
    `step_up`: the user must sign on again. `nonce_required`: the same again, with this nonce in the proof.
    `insufficient_scope`. `token_refused`: the access token must be renewed. `client_refused`: a matter for
    whoever registered the client. `unavailable`: later. `refused`: another error.
    `not_about_authorization`: the response is your own business.
    """

    code: NotRequired[str]
    """The error code, unless the response is your own business."""

    max_age: NotRequired[int]
    """Of `step_up`: how old the sign-on may be, in seconds."""

    acr_values: NotRequired[list[str]]
    """Of `step_up`: the authentication classes that will do, preferred first."""

    nonce: NotRequired[str]
    """Of `nonce_required`: the nonce."""

    scope: NotRequired[str]
    """Of `insufficient_scope`: what the operation needs, space-separated, if the server says."""

    retry_after: NotRequired[int]
    """Of `unavailable`: when to come back, in seconds, if the server says."""

    error: NotRequired[str]
    """Of `refused`: the OAuth error, if it is a registered one."""


class ArrivedRequest(TypedDict):
    """A request as it arrived."""

    method: str
    """The method, as sent."""

    url: NotRequired[str | None]
    """The public address, from your configuration, never from the Host header."""

    headers: NotRequired[list[list[str] | tuple[str, str]] | tuple[list[str] | tuple[str, str], ...] | None]
    """The header fields in order, as pairs of name and value."""

    body: NotRequired[str | bytes | None]
    """The body, where it is text."""

    body_bytes: NotRequired[bytes | str | None]
    """The body, where it is bytes."""


class ArrivedResponse(TypedDict):
    """A response as it arrived, without redirects followed."""

    status: int
    """The status code."""

    headers: NotRequired[list[list[str] | tuple[str, str]] | tuple[list[str] | tuple[str, str], ...] | None]
    """The header fields in order, as pairs of name and value."""

    body: NotRequired[str | bytes | None]
    """The body, where it is text."""

    body_bytes: NotRequired[bytes | str | None]
    """The body, where it is bytes."""


class AttachedToken(TypedDict):
    """A signed token."""

    token: str
    """The compact JWT."""


class AttestedAssertion(TypedDict):
    """A SAML 2.0 assertion, as you verified it."""

    valid: bool
    """Whether signature, issuer, subject confirmation and conditions hold."""

    audience: str
    """The entity id in its audience restriction."""

    expires_at: float
    """Its `NotOnOrAfter`, in seconds since 1970."""


class AttestedRefreshToken(TypedDict):
    """A refresh token, as you stored it."""

    issued_here: bool
    """Whether this provider issued it."""

    client_id: str
    """To which client."""

    revoked: bool
    """Whether it has been revoked."""

    expires_at: NotRequired[float | None]
    """When it expires, in seconds since 1970; leave it out only where it never does."""

    scope: NotRequired[str | None]
    """The scopes in whose context it may be used, space-separated; leave it out only where it is not limited."""

    audiences: NotRequired[list[str] | tuple[str, ...] | None]
    """The audiences it may be used for, by issuer; leave it out only where it is not limited."""

    bound_to: NotRequired[str | None]
    """The thumbprint of the key it is bound to: the `bound_to` it was issued with."""


class AttestedSubject(TypedDict):
    """Your word for a subject token that you verified yourself."""

    subject: str
    """The user, in your own namespace."""

    vouched: VouchedOptions
    """How you know."""

    auth_time: NotRequired[float | None]
    """When the user signed on, in seconds since 1970."""

    acr: NotRequired[str | None]
    """How the user signed on."""

    amr: NotRequired[list[str] | tuple[str, ...] | None]
    """By which methods."""

    tenant: NotRequired[str | None]
    """The user's tenant."""

    session_id: NotRequired[str | None]
    """The session of the user's sign-on, for records."""


class AudienceOptions(TypedDict):
    """What is particular about one audience."""

    issuer: str
    """The resource authorization server's issuer identifier."""

    aliases: NotRequired[list[str] | tuple[str, ...] | None]
    """Other names accepted in `audience`; the token always carries `issuer`. None under the MCP profile."""

    default_resource: NotRequired[str | None]
    """The resource of requests that name none."""

    detail_types: NotRequired[dict[str, DetailTypeOptions] | None]
    """The types of authorization details that the server takes, by name; none by default."""

    client_ids_by_tenant: NotRequired[dict[str, dict[str, str]] | None]
    """The server's identifiers of clients, where they differ from tenant to tenant: tenant, then client here, then
    client there. By default the policy maps them.
    """

    needs_tenant: NotRequired[bool | None]
    """It needs `tenant`; `false` by default."""

    needs_audience_tenant: NotRequired[bool | None]
    """It needs `aud_tenant`; `false` by default."""

    release_audience_subject: NotRequired[bool | None]
    """Release `aud_sub` where the directory knows it; `true` by default."""

    release_email: NotRequired[bool | None]
    """Release `email`; `false` by default."""

    release_subject_identifier: NotRequired[bool | None]
    """Release `sub_id`; `false` by default."""


class AuthorizationServerDocument(TypedDict):
    """What an authorization server's metadata says, as it was understood. What is empty or `false` is left out."""

    issuer: str
    """Who the server is: the `iss` of its tokens and the `aud` of ID-JAGs for it."""

    token_endpoint: str
    """Where grants are redeemed."""

    jwks_uri: NotRequired[str]
    """Where the server's public keys are."""

    authorization_endpoint: NotRequired[str]
    """Where users sign on."""

    registration_endpoint: NotRequired[str]
    """Where clients register (RFC 7591)."""

    revocation_endpoint: NotRequired[str]
    """Where tokens are revoked (RFC 7009)."""

    grant_types_supported: NotRequired[list[str]]
    """The grants, by URN or name."""

    token_endpoint_auth_methods_supported: NotRequired[list[str]]
    """How clients authenticate at the token endpoint; `client_secret_basic` when left out."""

    token_endpoint_auth_signing_alg_values_supported: NotRequired[list[str]]
    """What a client assertion may be signed with."""

    scope: NotRequired[str]
    """The scopes listed, space-separated; not all need be."""

    response_types_supported: NotRequired[list[str]]
    """RFC 6749 §3.1.1."""

    code_challenge_methods_supported: NotRequired[list[str]]
    """RFC 7636."""

    dpop_signing_alg_values_supported: NotRequired[list[str]]
    """What a DPoP proof may be signed with."""

    authorization_grant_profiles_supported: NotRequired[list[str]]
    """The grant profiles whose rules the server has."""

    identity_chaining_requested_token_types_supported: NotRequired[list[str]]
    """The token types a token exchange can yield."""

    authorization_details_types_supported: NotRequired[list[str]]
    """The types of authorization details (RFC 9396 §10)."""

    client_id_metadata_document_supported: NotRequired[bool]
    """Whether clients may identify themselves by a metadata document."""

    authorization_response_iss_parameter_supported: NotRequired[bool]
    """Whether authorization responses carry `iss` (RFC 9207 §3)."""

    subject_types_supported: NotRequired[list[str]]
    """OpenID Connect Discovery §3."""

    id_token_signing_alg_values_supported: NotRequired[list[str]]
    """What ID Tokens are signed with."""

    id_jag_profile: NotRequired[str]
    """What the document says about the ID-JAG profile: `not_listed`, `without_grants` (it contradicts itself) or
    `listed`. It is read, never taken.
    """

    supports_id_jag: NotRequired[bool]
    """Whether the document says that ID-JAGs are redeemed here. It is read, never taken."""

    issues_id_jag: NotRequired[bool]
    """Whether the document says that ID-JAGs are issued here. It is read, never taken."""


class AuthorizedAnswer(TypedDict):
    """A request that carries an access token, or what is left to sign."""

    request: NotRequired[AuthorizedRequest]
    """The request to send."""

    proof_input: NotRequired[str]
    """Where the proof is signed elsewhere and `proof.signature` is missing: the bytes to sign, base64url."""


class AuthorizedRequest(TypedDict):
    """A request with its access token. Its body is the one you have, and stays as it is."""

    method: str
    """The method."""

    url: str
    """The address."""

    headers: list[list[str]]
    """The header fields to send, in order, as pairs of name and value."""


class BindingOptions(TypedDict):
    """The key that was proven, to which what comes back must be bound."""

    jkt: str
    """Its RFC 7638 thumbprint, SHA-256, base64url: the `jkt` of the signing key."""

    dangerous_preferred: NotRequired[bool | None]
    """Take what is not bound, too: a downgrade goes unnoticed. `false` by default."""


class CacheGeneration(TypedDict):
    """A state of the cache."""

    generation: int
    """How often the set was replaced: while it stays the same, so do the keys."""


class CachedKeys(TypedDict):
    """The keys that serve now."""

    keys: list[KeyAnswer]
    """The keys."""

    skipped: list[SkippedKey]
    """The keys of the set that cannot be used."""

    generation: int
    """Which keys: they are the same while it stays the same."""


class Chain(TypedDict):
    """What belongs to an id."""

    steps: list[ChainStep]
    """The steps, each after the one it came from."""


class ChainStep(TypedDict):
    """A step of a chain."""

    level: int
    """How many steps it came from, one from the other."""

    link: str
    """`session`, `id_token`, `grant` or `token`."""

    issuer: str
    """Whose namespace `id` stands in."""

    id: str
    """The id."""

    matched: bool
    """Whether it was asked for."""

    records: list[DecisionRecord]
    """What was decided about it, in the order of time."""


class CheckedIssuer(TypedDict):
    """Whose response it is."""

    issuer: str
    """The issuer."""


class ClientAnswer(TypedDict):
    """A client."""

    idp: NotRequired[str]
    """Of `id_jag`: the identity provider's issuer identifier."""


class ClientAssertionClaims(TypedDict):
    """The claims of a client assertion; `iss` and `sub` are the client."""

    client_id: str
    """The client."""

    aud: str
    """The authorization server's issuer identifier."""

    jti: str
    """The assertion's own id."""

    iat: float
    """When it is issued, in seconds since 1970."""

    exp: float
    """When it expires, in seconds since 1970."""


class ClientDocumentAnswer(TypedDict):
    """What a client's metadata document says, as it was understood. What is empty or `false` is left out."""

    client_id: str
    """The document's own address."""

    client_name: str
    """Its name for people, which it chose itself."""

    redirect_uris: NotRequired[list[str]]
    """Where users may be sent back to: compared verbatim."""

    token_endpoint_auth_method: str
    """`none` or `private_key_jwt`."""

    must_authenticate: NotRequired[bool]
    """Whether it must authenticate at every request."""

    jwks: NotRequired[dict[str, Any]]
    """Its public keys, as a JWK Set."""

    jwks_uri: NotRequired[str]
    """Where its public keys are."""

    dpop_bound_access_tokens: NotRequired[bool]
    """Whether it is refused without a proof."""

    grant_types: NotRequired[list[str]]
    """The grants it uses."""

    scope: NotRequired[str]
    """The scope it may ask for, space-separated."""

    id_jag_profile: str
    """What the document says about the ID-JAG profile: `not_listed`, `without_grants` or `listed`."""


class ClientDocumentStep(TypedDict):
    """What is known of a client, or what to do about it."""

    state: str
    """`use` the client; `send` the request, tell `received` what came back, and ask again; `refused`: there is no such
    client; `unavailable`: it could not be fetched a moment ago, or is being fetched, and nothing can be decided;
    `not_a_document`: such a client is registered by hand, or not at all.
    """

    client: NotRequired[DocumentedClient]
    """With `use`: the client."""

    request: NotRequired[HttpMessage]
    """With `send`: the request, to be sent without following redirects."""

    reason: NotRequired[str]
    """With `refused`: the error code, for the log."""

    retry_at: NotRequired[int]
    """With `unavailable`: when to ask again, in seconds since 1970."""


class ClientIdUrlAnswer(TypedDict):
    """The address of a client's metadata document."""

    client_id: str
    """The identifier."""

    is_root: NotRequired[bool]
    """Whether it has no path, which says little about who controls it."""

    has_query: NotRequired[bool]
    """Whether it has a query."""

    request: HttpMessage
    """The request for the document, to be sent without following redirects."""


class ClientNeeds(TypedDict):
    """What to look up before a client can be authenticated."""

    client_id: str
    """Whose registration."""


class ClientRecord(TypedDict):
    """A client as you registered it, with the member names of RFC 7591 where it has them."""

    client_id: str
    """Its identifier here."""

    token_endpoint_auth_method: Literal["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]
    """How it authenticates."""

    client_secret_sha256: NotRequired[list[bytes | str] | tuple[bytes | str, ...] | None]
    """SHA-256 of each of its secrets, base64url."""

    jwks: NotRequired[dict[str, Any] | str | bytes | None]
    """Its public keys."""

    dpop_bound_access_tokens: NotRequired[bool | None]
    """Refused without a proof (RFC 9449 §5.2)."""

    may_use_grant: NotRequired[bool | None]
    """Whether it may use the grant of this endpoint at all; `true` by default."""

    tenant: NotRequired[str | None]
    """The tenant in which it is registered, at a multi-tenant server."""


class ClientSecretDigest(TypedDict):
    """What is kept of a client's secret."""

    sha256: str
    """SHA-256 of the secret, base64url."""


class Cnf(TypedDict):
    """The key a token is bound to (RFC 7800)."""

    jkt: str
    """Its RFC 7638 thumbprint, SHA-256, base64url."""


class ConnectionAnswer(TypedDict):
    """A connection."""

    resource: str
    """The MCP server."""


class ConnectionConversation(TypedDict):
    """A conversation of a user with an app."""

    context: str
    """Its name."""

    since: NotRequired[int]
    """The first token, in seconds since 1970."""

    last_used: NotRequired[int]
    """The last operation that was let through, in seconds since 1970."""

    live_until: NotRequired[int]
    """When the last token that is good now expires, in seconds since 1970."""

    live_tokens: int
    """How many tokens are good now."""


class ConnectionLine(TypedDict):
    """An app at the resources of one authorization server."""

    issuer: str
    """The authorization server's issuer identifier."""

    app: str
    """The app, by its id in the policy; where no record names one, the client's id."""

    server: NotRequired[str]
    """The server, by its id in the policy."""

    client_ids: NotRequired[list[str]]
    """The app's client ids at the authorization server."""

    resources: NotRequired[list[str]]
    """The resources that were ever granted."""

    scopes: NotRequired[list[str]]
    """The scopes that were ever granted."""

    details: NotRequired[list[str]]
    """The types of authorization details that were ever granted."""

    live_scopes: NotRequired[list[str]]
    """The scopes of the tokens that are good now."""

    since: NotRequired[int]
    """The first token, in seconds since 1970."""

    last_used: NotRequired[int]
    """The last operation that was let through, in seconds since 1970."""

    live_until: NotRequired[int]
    """When the last token that is good now expires, in seconds since 1970."""

    live_tokens: int
    """How many tokens are good now, ID-JAGs among them."""

    users: list[ConnectionUser]
    """For whom."""

    denied: int
    """How often something was refused."""

    last_denied: NotRequired[int]
    """When last, in seconds since 1970."""

    last_error: NotRequired[str]
    """With which error code."""


class ConnectionStatus(TypedDict):
    """Where a connection stands."""

    ready: bool
    """Whether requests can be authorized."""

    resource: str
    """The MCP server."""

    context: NotRequired[str]
    """The conversation it is for."""

    authorization_server: NotRequired[str]
    """The authorization server's issuer identifier, once discovered."""

    token: NotRequired[AccessTokenAnswer]
    """The access token in use: where it may be sent, and what for."""


class ConnectionTable(TypedDict):
    """Who can reach what."""

    connections: list[ConnectionLine]
    """A line for each app at each authorization server."""

    elsewhere: list[RefusedElsewhere]
    """What was refused to nobody in particular."""

    left_out: int
    """Records that were left out because too much was to be remembered."""


class ConnectionUser(TypedDict):
    """A user on whose behalf an app has access."""

    issuer: str
    """The issuer in whose namespace `subject` stands."""

    subject: str
    """The user."""

    since: NotRequired[int]
    """The first token, in seconds since 1970."""

    last_used: NotRequired[int]
    """The last operation that was let through, in seconds since 1970."""

    live_until: NotRequired[int]
    """When the last token that is good now expires, in seconds since 1970."""

    accounts: NotRequired[list[str]]
    """The user's accounts at the server."""

    actors: NotRequired[list[str]]
    """Who acted for the user."""

    live_tokens: int
    """How many tokens are good now."""

    conversations: NotRequired[list[ConnectionConversation]]
    """The conversations."""


class Credentials(TypedDict):
    """Who a client is at the one authorization server it was registered with, with the member names of RFC 7591 where
    it has them. Under `private_key_jwt` the key is `jwk`, or `key`, or, when neither is here, `signer`.
    """

    issuer: str
    """The server's issuer identifier: they are sent nowhere else."""

    client_id: str
    """The client, as that server knows it."""

    token_endpoint_auth_method: Literal["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]
    """How the client authenticates."""

    client_secret: NotRequired[str | None]
    """The secret, for the methods that have one."""

    jwk: NotRequired[dict[str, Any] | str | bytes | None]
    """A private JWK with its `kid`, where the key is not `signer`."""

    key: NotRequired[dict[str, Any] | str | bytes | None]
    """The public JWK, with its `kid`, of a key that signs elsewhere; connections cannot use it."""


class DecisionRecord(TypedDict):
    """One decision: who asked for what, what was decided and why. Never token text; what is not known is left out."""

    version: int
    """The version of this format: 1."""

    time: int
    """When, in seconds since 1970."""

    role: str
    """Who decided: `idp`, `resource_as`, `resource_server` or `administrator`."""

    action: str
    """What was asked for: `exchange`, `redeem`, `derive`, `revoke` or `access`."""

    decided_by: str
    """The deciding party's own identifier."""

    outcome: str
    """`permit`, `deny`, `step_up`, `refuse`, `revoke` or `ignore`."""

    error: NotRequired[str]
    """The error code, unless permitted."""

    error_detail: NotRequired[str]
    """The claim, parameter or setting at fault."""

    error_token: NotRequired[str]
    """The kind of token at fault."""

    rules: NotRequired[list[str]]
    """Ids of the policy rules that matched."""

    agents: NotRequired[list[str]]
    """The agents that whoever acts is, by their ids in the policy."""

    details_asked: NotRequired[list[str]]
    """The types of the authorization details asked for."""

    details_granted: NotRequired[list[str]]
    """The types of the authorization details granted."""

    request_id: NotRequired[str]
    """Your own name for the request, if you add one."""

    oauth_error: NotRequired[str]
    """The error that the sender was told."""

    policy: NotRequired[str]
    """The policy document that was asked: the SHA-256 of its bytes, in hexadecimal."""

    nearest: NotRequired[str]
    """On denial: the nearest permit and what it lacked."""

    app: NotRequired[str]
    """The app, by its id in the policy."""

    server: NotRequired[str]
    """The server, by its id in the policy."""

    client_id: NotRequired[str]
    """The client, as the deciding party knows it."""

    target_client_id: NotRequired[str]
    """The client, as the target server knows it."""

    issuer: NotRequired[str]
    """The issuer in whose namespace `subject` stands."""

    tenant: NotRequired[str]
    """The tenant of the issuer."""

    subject: NotRequired[str]
    """The user."""

    target_subject: NotRequired[str]
    """The user, as the token issued names it."""

    audience: NotRequired[str]
    """The resource authorization server the grant is for."""

    operation: NotRequired[str]
    """The operation, at a resource."""

    acr: NotRequired[str]
    """How the user signed on."""

    session_id: NotRequired[str]
    """The session of the sign-on: `sid` of the ID Token."""

    subject_token_id: NotRequired[str]
    """The ID Token: its `jti`."""

    token_id: NotRequired[str]
    """The token issued, used or revoked."""

    grant_id: NotRequired[str]
    """The ID-JAG it is or stems from."""

    parent_id: NotRequired[str]
    """The access token it was derived from."""

    context: NotRequired[str]
    """The conversation."""

    client_authenticated: bool
    """Whether the client proved that it is this client."""

    sender_constrained: bool
    """Whether the token issued or used is bound to a key."""

    jkt: NotRequired[str]
    """The thumbprint of that key."""

    resources: NotRequired[list[str]]
    """The resources granted, or asked for when nothing was granted."""

    scope_asked: NotRequired[str]
    """The scope asked for; at a resource, what the operation needs."""

    scope_granted: NotRequired[str]
    """The scope granted; at a resource, that of the token."""

    actor: NotRequired[Act]
    """Who acted for the user."""

    auth_time: NotRequired[int]
    """When the user signed on, in seconds since 1970."""

    expires_at: NotRequired[int]
    """When the token issued or used expires, in seconds since 1970."""

    revoked: NotRequired[RevocationEntry]
    """What an administrator revoked."""


class DelegationOptions(TypedDict):
    """How access tokens become tokens for subagents: never more than their parents in anything, and dead with them."""

    max_depth: NotRequired[int | None]
    """How often one token may be derived from the other; 4 by default."""

    max_lifetime: NotRequired[int | None]
    """How long derived tokens live, in seconds, and never longer than their parents; by default as long as others."""

    actor_profiles: NotRequired[list[ActorProfileOptions] | tuple[ActorProfileOptions, ...] | None]
    """Whose actor tokens are accepted; without any, every request with an actor token is refused."""


class DetailTypeOptions(TypedDict):
    """What a type of authorization details consists of (RFC 9396). `subset` and `at_most` name members, or members of members
    as `instructedAmount.amount`: what may be narrowed, and how. Every other member stays as it is; the common arrays of
    RFC 9396 §2.2 may lose items in every type.
    """

    members: NotRequired[list[str] | tuple[str, ...] | None]
    """Members beside the common ones of RFC 9396 §2.2 and those named below."""

    required: NotRequired[list[str] | tuple[str, ...] | None]
    """Members, common ones included, without which a detail of this type says nothing."""

    subset: NotRequired[list[str] | tuple[str, ...] | None]
    """Arrays that may lose items; a detail without one asks for everything."""

    at_most: NotRequired[list[str] | tuple[str, ...] | None]
    """Amounts that may be lowered: whole numbers, or decimals in a text such as `123.50`; a detail without one asks for
    any.
    """

    unchanged: NotRequired[bool | None]
    """Nothing is known of the type: its details are passed on exactly as they are, whatever they hold. Stands alone."""


class DirectoryUser(TypedDict):
    """A user as your directory knows it for one audience."""

    subject: str
    """The `sub` that a sign-on for that audience would carry."""

    groups: NotRequired[list[str] | tuple[str, ...] | None]
    """The user's groups; leave it out when they are not known."""

    tenant: NotRequired[str | None]
    """The user's tenant here."""

    audience_tenant: NotRequired[str | None]
    """The user's tenant there."""

    audience_subject: NotRequired[str | None]
    """The user as that server knows it."""

    email: NotRequired[str | None]
    """The user's address."""

    name_id: NotRequired[StoredNameId | None]
    """The NameID of SAML sign-on to that server."""

    extra: NotRequired[dict[str, Any] | None]
    """Further claims for the ID-JAG, under names of your own."""


class DiscoveryProgress(TypedDict):
    """What a response led to."""

    done: bool
    """Whether discovery is over; else send the next request."""

    resource: NotRequired[ProtectedResourceDocument]
    """When it is over: the resource's metadata, where it started there."""

    authorization_server: NotRequired[AuthorizationServerDocument]
    """When it is over: the metadata of the authorization server."""


class DocumentedClient(TypedDict):
    """A client as its document registers it, to be passed on as `client`."""

    client_id: str
    """The document's address."""

    token_endpoint_auth_method: str
    """`private_key_jwt` or `none`."""

    jwks: NotRequired[dict[str, Any]]
    """Its public keys."""

    dpop_bound_access_tokens: bool
    """Refused without a proof (RFC 9449 §5.2)."""

    may_use_grant: bool
    """Whether it may use the grant of the server that asks."""


class DownscopeVerdict(TypedDict):
    """What became of asking for a subagent's token."""

    verdict: str
    """`derived`; `again`: the server named a nonce, ask again; `refused`."""

    access_token: NotRequired[str]
    """When `derived`: the token, for the subagent and nobody else. It must not be logged."""

    token: NotRequired[AccessTokenAnswer]
    """When `derived`: where it may be sent, and what for."""

    error: NotRequired[Trouble]
    """When `refused`: why."""


class Empty(TypedDict):
    """Nothing to say."""


class ErrorCodeEntry(TypedDict):
    """An error code."""

    code: str
    """The code."""

    sentence: str
    """One sentence, safe to show to anybody."""

    at_token_endpoint: NotRequired[str]
    """What a token endpoint answers: an OAuth error, or `of_token` for the one of the kind of token at fault. Left
    out where nobody remote is told.
    """

    at_resource: NotRequired[str]
    """What a protected resource answers, likewise."""


class ErrorCodes(TypedDict):
    """The error codes."""

    codes: list[ErrorCodeEntry]
    """The codes."""


class ExchangeNeeds(TypedDict):
    """What to look up before an exchange can be verified."""

    client_id: str
    """Whose registration."""

    subject: SubjectNeed
    """What of the subject token."""

    actor: NotRequired[ActorNeed]
    """Whose key set, if there is an actor token."""


class ExchangeSubject(TypedDict):
    """A user who has been vouched for: by an ID Token, or by you."""

    subject: str
    """The user, in the namespace that the subject token speaks: a pairwise value belongs to the client."""

    auth_time: NotRequired[int]
    """When the user signed on, in seconds since 1970."""

    acr: NotRequired[str]
    """How the user signed on."""

    amr: list[str]
    """By which methods."""

    tenant: NotRequired[str]
    """The user's tenant, where the token says."""


class ExportedRevocation(TypedDict):
    """A revocation as a list has it: that of a list of one's own as it was told, that of a copy as the digest of its
    selector.
    """

    iss: NotRequired[str]
    """The issuer of the tokens."""

    jti: NotRequired[str]
    """The one token with this id."""

    jag_jti: NotRequired[str]
    """The access tokens that stem from the ID-JAG with this id."""

    sub: NotRequired[str]
    """The tokens of this user."""

    client_id: NotRequired[str]
    """The tokens of this client."""

    ctx: NotRequired[str]
    """The tokens of this conversation."""

    act: NotRequired[RevokedActor]
    """The tokens with which this actor acts."""

    digest: NotRequired[str]
    """Of a copy: the issuer and the selector, half a SHA-256, base64url."""

    issued_before: NotRequired[int]
    """Those issued at this time or before it, in seconds since 1970."""

    retain_until: int
    """When the entry may be forgotten, in seconds since 1970."""


class FaultOfPolicy(TypedDict):
    """One fault of a policy document."""

    path: str
    """Where: a JSON Pointer (RFC 6901); empty for the document as a whole."""

    fault: str
    """What is wrong, as a stable name."""

    message: str
    """What is wrong, as a sentence."""

    found: NotRequired[str]
    """The text at fault, where there is one: the document's own, cut to 128 bytes."""

    line: NotRequired[int]
    """The line, counted from 1, of a text that is not JSON."""

    column: NotRequired[int]
    """The column, counted from 1."""


class GrantNeeds(TypedDict):
    """What to look up before a grant can be verified."""

    issuer: str
    """Whose key set: one of the configured issuers, or this server itself."""

    kid: NotRequired[str]
    """The key the grant claims; a set without it is worth one refresh."""

    client_id: str
    """Whose registration."""

    actor: NotRequired[ActorNeed]
    """Whose key set, if there is an actor token."""


class GrantToRedeem(TypedDict):
    """An ID-JAG to redeem, and for what."""

    id_jag: str
    """The ID-JAG."""

    audience: str
    """The server it was asked for: its issuer identifier."""

    resource: str
    """The resource that the access token is for, verbatim from its metadata."""

    binding: NotRequired[BindingOptions | None]
    """The key that is proven; leave it out when no proof is sent."""

    scope: NotRequired[str | None]
    """The scope, space-separated; all that the grant has by default."""

    authorization_details: NotRequired[list[dict[str, Any]] | tuple[dict[str, Any], ...] | None]
    """Authorization details; all that the grant has by default."""

    detail_types: NotRequired[dict[str, DetailTypeOptions] | None]
    """What is known of types of authorization details, by name: how what comes back may be narrower. Of others, the
    common arrays of RFC 9396 §2.2 may.
    """

    without_resource_parameter: NotRequired[bool | None]
    """Leave `resource` out of the request: the grant says it. MCP demands it. `false` by default."""

    jwt_dpop: NotRequired[bool | None]
    """Use the jwt-dpop grant type, for servers that know no other for bound grants; MCP does not use this. `false`
    by default.
    """


class HttpAnswer(TypedDict):
    """A response to send."""

    status: int
    """The status code."""

    headers: list[list[str]]
    """The header fields in order, as pairs of name and value."""

    body: str
    """The body."""


class HttpMessage(TypedDict):
    """A request to send."""

    method: str
    """The method."""

    url: str
    """The address."""

    headers: list[list[str]]
    """The header fields in order, as pairs of name and value."""

    body: NotRequired[str]
    """The body; left out where there is none."""


class IdJagAnswer(TypedDict):
    """An ID-JAG as it was obtained. It is no access token: it goes to its audience's token endpoint and nowhere else."""

    id_jag: str
    """The token."""

    audience: str
    """The server that redeems it."""

    expires_at: int
    """When it expires, in seconds since 1970."""

    scope: NotRequired[str]
    """The scope granted, space-separated; left out when nobody said and nothing was asked for."""

    authorization_details: NotRequired[list[dict[str, Any]]]
    """The authorization details granted."""

    jkt: NotRequired[str]
    """The thumbprint of the key without whose proof it is useless."""


class IdJagClaims(TypedDict):
    """The claims of an ID-JAG (draft-ietf-oauth-identity-assertion-authz-grant §3)."""

    iss: str
    """The identity provider."""

    sub: str
    """The user, in the issuer's namespace (and tenant's)."""

    aud: str
    """The resource authorization server, and nobody else."""

    client_id: str
    """The client as that server knows it."""

    jti: str
    """The token's own id."""

    iat: float
    """When it was issued, in seconds since 1970."""

    exp: float
    """When it expires, in seconds since 1970."""

    resource: NotRequired[str | list[str] | tuple[str, ...] | None]
    """The resources it is for."""

    scope: NotRequired[str | None]
    """The scope, space-separated."""

    authorization_details: NotRequired[list[dict[str, Any]] | tuple[dict[str, Any], ...] | None]
    """Rich authorization (RFC 9396)."""

    act: NotRequired[Act | None]
    """Who acts for the user."""

    may_act: NotRequired[dict[str, Any] | None]
    """Who may act with the access token and those derived from it, where that is limited."""

    cnf: NotRequired[Cnf | None]
    """The key it is bound to."""

    tenant: NotRequired[str | None]
    """The tenant of the issuer."""

    aud_tenant: NotRequired[str | None]
    """The tenant of the resource authorization server."""

    aud_sub: NotRequired[str | None]
    """The user as the resource authorization server knows it."""

    auth_time: NotRequired[float | None]
    """When the user signed on, in seconds since 1970."""

    acr: NotRequired[str | None]
    """How the user signed on."""

    amr: NotRequired[list[str] | tuple[str, ...] | None]
    """By which methods the user signed on."""

    email: NotRequired[str | None]
    """A hint for account linking."""

    sub_id: NotRequired[SubId | None]
    """The user by another kind of name (RFC 9493)."""

    ctx: NotRequired[str | None]
    """The conversation it is for."""


class IdTokenClaims(TypedDict):
    """The claims of an ID Token (OpenID Connect Core §2)."""

    iss: str
    """The OpenID provider."""

    sub: str
    """The user, as this client knows it."""

    aud: str
    """The client."""

    iat: float
    """When it was issued, in seconds since 1970."""

    exp: float
    """When it expires, in seconds since 1970."""

    auth_time: NotRequired[float | None]
    """When the user signed on, in seconds since 1970."""

    nonce: NotRequired[str | None]
    """The nonce of the authorization request."""

    acr: NotRequired[str | None]
    """How the user signed on."""

    amr: NotRequired[list[str] | tuple[str, ...] | None]
    """By which methods the user signed on."""

    tenant: NotRequired[str | None]
    """The tenant of the issuer."""

    sid: NotRequired[str | None]
    """The session of the sign-on."""

    jti: NotRequired[str | None]
    """The token's own id."""


class IdpAnswer(TypedDict):
    """An identity provider."""

    issuer: str
    """Its issuer identifier."""

    detail_types: list[str]
    """The types of authorization details that some audience takes: for its metadata."""


class JwkAnswer(TypedDict):
    """A key's algorithm and name."""

    alg: str
    """The algorithm it is used with."""

    jkt: str
    """Its RFC 7638 thumbprint, SHA-256, base64url."""


class Jwks(TypedDict):
    """A JWK Set."""

    keys: list[dict[str, Any]]
    """The keys."""


class KeyAnswer(TypedDict):
    """A public key, as it was understood."""

    kid: str | None
    """Its `kid`, if it has one."""

    alg: str
    """The algorithm it is used with."""

    jkt: str
    """Its RFC 7638 thumbprint, SHA-256, base64url."""


class KeyLookup(TypedDict):
    """What to do about a token."""

    state: str
    """`use` the keys; `refresh`, then look again; or `unavailable`: nothing can be verified, and a refresh was
    tried a moment ago.
    """

    usable: bool
    """Whether there are keys that serve, with `refresh` until then or should it fail. Without this, keys taken
    before serve no more.
    """

    generation: int
    """Which keys: take them anew when it has changed."""

    retry_at: NotRequired[int]
    """With `unavailable`: when the next refresh is due, in seconds since 1970."""


class LimitOptions(TypedDict):
    """Caps on what a stranger can send. What is not given is the default."""

    token_bytes: NotRequired[int | None]
    """Bytes of one compact JWT."""

    json_depth: NotRequired[int | None]
    """Nesting of any JSON text; the outermost value counts as one."""

    token_values: NotRequired[int | None]
    """Values and names in the header of a JWT, and as many in its claims, at every depth."""

    jwks_bytes: NotRequired[int | None]
    """Bytes of a JWK Set document."""

    jwks_keys: NotRequired[int | None]
    """Keys in a JWK Set."""

    form_bytes: NotRequired[int | None]
    """Bytes of a form body."""

    form_parameters: NotRequired[int | None]
    """Parameters in a form body."""

    header_bytes: NotRequired[int | None]
    """Bytes of one header value that is not a token."""

    response_bytes: NotRequired[int | None]
    """Bytes of an HTTP response body that a client reads."""

    scope_tokens: NotRequired[int | None]
    """Distinct scope tokens in one scope value."""

    authorization_details: NotRequired[int | None]
    """Objects in one `authorization_details` array."""

    resources: NotRequired[int | None]
    """Resources in one request or grant."""

    actor_depth: NotRequired[int | None]
    """Actors nested in one `act` claim."""


class MatchedNameId(TypedDict):
    """A NameID that names the account."""

    nameid: str
    """Its value."""


class MetadataDocument(TypedDict):
    """Who the client is by its metadata document. Under `private_key_jwt` the key is `jwk`, or, without it, `signer`."""

    client_id: str
    """The document's address, which is the client's identifier."""

    token_endpoint_auth_method: Literal["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]
    """How the client authenticates; never with a shared secret."""

    jwk: NotRequired[dict[str, Any] | str | bytes | None]
    """A private JWK with its `kid`, where the key is not `signer`."""


class NearestRule(TypedDict):
    """The permit that came nearest."""

    rule: str
    """Its id."""

    reason: str
    """Why it granted nothing, as a stable name."""

    deny: NotRequired[str]
    """The deny that took away what it grants."""


class NextRequest(TypedDict):
    """What to send."""

    request: HttpMessage | None
    """The request, to be sent without following redirects; `null` when discovery is over."""


class NextStep(TypedDict):
    """What to do next."""

    step: str
    """`send`: send `request`, without following redirects, and give the response to `receive`, or call
    `unreachable`. `need_identity`: renew the sign-on and give it to `identify`, or `decline`. `need_assertion`:
    make a JWT that says who the workload is and give it to `supply_assertion`, or `decline`.
    `need_authorization`: open `authorization_url` in the user's browser and give the address it is sent back to
    to `authorization_response`, or `decline`. `ready`: requests can be authorized. `wait`: come back in
    `seconds`. `denied`: an administrator's policy says no, and there is nobody to ask; or the user, who was
    asked, does. `failed`: it does not work.
    """

    request: NotRequired[HttpMessage]
    """Of `send`: the request."""

    purpose: NotRequired[str]
    """Of `send`: what it is for: `discovery`, `registration`, `exchange` or `grant`."""

    reason: NotRequired[str]
    """Of `need_identity`: `sign_on` (there is none), `expired`, `refused` (by the identity provider) or `step_up`
    (a fresher or stronger one is demanded).
    """

    max_age: NotRequired[int]
    """Of `need_identity`: how old the sign-on may be, in seconds: the `max_age` of the authentication request."""

    acr_values: NotRequired[list[str]]
    """Of `need_identity`: the authentication classes that will do, preferred first: its `acr_values`."""

    audience: NotRequired[str]
    """Of `need_assertion`: the authorization server, the one `aud` of the JWT."""

    resource: NotRequired[str]
    """Of `need_assertion`: what the access token will be for."""

    authorization_url: NotRequired[str]
    """Of `need_authorization`: what to open in the user's browser; for nobody else."""

    redirect_uri: NotRequired[str]
    """Of `need_authorization`: where the browser is sent back to."""

    token: NotRequired[AccessTokenAnswer]
    """Of `ready`: the access token in use."""

    seconds: NotRequired[int]
    """Of `wait`: how long, in seconds."""

    by: NotRequired[str]
    """Of `denied`: who said it: `identity_provider` or `authorization_server`."""

    error: NotRequired[Trouble]
    """Of `denied` and `failed`: why."""


class NonceOptions(TypedDict):
    """The nonces that DPoP proofs must carry (RFC 9449 §8)."""

    current: str
    """The nonce handed out now."""

    previous: NotRequired[str | None]
    """The one before, still accepted."""


class OcsfEvent(TypedDict):
    """An event of the Open Cybersecurity Schema Framework."""

    event: dict[str, Any]
    """The event."""


class OutgoingRequest(TypedDict):
    """A request of your own that is to carry an access token."""

    method: str
    """The method."""

    url: str
    """The address: the resource's, or one below it."""

    headers: NotRequired[list[list[str] | tuple[str, str]] | tuple[list[str] | tuple[str, str], ...] | None]
    """The header fields in order, as pairs of name and value; none by default."""

    body: NotRequired[str | bytes | None]
    """The body, where it is text."""

    body_bytes: NotRequired[bytes | str | None]
    """The body, where it is bytes."""


class ParsedChallenge(TypedDict):
    """One challenge: a scheme with parameters, or with one `token68`. What is empty is left out."""

    scheme: str
    """The scheme, in lower case."""

    parameters: NotRequired[dict[str, str]]
    """Every parameter, unescaped; names in lower case."""

    token68: NotRequired[str]
    """What schemes such as `Negotiate` have instead of parameters."""

    error: NotRequired[str]
    """Why the request was refused."""

    scope: NotRequired[str]
    """The scope that the operation needs, space-separated."""

    resource_metadata: NotRequired[str]
    """Where the resource's metadata is."""

    max_age: NotRequired[int]
    """How old the sign-on may be, in seconds."""

    acr_values: NotRequired[list[str]]
    """The classes of sign-on, in order of preference."""

    algs: NotRequired[list[str]]
    """What a proof may be signed with, as the server names it."""


class ParsedChallenges(TypedDict):
    """The challenges of a response."""

    challenges: list[ParsedChallenge]
    """The challenges in order; at least one."""

    resource_metadata: NotRequired[str]
    """Where the resource's metadata is, whichever challenge says so."""


class ParsedJwks(TypedDict):
    """The keys of a set."""

    keys: list[KeyAnswer]
    """The keys that can be used."""

    skipped: list[SkippedKey]
    """The keys that cannot."""


class PartyWithdrawal(TypedDict):
    """What to add to the list of one party, and to no other's."""

    server: NotRequired[str]
    """The server's id in the policy; left out for the identity provider, whose entries end sign-ons."""

    issuer: str
    """The party's issuer identifier."""

    entries: list[RevocationEntry]
    """The entries."""


class PendingToken(TypedDict):
    """A token that waits for its signature."""

    signing_input: str
    """The bytes to sign, base64url."""


class PermittedTools(TypedDict):
    """Tools that a token may call."""

    tools: list[str]
    """Their names, in the order given."""


class PolicyApp(TypedDict):
    """An app."""

    id: str
    """Its id in the policy."""

    name: NotRequired[str]
    """Its name for people."""

    client_ids: NotRequired[list[str]]
    """Its client ids at the identity provider; left out when it has none."""

    status: str
    """`approved`, `approval_required` or `restricted`."""


class PolicyContents(TypedDict):
    """What a policy holds."""

    apps: list[PolicyApp]
    """The apps."""

    servers: list[PolicyServer]
    """The servers."""

    rules: list[PolicyRule]
    """The rules."""


class PolicyDecision(TypedDict):
    """The policy's answer, and what it rests on."""

    outcome: str
    """`permit`, `step_up` or `deny`."""

    code: NotRequired[str]
    """The error code, unless permitted."""

    scope: NotRequired[str]
    """The scope granted, space-separated; left out when it is empty."""

    authorization_details_types: NotRequired[list[str]]
    """The types of authorization details granted; left out when there are none."""

    max_lifetime: NotRequired[int]
    """The longest life of a token with this grant, in seconds; left out, it is up to the issuer."""

    acr_values: NotRequired[str]
    """For a step-up: the classes of sign-on of which any will do, space-separated."""

    max_age: NotRequired[int]
    """For a step-up: the greatest age of the sign-on that will do, in seconds."""

    app: NotRequired[str]
    """The app, by its id in the policy, if it has one."""

    agents: NotRequired[list[str]]
    """The agents that whoever acts is, by their ids in the policy; left out when there are none."""

    server: NotRequired[str]
    """The server, by its id in the policy, if it has one."""

    bar: NotRequired[str]
    """Why the rules were not asked, if they were not."""

    rules: NotRequired[list[str]]
    """The rules that matched; left out when none did."""

    nearest: NotRequired[NearestRule]
    """When nothing is granted: the permit that came nearest."""


class PolicyFaults(TypedDict):
    """What is wrong with a policy document."""

    faults: list[FaultOfPolicy]
    """The faults; none of a document that compiles."""

    left_out: NotRequired[int]
    """How many more there are; left out when these are all."""


class PolicyRule(TypedDict):
    """A rule."""

    id: str
    """Its id."""

    effect: str
    """`permit` or `deny`."""


class PolicyServer(TypedDict):
    """A server."""

    id: str
    """Its id in the policy."""

    name: NotRequired[str]
    """Its name for people."""

    issuer: str
    """Its issuer identifier."""

    resources: NotRequired[list[str]]
    """The resources it guards; left out when none are listed."""


class PolicyShare(TypedDict):
    """A part of what was asked for. What is empty is left out."""

    everything: NotRequired[bool]
    """Of a deny: everything, whatever was asked for."""

    scope: NotRequired[str]
    """Scopes that the document mentions, space-separated."""

    other_scopes: NotRequired[int]
    """How many more scopes."""

    authorization_details_types: NotRequired[list[str]]
    """Types of authorization details that the document mentions."""

    other_types: NotRequired[int]
    """How many more types."""

    max_lifetime: NotRequired[int]
    """Of a grant: for at most this many seconds."""


class PolicySize(TypedDict):
    """How much a policy holds."""

    apps: int
    """How many apps."""

    servers: int
    """How many servers."""

    rules: int
    """How many rules."""


class PolicyTrace(TypedDict):
    """A decision and how each rule took part in it. It holds names of the policy document only: a scope or type that
    the document does not mention is counted.
    """

    app: NotRequired[str]
    """The app, by its id in the policy, if it has one."""

    status: NotRequired[str]
    """The app's status."""

    server: NotRequired[str]
    """The server, by its id in the policy, if it has one."""

    answer: TraceAnswer
    """What is answered: one of its members."""

    bar: NotRequired[str]
    """Why the rules were not asked, if they were not."""

    nearest: NotRequired[NearestRule]
    """When nothing is granted: the permit that came nearest."""

    rules: NotRequired[list[TracedRule]]
    """Every rule, sorted by id; left out when the rules were not asked."""

    text: list[str]
    """The same in lines for people."""


class PrivateJwk(TypedDict):
    """A private key as a JWK."""

    jwk: dict[str, Any]
    """The private JWK."""


class ProofOptions(TypedDict):
    """A DPoP proof to send along (RFC 9449), signed by `dpop`, or elsewhere by the private half of `key`, in which case
    the call without `signature` answers what to sign.
    """

    nonce: NotRequired[str | None]
    """The newest nonce of the server; leave it out while it has handed out none."""

    key: NotRequired[dict[str, Any] | str | bytes | None]
    """The public JWK, with its `kid`, of the key that signs elsewhere."""

    signature: NotRequired[bytes | str | None]
    """The signature made elsewhere."""

    method: NotRequired[str | None]
    """Its `htm`, when that is not the request's: the request is then refused."""

    url: NotRequired[str | None]
    """Its `htu`, when that is not the request's: the request is then refused."""

    access_token_hash: NotRequired[str | None]
    """Its `ath`, when that is not the access token's: the request is then refused."""


class ProtectedResourceDocument(TypedDict):
    """What a protected resource's metadata says, as it was understood. What is empty or `false` is left out."""

    resource: str
    """The resource identifier, verbatim: what clients send as `resource`."""

    authorization_servers: list[str]
    """The issuers of tokens for it, in the resource's order; at least one."""

    scope: NotRequired[str]
    """The scopes basic use needs, space-separated; not all need be listed."""

    bearer_methods_supported: NotRequired[list[str]]
    """How the token may be sent."""

    dpop_bound_access_tokens_required: NotRequired[bool]
    """Whether only DPoP-bound tokens are taken."""

    dpop_signing_alg_values_supported: NotRequired[list[str]]
    """What a DPoP proof may be signed with."""

    resource_name: NotRequired[str]
    """A name for people."""

    authorization_details_types_supported: NotRequired[list[str]]
    """The types of authorization details (RFC 9396 §10)."""


class ProtectedResourceOptions(TypedDict):
    """A resource that an authorization server guards."""

    id: str
    """Its identifier, compared code point by code point."""

    scopes: str
    """The scopes that mean something there, space-separated; what is not listed is never granted."""

    dpop_required: NotRequired[bool | None]
    """Tokens for it must be bound to a key."""


class PublishedResource(TypedDict):
    """A protected resource's metadata document (RFC 9728 §2), as it is published."""

    resource: str
    """The resource identifier."""

    authorization_servers: list[str]
    """The issuers of tokens for it."""

    scopes_supported: NotRequired[list[str]]
    """The scopes basic use needs."""

    bearer_methods_supported: NotRequired[list[str]]
    """How the token may be sent."""

    dpop_bound_access_tokens_required: NotRequired[bool]
    """Whether only DPoP-bound tokens are taken."""

    dpop_signing_alg_values_supported: NotRequired[list[str]]
    """What a DPoP proof may be signed with."""

    resource_name: NotRequired[str]
    """A name for people."""

    authorization_details_types_supported: NotRequired[list[str]]
    """The types of authorization details."""


class ReceivedRevocations(TypedDict):
    """How far an update has come."""

    sequence: int
    """The number of the other list up to which the copy is complete."""

    size: int
    """How many entries there are."""

    missing_chunks: int
    """How many chunks are still to come; none when the update has been applied."""

    chunk_bytes: int
    """How many bytes the next one has; none when the update has been applied."""


class RecordSchema(TypedDict):
    """A JSON Schema."""

    schema: dict[str, Any]
    """The schema."""


class RefreshRequest(TypedDict):
    """A refresh."""

    request: HttpMessage | None
    """The request to send; `null` when a refresh was started a moment ago."""


class RefreshTokenAnswer(TypedDict):
    """A refresh token, to be kept with the sign-on."""

    refresh_token: str
    """The token: for this client, at this identity provider."""

    scope: NotRequired[str]
    """The scope it stands for, space-separated, if the identity provider says."""

    expires_at: NotRequired[int]
    """When it expires, in seconds since 1970, if the identity provider says."""


class RefusedElsewhere(TypedDict):
    """Refusals that name no app and server."""

    decided_by: str
    """Who refused."""

    denied: int
    """How often."""

    last_denied: NotRequired[int]
    """When last, in seconds since 1970."""

    last_error: NotRequired[str]
    """With which error code."""


class RegisteredClientAnswer(TypedDict):
    """A client that has been read."""

    client_id: str
    """Its identifier here."""


class RegistrationPlan(TypedDict):
    """How a client comes by its identifier."""

    plan: str
    """`pre_registered` (with the credentials it has), `metadata_document`, `dynamic` (RFC 7591) or `ask` (the
    person in charge).
    """

    client_id: NotRequired[str]
    """With `metadata_document`: the identifier."""

    registration_endpoint: NotRequired[str]
    """With `dynamic`: where to register."""


class RelaxedOptions(TypedDict):
    """What the access tokens of one server may lack of RFC 9068 §2.2. Each is `false` by default."""

    subject: NotRequired[bool | None]
    """`sub` may be missing."""

    client_id: NotRequired[bool | None]
    """`client_id` may be missing."""

    issued_at: NotRequired[bool | None]
    """`iat` may be missing."""

    token_id: NotRequired[bool | None]
    """`jti` may be missing."""

    typ: NotRequired[bool | None]
    """The header's `typ` may be another than `at+jwt`."""


class ReplayKeyAnswer(TypedDict):
    """What a replay store records, in one atomic step that tells whether it is new (`SET NX`)."""

    kind: str
    """The kind of token that is used once."""

    name: str
    """The name to record: fixed length, nothing a sender chose."""

    retain_until: int
    """When the store may forget it, in seconds since 1970."""


class RequestAnswer(TypedDict):
    """A request to a token endpoint, or what is left to sign."""

    request: NotRequired[HttpMessage]
    """The request to send."""

    assertion_input: NotRequired[str]
    """Where the client assertion is signed elsewhere and `assertion_signature` is missing: the bytes to sign,
    base64url.
    """

    proof_input: NotRequired[str]
    """Where the proof is signed elsewhere and `proof.signature` is missing: the bytes to sign, base64url."""


class RequirementOptions(TypedDict):
    """What a token must offer for one operation."""

    scope: NotRequired[str | None]
    """All of these scopes, space-separated; none by default."""

    max_age: NotRequired[int | None]
    """How long ago the user may have signed on, in seconds; any time by default."""

    acr_values: NotRequired[list[str] | tuple[str, ...] | None]
    """A sign-on of one of these classes; any by default."""


class ResourceAsAnswer(TypedDict):
    """A resource authorization server."""

    issuer: str
    """Its issuer identifier."""

    trusted_issuers: list[str]
    """The identity providers it trusts."""

    detail_types: list[str]
    """The types of authorization details that it takes: for its metadata."""


class ResourceServerAnswer(TypedDict):
    """A protected resource."""

    resource: str
    """Its identifier."""

    metadata_url: str
    """Where its metadata document belongs."""

    authorization_servers: list[str]
    """The authorization servers it trusts."""

    context_claim: str
    """The claim that names a conversation."""


class RevocationChunk(TypedDict):
    """A chunk."""

    chunk: str
    """Its bytes, base64url."""


class RevocationDocument(TypedDict):
    """A list of revocations as a document."""

    sequence: int
    """Counts its changes."""

    entries: list[ExportedRevocation]
    """The entries."""


class RevocationEntry(TypedDict):
    """A revocation: some tokens of one issuer, selected by their claims. One of `jti`, `jag_jti`, `sub`, `client_id`, `sub`
    with `client_id`, these two with `ctx`, and `act`; all but the first two with `issued_before`.
    """

    iss: str
    """The issuer of the tokens."""

    jti: NotRequired[str]
    """The one token with this id."""

    jag_jti: NotRequired[str]
    """The access tokens that stem from the ID-JAG with this id."""

    sub: NotRequired[str]
    """The tokens of this user."""

    client_id: NotRequired[str]
    """The tokens of this client."""

    ctx: NotRequired[str]
    """The tokens of this conversation."""

    act: NotRequired[RevokedActor]
    """The tokens with which this actor acts."""

    issued_before: NotRequired[int]
    """Those issued at this time or before it, in seconds since 1970."""

    retain_until: int
    """When none of them can be accepted anyway, in seconds since 1970: from then on the entry may be forgotten."""


class RevocationListState(TypedDict):
    """A list of revocations."""

    sequence: int
    """Counts its changes; of a copy, those of the list that is kept elsewhere."""

    size: int
    """How many entries there are."""


class RevocationNeeds(TypedDict):
    """What to look up before a revocation request can be verified."""

    client_id: str
    """Whose registration."""

    issuer: str
    """The server itself, whose own key set is needed."""

    kid: NotRequired[str]
    """The key the token claims, if it is a token at all."""


class RevocationUpdateAnswer(TypedDict):
    """What is told."""

    sequence: int
    """The number that the list has."""

    base_sequence: NotRequired[int]
    """Of a delta, the number that it starts after."""

    size: int
    """How many entries are told."""

    chunks: int
    """How many chunks follow the manifest."""


class RevokedActor(TypedDict):
    """An actor whose tokens are revoked."""

    iss: NotRequired[str]
    """The issuer in whose namespace `sub` stands, where the claim names it."""

    sub: str
    """The acting party."""


class SameNameId(TypedDict):
    """Whether a NameID names the account."""

    same: bool
    """Whether it does."""


class SamlNameIdOptions(TypedDict):
    """How users are found by SAML NameID."""

    saml_issuer: str
    """The SAML issuer that the identity provider speaks for."""

    dangerous_nameid_alone: NotRequired[bool | None]
    """Compare the NameID alone, without its qualifiers."""


class ScopeStepUp(TypedDict):
    """A challenge during an operation, or its success."""

    operation: str
    """The operation, by a name of your own."""

    scope: NotRequired[str | None]
    """The scope that the challenge named, space-separated; leave it out for a success, which starts the count
    again.
    """


class SelectedScopes(TypedDict):
    """What to ask for."""

    scopes: list[str]
    """The scope of each request in order, space-separated; the last one is to be made now."""


class SignOnAgain(TypedDict):
    """A sign-on after which the same request is granted."""

    acr_values: NotRequired[str]
    """The classes of which any will do, space-separated."""

    max_age: NotRequired[int]
    """The greatest age that will do, in seconds."""


class SignedToken(TypedDict):
    """A token, and what it says."""

    token: str
    """The compact JWT."""

    header: dict[str, Any]
    """Its header."""

    claims: dict[str, Any]
    """Its claims."""


class SigningKeyAnswer(TypedDict):
    """The public side of a private key."""

    public_jwk: dict[str, Any]
    """The public JWK."""

    kid: str | None
    """The `kid`."""

    alg: str
    """The algorithm."""

    jkt: str
    """The RFC 7638 thumbprint, SHA-256, base64url."""


class SkippedKey(TypedDict):
    """A key that cannot be used."""

    index: int
    """Its place in the set, from 0."""

    code: str
    """Why."""


class StoreVerdict(TypedDict):
    """What a replay store says."""

    answer: str
    """`first`, `seen` or `unavailable`."""


class StoredNameId(TypedDict):
    """The NameID of an account: the `sub_id` that was once verified, or its parts."""

    format: NotRequired[Literal["saml-nameid"] | None]
    """The kind of name; left out, it is `saml-nameid`, and it can be no other."""

    issuer: str
    """The SAML issuer."""

    nameid: str
    """The NameID."""

    nameid_format: NotRequired[str | None]
    """Its format."""

    name_qualifier: NotRequired[str | None]
    """Its NameQualifier."""

    sp_name_qualifier: NotRequired[str | None]
    """Its SPNameQualifier."""

    sp_provided_id: NotRequired[str | None]
    """Its SPProvidedID."""


class SubId(TypedDict):
    """A user by another kind of name (RFC 9493). `saml-nameid` is understood."""

    format: str
    """The kind of name."""

    issuer: NotRequired[str]
    """The SAML issuer."""

    nameid: NotRequired[str]
    """The NameID."""

    nameid_format: NotRequired[str]
    """Its format."""

    name_qualifier: NotRequired[str]
    """Its NameQualifier."""

    sp_name_qualifier: NotRequired[str]
    """Its SPNameQualifier."""

    sp_provided_id: NotRequired[str]
    """Its SPProvidedID."""


class SubjectNeed(TypedDict):
    """What of the subject token."""

    kind: str
    """`id_token`: your own key set. `refresh_token`, `saml2`: your word."""

    kid: NotRequired[str]
    """Of an ID Token: the key it claims; a set without it is worth one refresh."""

    token: NotRequired[str]
    """Of the others: the token, for you to verify. It must not be logged."""


class TokenServer(TypedDict):
    """An authorization server's metadata, validated. Other members of the document are ignored."""

    issuer: str
    """Its issuer identifier."""

    token_endpoint: str
    """Where it answers token requests."""

    token_endpoint_auth_methods_supported: NotRequired[list[str] | tuple[str, ...] | None]
    """How clients authenticate there; any way, when it does not say."""


class ToolOptions(TypedDict):
    """What a token must offer for one tool."""

    scope: NotRequired[str | None]
    """All of these scopes, space-separated; none by default."""

    max_age: NotRequired[int | None]
    """How long ago the user may have signed on, in seconds; any time by default."""

    acr_values: NotRequired[list[str] | tuple[str, ...] | None]
    """A sign-on of one of these classes; any by default."""

    read_only: NotRequired[bool | None]
    """The tool changes nothing: MCP's annotation `readOnlyHint`, if it is to be believed; `false` by default."""


class TraceAnswer(TypedDict):
    """What was answered."""

    granted: NotRequired[PolicyShare]
    """This is granted."""

    step_up: NotRequired[SignOnAgain]
    """Nothing is granted now, and something would be after this sign-on."""

    denied: NotRequired[str]
    """Nothing is granted: the error code."""


class TracedRule(TypedDict):
    """How one rule took part: `share` if it matched, else `missed`."""

    id: str
    """Its id."""

    effect: str
    """`permit` or `deny`."""

    share: NotRequired[PolicyShare]
    """What it grants or takes away."""

    missed: NotRequired[str]
    """The condition that failed first."""


class Trouble(TypedDict):
    """Why a connection does not go on."""

    code: str
    """The error code."""

    message: str
    """What it means."""

    detail: NotRequired[str]
    """The member, parameter or setting at fault."""


class TrustedIssuerOptions(TypedDict):
    """An identity provider whose ID-JAGs are redeemed."""

    issuer: str
    """Its issuer identifier, compared code point by code point."""

    algorithms: NotRequired[list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...] | None]
    """The algorithms it may sign with; ES256 by default."""

    clients: NotRequired[list[str] | tuple[str, ...] | None]
    """The clients that may redeem its grants; every registered client where left out."""

    tenants: NotRequired[list[str] | tuple[str, ...] | None]
    """Its tenants; leave it out for an issuer that has one, itself."""

    saml_nameid: NotRequired[SamlNameIdOptions | None]
    """Resolve users by SAML NameID: makes a usable `sub_id` required."""


class TrustedServerOptions(TypedDict):
    """An authorization server whose tokens are accepted."""

    issuer: str
    """Its issuer identifier, compared code point by code point."""

    algorithms: NotRequired[list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...] | None]
    """The algorithms it may sign with; ES256 by default."""

    relaxed: NotRequired[RelaxedOptions | None]
    """What its tokens may lack; nothing by default."""


class UnverifiedToken(TypedDict):
    """What a token says. Nobody has verified any of it."""

    unverified_header: dict[str, Any]
    """Its header, as claimed."""

    unverified_claims: dict[str, Any]
    """Its claims, as claimed."""

    kind: NotRequired[str]
    """The kind of token that its `typ` claims; left out where `typ` does not tell."""

    token_bytes: int
    """Bytes of the whole token."""

    signature_bytes: int
    """Bytes of the signature."""


class UseVerdict(TypedDict):
    """What a response of the resource means."""

    verdict: str
    """`done`: it is the answer to the request; whatever it says is your business. `send_again`: authorize the same
    request again and send it, once. `reconnect`: go through `next` until it is ready, then authorize the same
    request again and send it. `refused`: asking again would not help.
    """

    error: NotRequired[Trouble]
    """Of `refused`: why."""


class UserClaims(TypedDict):
    """What a verified ID Token says about the user and the sign-on."""

    iss: str
    """The OpenID provider."""

    sub: str
    """The user, in the provider's namespace; a pairwise value belongs to the client, not to others."""

    iat: int
    """When it was issued, in seconds since 1970."""

    exp: int
    """When it expires, in seconds since 1970."""

    auth_time: NotRequired[int]
    """When the user signed on, in seconds since 1970."""

    acr: NotRequired[str]
    """How the user signed on."""

    amr: list[str]
    """By which methods the user signed on."""

    tenant: NotRequired[str]
    """The tenant of the issuer."""

    sid: NotRequired[str]
    """The session of the sign-on at the OpenID provider."""

    jti: NotRequired[str]
    """The token's own id."""

    may_act: NotRequired[dict[str, Any]]
    """Who may act for the user, where the token limits it (RFC 8693 §4.4)."""


class VerifiedAccessToken(TypedDict):
    """An access token that holds."""

    claims: VerifiedAccessTokenClaims
    """Its claims."""


class VerifiedAccessTokenClaims(TypedDict):
    """The claims of an access token that holds, with those that the issuer added under names of its own."""

    iss: str
    """The authorization server."""

    sub: NotRequired[str]
    """The user, as that server knows it."""

    aud: NotRequired[str | list[str]]
    """The resources it is for."""

    client_id: NotRequired[str]
    """The client."""

    jti: NotRequired[str]
    """The token's own id."""

    iat: NotRequired[int]
    """When it was issued, in seconds since 1970."""

    exp: int
    """When it expires, in seconds since 1970."""

    scope: NotRequired[str]
    """The scope, space-separated."""

    authorization_details: NotRequired[list[dict[str, Any]]]
    """Rich authorization (RFC 9396)."""

    act: NotRequired[Act]
    """Who acts for the user."""

    may_act: NotRequired[dict[str, Any]]
    """Who may act in tokens derived from this one, where that is limited."""

    cnf: NotRequired[Cnf]
    """The key it is bound to."""

    auth_time: NotRequired[int]
    """When the user signed on, in seconds since 1970."""

    acr: NotRequired[str]
    """How the user signed on."""

    amr: NotRequired[list[str]]
    """By which methods the user signed on."""

    jag_jti: NotRequired[str]
    """The ID-JAG it stems from, by its `jti`."""

    ancestors: NotRequired[list[str]]
    """The tokens it was derived from, by their `jti`, its parent first."""

    ctx: NotRequired[str]
    """The conversation it is for."""


class VerifiedActorAnswer(TypedDict):
    """An actor whose token holds."""

    act: Act
    """What becomes the `act` claim."""

    cnf: NotRequired[Cnf]
    """The key that the actor's own token is bound to."""


class VerifiedBearer(TypedDict):
    """A bearer token that holds."""

    claims: VerifiedAccessTokenClaims
    """Its claims. The token itself is not here, so that it cannot be passed on."""

    scopes: list[str]
    """Its scopes, with those that they include, in order."""

    record: DecisionRecord
    """The record to keep: it names no operation, for none is known here."""


class VerifiedClient(TypedDict):
    """A client that proved who it is."""

    client_id: str
    """The client."""

    replay_key: ReplayKeyAnswer
    """What to record so that the assertion is used once."""


class VerifiedIdJagAnswer(TypedDict):
    """An ID-JAG that holds."""

    claims: VerifiedIdJagClaims
    """Its claims."""

    replay_key: ReplayKeyAnswer
    """What to record so that it is used once."""


class VerifiedIdJagClaims(TypedDict):
    """The claims of an ID-JAG that holds, with those that the issuer added under names of its own."""

    iss: str
    """The identity provider."""

    sub: str
    """The user, in the issuer's namespace (and tenant's)."""

    aud: str
    """The resource authorization server, and nobody else."""

    client_id: str
    """The client as that server knows it."""

    jti: str
    """The token's own id."""

    iat: int
    """When it was issued, in seconds since 1970."""

    exp: int
    """When it expires, in seconds since 1970."""

    resource: NotRequired[str | list[str]]
    """The resources it is for."""

    scope: NotRequired[str]
    """The scope, space-separated."""

    authorization_details: NotRequired[list[dict[str, Any]]]
    """Rich authorization (RFC 9396)."""

    act: NotRequired[Act]
    """Who acts for the user."""

    may_act: NotRequired[dict[str, Any]]
    """Who may act with the access token and those derived from it, where that is limited."""

    cnf: NotRequired[Cnf]
    """The key it is bound to."""

    tenant: NotRequired[str]
    """The tenant of the issuer."""

    aud_tenant: NotRequired[str]
    """The tenant of the resource authorization server."""

    aud_sub: NotRequired[str]
    """The user as the resource authorization server knows it."""

    auth_time: NotRequired[int]
    """When the user signed on, in seconds since 1970."""

    acr: NotRequired[str]
    """How the user signed on."""

    amr: NotRequired[list[str]]
    """By which methods the user signed on."""

    email: NotRequired[str]
    """A hint for account linking."""

    sub_id: NotRequired[SubId]
    """The user by another kind of name (RFC 9493)."""

    ctx: NotRequired[str]
    """The conversation it is for."""


class VerifiedIdTokenAnswer(TypedDict):
    """An ID Token that holds."""

    claims: UserClaims
    """Its claims."""


class VerifiedJwsAnswer(TypedDict):
    """A JWS whose signature is valid."""

    alg: str
    """The algorithm."""

    kid: str | None
    """The `kid` of the key that verified it."""

    payload: NotRequired[str]
    """The payload, where it is text."""

    payload_bytes: NotRequired[str]
    """The payload, where it is no text, base64url."""


class VerifiedProofAnswer(TypedDict):
    """A proof that holds."""

    jkt: str
    """The RFC 7638 thumbprint of its key, SHA-256, base64url."""

    replay_key: ReplayKeyAnswer
    """What to record so that it is used once."""


class VouchedOptions(TypedDict):
    """What you found out about a subject token: one of these, the kind that was sent."""

    refresh_token: NotRequired[AttestedRefreshToken | None]
    """It is a refresh token."""

    saml2: NotRequired[AttestedAssertion | None]
    """It is a SAML 2.0 assertion."""


class WantedIdJag(TypedDict):
    """What an ID-JAG is asked for."""

    audience: str
    """The resource authorization server that will redeem it: the issuer identifier, verbatim from its metadata."""

    client_id: NotRequired[str | None]
    """The client as that server knows it: a grant for another one is refused. Any, by default."""

    resource: NotRequired[str | list[str] | tuple[str, ...] | None]
    """The resources it is for, verbatim from their metadata."""

    scope: NotRequired[str | None]
    """The scope, space-separated; left to the identity provider by default."""

    authorization_details: NotRequired[list[dict[str, Any]] | tuple[dict[str, Any], ...] | None]
    """Rich authorization (RFC 9396)."""

    detail_types: NotRequired[dict[str, DetailTypeOptions] | None]
    """What is known of their types, by name: how what comes back may be narrower. Of others, the common arrays of
    RFC 9396 §2.2 may.
    """

    context: NotRequired[str | None]
    """The conversation it is for: a grant for another one, or for none, is refused. None by default."""

    context_claim: NotRequired[str | None]
    """The claim, and parameter, that names a conversation; `ctx` by default."""

    dangerous_allow_resource_query: NotRequired[bool | None]
    """Also name resources whose identifier has a query component."""


class WantedToken(TypedDict):
    """What a subagent is to have of the connection's access token; what is left out is as it is there."""

    scope: NotRequired[str | None]
    """The scope, space-separated."""

    authorization_details: NotRequired[list[dict[str, Any]] | tuple[dict[str, Any], ...] | None]
    """Authorization details (RFC 9396)."""

    actor_token: NotRequired[str | None]
    """A JWT that names the subagent, made for the authorization server: it becomes the actor."""

    actor_jkt: NotRequired[str | None]
    """The thumbprint of the key that this JWT is bound to, if it is: what comes back must be bound to it."""


class WellKnownUrls(TypedDict):
    """Addresses in the order to try."""

    urls: list[str]
    """The addresses."""


class WindowOptions(TypedDict):
    """The rules of time."""

    tolerance: NotRequired[int | None]
    """How far clocks may be apart, in seconds; at most 300, 60 by default."""

    max_lifetime: NotRequired[int | None]
    """The longest lifetime that is accepted, in seconds."""

    max_age: NotRequired[int | None]
    """How long ago a token may have been issued, in seconds."""


class Withdrawn(TypedDict):
    """What must end."""

    withdrawals: list[PartyWithdrawal]
    """What to revoke, party by party."""
