"""Cross-App Access (XAA): ID-JAG grants for MCP. You pass in the time, the keys, the randomness and the bytes; you get
back a decision, a token or a request to send.

Generated from the operations of the core by `cargo xtask vectors`.
"""

from types import TracebackType
from typing import Any, Final, Literal, NoReturn, final

from . import types as types

__version__: Final[str]
__all__ = [
    "AuthenticatedClient",
    "AuthorizedAccess",
    "AuthorizedExchange",
    "AuthorizedGrant",
    "Client",
    "ClientDocuments",
    "ConcludedRevocation",
    "Connection",
    "Discovery",
    "IdJagError",
    "IdentityProvider",
    "KeySet",
    "KeySetCache",
    "MemoryReplayStore",
    "PendingAccess",
    "PendingClient",
    "PendingExchange",
    "PendingGrant",
    "PendingRevocation",
    "PendingSignature",
    "Policy",
    "RegisteredClient",
    "ResourceAuthorizationServer",
    "ResourceServer",
    "RevocationList",
    "RevocationUpdate",
    "SigningKey",
    "SpentAccess",
    "SpentClient",
    "SpentExchange",
    "SpentGrant",
    "SpentRevocation",
    "TargetedExchange",
    "VerifiedAccess",
    "VerifiedExchange",
    "VerifiedGrant",
    "VerifiedRevocation",
    "__version__",
    "attach_jws",
    "build_authorization_server_metadata",
    "build_challenge",
    "build_client_metadata",
    "build_protected_resource_metadata",
    "chain_of_records",
    "check_authorization_response_issuer",
    "check_policy",
    "connections_of_records",
    "decode_unverified_token",
    "digest_client_secret",
    "exchange_request",
    "exchange_response",
    "grant_request",
    "grant_response",
    "is_same_saml_nameid",
    "list_error_codes",
    "match_saml_nameid",
    "new_replay_key",
    "parse_challenge",
    "parse_client_id_url",
    "parse_jwks",
    "plan_registration",
    "prepare_access_token",
    "read_answer",
    "read_authorization_server_metadata",
    "read_client_document",
    "read_protected_resource_metadata",
    "read_record",
    "record_of_revocation",
    "record_schema",
    "record_to_ocsf",
    "refresh_request",
    "refresh_response",
    "select_scope",
    "sign_access_token",
    "sign_client_assertion",
    "sign_dpop",
    "sign_id_jag",
    "sign_id_token",
    "thumbprint_jwk",
    "types",
    "use_token",
    "verify_access_token",
    "verify_actor_token",
    "verify_client_assertion",
    "verify_dpop",
    "verify_id_jag",
    "verify_id_token",
    "verify_jws",
    "well_known_urls",
]

class IdJagError(Exception):
    """Everything that is refused: a token, a request, a policy, an argument."""

    code: types.ErrorCode
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
        code: str,
        message: str | None = None,
        *,
        detail: str | None = None,
        oauth: str | None = None,
        response: types.HttpAnswer | None = None,
        record: types.DecisionRecord | None = None,
        faults: list[dict[str, Any]] | None = None,
    ) -> None: ...

@final
class Client:
    """A client, configured once for any number of connections. `signer` signs its client assertions; `dpop` its proofs:
    with it, no token is taken that is not bound to that key. Which grant its tokens come by is said here, and nothing
    that a server answers changes it.
    """

    def __init__(
        self,
        *,
        grant: Literal["id_jag", "client_credentials", "jwt_bearer", "authorization_code"] | None = None,
        idp: types.TokenServer | None = None,
        idp_credentials: types.Credentials | None = None,
        redirect_uri: str | None = None,
        registering_as: str | None = None,
        credentials: list[types.Credentials] | tuple[types.Credentials, ...] | None = None,
        document: types.MetadataDocument | None = None,
        dangerous_preferring_dpop: bool | None = None,
        accepting_unlisted_profile: bool | None = None,
        dangerous_allowing_resource_query: bool | None = None,
        matching: Literal["exact", "dangerous_normalized", "dangerous_prefix"] | None = None,
        step_up_limit: int | None = None,
        context_claim: str | None = None,
        detail_types: dict[str, types.DetailTypeOptions] | None = None,
        limits: types.LimitOptions | None = None,
        dangerous_allow_http_loopback: bool | None = None,
        signer: SigningKey | None = None,
        dpop: SigningKey | None = None,
    ) -> None:
        """A client, configured once for any number of connections. `signer` signs its client assertions; `dpop` its proofs:
        with it, no token is taken that is not bound to that key. Which grant its tokens come by is said here, and nothing
        that a server answers changes it.

        Arguments:
            grant: How access tokens are come by. `id_jag` by default: the identity provider decides.
            idp: Of `id_jag`: the identity provider's metadata.
            idp_credentials: Of `id_jag`: what the client was given there.
            redirect_uri: Of `authorization_code`: where the user's browser is sent back to.
            registering_as: Of `authorization_code`: the client's name for people, where it may register itself (RFC 7591, deprecated by
                MCP) with servers that it has no credentials for, anew for each connection; it may not by default.
            credentials: What the client was given by authorization servers, one entry for each; none by default.
            document: The client's metadata document, for servers that read such documents; none by default.
            dangerous_preferring_dpop: Also take tokens that are not bound to the key `dpop`: a downgrade goes unnoticed. `false` by default.
            accepting_unlisted_profile: Also try servers whose metadata does not list the ID-JAG profile; `false` by default.
            dangerous_allowing_resource_query: Also connect to resources whose identifier has a query component; `false` by default.
            matching: How a resource's stated identifier is compared; `exact` by default.
            step_up_limit: How many step-ups in a row are made for one operation, and how many sign-ons for one connection; 3 by
                default.
            context_claim: The claim, and parameter of the exchange, that names a conversation; `ctx` by default.
            detail_types: What is known of types of authorization details, by name: how what comes back may be narrower than what was asked
                for. Of others, the common arrays of RFC 9396 §2.2 may.
            limits: Caps on responses.
            dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
            signer: A `SigningKey`.
            dpop: A `SigningKey`.
        """
    @property
    def idp(self) -> str | None:
        """Of `id_jag`: the identity provider's issuer identifier."""
    def free(self) -> None:
        """Gives the object up. Doing it twice, or not at all, does no harm."""
    def __enter__(self) -> Client: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

@final
class ClientDocuments:
    """The clients of a server that are registered by the document at their identifier (Client ID Metadata Documents). It
    says what to fetch, and for how long that serves. It fetches nothing: a stranger chooses the addresses, and where
    they may lie is for you to decide.
    """

    def __init__(
        self,
        *,
        role: Literal["resource_authorization_server", "idp"],
        origins: list[str] | tuple[str, ...] | None = None,
        dangerous_public_clients: bool | None = None,
        algorithms: list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...] | None = None,
        min_age: int | None = None,
        default_age: int | None = None,
        max_age: int | None = None,
        max_key_age: int | None = None,
        retry_interval: int | None = None,
        capacity: int | None = None,
        limits: types.LimitOptions | None = None,
        dangerous_allow_http_loopback: bool | None = None,
    ) -> None:
        """The clients of a server that are registered by the document at their identifier (Client ID Metadata Documents). It
        says what to fetch, and for how long that serves. It fetches nothing: a stranger chooses the addresses, and where
        they may lie is for you to decide.

        Arguments:
            role: Which server asks: decides which grant a client must list to use it.
            origins: The origins that are asked for documents and keys, such as `https://apps.example`; every origin by default.
            dangerous_public_clients: Take clients that cannot authenticate.
            algorithms: The algorithms of client assertions; ES256 by default.
            min_age: The shortest time that a document serves, and that a refusal stands, in seconds; 60 by default.
            default_age: The time that one serves whose response says nothing, in seconds; 600 by default.
            max_age: The longest time that a document serves, in seconds; 3600 by default, at most a day.
            max_key_age: The longest time that keys serve which are not in the document, in seconds; 600 by default, at most a day.
            retry_interval: After a fetch that failed, how much time lies before the next for the same client, in seconds; 30 by default.
            capacity: How many clients are remembered; 1000 by default.
            limits: Caps.
            dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
        """
    def next(
        self,
        *,
        client_id: str,
        now: float,
    ) -> types.ClientDocumentStep:
        """What is known of a client, or what to send for it.

        Arguments:
            client_id: Its identifier.
            now: The present, in seconds since 1970.
        """
    def received(
        self,
        *,
        client_id: str,
        response: types.ArrivedResponse,
        now: float,
    ) -> types.Empty:
        """Takes the response to the request that was to be sent for a client. A refusal is for your log: `next` knows.

        Arguments:
            client_id: The client for which the request was sent.
            response: The response.
            now: The present, in seconds since 1970.
        """
    def free(self) -> None:
        """Gives the object up. Doing it twice, or not at all, does no harm."""
    def __enter__(self) -> ClientDocuments: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

