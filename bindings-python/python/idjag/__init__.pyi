"""Cross-App Access (XAA): ID-JAG grants for MCP. You pass in the time, the keys, the randomness and the bytes; you get
back a decision, a token or a request to send.

Generated from the operations of the core by `cargo xtask vectors`.
"""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Literal, final

from . import types as types

__version__: Final[str]
__all__ = [
    "AuthorizedGrant",
    "ErrorCode",
    "IdJagError",
    "IssuedGrant",
    "KeySet",
    "MemoryReplayStore",
    "PendingGrant",
    "PendingSignature",
    "RegisteredClient",
    "ResourceAuthorizationServer",
    "SigningKey",
    "SpentGrant",
    "VerifiedGrant",
    "__version__",
    "new_replay_key",
    "parse_jwks",
    "sign_id_jag",
    "thumbprint_jwk",
    "types",
    "verify_id_jag",
]

ErrorCode = Literal[
    "token_too_large",
    "token_malformed",
    "token_encrypted",
    "token_nested",
    "header_malformed",
    "claims_malformed",
    "duplicate_member",
    "json_too_deep",
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
    "store_unavailable",
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
    "server_refused",
    "server_denied",
    "identity_expired",
    "step_up_limit",
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

class IdJagError(Exception):
    """Everything that is refused: a token, a request, a policy, an argument."""

    code: ErrorCode
    """Why, for your log; see docs/errors.md. Never any text that a sender chose."""
    detail: str | None
    """The claim, parameter, argument or setting at fault."""
    oauth: str | None
    """The OAuth error that goes over the wire, where there is one."""
    status: int | None
    """The status of `response`."""
    response: types.HttpAnswer | None
    """The finished response of a role that refused."""
    record: types.DecisionRecord | None
    """The decision record of a role that refused."""
    faults: list[dict[str, Any]] | None
    """What is wrong with a policy document, each with its place."""
    def __init__(
        self,
        code: ErrorCode,
        message: str | None = None,
        *,
        detail: str | None = None,
        oauth: str | None = None,
        response: types.HttpAnswer | None = None,
        record: types.DecisionRecord | None = None,
        faults: list[dict[str, Any]] | None = None,
    ) -> None: ...

@final
class KeySet:
    """A key set that belongs to one issuer, parsed once and used for any number of tokens."""

    def __init__(
        self,
        *,
        issuer: str,
        jwks: Mapping[str, Any] | str | bytes,
        algorithms: Sequence[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]],
        limits: types.LimitOptions | None = None,
        dangerous_allow_http_loopback: bool | None = None,
    ) -> None:
        """A key set that belongs to one issuer, parsed once and used for any number of tokens.

        Arguments:
            issuer: Whose keys these are: the issuer identifier, verbatim.
            jwks: The JWK Set.
            algorithms: The algorithms that may be used.
            limits: Caps.
            dangerous_allow_http_loopback: Also take an `http` issuer on this machine: for tests.
        """
    @property
    def keys(self) -> list[types.KeyAnswer]:
        """The keys that can be used."""
    @property
    def skipped(self) -> list[types.SkippedKey]:
        """The keys that cannot."""
    def public(
        self,
    ) -> types.Jwks:
        """The public keys of a set, as a JWK Set to publish."""
    def free(self) -> None:
        """Gives the object up. Doing it twice, or not at all, does no harm."""
    def __enter__(self) -> KeySet: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

@final
class SigningKey:
    """A private key for ES256 or EdDSA, read from a JWK or made of 32 random bytes."""

    def __init__(
        self,
        *,
        jwk: Mapping[str, Any] | str | bytes | None = None,
        alg: Literal["ES256", "EdDSA"] | None = None,
        kid: str | None = None,
        random: bytes | str | None = None,
    ) -> None:
        """A private key for ES256 or EdDSA, read from a JWK or made of 32 random bytes.

        Arguments:
            jwk: The private JWK, with its `kid`.
            alg: The algorithm of a new key.
            kid: The `kid` of a new key.
            random: 32 random bytes of which a new key is made.
        """
    @property
    def public_jwk(self) -> dict[str, Any]:
        """The public JWK."""
    @property
    def kid(self) -> str | None:
        """The `kid`."""
    @property
    def alg(self) -> str:
        """The algorithm."""
    @property
    def jkt(self) -> str:
        """The RFC 7638 thumbprint, SHA-256, base64url."""
    def dangerous_export(
        self,
    ) -> types.PrivateJwk:
        """The private JWK of a key, for the one place that stores it."""
    def free(self) -> None:
        """Gives the object up. Doing it twice, or not at all, does no harm."""
    def __enter__(self) -> SigningKey: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

