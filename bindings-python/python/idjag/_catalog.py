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
    """A step of a role, and the class of what it leaves."""

    name: str
    doc: str
    parameters: tuple[tuple[str, bool], ...]
    leaves: str


class Stage(NamedTuple):
    """What steps leave: what they answered, which steps may follow, and what can be asked."""

    name: str
    doc: str
    attributes: tuple[tuple[str, str], ...]
    next: tuple[str, ...]
    questions: tuple[Function, ...]


class Chain(NamedTuple):
    """The steps of a role's class, and the method that takes the first."""

    role: str
    operation: str
    slots: tuple[str, ...]
    begin: str
    steps: tuple[Step, ...]
    stages: tuple[Stage, ...]


ERRORS: dict[str, str] = {
    "token_too_large": "the token is larger than allowed",
    "token_malformed": "the token is not one compact signed JWT",
    "token_encrypted": "encrypted tokens are not supported",
    "token_nested": "a token inside a token is not supported",
    "header_malformed": "the token header is malformed",
    "claims_malformed": "the claims are not one JSON object",
    "duplicate_member": "a JSON member occurs twice",
    "json_too_deep": "the JSON is nested too deeply",
    "too_many_values": "the token has more values than allowed",
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
    "token_revoked": "the token has been revoked",
    "revocations_unavailable": "what has been revoked is not known right now",
    "store_unavailable": "the server cannot decide this right now",
    "context_required": "the token must be for one conversation",
    "context_mismatch": "the token is for another conversation",
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
    "depth_exceeded": "the token was derived too often to be derived again",
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
    "agent_restricted": "the agent is restricted by an administrator",
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
    "pkce_unsupported": "the authorization server does not offer PKCE with S256",
    "state_mismatch": "the address called is no response to the authorization request",
    "server_refused": "the server refused the request",
    "server_denied": "an administrator's policy denies this",
    "identity_expired": "the sign-on must be renewed",
    "step_up_limit": "the server keeps asking for more",
    "revocation_malformed": "the revocation is malformed",
    "revocations_outdated": "the update is older than what is known",
    "revocations_base_mismatch": "the update starts from another state than the known one",
    "revocations_stale": "the update should have been followed by another too long ago",
    "revocations_digest_mismatch": "the entries are not those that were signed",
    "record_malformed": "the decision record is malformed",
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
    "assertion_signature",
    "body_bytes",
    "chunk",
    "client_secret_sha256",
    "random",
    "signature",
    "signing_input",
))

# Members that take JSON documents, also as text or bytes.
DOCUMENTS = frozenset((
    "document",
    "jwk",
    "jwks",
    "key",
    "keys",
    "record",
    "records",
))

