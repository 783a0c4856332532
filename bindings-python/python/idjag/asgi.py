"""ASGI: an identity provider, a resource authorization server, and a guard before an MCP server. Any ASGI server or
router takes them; nothing here decides anything.

Public addresses come from the configuration, never from a Host header. A function of yours may answer at once or be
`async`; one that fails, or has `None` where there must be an answer, makes a 503 and is never taken for one. Failures are told to `on_error`, and the
response says nothing of them. `on_record` keeps decision records: when it fails, nothing is granted.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from copy import copy
from dataclasses import dataclass
from typing import Any, Protocol, TypedDict, Union
from urllib.parse import urlsplit

from . import IdentityProvider, KeySet, Policy, RegisteredClient, ResourceAuthorizationServer, ResourceServer, SigningKey
from ._endpoint import RemoteSigner, Signer, TokenServer
from ._http import (
    Answer,
    App,
    Handler,
    Keys,
    Nonce,
    OnError,
    OnRecord,
    Receive,
    Scope,
    Send,
    consult,
    current,
    demand,
    is_below,
    path_of,
    public_path,
    raw_path,
    respond,
    revocations_of,
    serve_document,
)
from ._lifespan import running
from ._tools import LISTING, FilteredSend
from .replay import ReplayStore, ask
from .revocations import MemoryStore as MemoryRevocations
from .revocations import RevocationStore
from .types import (
    Account,
    AttestedSubject,
    ClientRecord,
    DecisionRecord,
    DirectoryUser,
    ExchangeSubject,
    SubjectNeed,
    VerifiedAccessTokenClaims,
    VerifiedIdJagClaims,
)

__all__ = [
    "Access",
    "App",
    "ExchangeEndpoint",
    "Guard",
    "Keys",
    "NewRefreshToken",
    "RedeemEndpoint",
    "RefreshTokens",
    "RemoteSigner",
]

Clients = Callable[[str], Answer["RegisteredClient | ClientRecord | None"]]
Policies = Union[Policy, Callable[[], Answer[Policy]]]
Users = Callable[[ExchangeSubject, str, str], Answer["DirectoryUser | None"]]
Attest = Callable[[SubjectNeed, str], Answer["AttestedSubject | None"]]
Accounts = Callable[[VerifiedIdJagClaims], Answer["Account | None"]]

# More than the messages of most MCP servers; servers that take more say so.
_RPC_BYTES = 4 * 1024 * 1024
# More than any token request has; the library's own cap is far below it.
_FORM_BYTES = 256 * 1024


def _random() -> bytes:
    return os.urandom(32)


class RedeemEndpoint(TokenServer):
    """A resource authorization server: its token endpoint, where an ID-JAG becomes an access token, once, its metadata
    (RFC 8414) and its keys; and, where the metadata has a `revocation_endpoint`, that, where clients give their access
    tokens up (RFC 7009).

    It answers at the addresses in `metadata`, the arguments of `build_authorization_server_metadata`; `token`,
    `revocation`, `metadata` and `jwks` are its parts for hosts that route themselves. `keys(issuer, kid)` finds an identity provider's
    keys (`fetch.KeySets`), `clients(client_id)` a registration, `accounts(claims)` the user by `iss`, `tenant` and `sub`,
    never by `sub` alone; each answers `None` when there is none. `nonce()` answers the nonces that DPoP proofs must carry.
    Grants are held against `revocations`, a list in the memory of this process by default; give the same store to `Guard`.
    """

    def __init__(
        self,
        server: ResourceAuthorizationServer,
        *,
        metadata: dict[str, Any],
        jwks: KeySet,
        signer: Signer,
        keys: Keys,
        clients: Clients,
        accounts: Accounts,
        policy: Policies | None = None,
        store: ReplayStore | None = None,
        revocations: RevocationStore | None = None,
        nonce: Nonce | None = None,
        on_record: OnRecord | None = None,
        on_error: OnError | None = None,
        max_body_bytes: int = _FORM_BYTES,
        body_timeout: float = 10.0,
        clock: Callable[[], float] = time.time,
        random: Callable[[], bytes] = _random,
    ) -> None:
        super().__init__(
            role="resource_authorization_server", metadata=metadata, jwks=jwks, signer=signer, random=random,
            store=store, nonce=nonce, on_record=on_record, on_error=on_error, max_body_bytes=max_body_bytes,
            body_timeout=body_timeout, clock=clock,
        )  # fmt: skip
        self._server = server
        self._keys = keys
        self._clients = clients
        self._accounts = accounts
        self._policy = policy
        self._revocations = MemoryRevocations() if revocations is None else revocations
        if "revocation_endpoint" in self._document:
            self._routes[path_of(self._document["revocation_endpoint"])] = self.revocation

    async def revocation(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The revocation endpoint."""
        await self._handle("revocation_endpoint", self._revoke, scope, receive, send)

    async def _revoke(self, request: Any) -> Any:
        pending = self._server.parse_revocation(request, now=self._now())
        client = await consult(self._clients, pending.needs["client_id"])
        nonce = await demand(self._nonce)
        verified = pending.verify(keys=self._jwks, client=client, nonce=nonce, now=self._now())
        answers = await ask(self._store, verified.replay_keys, now=self._now())
        spent = verified.spend(answers=answers)
        concluded = spent.conclude(stored="stored" if await self._stored(spent.entries) else "unavailable")
        return {"response": concluded.response, "record": concluded.record}

    async def _stored(self, entries: Any) -> bool:
        """Stores entries. A store that raises may not have stored them."""
        try:
            if entries:
                await self._revocations.revoke(entries, now=self._now())
        except Exception as error:
            self._report(error)
            return False
        return True

    async def redeem(self, form: str, *, client: RegisteredClient | ClientRecord) -> dict[str, Any]:
        """The response to a token request of which you have the form: for the token endpoints of others. `client` is the
        registration of the client, whose credentials are in `form`.
        """
        headers = [["Content-Type", "application/x-www-form-urlencoded"]]
        request = {"method": "POST", "url": self._document["token_endpoint"], "headers": headers, "body": form}
        found = copy(self)
        found._clients = lambda _: client
        return await self._respond(lambda: found._decide(request))

    async def _decide(self, request: Any) -> Any:
        pending = self._server.parse(request, now=self._now())
        needs = pending.needs
        keys = await self._keys_of(self._keys, needs["issuer"], needs.get("kid"))
        client = await consult(self._clients, needs["client_id"])
        nonce = await demand(self._nonce)
        revoked = await revocations_of(self._revocations, self._now())
        verified = pending.verify(keys=keys, client=client, nonce=nonce, revocations=revoked, now=self._now())
        account = await consult(self._accounts, verified.claims)
        policy = await current(self._policy)
        granted = verified.authorize(policy=policy, account=account, now=self._now())
        answers = await ask(self._store, granted.replay_keys, now=self._now())
        return await self._issue(granted.spend(answers=answers))


