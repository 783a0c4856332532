"""What the operations of the core are in Python; `_shell` makes functions and classes of it.

Generated from the operations of the core by `cargo xtask vectors`.
"""

from __future__ import annotations

from typing import NamedTuple


class Function(NamedTuple):
    """A function, constructor or method."""

    name: str
    operation: str
    doc: str
    slots: tuple[str, ...]
    parameters: tuple[tuple[str, bool], ...]
    makes: str | None


class Class(NamedTuple):
    """A class: its constructor, what the constructor's answer holds, its methods."""

    name: str
    constructor: Function
    attributes: tuple[tuple[str, str], ...]
    methods: tuple[Function, ...]


class Step(NamedTuple):
    """A step of a role, what it answers, and the class of what it leaves."""

    name: str
    doc: str
    parameters: tuple[tuple[str, bool], ...]
    attributes: tuple[tuple[str, str], ...]
    leaves: str


class Chain(NamedTuple):
    """The steps of a role's class."""

    role: str
    operation: str
    slots: tuple[str, ...]
    steps: tuple[Step, ...]


ERRORS: dict[str, str] = {
    "token_too_large": "the token is larger than allowed",
    "token_malformed": "the token is not one compact signed JWT",
    "token_encrypted": "encrypted tokens are not supported",
    "token_nested": "a token inside a token is not supported",
    "header_malformed": "the token header is malformed",
    "claims_malformed": "the claims are not one JSON object",
    "duplicate_member": "a JSON member occurs twice",
    "json_too_deep": "the JSON is nested too deeply",
    "typ_mismatch": "the token is of another type",
    "algorithm_not_allowed": "the signature algorithm is not allowed",
    "critical_header_unsupported": "a critical header parameter is not understood",
    "issuer_untrusted": "the issuer is not trusted",
    "keys_unavailable": "the keys of the issuer are not available",
    "key_unknown": "no key of the issuer fits the token",
    "key_ambiguous": "more than one key of the issuer fits the token",
    "signature_invalid": "the signature is invalid",
    "key_malformed": "the key is not a well-formed public JWK",
    "key_type_unsupported": "the key is of an unsupported type or curve",
    "key_private": "the key contains private or symmetric key material",
    "key_weak": "the key is too weak or not a valid point",
    "key_use_mismatch": "the key is not meant for verifying with this algorithm",
    "jwks_malformed": "the key set is malformed",
    "claim_missing": "a required claim is missing",
    "claim_malformed": "a claim has the wrong form",
    "issuer_mismatch": "the issuer is not the expected one",
    "audience_mismatch": "the audience is not exactly the expected one",
    "client_mismatch": "the token was issued for another client",
    "subject_mismatch": "the subject is not the expected one",
    "authorized_party_mismatch": "the authorized party is another client",
    "nonce_mismatch": "the nonce is not the expected one",
    "token_expired": "the token has expired",
    "token_not_yet_valid": "the token is not valid yet",
    "token_issued_in_future": "the token was issued in the future",
    "token_too_old": "the token was issued too long ago",
    "lifetime_too_long": "the token lives longer than allowed",
    "authentication_too_old": "the sign-on is too old",
    "authentication_too_weak": "the sign-on is not of the required class",
    "self_issued": "a server does not redeem its own grant",
    "tenant_mismatch": "the tenant is missing or not the expected one",
    "subject_unknown": "the subject is not known here",
    "subject_identifier_unusable": "the subject identifier is absent, malformed or not acceptable from this issuer",
    "token_replayed": "the token has been used before",
    "store_unavailable": "the server cannot decide this right now",
    "confirmation_unsupported": "the token is bound in a way that is not understood",
    "proof_missing": "the token is bound to a key and no proof was sent",
    "proof_required": "proof of possession is required here",
    "proof_key_mismatch": "the proof was made with another key",
    "proof_repeated": "more than one proof was sent",
    "proof_method_mismatch": "the proof is for another method",
    "proof_uri_mismatch": "the proof is for another address",
    "proof_token_mismatch": "the proof is for another access token",
    "proof_nonce_required": "the proof must carry the nonce of this server",
    "bound_token_as_bearer": "a bound token was sent as a bearer token",
    "scheme_mismatch": "the token is not bound to a key",
    "method_not_allowed": "only POST is accepted",
    "content_type_unsupported": "the body must be form-encoded",
    "body_too_large": "the body is larger than allowed",
    "form_malformed": "the form is malformed",
    "parameter_missing": "a required parameter is missing",
    "parameter_repeated": "a parameter occurs twice",
    "parameter_malformed": "a parameter has the wrong form",
    "grant_type_unsupported": "the grant type is not supported",
    "requested_token_type_unsupported": "the requested token type is not supported",
    "subject_token_type_unsupported": "the subject token type is not supported",
    "subject_token_refused": "the subject token was refused",
    "actor_token_unsupported": "actor tokens are not accepted",
    "actor_unauthorized": "the actor may not act for this subject",
    "authorization_malformed": "the Authorization header is malformed",
    "authentication_repeated": "more than one way of authentication was used",
    "client_unknown": "the client could not be authenticated",
    "client_authentication_missing": "the client could not be authenticated",
    "client_authentication_failed": "the client could not be authenticated",
    "client_method_not_allowed": "the client could not be authenticated",
    "client_not_permitted": "the client may not use this grant",
    "audience_unknown": "the audience is not known",
    "audience_repeated": "exactly one audience can be served",
    "resource_malformed": "a resource is not an absolute URI without fragment",
    "resource_unknown": "the resource is not known for this audience",
    "resource_required": "exactly one resource must be named",
    "resource_not_granted": "the resource is not covered by the grant",
    "grant_resource_unknown": "the grant is for resources of another server",
    "scope_malformed": "the scope is malformed",
    "scope_not_granted": "more scope was asked for than the grant covers",
    "scope_ambiguous": "the scopes belong to different resources",
    "details_malformed": "the authorization details are not an array of typed objects",
    "details_type_unknown": "a type of authorization details is not known",
    "details_invalid": "authorization details do not fit their type",
    "details_not_granted": "the authorization details go beyond the grant",
    "client_mapping_missing": "the client is not registered with this audience",
    "tenant_required": "the audience needs a tenant that is not known for this subject",
    "policy_denied": "the policy does not permit this",
    "approval_required": "the app awaits the approval of an administrator",
    "app_restricted": "the app is restricted by an administrator",
    "step_up_required": "a fresher or stronger sign-on is required",
    "credentials_missing": "no access token was sent",
    "credentials_repeated": "more than one access token was sent",
    "insufficient_scope": "the access token lacks a required scope",
    "operation_not_listed": "the operation is not one that tokens can be granted",
    "operation_malformed": "the body is not one JSON-RPC message",
    "response_too_large": "the response is larger than allowed",
    "response_malformed": "the response is malformed",
    "redirect_refused": "the server answered with a redirect",
    "server_failed": "the server failed or is unavailable",
    "challenge_malformed": "the challenge is malformed",
    "metadata_not_found": "no metadata document was found",
    "metadata_malformed": "the metadata document is malformed",
    "metadata_issuer_mismatch": "the metadata is that of another issuer",
    "metadata_resource_mismatch": "the metadata is that of another resource",
    "profile_unsupported": "the authorization server does not take ID-JAGs",
    "credentials_issuer_mismatch": "the credentials belong to another authorization server",
    "issued_token_type_mismatch": "a token of another type was issued",
    "token_type_mismatch": "the token is to be used in another way than expected",
    "grant_widened": "more was granted than was asked for",
    "binding_missing": "the token is not bound to the key that was proven",
    "token_for_another_server": "the token belongs to another server",
    "server_refused": "the server refused the request",
    "server_denied": "an administrator's policy denies this",
    "identity_expired": "the sign-on must be renewed",
    "step_up_limit": "the server keeps asking for more",
    "client_document_invalid": "the client metadata document is not acceptable",
    "invalid_now": "the time is not in seconds",
    "config_invalid": "the configuration is invalid",
    "text_invalid": "a text is empty, too long or holds control characters",
    "url_malformed": "a URL is malformed",
    "url_insecure": "a URL is not https",
    "entropy_too_short": "too few random bytes were given",
    "signer_mismatch": "the signature does not belong to the declared key",
    "claim_reserved": "an additional claim has a registered name",
    "policy_invalid": "the policy document is invalid",
    "call_malformed": "the call is not an operation, its handles and one JSON object",
    "operation_unknown": "there is no such operation",
    "argument_invalid": "an argument is missing, unknown or of the wrong kind",
    "handle_invalid": "the object has been used up, freed, or is of another kind",
}