@final
class Connection:
    """A connection to one MCP server. It sends nothing itself: it says what to send, and is told what came back."""

    def __init__(
        self,
        *,
        resource: str,
        client: Client,
        challenge: types.ArrivedResponse | None = None,
        scope: str | None = None,
        authorization_details: list[dict[str, Any]] | tuple[dict[str, Any], ...] | None = None,
        context: str | None = None,
    ) -> None:
        """A connection to one MCP server. It sends nothing itself: it says what to send, and is told what came back.

        Arguments:
            resource: The MCP server's address.
            client: A `Client`.
            challenge: Its response to a request without token, if there was one: says where its metadata is, and what it needs.
            scope: The scope to ask for first, space-separated; what challenge or metadata name by default.
            authorization_details: Authorization details to ask for; none by default.
            context: The conversation that its tokens are for, and for no other: 1 to 512 bytes. Each conversation has a connection of
                its own. None by default.
        """
    @property
    def resource(self) -> str:
        """The MCP server."""
    def next(
        self,
        *,
        random: bytes | str,
        now: float,
    ) -> types.NextStep:
        """What to do next. Nothing changes until something comes back: a request whose response was lost is asked for
        again.

        Arguments:
            random: 32 random bytes, fresh for every call.
            now: The present, in seconds since 1970.
        """
    def receive(
        self,
        *,
        response: types.ArrivedResponse,
        now: float,
    ) -> types.Empty:
        """Takes the response to the request that `next` named.

        Arguments:
            response: The response.
            now: The present, in seconds since 1970.
        """
    def unreachable(
        self,
        *,
        now: float,
    ) -> types.Empty:
        """Says that no response came. The request is tried again, for a while.

        Arguments:
            now: The present, in seconds since 1970.
        """
    def identify(
        self,
        *,
        issuer: str,
        id_token: str | None = None,
        saml2: str | None = None,
        refresh_token: str | None = None,
        expires_at: float | None = None,
    ) -> types.Empty:
        """Takes the user's sign-on: before the first step, or when `next` asks for one. It replaces the one before.

        Arguments:
            issuer: The identity provider's issuer identifier.
            id_token: The ID Token: what ID-JAGs are asked for with first.
            saml2: The SAML 2.0 assertion, base64url-encoded: used without an ID Token.
            refresh_token: A refresh token: used when nothing else is left.
            expires_at: When `id_token` and `saml2` expire, in seconds since 1970; required with either. Where they differ, the earlier.
        """
    def supply_assertion(
        self,
        *,
        assertion: str,
    ) -> types.Empty:
        """Takes the JWT that `next` asks for. It is sent until the server answers, also when that asks for patience or for a
        nonce, and never after a refusal.

        Arguments:
            assertion: The JWT, made for the `audience` that `next` named.
        """
    def authorization_response(
        self,
        *,
        url: str,
    ) -> types.Empty:
        """Takes the address that the user's browser was sent back to. Fails with `state_mismatch` when it is no response to
        the request, which then still stands.

        Arguments:
            url: The address, as it was called: the redirect URI with what the authorization server added.
        """
    def decline(
        self,
    ) -> types.Empty:
        """Says that what `next` asks for, a sign-on, an assertion or the user's permission, will not come. What was granted
        before a step-up stays usable; without that, the connection has failed.
        """
    def authorize(
        self,
        *,
        request: types.OutgoingRequest,
        random: bytes | str,
        now: float,
    ) -> types.AuthorizedRequest:
        """Adds the access token, and the proof where it is bound, to a request to the MCP server. Send it without following
        redirects, and give its response to `on_resource_response`.

        Arguments:
            request: The request.
            random: 32 random bytes, fresh for every call.
            now: The present, in seconds since 1970.
        """
    def on_resource_response(
        self,
        *,
        operation: str,
        response: types.ArrivedResponse,
        now: float,
    ) -> types.UseVerdict:
        """Takes the MCP server's response to an authorized request, and says what it means. While nothing is discovered, it
        may be the response to a request without token: its challenge says where the metadata is, and what is needed.

        Arguments:
            operation: Your own name for what the request does, such as the tool's: step-ups are counted for each.
            response: The response.
            now: The present, in seconds since 1970.
        """
    def status(
        self,
        *,
        now: float,
    ) -> types.ConnectionStatus:
        """Where the connection stands; changes nothing.

        Arguments:
            now: The present, in seconds since 1970.
        """
    def downscope(
        self,
        *,
        wanted: types.WantedToken,
        random: bytes | str,
        now: float,
    ) -> types.HttpMessage:
        """The request for an access token for a subagent (RFC 8693): never more than the connection's, and dead with it. Send
        it without following redirects, and give its response to `on_downscope_response`. Fails with `token_expired` when
        the connection is not ready.

        Arguments:
            wanted: What the subagent is to have.
            random: 32 random bytes, fresh for every call.
            now: The present, in seconds since 1970.
        """
    def on_downscope_response(
        self,
        *,
        wanted: types.WantedToken,
        response: types.ArrivedResponse,
        now: float,
    ) -> types.DownscopeVerdict:
        """Takes the response to the request of `downscope`, with the same `wanted`.

        Arguments:
            wanted: What the subagent is to have.
            response: The response.
            now: The present, in seconds since 1970.
        """
    def free(self) -> None:
        """Gives the object up. Doing it twice, or not at all, does no harm."""
    def __enter__(self) -> Connection: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

@final
class Discovery:
    """Finds the metadata of a resource, chooses one of its authorization servers, and finds that one's; or finds that
    of an issuer that is known already. It sends nothing.
    """

    def __init__(
        self,
        *,
        resource: str | None = None,
        resource_metadata: str | None = None,
        issuer: str | None = None,
        matching: Literal["exact", "dangerous_normalized", "dangerous_prefix"] | None = None,
        prefer: list[str] | tuple[str, ...] | None = None,
        require: list[str] | tuple[str, ...] | None = None,
        limits: types.LimitOptions | None = None,
        dangerous_allow_http_loopback: bool | None = None,
    ) -> None:
        """Finds the metadata of a resource, chooses one of its authorization servers, and finds that one's; or finds that
        of an issuer that is known already. It sends nothing.

        Arguments:
            resource: The resource that was or will be requested. Give this or `issuer`.
            resource_metadata: The `resource_metadata` of the resource's challenge, if there was one.
            issuer: An issuer that is known already.
            matching: How the `resource` of its metadata is compared; `exact` by default.
            prefer: Issuers with which the client is registered: the resource's first among these is used, else its first.
            require: Issuers with which the client is registered: the resource's first among these is used, and no other.
            limits: Caps.
            dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
        """
    def next(
        self,
    ) -> types.NextRequest:
        """The request to send now."""
    def receive(
        self,
        *,
        response: types.ArrivedResponse,
    ) -> types.DiscoveryProgress:
        """Takes the response to that request. After `server_failed` the same request may be sent again; every other
        failure ends discovery.

        Arguments:
            response: The response.
        """
    def free(self) -> None:
        """Gives the object up. Doing it twice, or not at all, does no harm."""
    def __enter__(self) -> Discovery: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

@final
class IdentityProvider:
    """An identity provider, configured once."""

    def __init__(
        self,
        *,
        issuer: str,
        token_endpoint: str,
        id_token_algorithms: list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...] | None = None,
        client_algorithms: list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...] | None = None,
        subject_tokens: list[Literal["refresh_token", "saml2"]] | tuple[Literal["refresh_token", "saml2"], ...] | None = None,
        saml_clients: dict[str, str] | None = None,
        actor_profiles: list[types.ActorProfileOptions] | tuple[types.ActorProfileOptions, ...] | None = None,
        audiences: list[types.AudienceOptions] | tuple[types.AudienceOptions, ...] | None = None,
        multi_tenant: bool | None = None,
        mcp: bool | None = None,
        client_id_documents_are_global: bool | None = None,
        context_claim: str | None = None,
        report_resource: bool | None = None,
        id_jag_lifetime: int | None = None,
        id_token_window: types.WindowOptions | None = None,
        assertion_window: types.WindowOptions | None = None,
        proof_window: int | None = None,
        dangerous_public_clients_without_proof: bool | None = None,
        dangerous_token_endpoint_audience: bool | None = None,
        denial: Literal["access_denied", "invalid_grant", "invalid_request", "invalid_client"] | None = None,
        subject_fault: Literal["access_denied", "invalid_grant", "invalid_request", "invalid_client"] | None = None,
        revocation: Literal["when_given", "required"] | None = None,
        limits: types.LimitOptions | None = None,
        dangerous_allow_http_loopback: bool | None = None,
    ) -> None:
        """An identity provider, configured once.

        Arguments:
            issuer: This provider's issuer identifier.
            token_endpoint: Its token endpoint, as it is known publicly: what proofs must name.
            id_token_algorithms: The algorithms its own ID Tokens may be signed with; ES256 by default.
            client_algorithms: The algorithms of proofs and client assertions; ES256 by default.
            subject_tokens: What is exchanged beside ID Tokens; nothing by default.
            saml_clients: The client of each SAML audience, by entity id.
            actor_profiles: Whose actor tokens are accepted; without any, every request with an actor token is refused.
            audiences: What is particular about each audience; one that is not listed gets the defaults.
            multi_tenant: It has many tenants: `tenant` goes into every grant. `false` by default.
            mcp: The MCP profile: `audience` must be an issuer identifier, and `resource` must be sent unless there is exactly
                one. `true` by default.
            client_id_documents_are_global: A client whose identifier is the address of its metadata document has the same identifier everywhere; `false`
                by default.
            context_claim: The claim that names a conversation, and the parameter that asks for one; `ctx` by default.
            report_resource: Report the granted resource in the response too; `false` by default.
            id_jag_lifetime: How long ID-JAGs live, in seconds: 300 by default, at most 3600.
            id_token_window: The rules of time for ID Tokens.
            assertion_window: The rules of time for client assertions and actor tokens.
            proof_window: How far a proof's `iat` may lie from now, in seconds: 60 by default, at most 300.
            dangerous_public_clients_without_proof: Let clients that cannot authenticate exchange without proof; `false` by default.
            dangerous_token_endpoint_audience: Accept the token endpoint as the audience of client assertions; `false` by default.
            denial: What a policy denial is on the wire: `access_denied` by default, or `invalid_grant`.
            subject_fault: What a faulty subject token is on the wire: `invalid_grant` by default, or `invalid_request`.
            revocation: Whether ID Tokens, and conversations asked for, are held against revocations; `when_given` by default. Whether what
                you attest was revoked is yours to know.
            limits: Caps.
            dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
        """
    @property
    def issuer(self) -> str:
        """Its issuer identifier."""
    @property
    def detail_types(self) -> list[str]:
        """The types of authorization details that some audience takes: for its metadata."""
    def parse(
        self,
        request: types.ArrivedRequest,
        *,
        now: float,
    ) -> PendingExchange:
        """Takes it apart; answers `needs`.

        Arguments:
            now: The present, in seconds since 1970.
        """
    def parse_client(
        self,
        request: types.ArrivedRequest,
        *,
        now: float,
    ) -> PendingClient:
        """Takes it apart; answers `needs`.

        Arguments:
            now: The present, in seconds since 1970.
        """
    def free(self) -> None:
        """Gives the object up. Doing it twice, or not at all, does no harm."""
    def __enter__(self) -> IdentityProvider: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

