"""The objects that the functions of `idjag` take and answer: plain `dict`s with these members, for type checkers.

Generated from the operations of the core by `cargo xtask vectors`. Members keep the words of the protocol.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:
    from typing_extensions import NotRequired

__all__ = [
    "Account",
    "Act",
    "ArrivedRequest",
    "ClientRecord",
    "Cnf",
    "DecisionRecord",
    "DetailTypeOptions",
    "Empty",
    "GrantNeeds",
    "HttpAnswer",
    "IdJagClaims",
    "JwkAnswer",
    "Jwks",
    "KeyAnswer",
    "LimitOptions",
    "NonceOptions",
    "ParsedJwks",
    "PrivateJwk",
    "ProtectedResourceOptions",
    "RegisteredClientAnswer",
    "ReplayKeyAnswer",
    "ResourceAsAnswer",
    "SamlNameIdOptions",
    "SignedToken",
    "SigningKeyAnswer",
    "SkippedKey",
    "StoreVerdict",
    "SubId",
    "TrustedIssuerOptions",
    "VerifiedIdJagAnswer",
    "WindowOptions",
]


class Account(TypedDict):
    """The user of a grant, as your own accounts know it."""

    subject: str
    """What becomes `sub` of the access token."""

    groups: NotRequired[Sequence[str] | None]
    """The user's groups here; leave it out when they are not known."""

    extra: NotRequired[Mapping[str, Any] | None]
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


class ArrivedRequest(TypedDict):
    """A request as it arrived."""

    method: str
    """The method, as sent."""

    url: NotRequired[str | None]
    """The public address, from your configuration, never from the Host header."""

    headers: NotRequired[Sequence[Sequence[str]] | None]
    """The header fields in order, as pairs of name and value."""

    body: NotRequired[str | None]
    """The body, where it is text."""

    body_bytes: NotRequired[bytes | str | None]
    """The body, where it is bytes."""