class NewRefreshToken(TypedDict):
    """A refresh token that you made."""

    refresh_token: str
    """The token."""

    expires_in: int
    """How long it lives, in seconds."""


class RefreshTokens(Protocol):
    """How refresh tokens are made for SAML assertions."""

    def offered(self, subject: ExchangeSubject, client_id: str) -> Answer[str]:
        """The scopes that you grant this user and client, space-separated: `openid offline_access` among them."""
        ...

    def make(
        self, *, subject: ExchangeSubject, client_id: str, scope: str | None, bound_to: str | None
    ) -> Answer[NewRefreshToken]:
        """Makes a refresh token and stores it with all of this: `bound_to`, where there is one, is the thumbprint of the
        key whose proof every later use needs."""
        ...


class ExchangeEndpoint(TokenServer):
    """An identity provider: its token endpoint, where ID Tokens (verified by `jwks`, its own keys), refresh tokens and
    SAML assertions become ID-JAGs as the policy permits, its metadata (RFC 8414) and its keys.

    It answers at the addresses in `metadata`, the arguments of `build_authorization_server_metadata`; `token`,
    `metadata` and `jwks` are its parts for hosts that route themselves. `clients(client_id)` finds a registration,
    `users(subject, audience, client_id)` the user as your directory names it for that audience. `attest(token,
    client_id)` is your word for a refresh token or a SAML assertion, `token["token"]`, which must not be logged. Each
    answers `None` when there is none. Without `refresh_tokens`, requests for one are refused. `actor_keys(issuer, kid)`
    finds the keys of the issuers of actor tokens, `nonce()` the nonces that DPoP proofs must carry. ID Tokens are held
    against `revocations`, where there are any.
    """

    def __init__(
        self,
        provider: IdentityProvider,
        *,
        metadata: dict[str, Any],
        jwks: KeySet,
        signer: Signer,
        policy: Policies,
        clients: Clients,
        users: Users,
        attest: Attest | None = None,
        refresh_tokens: RefreshTokens | None = None,
        actor_keys: Keys | None = None,
        store: ReplayStore | None = None,
        revocations: RevocationStore | None = None,
        nonce: Nonce | None = None,
        on_record: OnRecord | None = None,
        on_error: OnError | None = None,
        max_body_bytes: int = _FORM_BYTES,
        body_timeout: float = 10.0,
        clock: Callable[[], float] = time.time,
        random: Callable[[], bytes] = _random,
    ) -> None:
        super().__init__(
            role="idp", metadata=metadata, jwks=jwks, signer=signer, random=random, store=store, nonce=nonce,
            on_record=on_record, on_error=on_error, max_body_bytes=max_body_bytes, body_timeout=body_timeout,
            clock=clock,
        )  # fmt: skip
        self._provider = provider
        self._policy = policy
        self._clients = clients
        self._users = users
        self._attest = attest
        self._refresh_tokens = refresh_tokens
        self._actor_keys = actor_keys
        self._revocations = revocations

    async def _decide(self, request: Any) -> Any:
        pending = self._provider.parse(request, now=self._now())
        needs = pending.needs
        verified = pending.verify(**await self._looked_up(needs), now=self._now())
        policy = await current(self._policy)
        if verified.wants_refresh_token and self._refresh_tokens is not None:
            return await self._renew(self._refresh_tokens, verified, policy, needs["client_id"])
        targeted = verified.target(policy=policy)
        user = await consult(self._users, targeted.subject, targeted.audience, targeted.client_id)
        return await self._issue(await self._spent(targeted.authorize(user=user, now=self._now())))

    async def _looked_up(self, needs: Any) -> dict[str, Any]:
        """What the exchange needs to be verified. Keys that cannot be had are for the library to miss."""
        client_id, subject, actor = needs["client_id"], needs["subject"], needs.get("actor")
        found = {"keys": self._jwks, "client": await consult(self._clients, client_id)}
        if "token" in subject:
            found["attested"] = await consult(self._attest, subject, client_id)
        if actor is not None:
            found["actor_keys"] = await self._keys_of(self._actor_keys, actor["issuer"], actor.get("kid"))
        found["nonce"] = await demand(self._nonce)
        found["revocations"] = await revocations_of(self._revocations, self._now())
        return found

    async def _renew(self, tokens: RefreshTokens, verified: Any, policy: Policy, client_id: str) -> Any:
        """A refresh token for a SAML assertion."""
        subject = verified.subject
        offered = await demand(tokens.offered, subject, client_id)
        spent = await self._spent(verified.refresh(policy=policy, offered=offered))
        bound = {"scope": spent.scope, "bound_to": spent.bound_to}
        made = await demand(tokens.make, subject=subject, client_id=client_id, **bound)
        return spent.respond(**made, now=self._now())

    async def _spent(self, authorized: Any) -> Any:
        return authorized.spend(answers=await ask(self._store, authorized.replay_keys, now=self._now()))