@final
class KeySet:
    """A key set that belongs to one issuer, parsed once and used for any number of tokens."""

    def __init__(
        self,
        *,
        issuer: str,
        jwks: dict[str, Any] | str | bytes,
        algorithms: list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...],
        prepare: bool | None = None,
        limits: types.LimitOptions | None = None,
        dangerous_allow_http_loopback: bool | None = None,
    ) -> None:
        """A key set that belongs to one issuer, parsed once and used for any number of tokens.

        Arguments:
            issuer: Whose keys these are: the issuer identifier, verbatim.
            jwks: The JWK Set.
            algorithms: The algorithms that may be used.
            prepare: Compute now what makes verifying with these keys faster, up to 16 of them, at a time when nobody waits. Without
                this it is computed as they are used: after 4 signatures, and more after 256.
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
class KeySetCache:
    """A cache for the keys of one issuer: it says when to fetch them, and for how long they serve. It fetches nothing."""

    def __init__(
        self,
        *,
        issuer: str,
        jwks_uri: str,
        algorithms: list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...] | None = None,
        time_to_live: int | None = None,
        min_refresh_interval: int | None = None,
        max_stale: int | None = None,
        prepare: bool | None = None,
        limits: types.LimitOptions | None = None,
        dangerous_allow_http_loopback: bool | None = None,
    ) -> None:
        """A cache for the keys of one issuer: it says when to fetch them, and for how long they serve. It fetches nothing.

        Arguments:
            issuer: The issuer identifier, verbatim.
            jwks_uri: Where its keys are, as its metadata says.
            algorithms: The algorithms that may be used; every one by default.
            time_to_live: For how long a set is used without asking again, in seconds; 600 by default.
            min_refresh_interval: How much time lies between two refreshes at least, in seconds, whatever their reason and outcome; 30 by
                default.
            max_stale: For how long after that a set still serves while no refresh succeeds, in seconds; 3600 by default, at most a
                day.
            prepare: Prepare the keys of every set when it is taken, instead of as they are used: see `prepare` of a key set.
            limits: Caps.
            dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
        """
    @property
    def generation(self) -> int:
        """How often the set was replaced: while it stays the same, so do the keys."""
    def lookup(
        self,
        *,
        now: float,
        kid: str | None = None,
    ) -> types.KeyLookup:
        """What to do about a token that claims a key.

        Arguments:
            now: The present, in seconds since 1970.
            kid: Its `kid`; leave it out when the token names none.
        """
    def keys(
        self,
        *,
        now: float,
    ) -> KeySet:
        """The keys that serve now, as a key set. Fails with `keys_unavailable` when there are none.

        Arguments:
            now: The present, in seconds since 1970.
        """
    def begin_refresh(
        self,
        *,
        now: float,
    ) -> types.RefreshRequest:
        """Starts a refresh: the request to send, without following redirects. Of many callers that were told to refresh,
        one is given a request.

        Arguments:
            now: The present, in seconds since 1970.
        """
    def refreshed(
        self,
        *,
        response: types.ArrivedResponse,
        now: float,
    ) -> types.CacheGeneration:
        """Takes the response. On failure everything stays as it was, and the next refresh is due after the interval.

        Arguments:
            response: The response.
            now: The present, in seconds since 1970.
        """
    def replace(
        self,
        *,
        issuer: str,
        jwks: dict[str, Any] | str | bytes,
        fetched_at: float,
    ) -> types.CacheGeneration:
        """Takes a set that you got in another way, such as from a store shared with other machines.

        Arguments:
            issuer: Whose keys these are; it must be the issuer of the cache.
            jwks: The JWK Set.
            fetched_at: When it was fetched, in seconds since 1970.
        """
    def free(self) -> None:
        """Gives the object up. Doing it twice, or not at all, does no harm."""
    def __enter__(self) -> KeySetCache: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

@final
class Policy:
    """A compiled policy. A document with a fault is no policy: the error names every fault."""

    def __init__(
        self,
        *,
        document: dict[str, Any] | str | bytes,
        max_bytes: int | None = None,
        max_rules: int | None = None,
        max_faults: int | None = None,
        dangerous_allow_http_loopback: bool | None = None,
    ) -> None:
        """A compiled policy. A document with a fault is no policy: the error names every fault.

        Arguments:
            document: The document.
            max_bytes: Bytes of the document; 16 MiB by default.
            max_rules: Rules in the document; 1,000,000 by default.
            max_faults: How many faults are reported, at least one: 100 by default. The others are counted.
            dangerous_allow_http_loopback: Also take `http` issuers and resources on this machine: for tests.
        """
    @property
    def apps(self) -> int:
        """How many apps."""
    @property
    def servers(self) -> int:
        """How many servers."""
    @property
    def rules(self) -> int:
        """How many rules."""
    def describe(
        self,
    ) -> types.PolicyContents:
        """The apps, servers and rules of a policy, each sorted by id."""
    def evaluate(
        self,
        *,
        audience: str,
        client_id: str | None = None,
        client_id_at_server: str | None = None,
        resource: list[str] | tuple[str, ...] | None = None,
        scope: str | None = None,
        authorization_details_types: list[str] | tuple[str, ...] | None = None,
        subject: str | None = None,
        groups: list[str] | tuple[str, ...] | None = None,
        acr: str | None = None,
        auth_age: int | None = None,
        dpop: bool | None = None,
        context: bool | None = None,
        actor: bool | None = None,
        act: types.Act | None = None,
        depth: int | None = None,
    ) -> types.PolicyDecision:
        """Decides a request: the cost does not grow with rules that cannot match.

        Arguments:
            audience: The issuer identifier of the server that access is asked for.
            client_id: The client, by its id at the identity provider. Give this or `client_id_at_server`.
            client_id_at_server: The client, by its id at the server that access is asked for.
            resource: The resources asked for; none means all that the server guards.
            scope: The scope asked for, space-separated. Left out, it is every scope that a permit grants by name.
            authorization_details_types: The types of the authorization details asked for.
            subject: The user's `sub` at the identity provider.
            groups: All groups of the user; an empty list says that there are none.
            acr: The class of the user's sign-on.
            auth_age: Seconds since the user signed on.
            dpop: Whether possession of a DPoP key was proven with the request; `false` by default.
            context: Whether it is for one conversation; `false` by default.
            actor: Whether a verified actor acts for the user.
            act: The actor that was verified. Where the policy lists agents, it must be one of them.
            depth: How many tokens the one asked for would be derived from.
        """
    def explain(
        self,
        *,
        audience: str,
        client_id: str | None = None,
        client_id_at_server: str | None = None,
        resource: list[str] | tuple[str, ...] | None = None,
        scope: str | None = None,
        authorization_details_types: list[str] | tuple[str, ...] | None = None,
        subject: str | None = None,
        groups: list[str] | tuple[str, ...] | None = None,
        acr: str | None = None,
        auth_age: int | None = None,
        dpop: bool | None = None,
        context: bool | None = None,
        actor: bool | None = None,
        act: types.Act | None = None,
        depth: int | None = None,
    ) -> types.PolicyTrace:
        """Decides a request and says how each rule took part, for people: the cost grows with every rule.

        Arguments:
            audience: The issuer identifier of the server that access is asked for.
            client_id: The client, by its id at the identity provider. Give this or `client_id_at_server`.
            client_id_at_server: The client, by its id at the server that access is asked for.
            resource: The resources asked for; none means all that the server guards.
            scope: The scope asked for, space-separated. Left out, it is every scope that a permit grants by name.
            authorization_details_types: The types of the authorization details asked for.
            subject: The user's `sub` at the identity provider.
            groups: All groups of the user; an empty list says that there are none.
            acr: The class of the user's sign-on.
            auth_age: Seconds since the user signed on.
            dpop: Whether possession of a DPoP key was proven with the request; `false` by default.
            context: Whether it is for one conversation; `false` by default.
            actor: Whether a verified actor acts for the user.
            act: The actor that was verified. Where the policy lists agents, it must be one of them.
            depth: How many tokens the one asked for would be derived from.
        """
    def withdrawals(
        self,
        *,
        idp: str,
        now: float,
        clock_skew: int | None = None,
        id_jag_lifetime: int | None = None,
        access_token_lifetime: int | None = None,
        id_token_lifetime: int | None = None,
        tolerance: int | None = None,
        dangerous_allow_http_loopback: bool | None = None,
        former: Policy | None = None,
    ) -> types.Withdrawn:
        """What to revoke when a policy takes the place of `former`: for each server, and for the identity provider, what to add
        to its list, and to no other's. Without `former`, what to revoke of the apps that may not be used.

        Arguments:
            idp: The identity provider's issuer identifier.
            now: The present, in seconds since 1970.
            clock_skew: How far the clocks of issuers may be ahead, in seconds; 60 by default. What they issue for so long is revoked with
                the rest.
            id_jag_lifetime: The longest lifetime of an ID-JAG, in seconds; an hour by default.
            access_token_lifetime: The longest lifetime of an access token, in seconds; an hour by default.
            id_token_lifetime: The longest lifetime of an ID Token, in seconds; a day by default.
            tolerance: How long after its end somebody may still take a token, in seconds; 300 by default.
            dangerous_allow_http_loopback: Also take an `http` issuer on this machine: for tests.
            former: A `Policy`.
        """
    def free(self) -> None:
        """Gives the object up. Doing it twice, or not at all, does no harm."""
    def __enter__(self) -> Policy: ...
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
        client_secret_sha256: list[bytes | str] | tuple[bytes | str, ...] | None = None,
        jwks: dict[str, Any] | str | bytes | None = None,
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
class ResourceAuthorizationServer:
    """A resource authorization server, configured once."""

    def __init__(
        self,
        *,
        issuer: str,
        token_endpoint: str,
        trusted_issuers: list[types.TrustedIssuerOptions] | tuple[types.TrustedIssuerOptions, ...],
        resources: list[types.ProtectedResourceOptions] | tuple[types.ProtectedResourceOptions, ...],
        revocation_endpoint: str | None = None,
        revocation: Literal["when_given", "required"] | None = None,
        audience_aliases: list[str] | tuple[str, ...] | None = None,
        default_resource: str | None = None,
        resource_required: bool | None = None,
        normalize_resources: bool | None = None,
        several_resources_per_token: bool | None = None,
        detail_types: dict[str, types.DetailTypeOptions] | None = None,
        context_claim: str | None = None,
        context: Literal["optional", "required"] | None = None,
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
        delegation: types.DelegationOptions | None = None,
        client_algorithms: list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...] | None = None,
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
            revocation_endpoint: Its revocation endpoint (RFC 7009), as it is known publicly; without it no token is revoked here.
            revocation: Whether grants are held against revocations; `when_given` by default.
            audience_aliases: Other spellings of `issuer` accepted as `aud`.
            default_resource: The resource of grants that name none; without it, the only one there is.
            resource_required: Refuse grants without `resource` even so.
            normalize_resources: Compare resources after RFC 3986 normalisation.
            several_resources_per_token: Issue one token for several resources when no scope belongs to two of them.
            detail_types: The types of authorization details that are offered, by name.
            context_claim: The claim that names a conversation; `ctx` by default. It is taken from the grant, and from nowhere else.
            context: Whether a grant must be for one conversation; `optional` by default.
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
            delegation: Tokens for subagents, derived from this server's own (RFC 8693); without it, none are.
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
    @property
    def detail_types(self) -> list[str]:
        """The types of authorization details that it takes: for its metadata."""
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
    def parse_revocation(
        self,
        request: types.ArrivedRequest,
        *,
        now: float,
    ) -> PendingRevocation:
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
class ResourceServer:
    """A protected resource, such as an MCP server, configured once."""

    def __init__(
        self,
        *,
        resource: str,
        authorization_servers: list[types.TrustedServerOptions] | tuple[types.TrustedServerOptions, ...],
        resource_aliases: list[str] | tuple[str, ...] | None = None,
        normalize_resource: bool | None = None,
        metadata_url: str | None = None,
        access: types.AccessOptions | None = None,
        hierarchy: dict[str, str] | None = None,
        initial_scope: str | None = None,
        sender_constraint: Literal["optional", "required"] | None = None,
        proof_algorithms: list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...] | None = None,
        proof_window: int | None = None,
        proof_single_use: bool | None = None,
        revocation: Literal["when_given", "required"] | None = None,
        read_only_scopes: str | None = None,
        context_claim: str | None = None,
        context: Literal["optional", "required"] | None = None,
        window: types.WindowOptions | None = None,
        token_cache_capacity: int | None = None,
        limits: types.LimitOptions | None = None,
        dangerous_allow_http_loopback: bool | None = None,
    ) -> None:
        """A protected resource, such as an MCP server, configured once.

        Arguments:
            resource: The resource's own identifier: what `aud` must name.
            authorization_servers: The authorization servers it trusts; the first is the one that clients are sent to.
            resource_aliases: Further identifiers it answers to; none by default.
            normalize_resource: Compare `aud` after RFC 3986 normalisation; `false` by default: code point by code point.
            metadata_url: Where its metadata document is; by default the well-known address of `resource` (RFC 9728 §3).
            access: What each operation requires. What is not listed is refused; the methods that every MCP session needs are
                listed already and require any valid token.
            hierarchy: Which scopes include which others, space-separated: `{"admin": "read write"}`. Inclusion carries on.
            initial_scope: The scope named to clients that come without a token, space-separated; none by default.
            sender_constraint: Whether tokens must be bound to a key; `optional` by default.
            proof_algorithms: The algorithms of proofs; ES256 by default.
            proof_window: How far a proof's `iat` may lie from now, in seconds: 300 by default and at most.
            proof_single_use: Let a proof be used once only; `false` by default. `authorize` then answers a replay key.
            revocation: Whether tokens are held against revocations; `when_given` by default.
            read_only_scopes: The scopes that only read, space-separated. A token whose scopes, included ones among them, are all of these
                reaches no tool but those with `read_only`; nor does a token without scopes.
            context_claim: The claim that names a conversation; `ctx` by default.
            context: Whether a token must be for one conversation; `optional` by default.
            window: The rules of time for access tokens.
            token_cache_capacity: How many verified tokens are remembered, so that their signatures need not be computed again: 1,024 by default,
                65,536 at most; of 0, none is. Everything but the signature is checked on each use all the same.
            limits: Caps.
            dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
        """
    @property
    def resource(self) -> str:
        """Its identifier."""
    @property
    def metadata_url(self) -> str:
        """Where its metadata document belongs."""
    @property
    def authorization_servers(self) -> list[str]:
        """The authorization servers it trusts."""
    @property
    def context_claim(self) -> str:
        """The claim that names a conversation."""
    def parse(
        self,
        request: types.ArrivedRequest,
        *,
        now: float,
    ) -> PendingAccess:
        """Finds the token; answers `needs`.

        Arguments:
            now: The present, in seconds since 1970.
        """
    def bearer_needs(
        self,
        *,
        token: str,
        now: float,
    ) -> types.AccessNeeds:
        """What to look up before a bearer token can be verified without its request.

        Arguments:
            token: The token, as it was sent.
            now: The present, in seconds since 1970.
        """
    def verify_bearer(
        self,
        *,
        token: str,
        now: float,
        context: str | None = None,
        keys: KeySet | None = None,
        revocations: RevocationList | None = None,
    ) -> types.VerifiedBearer:
        """Verifies a bearer token without its request: for SDKs that verify tokens first and see requests later. A token that
        is bound to a key is refused. What the token may do is not decided here.

        Arguments:
            token: The token, as it was sent.
            now: The present, in seconds since 1970.
            context: The conversation that the request is part of, where you know: a token for another one, or for none, is refused.
            keys: A `KeySet`.
            revocations: A `RevocationList`.
        """
    def metadata(
        self,
    ) -> types.PublishedResource:
        """The RFC 9728 metadata document to serve at `metadata_url`."""
    def free(self) -> None:
        """Gives the object up. Doing it twice, or not at all, does no harm."""
    def __enter__(self) -> ResourceServer: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

@final
class RevocationList:
    """A bounded list of what was revoked, for the roles to hold tokens against. It never forgets an entry early: when it
    is full it takes no more.
    """

    def __init__(
        self,
        *,
        now: float,
        capacity: int | None = None,
        document: dict[str, Any] | str | bytes | None = None,
        max_stale: int | None = None,
    ) -> None:
        """A bounded list of what was revoked, for the roles to hold tokens against. It never forgets an entry early: when it
        is full it takes no more.

        Arguments:
            now: The present, in seconds since 1970.
            capacity: How many entries it holds at most; 100000 by default.
            document: Entries to begin with: what `export` answered.
            max_stale: The list is a copy of one that is kept elsewhere: it serves after `synchronize`, for this many seconds. Leave it
                out for a list to which everything is added in this process.
        """
    def add(
        self,
        *,
        entries: list[types.RevocationEntry] | tuple[types.RevocationEntry, ...],
        now: float,
    ) -> types.RevocationListState:
        """Adds entries. Of two for the same tokens the later time counts.

        Arguments:
            entries: The entries.
            now: The present, in seconds since 1970.
        """
    def synchronize(
        self,
        *,
        sequence: int,
        now: float,
    ) -> types.RevocationListState:
        """Of a copy: notes that everything up to `sequence` of the list that is kept elsewhere has been added.

        Arguments:
            sequence: The sequence number of the list that is kept elsewhere.
            now: When it had that number, in seconds since 1970.
        """
    def export(
        self,
        *,
        now: float,
    ) -> types.RevocationDocument:
        """The list as a document, without what may be forgotten.

        Arguments:
            now: The present, in seconds since 1970.
        """
    def receive(
        self,
        *,
        manifest: str,
        issuer: str,
        algorithms: list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...],
        now: float,
        keys: KeySet | dict[str, Any] | str | bytes | None = None,
        tolerance: int | None = None,
        max_interval: int | None = None,
        dangerous_allow_http_loopback: bool | None = None,
    ) -> types.ReceivedRevocations:
        """Of a copy: begins to take a signed snapshot or delta, in place of one that it was still taking. The chunks are to
        follow; what has none is applied at once.

        Arguments:
            manifest: The manifest.
            issuer: The one who may tell what is revoked.
            algorithms: The algorithms that may be used.
            now: The present, in seconds since 1970.
            keys: The issuer's keys: a key set, or a JWK Set.
            tolerance: How far the issuer's clock may be ahead, in seconds; 60 by default.
            max_interval: How many seconds after it was issued an update may be followed by the next; an hour by default.
            dangerous_allow_http_loopback: Also take an `http` issuer on this machine: for tests.
        """
    def receive_chunk(
        self,
        *,
        chunk: bytes | str,
        now: float,
    ) -> types.ReceivedRevocations:
        """Of a copy: takes the next chunk. With the last the update is applied, all of it or nothing.

        Arguments:
            chunk: Its bytes.
            now: The present, in seconds since 1970.
        """
    def free(self) -> None:
        """Gives the object up. Doing it twice, or not at all, does no harm."""
    def __enter__(self) -> RevocationList: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

@final
class RevocationUpdate:
    """A list as it is now, or what changed of it, to be signed and sent to copies."""

    def __init__(
        self,
        *,
        issuer: str,
        next_update: float,
        now: float,
        revocations: RevocationList,
        since: int | None = None,
        dangerous_allow_http_loopback: bool | None = None,
    ) -> None:
        """A list as it is now, or what changed of it, to be signed and sent to copies.

        Arguments:
            issuer: Who tells it: the issuer that copies are configured with.
            next_update: When to ask again, in seconds since 1970: copies serve until then, and for their `max_stale` after it.
            now: The present, in seconds since 1970.
            revocations: A `RevocationList`.
            since: Only what changed after the list had this number, where that is still known; else everything.
            dangerous_allow_http_loopback: Also take an `http` issuer on this machine: for tests.
        """
    @property
    def sequence(self) -> int:
        """The number that the list has."""
    @property
    def base_sequence(self) -> int | None:
        """Of a delta, the number that it starts after."""
    @property
    def size(self) -> int:
        """How many entries are told."""
    @property
    def chunks(self) -> int:
        """How many chunks follow the manifest."""
    def sign(
        self,
        *,
        signer: SigningKey,
    ) -> types.SignedToken:
        """Signs the manifest.

        Arguments:
            signer: A `SigningKey`.
        """
    def prepare(
        self,
        *,
        key: dict[str, Any] | str | bytes,
        algorithms: list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...] | None = None,
    ) -> types.PendingToken:
        """Shows what a signer elsewhere has to sign; `attach_jws` makes the manifest of it.

        Arguments:
            key: The public JWK of the key that will sign.
            algorithms: The algorithms that may be used; every one by default.
        """
    def chunk(
        self,
        *,
        number: int,
    ) -> types.RevocationChunk:
        """One of the chunks that follow the manifest.

        Arguments:
            number: Its number, from 0.
        """
    def free(self) -> None:
        """Gives the object up. Doing it twice, or not at all, does no harm."""
    def __enter__(self) -> RevocationUpdate: ...
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
        jwk: dict[str, Any] | str | bytes | None = None,
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
class PendingExchange:
    """After `parse`. Used up by `verify`."""

    def __init__(self, never: NoReturn, /) -> None: ...
    @property
    def needs(self) -> types.ExchangeNeeds:
        """After `parse`: what to look up."""
    def verify(
        self,
        *,
        now: float,
        client: RegisteredClient | types.ClientRecord | None = None,
        attested: types.AttestedSubject | None = None,
        nonce: types.NonceOptions | None = None,
        keys: KeySet | None = None,
        actor_keys: KeySet | None = None,
        revocations: RevocationList | None = None,
    ) -> VerifiedExchange:
        """Verifies client, proof, subject token and actor token; answers `subject` and `wants_refresh_token`.

        Arguments:
            now: The present, in seconds since 1970.
            client: The client's registration; leave it out when there is no such client.
            attested: Your word for a subject token that is no ID Token; leave it out when you do not know the token.
            nonce: The nonces that proofs must carry; leave it out when none is required.
            keys: A `KeySet`.
            actor_keys: A `KeySet`.
            revocations: A `RevocationList`.
        """

@final
class VerifiedExchange:
    """After `verify`. Used up by `target` or `refresh`."""

    def __init__(self, never: NoReturn, /) -> None: ...
    @property
    def subject(self) -> types.ExchangeSubject:
        """After `verify` and `target`: the user, as the subject token names it."""
    @property
    def wants_refresh_token(self) -> bool:
        """After `verify`: whether `refresh` is next, and not `target`."""
    def target(
        self,
        *,
        policy: Policy | None = None,
    ) -> TargetedExchange:
        """Finds what the grant is for in the policy; answers `audience`, `subject` and `client_id`.

        Arguments:
            policy: A `Policy`.
        """
    def refresh(
        self,
        *,
        offered: str,
        policy: Policy | None = None,
    ) -> AuthorizedExchange:
        """In place of `target` and `authorize`, decides about a refresh token; answers `replay_keys`.

        Arguments:
            offered: The scopes that you grant this user and client, space-separated: `openid offline_access` among them.
            policy: A `Policy`.
        """

@final
class TargetedExchange:
    """After `target`. Used up by `authorize`."""

    def __init__(self, never: NoReturn, /) -> None: ...
    @property
    def subject(self) -> types.ExchangeSubject:
        """After `verify` and `target`: the user, as the subject token names it."""
    @property
    def audience(self) -> str:
        """After `target`: the audience for which your directory must know the user."""
    @property
    def client_id(self) -> str:
        """After `target`: the client that asks."""
    def authorize(
        self,
        *,
        now: float,
        user: types.DirectoryUser | None = None,
    ) -> AuthorizedExchange:
        """Decides what is granted; answers `scope` and `replay_keys`.

        Arguments:
            now: The present, in seconds since 1970.
            user: The user, as known for this audience; leave it out when there is no such user.
        """

@final
class AuthorizedExchange:
    """After `authorize`. Used up by `spend`."""

    def __init__(self, never: NoReturn, /) -> None: ...
    @property
    def scope(self) -> str | None:
        """After `authorize`: the scope that will be granted. Of a refresh token, after `spend`: the scope in whose
        context to store it. Left out when there is none.
        """
    @property
    def replay_keys(self) -> list[types.ReplayKeyAnswer]:
        """After `authorize` and `refresh`: what to record, in this order, stopping at the first that is not new."""
    def spend(
        self,
        *,
        answers: list[Literal["first", "seen", "unavailable"]] | tuple[Literal["first", "seen", "unavailable"], ...],
    ) -> SpentExchange:
        """Takes the replay store's answers; for a refresh token, answers `scope` and `bound_to`, to be stored with it.

        Arguments:
            answers: One for each replay key, in their order, up to the first that is not `first`.
        """

@final
class SpentExchange:
    """After `spend`. Used up by `issue` or `respond`."""

    def __init__(self, never: NoReturn, /) -> None: ...
    @property
    def scope(self) -> str | None:
        """After `authorize`: the scope that will be granted. Of a refresh token, after `spend`: the scope in whose
        context to store it. Left out when there is none.
        """
    @property
    def bound_to(self) -> str | None:
        """Of a refresh token, after `spend`: the thumbprint of the key to store with it, and to state with every later
        use. Left out when it is not bound.
        """
    def issue(
        self,
        *,
        now: float,
        token_id: str | None = None,
        random: bytes | str | None = None,
        key: dict[str, Any] | str | bytes | None = None,
        signature: bytes | str | None = None,
        signer: SigningKey | None = None,
    ) -> types.IssuedExchange | PendingSignature:
        """Writes the ID-JAG; answers `response` and `record`, or `signing_input`.

        Arguments:
            now: The present, in seconds since 1970.
            token_id: The token's id. Give this or `random`.
            random: At least 12 random bytes of which the token's id is made.
            key: The public JWK, with its `kid`, of the key that signs elsewhere.
            signature: The signature made elsewhere.
            signer: A `SigningKey`.
        """
    def respond(
        self,
        *,
        refresh_token: str,
        expires_in: int,
        now: float,
    ) -> types.RespondedExchange:
        """In place of `issue`, hands out the refresh token that you made; answers `response`, `record`, `scope` and
        `bound_to`.

        Arguments:
            refresh_token: The token.
            expires_in: How long it lives, in seconds.
            now: The present, in seconds since 1970.
        """

@final
class PendingClient:
    """After `parse`. Used up by `authenticate`."""

    def __init__(self, never: NoReturn, /) -> None: ...
    @property
    def needs(self) -> types.ClientNeeds:
        """After `parse`: what to look up."""
    def authenticate(
        self,
        *,
        now: float,
        client: RegisteredClient | types.ClientRecord | None = None,
    ) -> AuthenticatedClient:
        """Authenticates the client; answers `replay_keys`.

        Arguments:
            now: The present, in seconds since 1970.
            client: The client's registration; leave it out when there is no such client.
        """

@final
class AuthenticatedClient:
    """After `authenticate`. Used up by `spend`."""

    def __init__(self, never: NoReturn, /) -> None: ...
    @property
    def replay_keys(self) -> list[types.ReplayKeyAnswer]:
        """After `authenticate`: what to record; empty when the client sent no assertion."""
    def spend(
        self,
        *,
        answers: list[Literal["first", "seen", "unavailable"]] | tuple[Literal["first", "seen", "unavailable"], ...],
    ) -> SpentClient:
        """Takes the replay store's answers; answers `client_id`.

        Arguments:
            answers: One for each replay key, in their order, up to the first that is not `first`.
        """

@final
class SpentClient:
    """After `spend`."""

    def __init__(self, never: NoReturn, /) -> None: ...
    @property
    def client_id(self) -> str:
        """After `spend`: the client, which has proven that it is this one."""

@final
class PendingGrant:
    """After `parse`. Used up by `verify`."""

    def __init__(self, never: NoReturn, /) -> None: ...
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
        revocations: RevocationList | None = None,
        actor_keys: KeySet | None = None,
    ) -> VerifiedGrant:
        """Verifies client, proof and grant; answers `claims`, or `parent` where a token is to be derived from it.

        Arguments:
            now: The present, in seconds since 1970.
            client: The client's registration; leave it out when there is no such client.
            nonce: The nonces that proofs must carry; leave it out when none is required.
            keys: A `KeySet`.
            revocations: A `RevocationList`.
            actor_keys: A `KeySet`.
        """

@final
class VerifiedGrant:
    """After `verify`. Used up by `authorize`."""

    def __init__(self, never: NoReturn, /) -> None: ...
    @property
    def claims(self) -> types.VerifiedIdJagClaims:
        """After `verify`: the claims, for finding the user by `iss`, `tenant` and `sub`; never by `sub` alone."""
    @property
    def parent(self) -> types.VerifiedAccessTokenClaims | None:
        """After `verify`, where a token is to be derived: the parent's claims, for finding the user by `sub`, which is
        your own name for the user. Left out for an ID-JAG.
        """
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
            account: The user's account; leave it out when there is none. What of it goes into tokens stays as it is in derived ones.
            policy: A `Policy`.
        """