@final
class RegisteredClient:
    """A client's registration, read once and used for any number of requests."""

    def __init__(
        self,
        *,
        client_id: str,
        token_endpoint_auth_method: Literal["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
        client_secret_sha256: Sequence[bytes | str] | None = None,
        jwks: Mapping[str, Any] | str | bytes | None = None,
        dpop_bound_access_tokens: bool | None = None,
        may_use_grant: bool | None = None,
        tenant: str | None = None,
    ) -> None:
        """A client's registration, read once and used for any number of requests.

        Arguments:
            client_id: Its identifier here.
            token_endpoint_auth_method: How it authenticates.
            client_secret_sha256: SHA-256 of each of its secrets, base64url.
            jwks: Its public keys.
            dpop_bound_access_tokens: Refused without a proof (RFC 9449 §5.2).
            may_use_grant: Whether it may use the grant of this endpoint at all; `true` by default.
            tenant: The tenant in which it is registered, at a multi-tenant server.
        """
    @property
    def client_id(self) -> str:
        """Its identifier here."""
    def free(self) -> None:
        """Gives the object up. Doing it twice, or not at all, does no harm."""
    def __enter__(self) -> RegisteredClient: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

@final
class ResourceAuthorizationServer:
    """A resource authorization server, configured once."""

    def __init__(
        self,
        *,
        issuer: str,
        token_endpoint: str,
        trusted_issuers: Sequence[types.TrustedIssuerOptions],
        resources: Sequence[types.ProtectedResourceOptions],
        audience_aliases: Sequence[str] | None = None,
        default_resource: str | None = None,
        resource_required: bool | None = None,
        normalize_resources: bool | None = None,
        several_resources_per_token: bool | None = None,
        detail_types: Mapping[str, types.DetailTypeOptions] | None = None,
        grant_window: types.WindowOptions | None = None,
        assertion_window: types.WindowOptions | None = None,
        access_token_lifetime: int | None = None,
        replay: Literal["single_use", "reuse_until_expiry", "dangerous_off"] | None = None,
        self_issued: Literal["refuse", "across_tenants"] | None = None,
        multi_tenant: bool | None = None,
        jwt_dpop: bool | None = None,
        bind_to_proof: bool | None = None,
        dangerous_public_clients_without_proof: bool | None = None,
        dangerous_token_endpoint_audience: bool | None = None,
        client_algorithms: Sequence[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | None = None,
        proof_window: int | None = None,
        denial: Literal["access_denied", "invalid_grant", "invalid_request", "invalid_client"] | None = None,
        limits: types.LimitOptions | None = None,
        dangerous_allow_http_loopback: bool | None = None,
    ) -> None:
        """A resource authorization server, configured once.

        Arguments:
            issuer: This server's issuer identifier.
            token_endpoint: Its token endpoint, as it is known publicly: what proofs must name.
            trusted_issuers: The identity providers it trusts.
            resources: The resources it guards.
            audience_aliases: Other spellings of `issuer` accepted as `aud`.
            default_resource: The resource of grants that name none; without it, the only one there is.
            resource_required: Refuse grants without `resource` even so.
            normalize_resources: Compare resources after RFC 3986 normalisation.
            several_resources_per_token: Issue one token for several resources when no scope belongs to two of them.
            detail_types: The types of authorization details that are offered, by name.
            grant_window: The rules of time for ID-JAGs; they may live an hour by default.
            assertion_window: The rules of time for client assertions.
            access_token_lifetime: How long access tokens live, in seconds: 600 by default, at most 3600.
            replay: Whether a grant is redeemed once.
            self_issued: Grants this server issued itself.
            multi_tenant: `aud_tenant` is required, and must be the tenant in which the client is registered.
            jwt_dpop: Accept the jwt-dpop grant type too, with identical checks.
            bind_to_proof: Bind the access token to a proof that comes with an unbound ID-JAG; `true` by default.
            dangerous_public_clients_without_proof: Let clients that cannot authenticate redeem grants that are not bound to a key.
            dangerous_token_endpoint_audience: Accept the token endpoint as the audience of client assertions.
            client_algorithms: The algorithms of proofs and client assertions; ES256 by default.
            proof_window: How far a proof's `iat` may lie from now, in seconds: 60 by default, at most 300.
            denial: What a policy denial is on the wire; `access_denied` by default.
            limits: Caps.
            dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
        """
    @property
    def issuer(self) -> str:
        """Its issuer identifier."""
    @property
    def trusted_issuers(self) -> list[str]:
        """The identity providers it trusts."""
    def parse(
        self,
        request: types.ArrivedRequest,
        *,
        now: float,
    ) -> PendingGrant:
        """Takes it apart; answers `needs`.

        Arguments:
            now: The present, in seconds since 1970.
        """
    def free(self) -> None:
        """Gives the object up. Doing it twice, or not at all, does no harm."""
    def __enter__(self) -> ResourceAuthorizationServer: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

@final
class MemoryReplayStore:
    """A bounded replay store in memory: the default for one process. It never forgets a token early: when it is full
    it answers `unavailable`.
    """

    def __init__(
        self,
        *,
        capacity: int,
    ) -> None:
        """A bounded replay store in memory: the default for one process. It never forgets a token early: when it is full
        it answers `unavailable`.

        Arguments:
            capacity: How many tokens it remembers at most.
        """
    def first_use(
        self,
        *,
        name: str,
        retain_until: float,
        now: float,
    ) -> types.StoreVerdict:
        """Records a key and says whether it is new.

        Arguments:
            name: The name of the replay key.
            retain_until: Until when to remember it, in seconds since 1970.
            now: The present, in seconds since 1970.
        """
    def free(self) -> None:
        """Gives the object up. Doing it twice, or not at all, does no harm."""
    def __enter__(self) -> MemoryReplayStore: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

@final
class PendingGrant:
    """After `parse`. Used up by `verify`."""

    @property
    def needs(self) -> types.GrantNeeds:
        """After `parse`: what to look up."""
    def verify(
        self,
        *,
        now: float,
        client: RegisteredClient | types.ClientRecord | None = None,
        nonce: types.NonceOptions | None = None,
        keys: KeySet | None = None,
    ) -> VerifiedGrant:
        """Verifies client, proof and grant; answers `claims`.

        Arguments:
            now: The present, in seconds since 1970.
            client: The client's registration; leave it out when there is no such client.
            nonce: The nonces that proofs must carry; leave it out when none is required.
            keys: A `KeySet`.
        """

@final
class VerifiedGrant:
    """After `verify`. Used up by `authorize`."""

    @property
    def claims(self) -> types.IdJagClaims:
        """After `verify`: the claims, for finding the user by `iss`, `tenant` and `sub`; never by `sub` alone."""
    def authorize(
        self,
        *,
        now: float,
        account: types.Account | None = None,
        policy: Policy | None = None,
    ) -> AuthorizedGrant:
        """Decides what is granted; answers `scope` and `replay_keys`.

        Arguments:
            now: The present, in seconds since 1970.
            account: The user's account; leave it out when there is none.
            policy: A `Policy`.
        """

@final
class AuthorizedGrant:
    """After `authorize`. Used up by `spend`."""

    @property
    def scope(self) -> str:
        """After `authorize`: the scope that will be granted."""
    @property
    def replay_keys(self) -> list[types.ReplayKeyAnswer]:
        """After `authorize`: what to record, in this order, stopping at the first that is not new."""
    def spend(
        self,
        *,
        answers: Sequence[Literal["first", "seen", "unavailable"]],
    ) -> SpentGrant:
        """Takes the replay store's answers.

        Arguments:
            answers: One for each replay key, in their order, up to the first that is not `first`.
        """

@final
class SpentGrant:
    """After `spend`. Used up by `issue`."""

    def issue(
        self,
        *,
        now: float,
        token_id: str | None = None,
        random: bytes | str | None = None,
        key: Mapping[str, Any] | str | bytes | None = None,
        signature: bytes | str | None = None,
        signer: SigningKey | None = None,
    ) -> IssuedGrant | PendingSignature:
        """Writes the token; answers `response` and `record`, or `signing_input`.

        Arguments:
            now: The present, in seconds since 1970.
            token_id: The token's id. Give this or `random`.
            random: At least 12 random bytes of which the token's id is made.
            key: The public JWK, with its `kid`, of the key that signs elsewhere.
            signature: The signature made elsewhere.
            signer: A `SigningKey`.
        """

@final
class IssuedGrant:
    """After `issue`."""

    @property
    def response(self) -> types.HttpAnswer:
        """After `issue`: the response to send."""
    @property
    def record(self) -> types.DecisionRecord:
        """After `issue`: the record to keep."""

@final
class PendingSignature:
    """A token that is to be signed elsewhere."""

    @property
    def signing_input(self) -> bytes:
        """The bytes to sign."""
    def attach(self, *, signature: bytes | str) -> Any:
        """Takes the signature, verifies it against the declared key, and answers what `issue` would have."""

def new_replay_key(
    *,
    kind: Literal["id_jag", "access_token", "id_token", "client_assertion", "dpop_proof", "actor_token"],
    issuer: str,
    jti: str,
    retain_until: float,
) -> types.ReplayKeyAnswer:
    """What to record of a token that is used once.

    Arguments:
        kind: Its kind.
        issuer: Whose namespace its id stands in.
        jti: Its id.
        retain_until: When it can no longer be accepted, in seconds since 1970.
    """

def parse_jwks(
    *,
    algorithms: Sequence[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]],
    jwks: Mapping[str, Any] | str | bytes,
    limits: types.LimitOptions | None = None,
) -> types.ParsedJwks:
    """Reads a JWK Set: the keys that can be used, and why the others cannot.

    Arguments:
        algorithms: The algorithms that may be used.
        jwks: The JWK Set.
        limits: Caps.
    """

def thumbprint_jwk(
    *,
    algorithms: Sequence[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]],
    jwk: Mapping[str, Any] | str | bytes,
    limits: types.LimitOptions | None = None,
) -> types.JwkAnswer:
    """The RFC 7638 thumbprint of one public key.

    Arguments:
        algorithms: The algorithms that may be used.
        jwk: The public JWK.
        limits: Caps.
    """