class ClientRecord(TypedDict):
    """A client as you registered it, with the member names of RFC 7591 where it has them."""

    client_id: str
    """Its identifier here."""

    token_endpoint_auth_method: Literal["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]
    """How it authenticates."""

    client_secret_sha256: NotRequired[Sequence[bytes | str] | None]
    """SHA-256 of each of its secrets, base64url."""

    jwks: NotRequired[Mapping[str, Any] | str | bytes | None]
    """Its public keys."""

    dpop_bound_access_tokens: NotRequired[bool | None]
    """Refused without a proof (RFC 9449 §5.2)."""

    may_use_grant: NotRequired[bool | None]
    """Whether it may use the grant of this endpoint at all; `true` by default."""

    tenant: NotRequired[str | None]
    """The tenant in which it is registered, at a multi-tenant server."""


class Cnf(TypedDict):
    """The key a token is bound to (RFC 7800)."""

    jkt: str
    """Its RFC 7638 thumbprint, SHA-256, base64url."""


class DecisionRecord(TypedDict):
    """One decision: who asked for what, what was decided and why. Never token text; what is not known is left out."""

    time: int
    """When, in seconds since 1970."""

    role: str
    """Who decided: `idp`, `resource_as` or `resource_server`."""

    decided_by: str
    """The deciding party's own identifier."""

    outcome: str
    """`permit`, `deny`, `step_up` or `refuse`."""

    error: NotRequired[str]
    """The error code, unless permitted."""

    error_detail: NotRequired[str]
    """The claim, parameter or setting at fault."""

    rules: NotRequired[list[str]]
    """Ids of the policy rules that matched."""

    nearest: NotRequired[str]
    """On denial: the nearest permit and what it lacked."""

    app: NotRequired[str]
    """The app, by its id in the policy."""

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

    audience: NotRequired[str]
    """The resource authorization server the grant is for."""

    operation: NotRequired[str]
    """The operation, at a resource."""

    acr: NotRequired[str]
    """How the user signed on."""

    token_id: NotRequired[str]
    """The token issued or used."""

    grant_id: NotRequired[str]
    """The ID-JAG it stems from."""

    client_authenticated: bool
    """Whether the client proved that it is this client."""

    sender_constrained: bool
    """Whether the token issued or used is bound to a key."""

    resources: NotRequired[list[str]]
    """The resources granted, or asked for when nothing was granted."""

    scope_asked: NotRequired[str]
    """The scope asked for."""

    scope_granted: NotRequired[str]
    """The scope granted."""

    actor: NotRequired[Act]
    """Who acted for the user."""

    auth_time: NotRequired[int]
    """When the user signed on, in seconds since 1970."""

    expires_at: NotRequired[int]
    """When the token issued or used expires, in seconds since 1970."""


class DetailTypeOptions(TypedDict):
    """What a type of authorization details consists of (RFC 9396)."""

    members: NotRequired[Sequence[str] | None]
    """Members beside the common ones of RFC 9396 §2.2."""

    required: NotRequired[Sequence[str] | None]
    """Members, common ones included, without which a detail of this type says nothing."""


class Empty(TypedDict):
    """Nothing to say."""


class GrantNeeds(TypedDict):
    """What to look up before a grant can be verified."""

    issuer: str
    """Whose key set: one of the configured issuers."""

    kid: NotRequired[str]
    """The key the grant claims; a set without it is worth one refresh."""

    client_id: str
    """Whose registration."""


class HttpAnswer(TypedDict):
    """A response to send."""

    status: int
    """The status code."""

    headers: list[list[str]]
    """The header fields in order, as pairs of name and value."""

    body: str
    """The body."""


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


class LimitOptions(TypedDict):
    """Caps on what a stranger can send. What is not given is the default."""

    token_bytes: NotRequired[int | None]
    """Bytes of one compact JWT."""

    json_depth: NotRequired[int | None]
    """Nesting of any JSON text; the outermost value counts as one."""

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


class NonceOptions(TypedDict):
    """The nonces that DPoP proofs must carry (RFC 9449 §8)."""

    current: str
    """The nonce handed out now."""

    previous: NotRequired[str | None]
    """The one before, still accepted."""


class ParsedJwks(TypedDict):
    """The keys of a set."""

    keys: list[KeyAnswer]
    """The keys that can be used."""

    skipped: list[SkippedKey]
    """The keys that cannot."""


class PrivateJwk(TypedDict):
    """A private key as a JWK."""

    jwk: dict[str, Any]
    """The private JWK."""


class ProtectedResourceOptions(TypedDict):
    """A resource that an authorization server guards."""

    id: str
    """Its identifier, compared code point by code point."""

    scopes: str
    """The scopes that mean something there, space-separated; what is not listed is never granted."""

    dpop_required: NotRequired[bool | None]
    """Tokens for it must be bound to a key."""


class RegisteredClientAnswer(TypedDict):
    """A client that has been read."""

    client_id: str
    """Its identifier here."""


class ReplayKeyAnswer(TypedDict):
    """What a replay store records, in one atomic step that tells whether it is new (`SET NX`)."""

    kind: str
    """The kind of token that is used once."""

    name: str
    """The name to record: fixed length, nothing a sender chose."""

    retain_until: int
    """When the store may forget it, in seconds since 1970."""


class ResourceAsAnswer(TypedDict):
    """A resource authorization server."""

    issuer: str
    """Its issuer identifier."""

    trusted_issuers: list[str]
    """The identity providers it trusts."""


class SamlNameIdOptions(TypedDict):
    """How users are found by SAML NameID."""

    saml_issuer: str
    """The SAML issuer that the identity provider speaks for."""

    dangerous_nameid_alone: NotRequired[bool | None]
    """Compare the NameID alone, without its qualifiers."""


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


class TrustedIssuerOptions(TypedDict):
    """An identity provider whose ID-JAGs are redeemed."""

    issuer: str
    """Its issuer identifier, compared code point by code point."""

    algorithms: NotRequired[Sequence[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | None]
    """The algorithms it may sign with; ES256 by default."""

    clients: NotRequired[Sequence[str] | None]
    """The clients that may redeem its grants; every registered client where left out."""

    tenants: NotRequired[Sequence[str] | None]
    """Its tenants; leave it out for an issuer that has one, itself."""

    saml_nameid: NotRequired[SamlNameIdOptions | None]
    """Resolve users by SAML NameID: makes a usable `sub_id` required."""


class VerifiedIdJagAnswer(TypedDict):
    """An ID-JAG that holds."""

    claims: IdJagClaims
    """Its claims."""

    replay_key: ReplayKeyAnswer
    """What to record so that it is used once."""


class WindowOptions(TypedDict):
    """The rules of time."""

    tolerance: NotRequired[int | None]
    """How far clocks may be apart, in seconds; at most 300, 60 by default."""

    max_lifetime: NotRequired[int | None]
    """The longest lifetime that is accepted, in seconds."""

    max_age: NotRequired[int | None]
    """How long ago a token may have been issued, in seconds."""