@final
class AuthorizedGrant:
    """After `authorize`. Used up by `spend`."""

    def __init__(self, never: NoReturn, /) -> None: ...
    @property
    def scope(self) -> str:
        """After `authorize`: the scope that will be granted."""
    @property
    def replay_keys(self) -> list[types.ReplayKeyAnswer]:
        """After `authorize`: what to record, in this order, stopping at the first that is not new."""
    def spend(
        self,
        *,
        answers: list[Literal["first", "seen", "unavailable"]] | tuple[Literal["first", "seen", "unavailable"], ...],
    ) -> SpentGrant:
        """Takes the replay store's answers.

        Arguments:
            answers: One for each replay key, in their order, up to the first that is not `first`.
        """

@final
class SpentGrant:
    """After `spend`. Used up by `issue`."""

    def __init__(self, never: NoReturn, /) -> None: ...
    def issue(
        self,
        *,
        now: float,
        token_id: str | None = None,
        random: bytes | str | None = None,
        key: dict[str, Any] | str | bytes | None = None,
        signature: bytes | str | None = None,
        signer: SigningKey | None = None,
    ) -> types.IssuedGrant | PendingSignature:
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
class PendingRevocation:
    """After `parse`. Used up by `verify`."""

    def __init__(self, never: NoReturn, /) -> None: ...
    @property
    def needs(self) -> types.RevocationNeeds:
        """After `parse`: what to look up."""
    def verify(
        self,
        *,
        now: float,
        client: RegisteredClient | types.ClientRecord | None = None,
        nonce: types.NonceOptions | None = None,
        keys: KeySet | None = None,
    ) -> VerifiedRevocation:
        """Authenticates the client and finds out whether the token is its own; answers `replay_keys`.

        Arguments:
            now: The present, in seconds since 1970.
            client: The client's registration; leave it out when there is no such client.
            nonce: The nonces that proofs must carry; leave it out when none is required.
            keys: A `KeySet`.
        """