FUNCTIONS = (
    Function(
        "check_policy", "policy.check",
        "Every fault of a policy document, for editors: fails only when it is too large to be looked at.\n\nArguments:\n    document: The document.\n    max_bytes: Bytes of the document; 16 MiB by default.\n    max_rules: Rules in the document; 1,000,000 by default.\n    max_faults: How many faults are reported, at least one: 100 by default. The others are counted.\n    dangerous_allow_http_loopback: Also take `http` issuers and resources on this machine: for tests.\n",
        (), (("document", True), ("max_bytes", False), ("max_rules", False), ("max_faults", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "new_replay_key", "replay_key.new",
        "What to record of a token that is used once.\n\nArguments:\n    kind: Its kind.\n    issuer: Whose namespace its id stands in.\n    jti: Its id.\n    retain_until: When it can no longer be accepted, in seconds since 1970.\n",
        (), (("kind", True), ("issuer", True), ("jti", True), ("retain_until", True),), None,
    ),
    Function(
        "list_error_codes", "error_code.list",
        "Every error code, in the order of the table.",
        (), (), None,
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
        "Verifies an ID-JAG at the resource authorization server it is for, before policy, proof and replay.\nUse the role instead, where you can: it leaves no check out.\n\nArguments:\n    token: The token.\n    issuer: The identity provider that must have issued it.\n    audience: The resource authorization server it must be for: your issuer identifier.\n    client_id: The client that presented it, as authenticated.\n    algorithms: The algorithms that may be used.\n    now: The present, in seconds since 1970.\n    audience_aliases: Other spellings of `audience` that are accepted.\n    keys: The issuer's keys: a key set, or a JWK Set.\n    context_claim: The claim that names a conversation; `ctx` by default.\n    window: The rules of time.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take `http` issuers on this machine: for tests.\n",
        ("keys",), (("token", True), ("issuer", True), ("audience", True), ("client_id", True), ("algorithms", True), ("now", True), ("audience_aliases", False), ("keys", False), ("context_claim", False), ("window", False), ("limits", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "sign_id_jag", "id_jag.sign",
        "Builds and signs an ID-JAG from its claims. Use the identity provider's role instead, where you can: it asks\nthe policy.\n\nArguments:\n    claims: The claims.\n    signer: A `SigningKey`.\n    context_claim: The claim as which `ctx` is written; `ctx` by default.\n    extra: Claims of your own, under names without a registered meaning.\n",
        ("signer",), (("claims", True), ("signer", True), ("context_claim", False), ("extra", False),), None,
    ),
    Function(
        "verify_access_token", "access_token.verify",
        "Verifies an access token at the resource it is for, before proof, scope and policy. Use the role instead, where\nyou can: it leaves no check out.\n\nArguments:\n    token: The token.\n    issuer: The authorization server that must have issued it.\n    resource: The resource it must be for: your identifier.\n    algorithms: The algorithms that may be used.\n    now: The present, in seconds since 1970.\n    resource_aliases: Further identifiers of your resource that are accepted.\n    normalize_resource: Compare resources after RFC 3986 normalisation.\n    keys: The issuer's keys: a key set, or a JWK Set.\n    relaxed: Claims that may be absent.\n    context_claim: The claim that names a conversation; `ctx` by default.\n    window: The rules of time.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n",
        ("keys",), (("token", True), ("issuer", True), ("resource", True), ("algorithms", True), ("now", True), ("resource_aliases", False), ("normalize_resource", False), ("keys", False), ("relaxed", False), ("context_claim", False), ("window", False), ("limits", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "sign_access_token", "access_token.sign",
        "Builds and signs an access token from its claims. Use the resource authorization server's role instead, where\nyou can: it redeems a grant for it.\n\nArguments:\n    claims: The claims.\n    signer: A `SigningKey`.\n    context_claim: The claim as which `ctx` is written; `ctx` by default.\n    extra: Claims of your own, under names without a registered meaning.\n",
        ("signer",), (("claims", True), ("signer", True), ("context_claim", False), ("extra", False),), None,
    ),
    Function(
        "prepare_access_token", "access_token.prepare",
        "Builds an access token for a key that signs elsewhere; `jws.attach` adds the signature.\n\nArguments:\n    claims: The claims.\n    key: The public JWK, with its `kid`, of the key that signs.\n    context_claim: The claim as which `ctx` is written; `ctx` by default.\n    extra: Claims of your own, under names without a registered meaning.\n    algorithms: The algorithms that may be used; every one by default.\n",
        (), (("claims", True), ("key", True), ("context_claim", False), ("extra", False), ("algorithms", False),), None,
    ),
    Function(
        "verify_id_token", "id_token.verify",
        "Verifies an ID Token: as the subject token of an exchange, or after a sign-on.\n\nArguments:\n    token: The token.\n    issuer: The OpenID provider that must have issued it.\n    client_id: The client it must have been issued to: for a subject token, the one that authenticated.\n    algorithms: The algorithms that may be used.\n    now: The present, in seconds since 1970.\n    trusted_audiences: Further audiences that are trusted beside the client; usually none.\n    nonce: The nonce of the sign-on, where you ran it.\n    max_authentication_age: The greatest age of the sign-on itself, in seconds: makes `auth_time` required.\n    keys: The issuer's keys: a key set, or a JWK Set.\n    window: The rules of time.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take an `http` issuer on this machine: for tests.\n",
        ("keys",), (("token", True), ("issuer", True), ("client_id", True), ("algorithms", True), ("now", True), ("trusted_audiences", False), ("nonce", False), ("max_authentication_age", False), ("keys", False), ("window", False), ("limits", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "sign_id_token", "id_token.sign",
        "Builds and signs an ID Token from its claims.\n\nArguments:\n    claims: The claims.\n    signer: A `SigningKey`.\n",
        ("signer",), (("claims", True), ("signer", True),), None,
    ),
    Function(
        "verify_client_assertion", "client_assertion.verify",
        "Verifies a client assertion at a token endpoint (RFC 7523 §3), before replay. The roles do this themselves.\n\nArguments:\n    token: The assertion.\n    client_id: The client that the request names.\n    audience: The authorization server it must be for: your issuer identifier.\n    algorithms: The algorithms that may be used.\n    now: The present, in seconds since 1970.\n    dangerous_token_endpoint_audience: Accept this token endpoint as the audience too.\n    keys: The client's registered keys: a key set, or a JWK Set.\n    window: The rules of time.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take an `http` audience on this machine: for tests.\n",
        ("keys",), (("token", True), ("client_id", True), ("audience", True), ("algorithms", True), ("now", True), ("dangerous_token_endpoint_audience", False), ("keys", False), ("window", False), ("limits", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "sign_client_assertion", "client_assertion.sign",
        "Builds and signs a client assertion. The client's role does this itself.\n\nArguments:\n    claims: The claims.\n    signer: A `SigningKey`.\n",
        ("signer",), (("claims", True), ("signer", True),), None,
    ),
    Function(
        "digest_client_secret", "client_secret.digest",
        "SHA-256 of a client's secret: what a server keeps instead of the secret.\n\nArguments:\n    client_secret: The secret: at least 128 random bits, for its digest is not slowed down.\n",
        (), (("client_secret", True),), None,
    ),
    Function(
        "verify_dpop", "dpop.verify",
        "Verifies a DPoP proof for one request (RFC 9449 §4.3), before replay and before its key is compared with that of\na token. The roles do this themselves.\n\nArguments:\n    proof: The proof.\n    method: The method of the request.\n    url: The public address of the request.\n    algorithms: The algorithms that may be used.\n    window: How far its `iat` may lie from now, in seconds.\n    now: The present, in seconds since 1970.\n    access_token: The access token that the request carries, if it carries one.\n    nonce: The nonces that it must carry; leave it out when none is required.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take an `http` address on this machine: for tests.\n",
        (), (("proof", True), ("method", True), ("url", True), ("algorithms", True), ("window", True), ("now", True), ("access_token", False), ("nonce", False), ("limits", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "sign_dpop", "dpop.sign",
        "Builds and signs a DPoP proof for one request. The client's role does this itself.\n\nArguments:\n    method: The method of the request.\n    url: The address of the request; its query is left out.\n    random: At least 12 random bytes of which the proof's id is made.\n    now: The present, in seconds since 1970.\n    signer: A `SigningKey`.\n    access_token: The access token that the request carries, if it carries one.\n    nonce: The newest nonce of this server, if it gave one.\n    dangerous_allow_http_loopback: Also take an `http` address on this machine: for tests.\n",
        ("signer",), (("method", True), ("url", True), ("random", True), ("now", True), ("signer", True), ("access_token", False), ("nonce", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "verify_actor_token", "actor_token.verify",
        "Verifies the actor token of an exchange (RFC 8693 §2.1). The identity provider's role does this itself.\n\nArguments:\n    token: The token.\n    issuer: Who must have issued it.\n    audience: The identity provider it must be for: your issuer identifier.\n    typ: Its `typ`.\n    algorithms: The algorithms that may be used.\n    now: The present, in seconds since 1970.\n    keys: The issuer's keys: a key set, or a JWK Set.\n    window: The rules of time.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take `http` issuers on this machine: for tests.\n",
        ("keys",), (("token", True), ("issuer", True), ("audience", True), ("typ", True), ("algorithms", True), ("now", True), ("keys", False), ("window", False), ("limits", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "verify_jws", "jws.verify",
        "Verifies the signature of a compact JWS, and nothing else: what its payload says is for you to judge.\n\nArguments:\n    token: The compact JWS.\n    algorithms: The algorithms that may be used.\n    keys: The keys: a key set, or a JWK Set.\n    limits: Caps.\n",
        ("keys",), (("token", True), ("algorithms", True), ("keys", False), ("limits", False),), None,
    ),
    Function(
        "attach_jws", "jws.attach",
        "Adds a signature that was made elsewhere, after verifying it.\n\nArguments:\n    signing_input: What was to be signed, as it was answered.\n    key: The public JWK of the key that signed.\n    signature: The signature in JWS form: for ECDSA R and S side by side.\n    algorithms: The algorithms that may be used; every one by default.\n",
        (), (("signing_input", True), ("key", True), ("signature", True), ("algorithms", False),), None,
    ),
    Function(
        "decode_unverified_token", "token.decode_unverified",
        "Shows what a token says without verifying anything: for people who look into tokens, never for a decision.\n\nArguments:\n    token: The compact JWT.\n    limits: Caps.\n",
        (), (("token", True), ("limits", False),), None,
    ),
    Function(
        "match_saml_nameid", "saml_nameid.match",
        "The NameID of a verified ID-JAG, when it names the account: fails with `subject_unknown` when it names\nanother, and with `subject_identifier_unusable` when no account can be found by it.\n\nArguments:\n    saml_issuer: The SAML issuer that the identity provider speaks for.\n    account: The NameID stored with the account.\n    dangerous_nameid_alone: Compare the NameID alone, without its qualifiers.\n    sub_id: The `sub_id` of the verified claims.\n",
        (), (("saml_issuer", True), ("account", True), ("dangerous_nameid_alone", False), ("sub_id", False),), None,
    ),
    Function(
        "is_same_saml_nameid", "saml_nameid.same",
        "Whether the NameID of a verified ID-JAG names the account, for going through several accounts. Fails with\n`subject_identifier_unusable` when no account can be found by it.\n\nArguments:\n    saml_issuer: The SAML issuer that the identity provider speaks for.\n    account: The NameID stored with the account.\n    dangerous_nameid_alone: Compare the NameID alone, without its qualifiers.\n    sub_id: The `sub_id` of the verified claims.\n",
        (), (("saml_issuer", True), ("account", True), ("dangerous_nameid_alone", False), ("sub_id", False),), None,
    ),
    Function(
        "build_authorization_server_metadata", "authorization_server_metadata.build",
        "The response that publishes an authorization server's metadata, with what the ID-JAG profile asks for.\n\nArguments:\n    role: What kind of server it is: decides which grants and profiles are listed.\n    issuer: Its issuer identifier.\n    token_endpoint: Its token endpoint.\n    jwks_uri: Where its public keys are.\n    jwt_dpop_grant: Lists the jwt-dpop grant too.\n    token_exchange_grant: Lists the token exchange grant too: for a resource authorization server with `delegation`.\n    authorization_endpoint: Where users sign on.\n    registration_endpoint: Where clients register (RFC 7591).\n    revocation_endpoint: Where tokens are revoked (RFC 7009): clients authenticate there as at the token endpoint.\n    scope: The scopes to list, space-separated.\n    grant_types_supported: The grants, in place of those of the role.\n    dpop_signing_alg_values_supported: What a DPoP proof may be signed with.\n    token_endpoint_auth_methods_supported: How clients authenticate at the token endpoint.\n    token_endpoint_auth_signing_alg_values_supported: What a client assertion may be signed with.\n    authorization_grant_profiles_supported: The grant profiles, in place of that of the role.\n    authorization_details_types_supported: The types of authorization details.\n    client_id_metadata_document_supported: Whether clients may identify themselves by a metadata document.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n",
        (), (("role", True), ("issuer", True), ("token_endpoint", True), ("jwks_uri", True), ("jwt_dpop_grant", False), ("token_exchange_grant", False), ("authorization_endpoint", False), ("registration_endpoint", False), ("revocation_endpoint", False), ("scope", False), ("grant_types_supported", False), ("dpop_signing_alg_values_supported", False), ("token_endpoint_auth_methods_supported", False), ("token_endpoint_auth_signing_alg_values_supported", False), ("authorization_grant_profiles_supported", False), ("authorization_details_types_supported", False), ("client_id_metadata_document_supported", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "read_authorization_server_metadata", "authorization_server_metadata.read",
        "Reads an authorization server's metadata as it arrived, for an issuer that is known already.\n\nArguments:\n    issuer: The issuer whose document it must be.\n    response: The response.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n",
        (), (("issuer", True), ("response", True), ("limits", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "build_protected_resource_metadata", "protected_resource_metadata.build",
        "The response that publishes a protected resource's metadata.\n\nArguments:\n    resource: Its identifier.\n    authorization_servers: The issuers of tokens for it; at least one.\n    scope: The scopes basic use needs, space-separated.\n    dpop_bound_access_tokens_required: Whether only DPoP-bound tokens are taken.\n    dpop_signing_alg_values_supported: What a DPoP proof may be signed with.\n    resource_name: A name for people.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n",
        (), (("resource", True), ("authorization_servers", True), ("scope", False), ("dpop_bound_access_tokens_required", False), ("dpop_signing_alg_values_supported", False), ("resource_name", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "read_protected_resource_metadata", "protected_resource_metadata.read",
        "Reads a protected resource's metadata as it arrived.\n\nArguments:\n    resource: The resource that was asked for.\n    found: How the document was found.\n    response: The response.\n    matching: How its `resource` is compared; `exact` by default.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n",
        (), (("resource", True), ("found", True), ("response", True), ("matching", False), ("limits", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "build_challenge", "challenge.build",
        "The response of a protected resource that refuses a request. The role does this itself.\n\nArguments:\n    schemes: How the resource takes tokens.\n    resource_metadata: Where the resource's metadata is.\n    algs: What a proof may be signed with; needed for `DPoP`.\n    realm: A protection space.\n    code: The error code; leave it out when no credentials were sent.\n    scope: The scope that the request needs, space-separated.\n    max_age: How old the sign-on may be, in seconds.\n    acr_values: The classes of sign-on of which any will do.\n    nonce: A nonce for the next proof.\n    dangerous_allow_http_loopback: Also take an `http` address on this machine: for tests.\n",
        (), (("schemes", True), ("resource_metadata", True), ("algs", False), ("realm", False), ("code", False), ("scope", False), ("max_age", False), ("acr_values", False), ("nonce", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "parse_challenge", "challenge.parse",
        "Reads the `WWW-Authenticate` fields of a response.\n\nArguments:\n    www_authenticate: The value of every `WWW-Authenticate` field, in order.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take an `http` address on this machine: for tests.\n",
        (), (("www_authenticate", True), ("limits", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "build_client_metadata", "client_metadata.build",
        "The response that publishes a client's metadata document; its body registers a client too (RFC 7591).\n\nArguments:\n    client_name: Its name for people.\n    redirect_uris: Where users are sent back to.\n    client_id: The address of the document, which is the client's identifier.\n    more_grant_types: Grants beside token exchange and jwt-bearer, such as `authorization_code`.\n    scope: The scope it will ask for, space-separated.\n    jwks_uri: Where its public keys are: it authenticates with `private_key_jwt`. Give this or `jwks`.\n    jwks: Its public keys, as a JWK Set: it authenticates with `private_key_jwt`.\n    dpop_bound_access_tokens: Asks that tokens are only ever issued bound to a key.\n    without_id_jag_profile: Keeps to itself that it implements the ID-JAG profile.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n",
        (), (("client_name", True), ("redirect_uris", True), ("client_id", False), ("more_grant_types", False), ("scope", False), ("jwks_uri", False), ("jwks", False), ("dpop_bound_access_tokens", False), ("without_id_jag_profile", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "read_client_document", "client_document.read",
        "Reads a client's metadata document as it arrived, for the client that it must be of.\n\nArguments:\n    client_id: The client's identifier: the address of the document.\n    response: The response.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n",
        (), (("client_id", True), ("response", True), ("limits", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "parse_client_id_url", "client_id_url.parse",
        "Whether a client identifier is the address of a metadata document, and the request for it.\n\nArguments:\n    client_id: The identifier.\n    dangerous_allow_http_loopback: Also take an `http` address on this machine: for tests.\n",
        (), (("client_id", True), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "well_known_urls", "well_known.urls",
        "The addresses at which the metadata of an issuer or a resource may be, in the order to try.\n\nArguments:\n    issuer: The issuer identifier. Give this or `resource`.\n    resource: The resource.\n    resource_metadata: The `resource_metadata` of the resource's challenge, if there was one.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n",
        (), (("issuer", False), ("resource", False), ("resource_metadata", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "plan_registration", "registration.plan",
        "How a client comes by its identifier at an authorization server: the first way that is open.\n\nArguments:\n    server: The server's metadata, as it was read.\n    registered_with: The issuers with which the client has credentials already.\n    client_id: The address of the client's metadata document, if it has one.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n",
        (), (("server", True), ("registered_with", False), ("client_id", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "select_scope", "scope.select",
        "The scope to ask for: first, and after each challenge that asked for more. Fails with `step_up_limit` when a\nserver keeps asking.\n\nArguments:\n    resource: The resource.\n    challenged_scope: The scope of the first challenge, if there was one, space-separated.\n    scopes_supported: The scopes that the resource's metadata lists, if it was read.\n    step_ups: What happened since, in order.\n    step_up_limit: How many step-ups in a row one operation may take; 3 by default.\n    dangerous_allow_http_loopback: Also take an `http` resource on this machine: for tests.\n",
        (), (("resource", True), ("challenged_scope", False), ("scopes_supported", False), ("step_ups", False), ("step_up_limit", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "check_authorization_response_issuer", "authorization_response.check_issuer",
        "Whose authorization response it is (RFC 9207 §2.4). When this fails, nothing else of the response may be used or\nshown.\n\nArguments:\n    issuer: The issuer recorded with the request, from validated metadata.\n    authorization_response_iss_parameter_supported: What the metadata says about `iss` in responses.\n    iss: The decoded `iss` of the response, if it has one.\n    dangerous_allow_http_loopback: Also take an `http` issuer on this machine: for tests.\n",
        (), (("issuer", True), ("authorization_response_iss_parameter_supported", True), ("iss", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "record_schema", "record.schema",
        "The JSON Schema of decision records.",
        (), (), None,
    ),
    Function(
        "read_record", "record.read",
        "Reads a decision record back: fails on whatever is not one.\n\nArguments:\n    record: The record, or its text: a line of a log.\n",
        (), (("record", True),), None,
    ),
    Function(
        "record_of_revocation", "record.of_revocation",
        "The record of a revocation that an administrator, or a program for one, put on the lists.\n\nArguments:\n    entry: The revocation.\n    decided_by: Who revokes, or which program.\n    now: The present, in seconds since 1970.\n",
        (), (("entry", True), ("decided_by", True), ("now", True),), None,
    ),
    Function(
        "record_to_ocsf", "record.to_ocsf",
        "A decision record as an event of the Open Cybersecurity Schema Framework.\n\nArguments:\n    record: The record, or its text: a line of a log.\n",
        (), (("record", True),), None,
    ),
    Function(
        "connections_of_records", "records.connections",
        "Which apps can reach which servers, since when and for whom: what these records tell, in whatever order.\n\nArguments:\n    records: The records, or their texts; those that come twice count once.\n    now: The present, in seconds since 1970: what is good then is live.\n    max_tokens: How many tokens are remembered; 100000 by default.\n    max_denials: How many refusals are remembered; 100000 by default.\n    max_revocations: How many revocations are remembered; 100000 by default.\n",
        (), (("records", True), ("now", True), ("max_tokens", False), ("max_denials", False), ("max_revocations", False),), None,
    ),
    Function(
        "chain_of_records", "records.chain",
        "Everything that belongs to one id: from the sign-on over the ID-JAG and the tokens to what was done with them.\n\nArguments:\n    records: The records, or their texts.\n    id: The id of a token, an ID-JAG, an ID Token or a session; a conversation; or a request id.\n",
        (), (("records", True), ("id", True),), None,
    ),
    Function(
        "exchange_request", "client.exchange_request",
        "The request for an ID-JAG, to send to the identity provider's token endpoint without following redirects. Client\nassertions are signed by `signer`, proofs by `dpop`.\n\nArguments:\n    exchange: What is asked for.\n    subject_token: What says who the user is.\n    subject_token_type: What kind of token that is.\n    idp: The identity provider's metadata.\n    credentials: What the client was given there; the best of several is used.\n    random: At least 12 random bytes, fresh for every request.\n    now: The present, in seconds since 1970.\n    actor_token: A JWT that names who acts for the user; MCP does not use this.\n    assertion_signature: The signature of the client assertion, where its key is elsewhere.\n    proof: Asks for a grant that is bound to the key of this proof; no proof is sent by default.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n    signer: A `SigningKey`.\n    dpop: A `SigningKey`.\n",
        ("signer", "dpop",), (("exchange", True), ("subject_token", True), ("subject_token_type", True), ("idp", True), ("credentials", True), ("random", True), ("now", True), ("actor_token", False), ("assertion_signature", False), ("proof", False), ("dangerous_allow_http_loopback", False), ("signer", False), ("dpop", False),), None,
    ),
    Function(
        "exchange_response", "client.exchange_response",
        "Checks the identity provider's response: the ID-JAG is the one that was asked for. What a refusal means,\n`client.read_answer` says.\n\nArguments:\n    exchange: What was asked for.\n    response: The response.\n    now: The present, in seconds since 1970.\n    binding: The key that was proven with the request; leave it out when no proof was sent.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n",
        (), (("exchange", True), ("response", True), ("now", True), ("binding", False), ("limits", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "refresh_request", "client.refresh_request",
        "The request for a refresh token in exchange for a SAML assertion.\n\nArguments:\n    assertion: The SAML 2.0 assertion, base64url-encoded.\n    idp: The identity provider's metadata.\n    credentials: What the client was given there; the best of several is used.\n    random: At least 12 random bytes, fresh for every request.\n    now: The present, in seconds since 1970.\n    scope: The scope, space-separated; `openid offline_access` by default.\n    assertion_signature: The signature of the client assertion, where its key is elsewhere.\n    proof: Asks for a token that is bound to the key of this proof; no proof is sent by default.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n    signer: A `SigningKey`.\n    dpop: A `SigningKey`.\n",
        ("signer", "dpop",), (("assertion", True), ("idp", True), ("credentials", True), ("random", True), ("now", True), ("scope", False), ("assertion_signature", False), ("proof", False), ("dangerous_allow_http_loopback", False), ("signer", False), ("dpop", False),), None,
    ),
    Function(
        "refresh_response", "client.refresh_response",
        "Checks the identity provider's response to it.\n\nArguments:\n    response: The response.\n    now: The present, in seconds since 1970.\n    limits: Caps.\n",
        (), (("response", True), ("now", True), ("limits", False),), None,
    ),
    Function(
        "grant_request", "client.grant_request",
        "The request that redeems an ID-JAG, to send to the resource authorization server's token endpoint without\nfollowing redirects. Client assertions are signed by `signer`, proofs by `dpop`.\n\nArguments:\n    grant: The ID-JAG, and what is asked for.\n    server: The resource authorization server's metadata.\n    credentials: What the client was given there; the best of several is used.\n    random: At least 12 random bytes, fresh for every request.\n    now: The present, in seconds since 1970.\n    assertion_signature: The signature of the client assertion, where its key is elsewhere.\n    proof: The proof to send along; none by default.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n    signer: A `SigningKey`.\n    dpop: A `SigningKey`.\n",
        ("signer", "dpop",), (("grant", True), ("server", True), ("credentials", True), ("random", True), ("now", True), ("assertion_signature", False), ("proof", False), ("dangerous_allow_http_loopback", False), ("signer", False), ("dpop", False),), None,
    ),
    Function(
        "grant_response", "client.grant_response",
        "Checks the server's response: the access token is for the resource and within the rights that were asked for.\nWhat a refusal means, `client.read_answer` says.\n\nArguments:\n    grant: The ID-JAG, and what was asked for.\n    response: The response.\n    now: The present, in seconds since 1970.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n",
        (), (("grant", True), ("response", True), ("now", True), ("limits", False), ("dangerous_allow_http_loopback", False),), None,
    ),
    Function(
        "use_token", "client.use_token",
        "Adds the access token, and the proof where it is bound, to a request to its resource, which must be sent without\nfollowing redirects. Proofs are signed by `dpop`.\n\nArguments:\n    grant: The ID-JAG, and what was asked for.\n    response: The response that holds the access token.\n    request: The request to its resource.\n    random: At least 12 random bytes, fresh for every request.\n    now: The present, in seconds since 1970.\n    proof: The proof to send along, which a token of type `DPoP` needs.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n    dpop: A `SigningKey`.\n",
        ("dpop",), (("grant", True), ("response", True), ("request", True), ("random", True), ("now", True), ("proof", False), ("limits", False), ("dangerous_allow_http_loopback", False), ("dpop", False),), None,
    ),
    Function(
        "read_answer", "client.read_answer",
        "What the refusal of a token endpoint, or of a resource, means.\n\nArguments:\n    from_: Whose it is.\n    response: The response.\n    limits: Caps.\n",
        (), (("from_", True), ("response", True), ("limits", False),), None,
    ),
)

CLASSES = (
    Class(
        "Client",
        Function(
            "", "client.new",
            "A client, configured once for any number of connections. `signer` signs its client assertions; `dpop` its proofs:\nwith it, no token is taken that is not bound to that key. Which grant its tokens come by is said here, and nothing\nthat a server answers changes it.\n\nArguments:\n    grant: How access tokens are come by. `id_jag` by default: the identity provider decides.\n    idp: Of `id_jag`: the identity provider's metadata.\n    idp_credentials: Of `id_jag`: what the client was given there.\n    redirect_uri: Of `authorization_code`: where the user's browser is sent back to.\n    registering_as: Of `authorization_code`: the client's name for people, where it may register itself (RFC 7591, deprecated by\n        MCP) with servers that it has no credentials for, anew for each connection; it may not by default.\n    credentials: What the client was given by authorization servers, one entry for each; none by default.\n    document: The client's metadata document, for servers that read such documents; none by default.\n    dangerous_preferring_dpop: Also take tokens that are not bound to the key `dpop`: a downgrade goes unnoticed. `false` by default.\n    accepting_unlisted_profile: Also try servers whose metadata does not list the ID-JAG profile; `false` by default.\n    dangerous_allowing_resource_query: Also connect to resources whose identifier has a query component; `false` by default.\n    matching: How a resource's stated identifier is compared; `exact` by default.\n    step_up_limit: How many step-ups in a row are made for one operation, and how many sign-ons for one connection; 3 by\n        default.\n    context_claim: The claim, and parameter of the exchange, that names a conversation; `ctx` by default.\n    detail_types: What is known of types of authorization details, by name: how what comes back may be narrower than what was asked\n        for. Of others, the common arrays of RFC 9396 §2.2 may.\n    limits: Caps on responses.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n    signer: A `SigningKey`.\n    dpop: A `SigningKey`.\n",
            ("signer", "dpop",), (("grant", False), ("idp", False), ("idp_credentials", False), ("redirect_uri", False), ("registering_as", False), ("credentials", False), ("document", False), ("dangerous_preferring_dpop", False), ("accepting_unlisted_profile", False), ("dangerous_allowing_resource_query", False), ("matching", False), ("step_up_limit", False), ("context_claim", False), ("detail_types", False), ("limits", False), ("dangerous_allow_http_loopback", False), ("signer", False), ("dpop", False),), "Client",
        ),
        (("idp", "Of `id_jag`: the identity provider's issuer identifier."),),
        (
        ),
    ),
    Class(
        "ClientDocuments",
        Function(
            "", "client_documents.new",
            "The clients of a server that are registered by the document at their identifier (Client ID Metadata Documents). It\nsays what to fetch, and for how long that serves. It fetches nothing: a stranger chooses the addresses, and where\nthey may lie is for you to decide.\n\nArguments:\n    role: Which server asks: decides which grant a client must list to use it.\n    origins: The origins that are asked for documents and keys, such as `https://apps.example`; every origin by default.\n    dangerous_public_clients: Take clients that cannot authenticate.\n    algorithms: The algorithms of client assertions; ES256 by default.\n    min_age: The shortest time that a document serves, and that a refusal stands, in seconds; 60 by default.\n    default_age: The time that one serves whose response says nothing, in seconds; 600 by default.\n    max_age: The longest time that a document serves, in seconds; 3600 by default, at most a day.\n    max_key_age: The longest time that keys serve which are not in the document, in seconds; 600 by default, at most a day.\n    retry_interval: After a fetch that failed, how much time lies before the next for the same client, in seconds; 30 by default.\n    capacity: How many clients are remembered; 1000 by default.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n",
            (), (("role", True), ("origins", False), ("dangerous_public_clients", False), ("algorithms", False), ("min_age", False), ("default_age", False), ("max_age", False), ("max_key_age", False), ("retry_interval", False), ("capacity", False), ("limits", False), ("dangerous_allow_http_loopback", False),), "ClientDocuments",
        ),
        (),
        (
            Function(
                "next", "client_documents.next",
                "What is known of a client, or what to send for it.\n\nArguments:\n    client_id: Its identifier.\n    now: The present, in seconds since 1970.\n",
                ("client_documents",), (("client_id", True), ("now", True),), None,
            ),
            Function(
                "received", "client_documents.received",
                "Takes the response to the request that was to be sent for a client. A refusal is for your log: `next` knows.\n\nArguments:\n    client_id: The client for which the request was sent.\n    response: The response.\n    now: The present, in seconds since 1970.\n",
                ("client_documents",), (("client_id", True), ("response", True), ("now", True),), None,
            ),
        ),
    ),
    Class(
        "Connection",
        Function(
            "", "connection.new",
            "A connection to one MCP server. It sends nothing itself: it says what to send, and is told what came back.\n\nArguments:\n    resource: The MCP server's address.\n    client: A `Client`.\n    challenge: Its response to a request without token, if there was one: says where its metadata is, and what it needs.\n    scope: The scope to ask for first, space-separated; what challenge or metadata name by default.\n    authorization_details: Authorization details to ask for; none by default.\n    context: The conversation that its tokens are for, and for no other: 1 to 512 bytes. Each conversation has a connection of\n        its own. None by default.\n",
            ("client",), (("resource", True), ("client", True), ("challenge", False), ("scope", False), ("authorization_details", False), ("context", False),), "Connection",
        ),
        (("resource", "The MCP server."),),
        (
            Function(
                "next", "connection.next",
                "What to do next. Nothing changes until something comes back: a request whose response was lost is asked for\nagain.\n\nArguments:\n    random: 32 random bytes, fresh for every call.\n    now: The present, in seconds since 1970.\n",
                ("connection",), (("random", True), ("now", True),), None,
            ),
            Function(
                "receive", "connection.receive",
                "Takes the response to the request that `next` named.\n\nArguments:\n    response: The response.\n    now: The present, in seconds since 1970.\n",
                ("connection",), (("response", True), ("now", True),), None,
            ),
            Function(
                "unreachable", "connection.unreachable",
                "Says that no response came. The request is tried again, for a while.\n\nArguments:\n    now: The present, in seconds since 1970.\n",
                ("connection",), (("now", True),), None,
            ),
            Function(
                "identify", "connection.identify",
                "Takes the user's sign-on: before the first step, or when `next` asks for one. It replaces the one before.\n\nArguments:\n    issuer: The identity provider's issuer identifier.\n    id_token: The ID Token: what ID-JAGs are asked for with first.\n    saml2: The SAML 2.0 assertion, base64url-encoded: used without an ID Token.\n    refresh_token: A refresh token: used when nothing else is left.\n    expires_at: When `id_token` and `saml2` expire, in seconds since 1970; required with either. Where they differ, the earlier.\n",
                ("connection",), (("issuer", True), ("id_token", False), ("saml2", False), ("refresh_token", False), ("expires_at", False),), None,
            ),
            Function(
                "supply_assertion", "connection.supply_assertion",
                "Takes the JWT that `next` asks for. It is sent until the server answers, also when that asks for patience or for a\nnonce, and never after a refusal.\n\nArguments:\n    assertion: The JWT, made for the `audience` that `next` named.\n",
                ("connection",), (("assertion", True),), None,
            ),
            Function(
                "authorization_response", "connection.authorization_response",
                "Takes the address that the user's browser was sent back to. Fails with `state_mismatch` when it is no response to\nthe request, which then still stands.\n\nArguments:\n    url: The address, as it was called: the redirect URI with what the authorization server added.\n",
                ("connection",), (("url", True),), None,
            ),
            Function(
                "decline", "connection.decline",
                "Says that what `next` asks for, a sign-on, an assertion or the user's permission, will not come. What was granted\nbefore a step-up stays usable; without that, the connection has failed.",
                ("connection",), (), None,
            ),
            Function(
                "authorize", "connection.authorize",
                "Adds the access token, and the proof where it is bound, to a request to the MCP server. Send it without following\nredirects, and give its response to `on_resource_response`.\n\nArguments:\n    request: The request.\n    random: 32 random bytes, fresh for every call.\n    now: The present, in seconds since 1970.\n",
                ("connection",), (("request", True), ("random", True), ("now", True),), None,
            ),
            Function(
                "on_resource_response", "connection.on_resource_response",
                "Takes the MCP server's response to an authorized request, and says what it means. While nothing is discovered, it\nmay be the response to a request without token: its challenge says where the metadata is, and what is needed.\n\nArguments:\n    operation: Your own name for what the request does, such as the tool's: step-ups are counted for each.\n    response: The response.\n    now: The present, in seconds since 1970.\n",
                ("connection",), (("operation", True), ("response", True), ("now", True),), None,
            ),
            Function(
                "status", "connection.status",
                "Where the connection stands; changes nothing.\n\nArguments:\n    now: The present, in seconds since 1970.\n",
                ("connection",), (("now", True),), None,
            ),
            Function(
                "downscope", "connection.downscope",
                "The request for an access token for a subagent (RFC 8693): never more than the connection's, and dead with it. Send\nit without following redirects, and give its response to `on_downscope_response`. Fails with `token_expired` when\nthe connection is not ready.\n\nArguments:\n    wanted: What the subagent is to have.\n    random: 32 random bytes, fresh for every call.\n    now: The present, in seconds since 1970.\n",
                ("connection",), (("wanted", True), ("random", True), ("now", True),), None,
            ),
            Function(
                "on_downscope_response", "connection.on_downscope_response",
                "Takes the response to the request of `downscope`, with the same `wanted`.\n\nArguments:\n    wanted: What the subagent is to have.\n    response: The response.\n    now: The present, in seconds since 1970.\n",
                ("connection",), (("wanted", True), ("response", True), ("now", True),), None,
            ),
        ),
    ),
    Class(
        "Discovery",
        Function(
            "", "discovery.new",
            "Finds the metadata of a resource, chooses one of its authorization servers, and finds that one's; or finds that\nof an issuer that is known already. It sends nothing.\n\nArguments:\n    resource: The resource that was or will be requested. Give this or `issuer`.\n    resource_metadata: The `resource_metadata` of the resource's challenge, if there was one.\n    issuer: An issuer that is known already.\n    matching: How the `resource` of its metadata is compared; `exact` by default.\n    prefer: Issuers with which the client is registered: the resource's first among these is used, else its first.\n    require: Issuers with which the client is registered: the resource's first among these is used, and no other.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n",
            (), (("resource", False), ("resource_metadata", False), ("issuer", False), ("matching", False), ("prefer", False), ("require", False), ("limits", False), ("dangerous_allow_http_loopback", False),), "Discovery",
        ),
        (),
        (
            Function(
                "next", "discovery.next",
                "The request to send now.",
                ("discovery",), (), None,
            ),
            Function(
                "receive", "discovery.receive",
                "Takes the response to that request. After `server_failed` the same request may be sent again; every other\nfailure ends discovery.\n\nArguments:\n    response: The response.\n",
                ("discovery",), (("response", True),), None,
            ),
        ),
    ),
    Class(
        "IdentityProvider",
        Function(
            "", "idp.new",
            "An identity provider, configured once.\n\nArguments:\n    issuer: This provider's issuer identifier.\n    token_endpoint: Its token endpoint, as it is known publicly: what proofs must name.\n    id_token_algorithms: The algorithms its own ID Tokens may be signed with; ES256 by default.\n    client_algorithms: The algorithms of proofs and client assertions; ES256 by default.\n    subject_tokens: What is exchanged beside ID Tokens; nothing by default.\n    saml_clients: The client of each SAML audience, by entity id.\n    actor_profiles: Whose actor tokens are accepted; without any, every request with an actor token is refused.\n    audiences: What is particular about each audience; one that is not listed gets the defaults.\n    multi_tenant: It has many tenants: `tenant` goes into every grant. `false` by default.\n    mcp: The MCP profile: `audience` must be an issuer identifier, and `resource` must be sent unless there is exactly\n        one. `true` by default.\n    client_id_documents_are_global: A client whose identifier is the address of its metadata document has the same identifier everywhere; `false`\n        by default.\n    context_claim: The claim that names a conversation, and the parameter that asks for one; `ctx` by default.\n    report_resource: Report the granted resource in the response too; `false` by default.\n    id_jag_lifetime: How long ID-JAGs live, in seconds: 300 by default, at most 3600.\n    id_token_window: The rules of time for ID Tokens.\n    assertion_window: The rules of time for client assertions and actor tokens.\n    proof_window: How far a proof's `iat` may lie from now, in seconds: 60 by default, at most 300.\n    dangerous_public_clients_without_proof: Let clients that cannot authenticate exchange without proof; `false` by default.\n    dangerous_token_endpoint_audience: Accept the token endpoint as the audience of client assertions; `false` by default.\n    denial: What a policy denial is on the wire: `access_denied` by default, or `invalid_grant`.\n    subject_fault: What a faulty subject token is on the wire: `invalid_grant` by default, or `invalid_request`.\n    revocation: Whether ID Tokens, and conversations asked for, are held against revocations; `when_given` by default. Whether what\n        you attest was revoked is yours to know.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n",
            (), (("issuer", True), ("token_endpoint", True), ("id_token_algorithms", False), ("client_algorithms", False), ("subject_tokens", False), ("saml_clients", False), ("actor_profiles", False), ("audiences", False), ("multi_tenant", False), ("mcp", False), ("client_id_documents_are_global", False), ("context_claim", False), ("report_resource", False), ("id_jag_lifetime", False), ("id_token_window", False), ("assertion_window", False), ("proof_window", False), ("dangerous_public_clients_without_proof", False), ("dangerous_token_endpoint_audience", False), ("denial", False), ("subject_fault", False), ("revocation", False), ("limits", False), ("dangerous_allow_http_loopback", False),), "IdentityProvider",
        ),
        (("issuer", "Its issuer identifier."), ("detail_types", "The types of authorization details that some audience takes: for its metadata."),),
        (
        ),
    ),
    Class(
        "KeySet",
        Function(
            "", "key_set.new",
            "A key set that belongs to one issuer, parsed once and used for any number of tokens.\n\nArguments:\n    issuer: Whose keys these are: the issuer identifier, verbatim.\n    jwks: The JWK Set.\n    algorithms: The algorithms that may be used.\n    prepare: Compute now what makes verifying with these keys faster, up to 16 of them, at a time when nobody waits. Without\n        this it is computed as they are used: after 4 signatures, and more after 256.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take an `http` issuer on this machine: for tests.\n",
            (), (("issuer", True), ("jwks", True), ("algorithms", True), ("prepare", False), ("limits", False), ("dangerous_allow_http_loopback", False),), "KeySet",
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
        "KeySetCache",
        Function(
            "", "key_set_cache.new",
            "A cache for the keys of one issuer: it says when to fetch them, and for how long they serve. It fetches nothing.\n\nArguments:\n    issuer: The issuer identifier, verbatim.\n    jwks_uri: Where its keys are, as its metadata says.\n    algorithms: The algorithms that may be used; every one by default.\n    time_to_live: For how long a set is used without asking again, in seconds; 600 by default.\n    min_refresh_interval: How much time lies between two refreshes at least, in seconds, whatever their reason and outcome; 30 by\n        default.\n    max_stale: For how long after that a set still serves while no refresh succeeds, in seconds; 3600 by default, at most a\n        day.\n    prepare: Prepare the keys of every set when it is taken, instead of as they are used: see `prepare` of a key set.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n",
            (), (("issuer", True), ("jwks_uri", True), ("algorithms", False), ("time_to_live", False), ("min_refresh_interval", False), ("max_stale", False), ("prepare", False), ("limits", False), ("dangerous_allow_http_loopback", False),), "KeySetCache",
        ),
        (("generation", "How often the set was replaced: while it stays the same, so do the keys."),),
        (
            Function(
                "lookup", "key_set_cache.lookup",
                "What to do about a token that claims a key.\n\nArguments:\n    now: The present, in seconds since 1970.\n    kid: Its `kid`; leave it out when the token names none.\n",
                ("cache",), (("now", True), ("kid", False),), None,
            ),
            Function(
                "keys", "key_set_cache.keys",
                "The keys that serve now, as a key set. Fails with `keys_unavailable` when there are none.\n\nArguments:\n    now: The present, in seconds since 1970.\n",
                ("cache",), (("now", True),), "KeySet",
            ),
            Function(
                "begin_refresh", "key_set_cache.begin_refresh",
                "Starts a refresh: the request to send, without following redirects. Of many callers that were told to refresh,\none is given a request.\n\nArguments:\n    now: The present, in seconds since 1970.\n",
                ("cache",), (("now", True),), None,
            ),
            Function(
                "refreshed", "key_set_cache.refreshed",
                "Takes the response. On failure everything stays as it was, and the next refresh is due after the interval.\n\nArguments:\n    response: The response.\n    now: The present, in seconds since 1970.\n",
                ("cache",), (("response", True), ("now", True),), None,
            ),
            Function(
                "replace", "key_set_cache.replace",
                "Takes a set that you got in another way, such as from a store shared with other machines.\n\nArguments:\n    issuer: Whose keys these are; it must be the issuer of the cache.\n    jwks: The JWK Set.\n    fetched_at: When it was fetched, in seconds since 1970.\n",
                ("cache",), (("issuer", True), ("jwks", True), ("fetched_at", True),), None,
            ),
        ),
    ),
    Class(
        "Policy",
        Function(
            "", "policy.new",
            "A compiled policy. A document with a fault is no policy: the error names every fault.\n\nArguments:\n    document: The document.\n    max_bytes: Bytes of the document; 16 MiB by default.\n    max_rules: Rules in the document; 1,000,000 by default.\n    max_faults: How many faults are reported, at least one: 100 by default. The others are counted.\n    dangerous_allow_http_loopback: Also take `http` issuers and resources on this machine: for tests.\n",
            (), (("document", True), ("max_bytes", False), ("max_rules", False), ("max_faults", False), ("dangerous_allow_http_loopback", False),), "Policy",
        ),
        (("apps", "How many apps."), ("servers", "How many servers."), ("rules", "How many rules."),),
        (
            Function(
                "describe", "policy.describe",
                "The apps, servers and rules of a policy, each sorted by id.",
                ("policy",), (), None,
            ),
            Function(
                "evaluate", "policy.evaluate",
                "Decides a request: the cost does not grow with rules that cannot match.\n\nArguments:\n    audience: The issuer identifier of the server that access is asked for.\n    client_id: The client, by its id at the identity provider. Give this or `client_id_at_server`.\n    client_id_at_server: The client, by its id at the server that access is asked for.\n    resource: The resources asked for; none means all that the server guards.\n    scope: The scope asked for, space-separated. Left out, it is every scope that a permit grants by name.\n    authorization_details_types: The types of the authorization details asked for.\n    subject: The user's `sub` at the identity provider.\n    groups: All groups of the user; an empty list says that there are none.\n    acr: The class of the user's sign-on.\n    auth_age: Seconds since the user signed on.\n    dpop: Whether possession of a DPoP key was proven with the request; `false` by default.\n    context: Whether it is for one conversation; `false` by default.\n    actor: Whether a verified actor acts for the user.\n    act: The actor that was verified. Where the policy lists agents, it must be one of them.\n    depth: How many tokens the one asked for would be derived from.\n",
                ("policy",), (("audience", True), ("client_id", False), ("client_id_at_server", False), ("resource", False), ("scope", False), ("authorization_details_types", False), ("subject", False), ("groups", False), ("acr", False), ("auth_age", False), ("dpop", False), ("context", False), ("actor", False), ("act", False), ("depth", False),), None,
            ),
            Function(
                "explain", "policy.explain",
                "Decides a request and says how each rule took part, for people: the cost grows with every rule.\n\nArguments:\n    audience: The issuer identifier of the server that access is asked for.\n    client_id: The client, by its id at the identity provider. Give this or `client_id_at_server`.\n    client_id_at_server: The client, by its id at the server that access is asked for.\n    resource: The resources asked for; none means all that the server guards.\n    scope: The scope asked for, space-separated. Left out, it is every scope that a permit grants by name.\n    authorization_details_types: The types of the authorization details asked for.\n    subject: The user's `sub` at the identity provider.\n    groups: All groups of the user; an empty list says that there are none.\n    acr: The class of the user's sign-on.\n    auth_age: Seconds since the user signed on.\n    dpop: Whether possession of a DPoP key was proven with the request; `false` by default.\n    context: Whether it is for one conversation; `false` by default.\n    actor: Whether a verified actor acts for the user.\n    act: The actor that was verified. Where the policy lists agents, it must be one of them.\n    depth: How many tokens the one asked for would be derived from.\n",
                ("policy",), (("audience", True), ("client_id", False), ("client_id_at_server", False), ("resource", False), ("scope", False), ("authorization_details_types", False), ("subject", False), ("groups", False), ("acr", False), ("auth_age", False), ("dpop", False), ("context", False), ("actor", False), ("act", False), ("depth", False),), None,
            ),
            Function(
                "withdrawals", "policy.withdrawals",
                "What to revoke when a policy takes the place of `former`: for each server, and for the identity provider, what to add\nto its list, and to no other's. Without `former`, what to revoke of the apps that may not be used.\n\nArguments:\n    idp: The identity provider's issuer identifier.\n    now: The present, in seconds since 1970.\n    clock_skew: How far the clocks of issuers may be ahead, in seconds; 60 by default. What they issue for so long is revoked with\n        the rest.\n    id_jag_lifetime: The longest lifetime of an ID-JAG, in seconds; an hour by default.\n    access_token_lifetime: The longest lifetime of an access token, in seconds; an hour by default.\n    id_token_lifetime: The longest lifetime of an ID Token, in seconds; a day by default.\n    tolerance: How long after its end somebody may still take a token, in seconds; 300 by default.\n    dangerous_allow_http_loopback: Also take an `http` issuer on this machine: for tests.\n    former: A `Policy`.\n",
                ("policy", "former",), (("idp", True), ("now", True), ("clock_skew", False), ("id_jag_lifetime", False), ("access_token_lifetime", False), ("id_token_lifetime", False), ("tolerance", False), ("dangerous_allow_http_loopback", False), ("former", False),), None,
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
    Class(
        "ResourceAuthorizationServer",
        Function(
            "", "resource_as.new",
            "A resource authorization server, configured once.\n\nArguments:\n    issuer: This server's issuer identifier.\n    token_endpoint: Its token endpoint, as it is known publicly: what proofs must name.\n    trusted_issuers: The identity providers it trusts.\n    resources: The resources it guards.\n    revocation_endpoint: Its revocation endpoint (RFC 7009), as it is known publicly; without it no token is revoked here.\n    revocation: Whether grants are held against revocations; `when_given` by default.\n    audience_aliases: Other spellings of `issuer` accepted as `aud`.\n    default_resource: The resource of grants that name none; without it, the only one there is.\n    resource_required: Refuse grants without `resource` even so.\n    normalize_resources: Compare resources after RFC 3986 normalisation.\n    several_resources_per_token: Issue one token for several resources when no scope belongs to two of them.\n    detail_types: The types of authorization details that are offered, by name.\n    context_claim: The claim that names a conversation; `ctx` by default. It is taken from the grant, and from nowhere else.\n    context: Whether a grant must be for one conversation; `optional` by default.\n    grant_window: The rules of time for ID-JAGs; they may live an hour by default.\n    assertion_window: The rules of time for client assertions.\n    access_token_lifetime: How long access tokens live, in seconds: 600 by default, at most 3600.\n    replay: Whether a grant is redeemed once.\n    self_issued: Grants this server issued itself.\n    multi_tenant: `aud_tenant` is required, and must be the tenant in which the client is registered.\n    jwt_dpop: Accept the jwt-dpop grant type too, with identical checks.\n    bind_to_proof: Bind the access token to a proof that comes with an unbound ID-JAG; `true` by default.\n    dangerous_public_clients_without_proof: Let clients that cannot authenticate redeem grants that are not bound to a key.\n    dangerous_token_endpoint_audience: Accept the token endpoint as the audience of client assertions.\n    delegation: Tokens for subagents, derived from this server's own (RFC 8693); without it, none are.\n    client_algorithms: The algorithms of proofs and client assertions; ES256 by default.\n    proof_window: How far a proof's `iat` may lie from now, in seconds: 60 by default, at most 300.\n    denial: What a policy denial is on the wire; `access_denied` by default.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n",
            (), (("issuer", True), ("token_endpoint", True), ("trusted_issuers", True), ("resources", True), ("revocation_endpoint", False), ("revocation", False), ("audience_aliases", False), ("default_resource", False), ("resource_required", False), ("normalize_resources", False), ("several_resources_per_token", False), ("detail_types", False), ("context_claim", False), ("context", False), ("grant_window", False), ("assertion_window", False), ("access_token_lifetime", False), ("replay", False), ("self_issued", False), ("multi_tenant", False), ("jwt_dpop", False), ("bind_to_proof", False), ("dangerous_public_clients_without_proof", False), ("dangerous_token_endpoint_audience", False), ("delegation", False), ("client_algorithms", False), ("proof_window", False), ("denial", False), ("limits", False), ("dangerous_allow_http_loopback", False),), "ResourceAuthorizationServer",
        ),
        (("issuer", "Its issuer identifier."), ("trusted_issuers", "The identity providers it trusts."), ("detail_types", "The types of authorization details that it takes: for its metadata."),),
        (
        ),
    ),
    Class(
        "ResourceServer",
        Function(
            "", "resource_server.new",
            "A protected resource, such as an MCP server, configured once.\n\nArguments:\n    resource: The resource's own identifier: what `aud` must name.\n    authorization_servers: The authorization servers it trusts; the first is the one that clients are sent to.\n    resource_aliases: Further identifiers it answers to; none by default.\n    normalize_resource: Compare `aud` after RFC 3986 normalisation; `false` by default: code point by code point.\n    metadata_url: Where its metadata document is; by default the well-known address of `resource` (RFC 9728 §3).\n    access: What each operation requires. What is not listed is refused; the methods that every MCP session needs are\n        listed already and require any valid token.\n    hierarchy: Which scopes include which others, space-separated: `{\"admin\": \"read write\"}`. Inclusion carries on.\n    initial_scope: The scope named to clients that come without a token, space-separated; none by default.\n    sender_constraint: Whether tokens must be bound to a key; `optional` by default.\n    proof_algorithms: The algorithms of proofs; ES256 by default.\n    proof_window: How far a proof's `iat` may lie from now, in seconds: 300 by default and at most.\n    proof_single_use: Let a proof be used once only; `false` by default. `authorize` then answers a replay key.\n    revocation: Whether tokens are held against revocations; `when_given` by default.\n    read_only_scopes: The scopes that only read, space-separated. A token whose scopes, included ones among them, are all of these\n        reaches no tool but those with `read_only`; nor does a token without scopes.\n    context_claim: The claim that names a conversation; `ctx` by default.\n    context: Whether a token must be for one conversation; `optional` by default.\n    window: The rules of time for access tokens.\n    token_cache_capacity: How many verified tokens are remembered, so that their signatures need not be computed again: 1,024 by default,\n        65,536 at most; of 0, none is. Everything but the signature is checked on each use all the same.\n    limits: Caps.\n    dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.\n",
            (), (("resource", True), ("authorization_servers", True), ("resource_aliases", False), ("normalize_resource", False), ("metadata_url", False), ("access", False), ("hierarchy", False), ("initial_scope", False), ("sender_constraint", False), ("proof_algorithms", False), ("proof_window", False), ("proof_single_use", False), ("revocation", False), ("read_only_scopes", False), ("context_claim", False), ("context", False), ("window", False), ("token_cache_capacity", False), ("limits", False), ("dangerous_allow_http_loopback", False),), "ResourceServer",
        ),
        (("resource", "Its identifier."), ("metadata_url", "Where its metadata document belongs."), ("authorization_servers", "The authorization servers it trusts."), ("context_claim", "The claim that names a conversation."),),
        (
            Function(
                "bearer_needs", "resource_server.bearer_needs",
                "What to look up before a bearer token can be verified without its request.\n\nArguments:\n    token: The token, as it was sent.\n    now: The present, in seconds since 1970.\n",
                ("server",), (("token", True), ("now", True),), None,
            ),
            Function(
                "verify_bearer", "resource_server.verify_bearer",
                "Verifies a bearer token without its request: for SDKs that verify tokens first and see requests later. A token that\nis bound to a key is refused. What the token may do is not decided here.\n\nArguments:\n    token: The token, as it was sent.\n    now: The present, in seconds since 1970.\n    context: The conversation that the request is part of, where you know: a token for another one, or for none, is refused.\n    keys: A `KeySet`.\n    revocations: A `RevocationList`.\n",
                ("server", "keys", "revocations",), (("token", True), ("now", True), ("context", False), ("keys", False), ("revocations", False),), None,
            ),
            Function(
                "metadata", "resource_server.metadata",
                "The RFC 9728 metadata document to serve at `metadata_url`.",
                ("server",), (), None,
            ),
        ),
    ),
    Class(
        "RevocationList",
        Function(
            "", "revocation_list.new",
            "A bounded list of what was revoked, for the roles to hold tokens against. It never forgets an entry early: when it\nis full it takes no more.\n\nArguments:\n    now: The present, in seconds since 1970.\n    capacity: How many entries it holds at most; 100000 by default.\n    document: Entries to begin with: what `export` answered.\n    max_stale: The list is a copy of one that is kept elsewhere: it serves after `synchronize`, for this many seconds. Leave it\n        out for a list to which everything is added in this process.\n",
            (), (("now", True), ("capacity", False), ("document", False), ("max_stale", False),), "RevocationList",
        ),
        (),
        (
            Function(
                "add", "revocation_list.add",
                "Adds entries. Of two for the same tokens the later time counts.\n\nArguments:\n    entries: The entries.\n    now: The present, in seconds since 1970.\n",
                ("revocation_list",), (("entries", True), ("now", True),), None,
            ),
            Function(
                "synchronize", "revocation_list.synchronize",
                "Of a copy: notes that everything up to `sequence` of the list that is kept elsewhere has been added.\n\nArguments:\n    sequence: The sequence number of the list that is kept elsewhere.\n    now: When it had that number, in seconds since 1970.\n",
                ("revocation_list",), (("sequence", True), ("now", True),), None,
            ),
            Function(
                "export", "revocation_list.export",
                "The list as a document, without what may be forgotten.\n\nArguments:\n    now: The present, in seconds since 1970.\n",
                ("revocation_list",), (("now", True),), None,
            ),
            Function(
                "receive", "revocation_list.receive",
                "Of a copy: begins to take a signed snapshot or delta, in place of one that it was still taking. The chunks are to\nfollow; what has none is applied at once.\n\nArguments:\n    manifest: The manifest.\n    issuer: The one who may tell what is revoked.\n    algorithms: The algorithms that may be used.\n    now: The present, in seconds since 1970.\n    keys: The issuer's keys: a key set, or a JWK Set.\n    tolerance: How far the issuer's clock may be ahead, in seconds; 60 by default.\n    max_interval: How many seconds after it was issued an update may be followed by the next; an hour by default.\n    dangerous_allow_http_loopback: Also take an `http` issuer on this machine: for tests.\n",
                ("revocation_list", "keys",), (("manifest", True), ("issuer", True), ("algorithms", True), ("now", True), ("keys", False), ("tolerance", False), ("max_interval", False), ("dangerous_allow_http_loopback", False),), None,
            ),
            Function(
                "receive_chunk", "revocation_list.receive_chunk",
                "Of a copy: takes the next chunk. With the last the update is applied, all of it or nothing.\n\nArguments:\n    chunk: Its bytes.\n    now: The present, in seconds since 1970.\n",
                ("revocation_list",), (("chunk", True), ("now", True),), None,
            ),
        ),
    ),
    Class(
        "RevocationUpdate",
        Function(
            "", "revocation_update.new",
            "A list as it is now, or what changed of it, to be signed and sent to copies.\n\nArguments:\n    issuer: Who tells it: the issuer that copies are configured with.\n    next_update: When to ask again, in seconds since 1970: copies serve until then, and for their `max_stale` after it.\n    now: The present, in seconds since 1970.\n    revocations: A `RevocationList`.\n    since: Only what changed after the list had this number, where that is still known; else everything.\n    dangerous_allow_http_loopback: Also take an `http` issuer on this machine: for tests.\n",
            ("revocations",), (("issuer", True), ("next_update", True), ("now", True), ("revocations", True), ("since", False), ("dangerous_allow_http_loopback", False),), "RevocationUpdate",
        ),
        (("sequence", "The number that the list has."), ("base_sequence", "Of a delta, the number that it starts after."), ("size", "How many entries are told."), ("chunks", "How many chunks follow the manifest."),),
        (
            Function(
                "sign", "revocation_update.sign",
                "Signs the manifest.\n\nArguments:\n    signer: A `SigningKey`.\n",
                ("revocation_update", "signer",), (("signer", True),), None,
            ),
            Function(
                "prepare", "revocation_update.prepare",
                "Shows what a signer elsewhere has to sign; `attach_jws` makes the manifest of it.\n\nArguments:\n    key: The public JWK of the key that will sign.\n    algorithms: The algorithms that may be used; every one by default.\n",
                ("revocation_update",), (("key", True), ("algorithms", False),), None,
            ),
            Function(
                "chunk", "revocation_update.chunk",
                "One of the chunks that follow the manifest.\n\nArguments:\n    number: Its number, from 0.\n",
                ("revocation_update",), (("number", True),), None,
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
)

CHAINS = (
    Chain(
        "IdentityProvider", "idp.exchange", ("server", "keys", "actor_keys", "client", "policy", "signer", "revocations",), "parse",
        (
            Step("parse", "Takes it apart; answers `needs`.\n\nArguments:\n    now: The present, in seconds since 1970.\n", (("now", True),), "PendingExchange"),
            Step("verify", "Verifies client, proof, subject token and actor token; answers `subject` and `wants_refresh_token`.\n\nArguments:\n    now: The present, in seconds since 1970.\n    client: The client's registration; leave it out when there is no such client.\n    attested: Your word for a subject token that is no ID Token; leave it out when you do not know the token.\n    nonce: The nonces that proofs must carry; leave it out when none is required.\n    keys: A `KeySet`.\n    actor_keys: A `KeySet`.\n    revocations: A `RevocationList`.\n", (("now", True), ("client", False), ("attested", False), ("nonce", False), ("keys", False), ("actor_keys", False), ("revocations", False),), "VerifiedExchange"),
            Step("target", "Finds what the grant is for in the policy; answers `audience`, `subject` and `client_id`.\n\nArguments:\n    policy: A `Policy`.\n", (("policy", False),), "TargetedExchange"),
            Step("authorize", "Decides what is granted; answers `scope` and `replay_keys`.\n\nArguments:\n    now: The present, in seconds since 1970.\n    user: The user, as known for this audience; leave it out when there is no such user.\n", (("now", True), ("user", False),), "AuthorizedExchange"),
            Step("refresh", "In place of `target` and `authorize`, decides about a refresh token; answers `replay_keys`.\n\nArguments:\n    offered: The scopes that you grant this user and client, space-separated: `openid offline_access` among them.\n    policy: A `Policy`.\n", (("offered", True), ("policy", False),), "AuthorizedExchange"),
            Step("spend", "Takes the replay store's answers; for a refresh token, answers `scope` and `bound_to`, to be stored with it.\n\nArguments:\n    answers: One for each replay key, in their order, up to the first that is not `first`.\n", (("answers", True),), "SpentExchange"),
            Step("issue", "Writes the ID-JAG; answers `response` and `record`, or `signing_input`.\n\nArguments:\n    now: The present, in seconds since 1970.\n    token_id: The token's id. Give this or `random`.\n    random: At least 12 random bytes of which the token's id is made.\n    key: The public JWK, with its `kid`, of the key that signs elsewhere.\n    signature: The signature made elsewhere.\n    signer: A `SigningKey`.\n", (("now", True), ("token_id", False), ("random", False), ("key", False), ("signature", False), ("signer", False),), "IssuedExchange"),
            Step("respond", "In place of `issue`, hands out the refresh token that you made; answers `response`, `record`, `scope` and\n`bound_to`.\n\nArguments:\n    refresh_token: The token.\n    expires_in: How long it lives, in seconds.\n    now: The present, in seconds since 1970.\n", (("refresh_token", True), ("expires_in", True), ("now", True),), "RespondedExchange"),
        ),
        (
            Stage(
                "PendingExchange", "After `parse`. Used up by `verify`.", (("needs", "After `parse`: what to look up."),),
                ("verify",),
                (
                ),
            ),
            Stage(
                "VerifiedExchange", "After `verify`. Used up by `target` or `refresh`.", (("subject", "After `verify` and `target`: the user, as the subject token names it."), ("wants_refresh_token", "After `verify`: whether `refresh` is next, and not `target`."),),
                ("target", "refresh",),
                (
                ),
            ),
            Stage(
                "TargetedExchange", "After `target`. Used up by `authorize`.", (("subject", "After `verify` and `target`: the user, as the subject token names it."), ("audience", "After `target`: the audience for which your directory must know the user."), ("client_id", "After `target`: the client that asks."),),
                ("authorize",),
                (
                ),
            ),
            Stage(
                "AuthorizedExchange", "After `authorize`. Used up by `spend`.", (("scope", "After `authorize`: the scope that will be granted. Of a refresh token, after `spend`: the scope in whose\ncontext to store it. Left out when there is none."), ("replay_keys", "After `authorize` and `refresh`: what to record, in this order, stopping at the first that is not new."),),
                ("spend",),
                (
                ),
            ),
            Stage(
                "SpentExchange", "After `spend`. Used up by `issue` or `respond`.", (("scope", "After `authorize`: the scope that will be granted. Of a refresh token, after `spend`: the scope in whose\ncontext to store it. Left out when there is none."), ("bound_to", "Of a refresh token, after `spend`: the thumbprint of the key to store with it, and to state with every later\nuse. Left out when it is not bound."),),
                ("issue", "respond",),
                (
                ),
            ),
        ),
    ),
    Chain(
        "IdentityProvider", "idp.authenticate_client", ("server", "client",), "parse_client",
        (
            Step("parse", "Takes it apart; answers `needs`.\n\nArguments:\n    now: The present, in seconds since 1970.\n", (("now", True),), "PendingClient"),
            Step("authenticate", "Authenticates the client; answers `replay_keys`.\n\nArguments:\n    now: The present, in seconds since 1970.\n    client: The client's registration; leave it out when there is no such client.\n", (("now", True), ("client", False),), "AuthenticatedClient"),
            Step("spend", "Takes the replay store's answers; answers `client_id`.\n\nArguments:\n    answers: One for each replay key, in their order, up to the first that is not `first`.\n", (("answers", True),), "SpentClient"),
        ),
        (
            Stage(
                "PendingClient", "After `parse`. Used up by `authenticate`.", (("needs", "After `parse`: what to look up."),),
                ("authenticate",),
                (
                ),
            ),
            Stage(
                "AuthenticatedClient", "After `authenticate`. Used up by `spend`.", (("replay_keys", "After `authenticate`: what to record; empty when the client sent no assertion."),),
                ("spend",),
                (
                ),
            ),
            Stage(
                "SpentClient", "After `spend`.", (("client_id", "After `spend`: the client, which has proven that it is this one."),),
                (),
                (
                ),
            ),
        ),
    ),
    Chain(
        "ResourceAuthorizationServer", "resource_as.token", ("server", "keys", "client", "policy", "signer", "revocations", "actor_keys",), "parse",
        (
            Step("parse", "Takes it apart; answers `needs`.\n\nArguments:\n    now: The present, in seconds since 1970.\n", (("now", True),), "PendingGrant"),
            Step("verify", "Verifies client, proof and grant; answers `claims`, or `parent` where a token is to be derived from it.\n\nArguments:\n    now: The present, in seconds since 1970.\n    client: The client's registration; leave it out when there is no such client.\n    nonce: The nonces that proofs must carry; leave it out when none is required.\n    keys: A `KeySet`.\n    revocations: A `RevocationList`.\n    actor_keys: A `KeySet`.\n", (("now", True), ("client", False), ("nonce", False), ("keys", False), ("revocations", False), ("actor_keys", False),), "VerifiedGrant"),
            Step("authorize", "Decides what is granted; answers `scope` and `replay_keys`.\n\nArguments:\n    now: The present, in seconds since 1970.\n    account: The user's account; leave it out when there is none. What of it goes into tokens stays as it is in derived ones.\n    policy: A `Policy`.\n", (("now", True), ("account", False), ("policy", False),), "AuthorizedGrant"),
            Step("spend", "Takes the replay store's answers.\n\nArguments:\n    answers: One for each replay key, in their order, up to the first that is not `first`.\n", (("answers", True),), "SpentGrant"),
            Step("issue", "Writes the token; answers `response` and `record`, or `signing_input`.\n\nArguments:\n    now: The present, in seconds since 1970.\n    token_id: The token's id. Give this or `random`.\n    random: At least 12 random bytes of which the token's id is made.\n    key: The public JWK, with its `kid`, of the key that signs elsewhere.\n    signature: The signature made elsewhere.\n    signer: A `SigningKey`.\n", (("now", True), ("token_id", False), ("random", False), ("key", False), ("signature", False), ("signer", False),), "IssuedGrant"),
        ),
        (
            Stage(
                "PendingGrant", "After `parse`. Used up by `verify`.", (("needs", "After `parse`: what to look up."),),
                ("verify",),
                (
                ),
            ),
            Stage(
                "VerifiedGrant", "After `verify`. Used up by `authorize`.", (("claims", "After `verify`: the claims, for finding the user by `iss`, `tenant` and `sub`; never by `sub` alone."), ("parent", "After `verify`, where a token is to be derived: the parent's claims, for finding the user by `sub`, which is\nyour own name for the user. Left out for an ID-JAG."),),
                ("authorize",),
                (
                ),
            ),
            Stage(
                "AuthorizedGrant", "After `authorize`. Used up by `spend`.", (("scope", "After `authorize`: the scope that will be granted."), ("replay_keys", "After `authorize`: what to record, in this order, stopping at the first that is not new."),),
                ("spend",),
                (
                ),
            ),
            Stage(
                "SpentGrant", "After `spend`. Used up by `issue`.", (),
                ("issue",),
                (
                ),
            ),
        ),
    ),
    Chain(
        "ResourceAuthorizationServer", "resource_as.revocation", ("server", "keys", "client",), "parse_revocation",
        (
            Step("parse", "Takes it apart; answers `needs`.\n\nArguments:\n    now: The present, in seconds since 1970.\n", (("now", True),), "PendingRevocation"),
            Step("verify", "Authenticates the client and finds out whether the token is its own; answers `replay_keys`.\n\nArguments:\n    now: The present, in seconds since 1970.\n    client: The client's registration; leave it out when there is no such client.\n    nonce: The nonces that proofs must carry; leave it out when none is required.\n    keys: A `KeySet`.\n", (("now", True), ("client", False), ("nonce", False), ("keys", False),), "VerifiedRevocation"),
            Step("spend", "Takes the replay store's answers; answers `entries`.\n\nArguments:\n    answers: One for each replay key, in their order, up to the first that is not `first`.\n", (("answers", True),), "SpentRevocation"),
            Step("conclude", "Takes what came of storing the entries; answers `response` and `record`.\n\nArguments:\n    stored: What came of storing the entries.\n", (("stored", True),), "ConcludedRevocation"),
        ),
        (
            Stage(
                "PendingRevocation", "After `parse`. Used up by `verify`.", (("needs", "After `parse`: what to look up."),),
                ("verify",),
                (
                ),
            ),
            Stage(
                "VerifiedRevocation", "After `verify`. Used up by `spend`.", (("replay_keys", "After `verify`: what to record, in this order, stopping at the first that is not new."),),
                ("spend",),
                (
                ),
            ),
            Stage(
                "SpentRevocation", "After `spend`. Used up by `conclude`.", (("entries", "After `spend`: what to store where everybody who verifies tokens finds it; none when there is nothing to revoke."),),
                ("conclude",),
                (
                ),
            ),
            Stage(
                "ConcludedRevocation", "After `conclude`.", (("response", "After `conclude`: the response to send."), ("record", "After `conclude`: the record to keep."),),
                (),
                (
                ),
            ),
        ),
    ),
    Chain(
        "ResourceServer", "resource_server.access", ("server", "keys", "revocations",), "parse",
        (
            Step("parse", "Finds the token; answers `needs`.\n\nArguments:\n    now: The present, in seconds since 1970.\n", (("now", True),), "PendingAccess"),
            Step("verify", "Verifies token and proof; answers `claims`.\n\nArguments:\n    now: The present, in seconds since 1970.\n    nonce: The nonces that proofs must carry; leave it out when none is required.\n    context: The conversation that the request is part of, where you know: a token for another one, or for none, is refused.\n    keys: A `KeySet`.\n    revocations: A `RevocationList`.\n", (("now", True), ("nonce", False), ("context", False), ("keys", False), ("revocations", False),), "VerifiedAccess"),
            Step("authorize", "Decides whether the token may do what is asked; answers `operation` and `replay_keys`.\n\nArguments:\n    now: The present, in seconds since 1970.\n", (("now", True),), "AuthorizedAccess"),
            Step("spend", "Takes the replay store's answers; answers `claims` and `record`: the request may pass.\n\nArguments:\n    answers: One for each replay key, in their order, up to the first that is not `first`.\n", (("answers", True),), "SpentAccess"),
        ),
        (
            Stage(
                "PendingAccess", "After `parse`. Used up by `verify`.", (("needs", "After `parse`: what to look up."),),
                ("verify",),
                (
                ),
            ),
            Stage(
                "VerifiedAccess", "After `verify`. Used up by `authorize`.", (("claims", "After `verify` and `spend`: the token's claims. The token itself is never here, so that it cannot be passed\non."),),
                ("authorize",),
                (
                    Function(
                        "permits_tools", "resource_server.permits_tools",
                        "Which of these tools the token of a request may call: for leaving the others out of a `tools/list` answer.\nA tool that only needs a fresher sign-on is kept.\n\nArguments:\n    tools: The names of the tools.\n",
                        ("server", "keys", "revocations",), (("tools", True),), None,
                    ),
                ),
            ),
            Stage(
                "AuthorizedAccess", "After `authorize`. Used up by `spend`.", (("operation", "After `authorize`: the operation, by the name it has in the configuration."), ("replay_keys", "After `authorize`: what to record, if proofs are used once; empty when they are not."),),
                ("spend",),
                (
                ),
            ),
            Stage(
                "SpentAccess", "After `spend`.", (("claims", "After `verify` and `spend`: the token's claims. The token itself is never here, so that it cannot be passed\non."), ("record", "After `spend`: the record to keep."),),
                (),
                (
                ),
            ),
        ),
    ),
)