# Members that take bytes.
BYTES = frozenset((
    "body_bytes",
    "client_secret_sha256",
    "random",
    "signature",
))

# Members that take JSON documents, also as text or bytes.
DOCUMENTS = frozenset((
    "jwk",
    "jwks",
    "key",
    "keys",
))

FUNCTIONS = (
    Function(
        "new_replay_key", "replay_key.new",
        "What to record of a token that is used once.\n\nArguments:\n    kind: Its kind.\n    issuer: Whose namespace its id stands in.\n    jti: Its id.\n    retain_until: When it can no longer be accepted, in seconds since 1970.\n",
        (), (("kind", True), ("issuer", True), ("jti", True), ("retain_until", True),), None,
    ),
    Function(
        "parse_jwks", "jwks.parse",
        "Reads a JWK Set: the keys that can be used, and why the others cannot.\n\nArguments:\n    algorithms: The algorithms that may be used.\n    jwks: The JWK Set.\n    limits: Caps.\n",
        (), (("algorithms", True), ("jwks", True), ("limits", False),), None,
    ),
    Function(
        "thumbprint_jwk", "jwk.thumbprint",
        "The RFC 7638 thumbprint of one public key.\n\nArguments:\n    algorithms: The algorithms that may be used.\n    jwk: The public JWK.\n    limits: Caps.\n",
        (), (("algorithms", True), ("jwk", True), ("limits", False),), None,
    ),
    Function(
        "verify_id_jag", "id_jag.verify",
        "Verifies an ID-JAG at the resource authorization server it is for, before policy, proof and replay.\nUse the role instead, where you can: it leaves no check out.\n\nArguments:\n    token: The token.\n    issuer: The identity provider that must have issued it.\n    audience: The resource authorization server it must be for: your issuer identifier.\n    client_id: The client that presented it, as authenticated.\n    algorithms: The algorithms that may be used.\n    now: The present, in seconds since 1970.\n    audience_aliases: Other spellings of `audience` that are accepted.\n    keys: The issuer's keys: a key set, or a JWK Set.\n    window: The rules of time.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take `http` issuers on this machine: for tests.\n",
        ("keys",), (("token", True), ("issuer", True), ("audience", True), ("client_id", True), ("algorithms", True), ("now", True), ("audience_aliases", False), ("keys", False), ("window", False), ("limits", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "sign_id_jag", "id_jag.sign",
        "Builds and signs an ID-JAG from its claims. Use the identity provider's role instead, where you can: it asks\nthe policy.\n\nArguments:\n    claims: The claims.\n    signer: A `SigningKey`.\n    extra: Claims of your own, under names without a registered meaning.\n",
        ("signer",), (("claims", True), ("signer", True), ("extra", False),), None,
    ),
)

CLASSES = (
    Class(
        "KeySet",
        Function(
            "", "key_set.new",
            "A key set that belongs to one issuer, parsed once and used for any number of tokens.\n\nArguments:\n    issuer: Whose keys these are: the issuer identifier, verbatim.\n    jwks: The JWK Set.\n    algorithms: The algorithms that may be used.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take an `http` issuer on this machine: for tests.\n",
            (), (("issuer", True), ("jwks", True), ("algorithms", True), ("limits", False), ("dangerous_allow_http_loopback", False),), "KeySet",
        ),
        (("keys", "The keys that can be used."), ("skipped", "The keys that cannot."),),
        (
            Function(
                "public", "key_set.public",
                "The public keys of a set, as a JWK Set to publish.",
                ("key_set",), (), None,
            ),
        ),
    ),
    Class(
        "SigningKey",
        Function(
            "", "signing_key.new",
            "A private key for ES256 or EdDSA, read from a JWK or made of 32 random bytes.\n\nArguments:\n    jwk: The private JWK, with its `kid`.\n    alg: The algorithm of a new key.\n    kid: The `kid` of a new key.\n    random: 32 random bytes of which a new key is made.\n",
            (), (("jwk", False), ("alg", False), ("kid", False), ("random", False),), "SigningKey",
        ),
        (("public_jwk", "The public JWK."), ("kid", "The `kid`."), ("alg", "The algorithm."), ("jkt", "The RFC 7638 thumbprint, SHA-256, base64url."),),
        (
            Function(
                "dangerous_export", "signing_key.dangerous_export",
                "The private JWK of a key, for the one place that stores it.",
                ("signing_key",), (), None,
            ),
        ),
    ),
    Class(
        "RegisteredClient",
        Function(
            "", "registered_client.new",
            "A client's registration, read once and used for any number of requests.\n\nArguments:\n    client_id: Its identifier here.\n    token_endpoint_auth_method: How it authenticates.\n    client_secret_sha256: SHA-256 of each of its secrets, base64url.\n    jwks: Its public keys.\n    dpop_bound_access_tokens: Refused without a proof (RFC 9449 §5.2).\n    may_use_grant: Whether it may use the grant of this endpoint at all; `true` by default.\n    tenant: The tenant in which it is registered, at a multi-tenant server.\n",
            (), (("client_id", True), ("token_endpoint_auth_method", True), ("client_secret_sha256", False), ("jwks", False), ("dpop_bound_access_tokens", False), ("may_use_grant", False), ("tenant", False),), "RegisteredClient",
        ),
        (("client_id", "Its identifier here."),),
        (
        ),
    ),
    Class(
        "ResourceAuthorizationServer",
        Function(
            "", "resource_as.new",
            "A resource authorization server, configured once.\n\nArguments:\n    issuer: This server's issuer identifier.\n    token_endpoint: Its token endpoint, as it is known publicly: what proofs must name.\n    trusted_issuers: The identity providers it trusts.\n    resources: The resources it guards.\n    audience_aliases: Other spellings of `issuer` accepted as `aud`.\n    default_resource: The resource of grants that name none; without it, the only one there is.\n    resource_required: Refuse grants without `resource` even so.\n    normalize_resources: Compare resources after RFC 3986 normalisation.\n    several_resources_per_token: Issue one token for several resources when no scope belongs to two of them.\n    detail_types: The types of authorization details that are offered, by name.\n    grant_window: The rules of time for ID-JAGs; they may live an hour by default.\n    assertion_window: The rules of time for client assertions.\n    access_token_lifetime: How long access tokens live, in seconds: 600 by default, at most 3600.\n    replay: Whether a grant is redeemed once.\n    self_issued: Grants this server issued itself.\n    multi_tenant: `aud_tenant` is required, and must be the tenant in which the client is registered.\n    jwt_dpop: Accept the jwt-dpop grant type too, with identical checks.\n    bind_to_proof: Bind the access token to a proof that comes with an unbound ID-JAG; `true` by default.\n    dangerous_public_clients_without_proof: Let clients that cannot authenticate redeem grants that are not bound to a key.\n    dangerous_token_endpoint_audience: Accept the token endpoint as the audience of client assertions.\n    client_algorithms: The algorithms of proofs and client assertions; ES256 by default.\n    proof_window: How far a proof's `iat` may lie from now, in seconds: 60 by default, at most 300.\n    denial: What a policy denial is on the wire; `access_denied` by default.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n",
            (), (("issuer", True), ("token_endpoint", True), ("trusted_issuers", True), ("resources", True), ("audience_aliases", False), ("default_resource", False), ("resource_required", False), ("normalize_resources", False), ("several_resources_per_token", False), ("detail_types", False), ("grant_window", False), ("assertion_window", False), ("access_token_lifetime", False), ("replay", False), ("self_issued", False), ("multi_tenant", False), ("jwt_dpop", False), ("bind_to_proof", False), ("dangerous_public_clients_without_proof", False), ("dangerous_token_endpoint_audience", False), ("client_algorithms", False), ("proof_window", False), ("denial", False), ("limits", False), ("dangerous_allow_http_loopback", False),), "ResourceAuthorizationServer",
        ),
        (("issuer", "Its issuer identifier."), ("trusted_issuers", "The identity providers it trusts."),),
        (
        ),
    ),
    Class(
        "MemoryReplayStore",
        Function(
            "", "replay_store.new",
            "A bounded replay store in memory: the default for one process. It never forgets a token early: when it is full\nit answers `unavailable`.\n\nArguments:\n    capacity: How many tokens it remembers at most.\n",
            (), (("capacity", True),), "MemoryReplayStore",
        ),
        (),
        (
            Function(
                "first_use", "replay_store.first_use",
                "Records a key and says whether it is new.\n\nArguments:\n    name: The name of the replay key.\n    retain_until: Until when to remember it, in seconds since 1970.\n    now: The present, in seconds since 1970.\n",
                ("store",), (("name", True), ("retain_until", True), ("now", True),), None,
            ),
        ),
    ),
)

CHAINS = (
    Chain(
        "ResourceAuthorizationServer", "resource_as.token", ("server", "keys", "client", "policy", "signer",),
        (
            Step("parse", "Takes it apart; answers `needs`.\n\nArguments:\n    now: The present, in seconds since 1970.\n", (("now", True),),
                (("needs", "After `parse`: what to look up."),), "PendingGrant"),
            Step("verify", "Verifies client, proof and grant; answers `claims`.\n\nArguments:\n    now: The present, in seconds since 1970.\n    client: The client's registration; leave it out when there is no such client.\n    nonce: The nonces that proofs must carry; leave it out when none is required.\n    keys: A `KeySet`.\n", (("now", True), ("client", False), ("nonce", False), ("keys", False),),
                (("claims", "After `verify`: the claims, for finding the user by `iss`, `tenant` and `sub`; never by `sub` alone."),), "VerifiedGrant"),
            Step("authorize", "Decides what is granted; answers `scope` and `replay_keys`.\n\nArguments:\n    now: The present, in seconds since 1970.\n    account: The user's account; leave it out when there is none.\n    policy: A `Policy`.\n", (("now", True), ("account", False), ("policy", False),),
                (("scope", "After `authorize`: the scope that will be granted."), ("replay_keys", "After `authorize`: what to record, in this order, stopping at the first that is not new."),), "AuthorizedGrant"),
            Step("spend", "Takes the replay store's answers.\n\nArguments:\n    answers: One for each replay key, in their order, up to the first that is not `first`.\n", (("answers", True),),
                (), "SpentGrant"),
            Step("issue", "Writes the token; answers `response` and `record`, or `signing_input`.\n\nArguments:\n    now: The present, in seconds since 1970.\n    token_id: The token's id. Give this or `random`.\n    random: At least 12 random bytes of which the token's id is made.\n    key: The public JWK, with its `kid`, of the key that signs elsewhere.\n    signature: The signature made elsewhere.\n    signer: A `SigningKey`.\n", (("now", True), ("token_id", False), ("random", False), ("key", False), ("signature", False), ("signer", False),),
                (("response", "After `issue`: the response to send."), ("record", "After `issue`: the record to keep."),), "IssuedGrant"),
        ),
    ),
)