@final
class VerifiedRevocation:
    """After `verify`. Used up by `spend`."""

    def __init__(self, never: NoReturn, /) -> None: ...
    @property
    def replay_keys(self) -> list[types.ReplayKeyAnswer]:
        """After `verify`: what to record, in this order, stopping at the first that is not new."""
    def spend(
        self,
        *,
        answers: list[Literal["first", "seen", "unavailable"]] | tuple[Literal["first", "seen", "unavailable"], ...],
    ) -> SpentRevocation:
        """Takes the replay store's answers; answers `entries`.

        Arguments:
            answers: One for each replay key, in their order, up to the first that is not `first`.
        """

@final
class SpentRevocation:
    """After `spend`. Used up by `conclude`."""

    def __init__(self, never: NoReturn, /) -> None: ...
    @property
    def entries(self) -> list[types.RevocationEntry]:
        """After `spend`: what to store where everybody who verifies tokens finds it; none when there is nothing to revoke."""
    def conclude(
        self,
        *,
        stored: Literal["stored", "unavailable"],
    ) -> ConcludedRevocation:
        """Takes what came of storing the entries; answers `response` and `record`.

        Arguments:
            stored: What came of storing the entries.
        """

@final
class ConcludedRevocation:
    """After `conclude`."""

    def __init__(self, never: NoReturn, /) -> None: ...
    @property
    def response(self) -> types.HttpAnswer:
        """After `conclude`: the response to send."""
    @property
    def record(self) -> types.DecisionRecord:
        """After `conclude`: the record to keep."""

@final
class PendingAccess:
    """After `parse`. Used up by `verify`."""

    def __init__(self, never: NoReturn, /) -> None: ...
    @property
    def needs(self) -> types.AccessNeeds:
        """After `parse`: what to look up."""
    def verify(
        self,
        *,
        now: float,
        nonce: types.NonceOptions | None = None,
        context: str | None = None,
        keys: KeySet | None = None,
        revocations: RevocationList | None = None,
    ) -> VerifiedAccess:
        """Verifies token and proof; answers `claims`.

        Arguments:
            now: The present, in seconds since 1970.
            nonce: The nonces that proofs must carry; leave it out when none is required.
            context: The conversation that the request is part of, where you know: a token for another one, or for none, is refused.
            keys: A `KeySet`.
            revocations: A `RevocationList`.
        """