def verify_id_jag(
    *,
    token: str,
    issuer: str,
    audience: str,
    client_id: str,
    algorithms: Sequence[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]],
    now: float,
    audience_aliases: Sequence[str] | None = None,
    keys: KeySet | Mapping[str, Any] | str | bytes | None = None,
    window: types.WindowOptions | None = None,
    limits: types.LimitOptions | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.VerifiedIdJagAnswer:
    """Verifies an ID-JAG at the resource authorization server it is for, before policy, proof and replay.
    Use the role instead, where you can: it leaves no check out.

    Arguments:
        token: The token.
        issuer: The identity provider that must have issued it.
        audience: The resource authorization server it must be for: your issuer identifier.
        client_id: The client that presented it, as authenticated.
        algorithms: The algorithms that may be used.
        now: The present, in seconds since 1970.
        audience_aliases: Other spellings of `audience` that are accepted.
        keys: The issuer's keys: a key set, or a JWK Set.
        window: The rules of time.
        limits: Caps.
        dangerous_allow_http_loopback: Also take `http` issuers on this machine: for tests.
    """

def sign_id_jag(
    *,
    claims: types.IdJagClaims,
    signer: SigningKey,
    extra: Mapping[str, Any] | None = None,
) -> types.SignedToken:
    """Builds and signs an ID-JAG from its claims. Use the identity provider's role instead, where you can: it asks
    the policy.

    Arguments:
        claims: The claims.
        signer: A `SigningKey`.
        extra: Claims of your own, under names without a registered meaning.
    """