@dataclass(frozen=True)
class Access:
    """What may pass: who, with which rights."""

    claims: VerifiedAccessTokenClaims
    """The claims of the access token."""

    record: DecisionRecord
    """The record of the decision."""

    operation: str
    """What is asked for, by the name it has in the server's configuration."""

    permits_tools: Callable[[list[str]], list[str]]
    """Which of these tools the token may call: for leaving the others out of a `tools/list` answer."""


class Guard(Handler):
    """Stands before an MCP server: only what the access token permits reaches `app`.

    `app` finds the `Access` in `scope["idjag"]`, its own public address, the body that was decided on, and neither the
    token nor its proof; the lists of tools in its answers are cut down to those that the token may call. The metadata
    document of RFC 9728 is served at its address, and by `metadata` for hosts that route themselves. `keys(issuer, kid)`
    finds an authorization server's keys (`fetch.KeySets`), `nonce()` the nonces that DPoP proofs must carry.
    Tokens are held against `revocations`: the store of the authorization server, or one that shares its data. `url` is the public address of the endpoint, the resource's identifier by default: proofs
    name it, or what is asked for below it. What is neither at its path nor below is not found, unless you set `dangerous_any_path`: then whoever has
    a token for this resource reaches everything in `app`.
    """

    def __init__(
        self,
        app: App,
        server: ResourceServer,
        *,
        keys: Keys,
        url: str | None = None,
        store: ReplayStore | None = None,
        revocations: RevocationStore | None = None,
        nonce: Nonce | None = None,
        on_record: OnRecord | None = None,
        on_error: OnError | None = None,
        max_body_bytes: int = _RPC_BYTES,
        body_timeout: float = 30.0,
        clock: Callable[[], float] = time.time,
        dangerous_any_path: bool = False,
    ) -> None:
        super().__init__(
            store=store, nonce=nonce, on_record=on_record, on_error=on_error, max_body_bytes=max_body_bytes,
            body_timeout=body_timeout, clock=clock,
        )  # fmt: skip
        self._app = app
        self._server = server
        self._keys = keys
        self._revocations = revocations
        self._url = server.resource if url is None else url
        self._reachable = None if dangerous_any_path else self._url
        self._metadata_path = path_of(server.metadata_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        elif public_path(scope) == self._metadata_path:
            await self.metadata(scope, receive, send)
        elif not is_below(scope, self._reachable):
            await respond(send, {"status": 404, "headers": [], "body": ""})
        else:
            await self._guard(scope, receive, send)

    def lifespan(self, _: object = None) -> AbstractAsyncContextManager[dict[str, Any]]:
        """Starts `app` up and shuts it down: `Starlette(lifespan=guard.lifespan)` where the guard is mounted, since a
        mounted application is not told of it. Where the guard is the application itself, nothing is to be done.
        """
        return running(self._app)

    async def metadata(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves the metadata document."""
        await serve_document(scope, send, self._server.metadata())

    async def _guard(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = scope.get("query_string", b"").decode("latin-1")
        address = self._address(scope)
        head = self._head(scope, f"{address}?{query}" if query else address)

        async def decide() -> Any:
            found = await self._recognize(head)
            body = await self._body(receive)
            access = await self._admit({**head, "body": body}, found)
            inner = {**scope, **self._public(scope), "idjag": access}

            async def proceed(send: Send) -> None:
                if access.operation in LISTING:
                    send = self._filtered(send, access)
                await self._app(inner, _again(body, receive), send)

            return proceed, access.record

        await self._answer(scope, send, decide)

    def _filtered(self, send: Send, access: Access) -> Send:
        return FilteredSend(send, access.permits_tools, operation=access.operation, max_bytes=self._max_body_bytes)

    def _address(self, scope: Scope) -> str:
        """The public address of a request, which its proof names: the endpoint's own, or what is asked for below it."""
        if self._reachable is None or public_path(scope) == path_of(self._url):
            return self._url
        public = urlsplit(self._url)
        return f"{public.scheme}://{public.netloc}{raw_path(scope).decode('latin-1')}"

    def _public(self, scope: Scope) -> dict[str, Any]:
        """Where the request goes on to: its public address, without the credentials, which nobody behind this needs."""
        # An answer that is to be cut down must not be compressed.
        dropped = (b"authorization", b"dpop", b"host", b"accept-encoding")
        headers = [one for one in scope["headers"] if bytes(one[0]).lower() not in dropped]
        public = urlsplit(self._url)
        return {"scheme": public.scheme, "headers": [(b"host", public.netloc.encode("latin-1")), *headers]}

    async def _recognize(self, head: Any) -> dict[str, Any]:
        """Verifies token and proof by the header fields alone, and answers what was looked up for that: a stranger's
        body is not worth reading.
        """
        pending = self._server.parse(head, now=self._now())
        needs = pending.needs
        keys = await self._keys_of(self._keys, needs["issuer"], needs.get("kid"))
        revoked = await revocations_of(self._revocations, self._now())
        found = {"keys": keys, "nonce": await demand(self._nonce), "revocations": revoked}
        pending.verify(**found, now=self._now())
        return found

    async def _admit(self, request: Any, found: dict[str, Any]) -> Access:
        """Takes every step over the whole request."""
        at = self._now()
        authorized = self._server.parse(request, now=at).verify(**found, now=at).authorize(now=at)
        answers = await ask(self._store, authorized.replay_keys, now=self._now())
        operation, admitted = authorized.operation, authorized.spend(answers=answers)

        def permits_tools(names: list[str]) -> list[str]:
            # Asked of the steps taken anew: those above have been used up.
            verified = self._server.parse(request, now=at).verify(**found, now=at)
            return verified.permits_tools(tools=names)["tools"]

        return Access(admitted.claims, admitted.record, operation, permits_tools)


def _again(body: bytes, receive: Receive) -> Receive:
    """Hands the body out once more, then what the server says next."""
    first = [body]

    async def replay() -> Any:
        if first:
            return {"type": "http.request", "body": first.pop(), "more_body": False}
        return await receive()

    return replay