@final
class VerifiedAccess:
    """After `verify`. Used up by `authorize`."""

    def __init__(self, never: NoReturn, /) -> None: ...
    @property
    def claims(self) -> types.VerifiedAccessTokenClaims:
        """After `verify` and `spend`: the token's claims. The token itself is never here, so that it cannot be passed
        on.
        """
    def permits_tools(
        self,
        *,
        tools: list[str] | tuple[str, ...],
    ) -> types.PermittedTools:
        """Which of these tools the token of a request may call: for leaving the others out of a `tools/list` answer.
        A tool that only needs a fresher sign-on is kept.

        Arguments:
            tools: The names of the tools.
        """
    def authorize(
        self,
        *,
        now: float,
    ) -> AuthorizedAccess:
        """Decides whether the token may do what is asked; answers `operation` and `replay_keys`.

        Arguments:
            now: The present, in seconds since 1970.
        """

@final
class AuthorizedAccess:
    """After `authorize`. Used up by `spend`."""

    def __init__(self, never: NoReturn, /) -> None: ...
    @property
    def operation(self) -> str:
        """After `authorize`: the operation, by the name it has in the configuration."""
    @property
    def replay_keys(self) -> list[types.ReplayKeyAnswer]:
        """After `authorize`: what to record, if proofs are used once; empty when they are not."""
    def spend(
        self,
        *,
        answers: list[Literal["first", "seen", "unavailable"]] | tuple[Literal["first", "seen", "unavailable"], ...],
    ) -> SpentAccess:
        """Takes the replay store's answers; answers `claims` and `record`: the request may pass.

        Arguments:
            answers: One for each replay key, in their order, up to the first that is not `first`.
        """

@final
class SpentAccess:
    """After `spend`."""

    def __init__(self, never: NoReturn, /) -> None: ...
    @property
    def claims(self) -> types.VerifiedAccessTokenClaims:
        """After `verify` and `spend`: the token's claims. The token itself is never here, so that it cannot be passed
        on.
        """
    @property
    def record(self) -> types.DecisionRecord:
        """After `spend`: the record to keep."""

@final
class PendingSignature:
    """A token that is to be signed elsewhere."""

    def __init__(self, never: NoReturn, /) -> None: ...
    @property
    def signing_input(self) -> bytes:
        """The bytes to sign."""
    def attach(self, *, signature: bytes | str) -> types.IssuedExchange | types.IssuedGrant:
        """Takes the signature, verifies it against the declared key, and answers what `issue` would have."""

def check_policy(
    *,
    document: dict[str, Any] | str | bytes,
    max_bytes: int | None = None,
    max_rules: int | None = None,
    max_faults: int | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.PolicyFaults:
    """Every fault of a policy document, for editors: fails only when it is too large to be looked at.

    Arguments:
        document: The document.
        max_bytes: Bytes of the document; 16 MiB by default.
        max_rules: Rules in the document; 1,000,000 by default.
        max_faults: How many faults are reported, at least one: 100 by default. The others are counted.
        dangerous_allow_http_loopback: Also take `http` issuers and resources on this machine: for tests.
    """

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

def list_error_codes(
) -> types.ErrorCodes:
    """Every error code, in the order of the table."""

def parse_jwks(
    *,
    algorithms: list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...],
    jwks: dict[str, Any] | str | bytes,
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
    algorithms: list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...],
    jwk: dict[str, Any] | str | bytes,
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
    algorithms: list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...],
    now: float,
    audience_aliases: list[str] | tuple[str, ...] | None = None,
    keys: KeySet | dict[str, Any] | str | bytes | None = None,
    context_claim: str | None = None,
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
        context_claim: The claim that names a conversation; `ctx` by default.
        window: The rules of time.
        limits: Caps.
        dangerous_allow_http_loopback: Also take `http` issuers on this machine: for tests.
    """

def sign_id_jag(
    *,
    claims: types.IdJagClaims,
    signer: SigningKey,
    context_claim: str | None = None,
    extra: dict[str, Any] | None = None,
) -> types.SignedToken:
    """Builds and signs an ID-JAG from its claims. Use the identity provider's role instead, where you can: it asks
    the policy.

    Arguments:
        claims: The claims.
        signer: A `SigningKey`.
        context_claim: The claim as which `ctx` is written; `ctx` by default.
        extra: Claims of your own, under names without a registered meaning.
    """

def verify_access_token(
    *,
    token: str,
    issuer: str,
    resource: str,
    algorithms: list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...],
    now: float,
    resource_aliases: list[str] | tuple[str, ...] | None = None,
    normalize_resource: bool | None = None,
    keys: KeySet | dict[str, Any] | str | bytes | None = None,
    relaxed: list[Literal["sub", "client_id", "iat", "jti", "typ"]] | tuple[Literal["sub", "client_id", "iat", "jti", "typ"], ...] | None = None,
    context_claim: str | None = None,
    window: types.WindowOptions | None = None,
    limits: types.LimitOptions | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.VerifiedAccessToken:
    """Verifies an access token at the resource it is for, before proof, scope and policy. Use the role instead, where
    you can: it leaves no check out.

    Arguments:
        token: The token.
        issuer: The authorization server that must have issued it.
        resource: The resource it must be for: your identifier.
        algorithms: The algorithms that may be used.
        now: The present, in seconds since 1970.
        resource_aliases: Further identifiers of your resource that are accepted.
        normalize_resource: Compare resources after RFC 3986 normalisation.
        keys: The issuer's keys: a key set, or a JWK Set.
        relaxed: Claims that may be absent.
        context_claim: The claim that names a conversation; `ctx` by default.
        window: The rules of time.
        limits: Caps.
        dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
    """

def sign_access_token(
    *,
    claims: types.AccessTokenClaims,
    signer: SigningKey,
    context_claim: str | None = None,
    extra: dict[str, Any] | None = None,
) -> types.SignedToken:
    """Builds and signs an access token from its claims. Use the resource authorization server's role instead, where
    you can: it redeems a grant for it.

    Arguments:
        claims: The claims.
        signer: A `SigningKey`.
        context_claim: The claim as which `ctx` is written; `ctx` by default.
        extra: Claims of your own, under names without a registered meaning.
    """

def prepare_access_token(
    *,
    claims: types.AccessTokenClaims,
    key: dict[str, Any] | str | bytes,
    context_claim: str | None = None,
    extra: dict[str, Any] | None = None,
    algorithms: list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...] | None = None,
) -> types.PendingToken:
    """Builds an access token for a key that signs elsewhere; `jws.attach` adds the signature.

    Arguments:
        claims: The claims.
        key: The public JWK, with its `kid`, of the key that signs.
        context_claim: The claim as which `ctx` is written; `ctx` by default.
        extra: Claims of your own, under names without a registered meaning.
        algorithms: The algorithms that may be used; every one by default.
    """

def verify_id_token(
    *,
    token: str,
    issuer: str,
    client_id: str,
    algorithms: list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...],
    now: float,
    trusted_audiences: list[str] | tuple[str, ...] | None = None,
    nonce: str | None = None,
    max_authentication_age: int | None = None,
    keys: KeySet | dict[str, Any] | str | bytes | None = None,
    window: types.WindowOptions | None = None,
    limits: types.LimitOptions | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.VerifiedIdTokenAnswer:
    """Verifies an ID Token: as the subject token of an exchange, or after a sign-on.

    Arguments:
        token: The token.
        issuer: The OpenID provider that must have issued it.
        client_id: The client it must have been issued to: for a subject token, the one that authenticated.
        algorithms: The algorithms that may be used.
        now: The present, in seconds since 1970.
        trusted_audiences: Further audiences that are trusted beside the client; usually none.
        nonce: The nonce of the sign-on, where you ran it.
        max_authentication_age: The greatest age of the sign-on itself, in seconds: makes `auth_time` required.
        keys: The issuer's keys: a key set, or a JWK Set.
        window: The rules of time.
        limits: Caps.
        dangerous_allow_http_loopback: Also take an `http` issuer on this machine: for tests.
    """

def sign_id_token(
    *,
    claims: types.IdTokenClaims,
    signer: SigningKey,
) -> types.SignedToken:
    """Builds and signs an ID Token from its claims.

    Arguments:
        claims: The claims.
        signer: A `SigningKey`.
    """

def verify_client_assertion(
    *,
    token: str,
    client_id: str,
    audience: str,
    algorithms: list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...],
    now: float,
    dangerous_token_endpoint_audience: str | None = None,
    keys: KeySet | dict[str, Any] | str | bytes | None = None,
    window: types.WindowOptions | None = None,
    limits: types.LimitOptions | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.VerifiedClient:
    """Verifies a client assertion at a token endpoint (RFC 7523 §3), before replay. The roles do this themselves.

    Arguments:
        token: The assertion.
        client_id: The client that the request names.
        audience: The authorization server it must be for: your issuer identifier.
        algorithms: The algorithms that may be used.
        now: The present, in seconds since 1970.
        dangerous_token_endpoint_audience: Accept this token endpoint as the audience too.
        keys: The client's registered keys: a key set, or a JWK Set.
        window: The rules of time.
        limits: Caps.
        dangerous_allow_http_loopback: Also take an `http` audience on this machine: for tests.
    """

def sign_client_assertion(
    *,
    claims: types.ClientAssertionClaims,
    signer: SigningKey,
) -> types.SignedToken:
    """Builds and signs a client assertion. The client's role does this itself.

    Arguments:
        claims: The claims.
        signer: A `SigningKey`.
    """

def digest_client_secret(
    *,
    client_secret: str,
) -> types.ClientSecretDigest:
    """SHA-256 of a client's secret: what a server keeps instead of the secret.

    Arguments:
        client_secret: The secret: at least 128 random bits, for its digest is not slowed down.
    """

def verify_dpop(
    *,
    proof: str,
    method: str,
    url: str,
    algorithms: list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...],
    window: int,
    now: float,
    access_token: str | None = None,
    nonce: types.NonceOptions | None = None,
    limits: types.LimitOptions | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.VerifiedProofAnswer:
    """Verifies a DPoP proof for one request (RFC 9449 §4.3), before replay and before its key is compared with that of
    a token. The roles do this themselves.

    Arguments:
        proof: The proof.
        method: The method of the request.
        url: The public address of the request.
        algorithms: The algorithms that may be used.
        window: How far its `iat` may lie from now, in seconds.
        now: The present, in seconds since 1970.
        access_token: The access token that the request carries, if it carries one.
        nonce: The nonces that it must carry; leave it out when none is required.
        limits: Caps.
        dangerous_allow_http_loopback: Also take an `http` address on this machine: for tests.
    """

def sign_dpop(
    *,
    method: str,
    url: str,
    random: bytes | str,
    now: float,
    signer: SigningKey,
    access_token: str | None = None,
    nonce: str | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.SignedToken:
    """Builds and signs a DPoP proof for one request. The client's role does this itself.

    Arguments:
        method: The method of the request.
        url: The address of the request; its query is left out.
        random: At least 12 random bytes of which the proof's id is made.
        now: The present, in seconds since 1970.
        signer: A `SigningKey`.
        access_token: The access token that the request carries, if it carries one.
        nonce: The newest nonce of this server, if it gave one.
        dangerous_allow_http_loopback: Also take an `http` address on this machine: for tests.
    """

def verify_actor_token(
    *,
    token: str,
    issuer: str,
    audience: str,
    typ: str,
    algorithms: list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...],
    now: float,
    keys: KeySet | dict[str, Any] | str | bytes | None = None,
    window: types.WindowOptions | None = None,
    limits: types.LimitOptions | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.VerifiedActorAnswer:
    """Verifies the actor token of an exchange (RFC 8693 §2.1). The identity provider's role does this itself.

    Arguments:
        token: The token.
        issuer: Who must have issued it.
        audience: The identity provider it must be for: your issuer identifier.
        typ: Its `typ`.
        algorithms: The algorithms that may be used.
        now: The present, in seconds since 1970.
        keys: The issuer's keys: a key set, or a JWK Set.
        window: The rules of time.
        limits: Caps.
        dangerous_allow_http_loopback: Also take `http` issuers on this machine: for tests.
    """

def verify_jws(
    *,
    token: str,
    algorithms: list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...],
    keys: KeySet | dict[str, Any] | str | bytes | None = None,
    limits: types.LimitOptions | None = None,
) -> types.VerifiedJwsAnswer:
    """Verifies the signature of a compact JWS, and nothing else: what its payload says is for you to judge.

    Arguments:
        token: The compact JWS.
        algorithms: The algorithms that may be used.
        keys: The keys: a key set, or a JWK Set.
        limits: Caps.
    """

def attach_jws(
    *,
    signing_input: bytes | str,
    key: dict[str, Any] | str | bytes,
    signature: bytes | str,
    algorithms: list[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"]] | tuple[Literal["ES256", "ES384", "EdDSA", "RS256", "PS256"], ...] | None = None,
) -> types.AttachedToken:
    """Adds a signature that was made elsewhere, after verifying it.

    Arguments:
        signing_input: What was to be signed, as it was answered.
        key: The public JWK of the key that signed.
        signature: The signature in JWS form: for ECDSA R and S side by side.
        algorithms: The algorithms that may be used; every one by default.
    """

def decode_unverified_token(
    *,
    token: str,
    limits: types.LimitOptions | None = None,
) -> types.UnverifiedToken:
    """Shows what a token says without verifying anything: for people who look into tokens, never for a decision.

    Arguments:
        token: The compact JWT.
        limits: Caps.
    """

def match_saml_nameid(
    *,
    saml_issuer: str,
    account: types.StoredNameId,
    dangerous_nameid_alone: bool | None = None,
    sub_id: types.SubId | None = None,
) -> types.MatchedNameId:
    """The NameID of a verified ID-JAG, when it names the account: fails with `subject_unknown` when it names
    another, and with `subject_identifier_unusable` when no account can be found by it.

    Arguments:
        saml_issuer: The SAML issuer that the identity provider speaks for.
        account: The NameID stored with the account.
        dangerous_nameid_alone: Compare the NameID alone, without its qualifiers.
        sub_id: The `sub_id` of the verified claims.
    """

def is_same_saml_nameid(
    *,
    saml_issuer: str,
    account: types.StoredNameId,
    dangerous_nameid_alone: bool | None = None,
    sub_id: types.SubId | None = None,
) -> types.SameNameId:
    """Whether the NameID of a verified ID-JAG names the account, for going through several accounts. Fails with
    `subject_identifier_unusable` when no account can be found by it.

    Arguments:
        saml_issuer: The SAML issuer that the identity provider speaks for.
        account: The NameID stored with the account.
        dangerous_nameid_alone: Compare the NameID alone, without its qualifiers.
        sub_id: The `sub_id` of the verified claims.
    """

def build_authorization_server_metadata(
    *,
    role: Literal["resource_authorization_server", "idp"],
    issuer: str,
    token_endpoint: str,
    jwks_uri: str,
    jwt_dpop_grant: bool | None = None,
    token_exchange_grant: bool | None = None,
    authorization_endpoint: str | None = None,
    registration_endpoint: str | None = None,
    revocation_endpoint: str | None = None,
    scope: str | None = None,
    grant_types_supported: list[str] | tuple[str, ...] | None = None,
    dpop_signing_alg_values_supported: list[str] | tuple[str, ...] | None = None,
    token_endpoint_auth_methods_supported: list[str] | tuple[str, ...] | None = None,
    token_endpoint_auth_signing_alg_values_supported: list[str] | tuple[str, ...] | None = None,
    authorization_grant_profiles_supported: list[str] | tuple[str, ...] | None = None,
    authorization_details_types_supported: list[str] | tuple[str, ...] | None = None,
    client_id_metadata_document_supported: bool | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.HttpAnswer:
    """The response that publishes an authorization server's metadata, with what the ID-JAG profile asks for.

    Arguments:
        role: What kind of server it is: decides which grants and profiles are listed.
        issuer: Its issuer identifier.
        token_endpoint: Its token endpoint.
        jwks_uri: Where its public keys are.
        jwt_dpop_grant: Lists the jwt-dpop grant too.
        token_exchange_grant: Lists the token exchange grant too: for a resource authorization server with `delegation`.
        authorization_endpoint: Where users sign on.
        registration_endpoint: Where clients register (RFC 7591).
        revocation_endpoint: Where tokens are revoked (RFC 7009): clients authenticate there as at the token endpoint.
        scope: The scopes to list, space-separated.
        grant_types_supported: The grants, in place of those of the role.
        dpop_signing_alg_values_supported: What a DPoP proof may be signed with.
        token_endpoint_auth_methods_supported: How clients authenticate at the token endpoint.
        token_endpoint_auth_signing_alg_values_supported: What a client assertion may be signed with.
        authorization_grant_profiles_supported: The grant profiles, in place of that of the role.
        authorization_details_types_supported: The types of authorization details.
        client_id_metadata_document_supported: Whether clients may identify themselves by a metadata document.
        dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
    """

def read_authorization_server_metadata(
    *,
    issuer: str,
    response: types.ArrivedResponse,
    limits: types.LimitOptions | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.AuthorizationServerDocument:
    """Reads an authorization server's metadata as it arrived, for an issuer that is known already.

    Arguments:
        issuer: The issuer whose document it must be.
        response: The response.
        limits: Caps.
        dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
    """

def build_protected_resource_metadata(
    *,
    resource: str,
    authorization_servers: list[str] | tuple[str, ...],
    scope: str | None = None,
    dpop_bound_access_tokens_required: bool | None = None,
    dpop_signing_alg_values_supported: list[str] | tuple[str, ...] | None = None,
    resource_name: str | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.HttpAnswer:
    """The response that publishes a protected resource's metadata.

    Arguments:
        resource: Its identifier.
        authorization_servers: The issuers of tokens for it; at least one.
        scope: The scopes basic use needs, space-separated.
        dpop_bound_access_tokens_required: Whether only DPoP-bound tokens are taken.
        dpop_signing_alg_values_supported: What a DPoP proof may be signed with.
        resource_name: A name for people.
        dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
    """

def read_protected_resource_metadata(
    *,
    resource: str,
    found: Literal["by_challenge", "by_well_known", "by_root_well_known"],
    response: types.ArrivedResponse,
    matching: Literal["exact", "dangerous_normalized", "dangerous_prefix"] | None = None,
    limits: types.LimitOptions | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.ProtectedResourceDocument:
    """Reads a protected resource's metadata as it arrived.

    Arguments:
        resource: The resource that was asked for.
        found: How the document was found.
        response: The response.
        matching: How its `resource` is compared; `exact` by default.
        limits: Caps.
        dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
    """

def build_challenge(
    *,
    schemes: list[Literal["Bearer", "DPoP"]] | tuple[Literal["Bearer", "DPoP"], ...],
    resource_metadata: str,
    algs: list[str] | tuple[str, ...] | None = None,
    realm: str | None = None,
    code: str | None = None,
    scope: str | None = None,
    max_age: int | None = None,
    acr_values: list[str] | tuple[str, ...] | None = None,
    nonce: str | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.HttpAnswer:
    """The response of a protected resource that refuses a request. The role does this itself.

    Arguments:
        schemes: How the resource takes tokens.
        resource_metadata: Where the resource's metadata is.
        algs: What a proof may be signed with; needed for `DPoP`.
        realm: A protection space.
        code: The error code; leave it out when no credentials were sent.
        scope: The scope that the request needs, space-separated.
        max_age: How old the sign-on may be, in seconds.
        acr_values: The classes of sign-on of which any will do.
        nonce: A nonce for the next proof.
        dangerous_allow_http_loopback: Also take an `http` address on this machine: for tests.
    """

def parse_challenge(
    *,
    www_authenticate: list[str] | tuple[str, ...],
    limits: types.LimitOptions | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.ParsedChallenges:
    """Reads the `WWW-Authenticate` fields of a response.

    Arguments:
        www_authenticate: The value of every `WWW-Authenticate` field, in order.
        limits: Caps.
        dangerous_allow_http_loopback: Also take an `http` address on this machine: for tests.
    """

def build_client_metadata(
    *,
    client_name: str,
    redirect_uris: list[str] | tuple[str, ...],
    client_id: str | None = None,
    more_grant_types: list[str] | tuple[str, ...] | None = None,
    scope: str | None = None,
    jwks_uri: str | None = None,
    jwks: dict[str, Any] | str | bytes | None = None,
    dpop_bound_access_tokens: bool | None = None,
    without_id_jag_profile: bool | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.HttpAnswer:
    """The response that publishes a client's metadata document; its body registers a client too (RFC 7591).

    Arguments:
        client_name: Its name for people.
        redirect_uris: Where users are sent back to.
        client_id: The address of the document, which is the client's identifier.
        more_grant_types: Grants beside token exchange and jwt-bearer, such as `authorization_code`.
        scope: The scope it will ask for, space-separated.
        jwks_uri: Where its public keys are: it authenticates with `private_key_jwt`. Give this or `jwks`.
        jwks: Its public keys, as a JWK Set: it authenticates with `private_key_jwt`.
        dpop_bound_access_tokens: Asks that tokens are only ever issued bound to a key.
        without_id_jag_profile: Keeps to itself that it implements the ID-JAG profile.
        dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
    """

def read_client_document(
    *,
    client_id: str,
    response: types.ArrivedResponse,
    limits: types.LimitOptions | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.ClientDocumentAnswer:
    """Reads a client's metadata document as it arrived, for the client that it must be of.

    Arguments:
        client_id: The client's identifier: the address of the document.
        response: The response.
        limits: Caps.
        dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
    """

def parse_client_id_url(
    *,
    client_id: str,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.ClientIdUrlAnswer:
    """Whether a client identifier is the address of a metadata document, and the request for it.

    Arguments:
        client_id: The identifier.
        dangerous_allow_http_loopback: Also take an `http` address on this machine: for tests.
    """

def well_known_urls(
    *,
    issuer: str | None = None,
    resource: str | None = None,
    resource_metadata: str | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.WellKnownUrls:
    """The addresses at which the metadata of an issuer or a resource may be, in the order to try.

    Arguments:
        issuer: The issuer identifier. Give this or `resource`.
        resource: The resource.
        resource_metadata: The `resource_metadata` of the resource's challenge, if there was one.
        dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
    """

def plan_registration(
    *,
    server: types.AuthorizationServerDocument,
    registered_with: list[str] | tuple[str, ...] | None = None,
    client_id: str | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.RegistrationPlan:
    """How a client comes by its identifier at an authorization server: the first way that is open.

    Arguments:
        server: The server's metadata, as it was read.
        registered_with: The issuers with which the client has credentials already.
        client_id: The address of the client's metadata document, if it has one.
        dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
    """

def select_scope(
    *,
    resource: str,
    challenged_scope: str | None = None,
    scopes_supported: list[str] | tuple[str, ...] | None = None,
    step_ups: list[types.ScopeStepUp] | tuple[types.ScopeStepUp, ...] | None = None,
    step_up_limit: int | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.SelectedScopes:
    """The scope to ask for: first, and after each challenge that asked for more. Fails with `step_up_limit` when a
    server keeps asking.

    Arguments:
        resource: The resource.
        challenged_scope: The scope of the first challenge, if there was one, space-separated.
        scopes_supported: The scopes that the resource's metadata lists, if it was read.
        step_ups: What happened since, in order.
        step_up_limit: How many step-ups in a row one operation may take; 3 by default.
        dangerous_allow_http_loopback: Also take an `http` resource on this machine: for tests.
    """

def check_authorization_response_issuer(
    *,
    issuer: str,
    authorization_response_iss_parameter_supported: bool,
    iss: str | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.CheckedIssuer:
    """Whose authorization response it is (RFC 9207 §2.4). When this fails, nothing else of the response may be used or
    shown.

    Arguments:
        issuer: The issuer recorded with the request, from validated metadata.
        authorization_response_iss_parameter_supported: What the metadata says about `iss` in responses.
        iss: The decoded `iss` of the response, if it has one.
        dangerous_allow_http_loopback: Also take an `http` issuer on this machine: for tests.
    """

def record_schema(
) -> types.RecordSchema:
    """The JSON Schema of decision records."""

def read_record(
    *,
    record: dict[str, Any] | str | bytes,
) -> types.DecisionRecord:
    """Reads a decision record back: fails on whatever is not one.

    Arguments:
        record: The record, or its text: a line of a log.
    """

def record_of_revocation(
    *,
    entry: types.RevocationEntry,
    decided_by: str,
    now: float,
) -> types.DecisionRecord:
    """The record of a revocation that an administrator, or a program for one, put on the lists.

    Arguments:
        entry: The revocation.
        decided_by: Who revokes, or which program.
        now: The present, in seconds since 1970.
    """

def record_to_ocsf(
    *,
    record: dict[str, Any] | str | bytes,
) -> types.OcsfEvent:
    """A decision record as an event of the Open Cybersecurity Schema Framework.

    Arguments:
        record: The record, or its text: a line of a log.
    """

def connections_of_records(
    *,
    records: list[dict[str, Any] | str | bytes] | tuple[dict[str, Any] | str | bytes, ...],
    now: float,
    max_tokens: int | None = None,
    max_denials: int | None = None,
    max_revocations: int | None = None,
) -> types.ConnectionTable:
    """Which apps can reach which servers, since when and for whom: what these records tell, in whatever order.

    Arguments:
        records: The records, or their texts; those that come twice count once.
        now: The present, in seconds since 1970: what is good then is live.
        max_tokens: How many tokens are remembered; 100000 by default.
        max_denials: How many refusals are remembered; 100000 by default.
        max_revocations: How many revocations are remembered; 100000 by default.
    """

def chain_of_records(
    *,
    records: list[dict[str, Any] | str | bytes] | tuple[dict[str, Any] | str | bytes, ...],
    id: str,
) -> types.Chain:
    """Everything that belongs to one id: from the sign-on over the ID-JAG and the tokens to what was done with them.

    Arguments:
        records: The records, or their texts.
        id: The id of a token, an ID-JAG, an ID Token or a session; a conversation; or a request id.
    """

def exchange_request(
    *,
    exchange: types.WantedIdJag,
    subject_token: str,
    subject_token_type: Literal["urn:ietf:params:oauth:token-type:id_token", "urn:ietf:params:oauth:token-type:saml2", "urn:ietf:params:oauth:token-type:refresh_token"],
    idp: types.TokenServer,
    credentials: list[types.Credentials] | tuple[types.Credentials, ...],
    random: bytes | str,
    now: float,
    actor_token: str | None = None,
    assertion_signature: bytes | str | None = None,
    proof: types.ProofOptions | None = None,
    dangerous_allow_http_loopback: bool | None = None,
    signer: SigningKey | None = None,
    dpop: SigningKey | None = None,
) -> types.RequestAnswer:
    """The request for an ID-JAG, to send to the identity provider's token endpoint without following redirects. Client
    assertions are signed by `signer`, proofs by `dpop`.

    Arguments:
        exchange: What is asked for.
        subject_token: What says who the user is.
        subject_token_type: What kind of token that is.
        idp: The identity provider's metadata.
        credentials: What the client was given there; the best of several is used.
        random: At least 12 random bytes, fresh for every request.
        now: The present, in seconds since 1970.
        actor_token: A JWT that names who acts for the user; MCP does not use this.
        assertion_signature: The signature of the client assertion, where its key is elsewhere.
        proof: Asks for a grant that is bound to the key of this proof; no proof is sent by default.
        dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
        signer: A `SigningKey`.
        dpop: A `SigningKey`.
    """

def exchange_response(
    *,
    exchange: types.WantedIdJag,
    response: types.ArrivedResponse,
    now: float,
    binding: types.BindingOptions | None = None,
    limits: types.LimitOptions | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.IdJagAnswer:
    """Checks the identity provider's response: the ID-JAG is the one that was asked for. What a refusal means,
    `client.read_answer` says.

    Arguments:
        exchange: What was asked for.
        response: The response.
        now: The present, in seconds since 1970.
        binding: The key that was proven with the request; leave it out when no proof was sent.
        limits: Caps.
        dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
    """

def refresh_request(
    *,
    assertion: str,
    idp: types.TokenServer,
    credentials: list[types.Credentials] | tuple[types.Credentials, ...],
    random: bytes | str,
    now: float,
    scope: str | None = None,
    assertion_signature: bytes | str | None = None,
    proof: types.ProofOptions | None = None,
    dangerous_allow_http_loopback: bool | None = None,
    signer: SigningKey | None = None,
    dpop: SigningKey | None = None,
) -> types.RequestAnswer:
    """The request for a refresh token in exchange for a SAML assertion.

    Arguments:
        assertion: The SAML 2.0 assertion, base64url-encoded.
        idp: The identity provider's metadata.
        credentials: What the client was given there; the best of several is used.
        random: At least 12 random bytes, fresh for every request.
        now: The present, in seconds since 1970.
        scope: The scope, space-separated; `openid offline_access` by default.
        assertion_signature: The signature of the client assertion, where its key is elsewhere.
        proof: Asks for a token that is bound to the key of this proof; no proof is sent by default.
        dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
        signer: A `SigningKey`.
        dpop: A `SigningKey`.
    """

def refresh_response(
    *,
    response: types.ArrivedResponse,
    now: float,
    limits: types.LimitOptions | None = None,
) -> types.RefreshTokenAnswer:
    """Checks the identity provider's response to it.

    Arguments:
        response: The response.
        now: The present, in seconds since 1970.
        limits: Caps.
    """

def grant_request(
    *,
    grant: types.GrantToRedeem,
    server: types.TokenServer,
    credentials: list[types.Credentials] | tuple[types.Credentials, ...],
    random: bytes | str,
    now: float,
    assertion_signature: bytes | str | None = None,
    proof: types.ProofOptions | None = None,
    dangerous_allow_http_loopback: bool | None = None,
    signer: SigningKey | None = None,
    dpop: SigningKey | None = None,
) -> types.RequestAnswer:
    """The request that redeems an ID-JAG, to send to the resource authorization server's token endpoint without
    following redirects. Client assertions are signed by `signer`, proofs by `dpop`.

    Arguments:
        grant: The ID-JAG, and what is asked for.
        server: The resource authorization server's metadata.
        credentials: What the client was given there; the best of several is used.
        random: At least 12 random bytes, fresh for every request.
        now: The present, in seconds since 1970.
        assertion_signature: The signature of the client assertion, where its key is elsewhere.
        proof: The proof to send along; none by default.
        dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
        signer: A `SigningKey`.
        dpop: A `SigningKey`.
    """

def grant_response(
    *,
    grant: types.GrantToRedeem,
    response: types.ArrivedResponse,
    now: float,
    limits: types.LimitOptions | None = None,
    dangerous_allow_http_loopback: bool | None = None,
) -> types.AccessTokenAnswer:
    """Checks the server's response: the access token is for the resource and within the rights that were asked for.
    What a refusal means, `client.read_answer` says.

    Arguments:
        grant: The ID-JAG, and what was asked for.
        response: The response.
        now: The present, in seconds since 1970.
        limits: Caps.
        dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
    """

def use_token(
    *,
    grant: types.GrantToRedeem,
    response: types.ArrivedResponse,
    request: types.OutgoingRequest,
    random: bytes | str,
    now: float,
    proof: types.ProofOptions | None = None,
    limits: types.LimitOptions | None = None,
    dangerous_allow_http_loopback: bool | None = None,
    dpop: SigningKey | None = None,
) -> types.AuthorizedAnswer:
    """Adds the access token, and the proof where it is bound, to a request to its resource, which must be sent without
    following redirects. Proofs are signed by `dpop`.

    Arguments:
        grant: The ID-JAG, and what was asked for.
        response: The response that holds the access token.
        request: The request to its resource.
        random: At least 12 random bytes, fresh for every request.
        now: The present, in seconds since 1970.
        proof: The proof to send along, which a token of type `DPoP` needs.
        limits: Caps.
        dangerous_allow_http_loopback: Also take `http` addresses on this machine: for tests.
        dpop: A `SigningKey`.
    """

def read_answer(
    *,
    from_: Literal["token_endpoint", "resource"],
    response: types.ArrivedResponse,
    limits: types.LimitOptions | None = None,
) -> types.AnswerMeaning:
    """What the refusal of a token endpoint, or of a resource, means.

    Arguments:
        from_: Whose it is.
        response: The response.
        limits: Caps.
    """
