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
from copy import copy
from typing import Any, Protocol, TypedDict, Union

from . import IdentityProvider, KeySet, Policy, RegisteredClient, ResourceAuthorizationServer
from ._endpoint import RemoteSigner, Signer, TokenServer
from ._guard import Access, Guard
from ._http import (
    Answer,
    App,
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
    path_of,
    revocations_of,
)
from ._publish_revocations import RevocationPublisher
from .replay import ReplayStore, ask
from .revocations import RevocationStore
from .types import (
    Account,
    AttestedSubject,
    ClientRecord,
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
    "RevocationPublisher",
]

Clients = Callable[[str], Answer["RegisteredClient | ClientRecord | None"]]
Policies = Union[Policy, Callable[[], Answer[Policy]]]
Users = Callable[[ExchangeSubject, str, str], Answer["DirectoryUser | None"]]
Attest = Callable[[SubjectNeed, str], Answer["AttestedSubject | None"]]
Accounts = Callable[[VerifiedIdJagClaims], Answer["Account | None"]]
Holders = Callable[[VerifiedAccessTokenClaims], Answer["Account | None"]]

# More than any token request has; the library's own cap is far below it.
_FORM_BYTES = 256 * 1024


def _random() -> bytes:
    return os.urandom(32)


class RedeemEndpoint(TokenServer):
    """A resource authorization server: its token endpoint, where an ID-JAG becomes an access token, once, and that one
    narrower ones for subagents (RFC 8693) where `delegation` is configured, its metadata (RFC 8414) and its keys; and, where the metadata has a `revocation_endpoint`, that, where clients give their access
    tokens up (RFC 7009).

    It answers at the addresses in `metadata`, the arguments of `build_authorization_server_metadata`; `token`,
    `revocation`, `metadata` and `jwks` are its parts for hosts that route themselves. `keys(issuer, kid)` finds the keys of an
    identity provider or of an issuer of actor tokens (`fetch.KeySets`), `clients(client_id)` a registration, `accounts(claims)` the user by `iss`, `tenant`
    and `sub`, never by `sub` alone; `users(claims)` the user of one of your own tokens by `sub`, and without it no token is
    derived from another; each answers `None` when there is none. `nonce()` answers the nonces that DPoP proofs must carry.
    Grants are held against `revocations`: give the same store to `Guard`. A revocation endpoint needs one, and without it
    the constructor raises a `ValueError`.
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
        users: Holders | None = None,
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
            role="resource_authorization_server", metadata=metadata, detail_types=server.detail_types, jwks=jwks,
            signer=signer, random=random, store=store, nonce=nonce, on_record=on_record, on_error=on_error, max_body_bytes=max_body_bytes,
            body_timeout=body_timeout, clock=clock,
        )  # fmt: skip
        self._server = server
        self._keys = keys
        self._clients = clients
        self._accounts = accounts
        self._users = users
        self._policy = policy
        self._revocations = revocations
        if "revocation_endpoint" in self._document:
            if revocations is None:
                # R7009-001: where nobody who verifies tokens can see the list, revoking would be an empty promise.
                raise ValueError("a revocation endpoint takes the store that the resource's guard is given too")
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
        if not entries:
            return True
        if self._revocations is None:
            return False
        try:
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
        found = {"keys": await self._verifying(needs), "client": await consult(self._clients, needs["client_id"])}
        if (actor := needs.get("actor")) is not None:
            found["actor_keys"] = await self._verifying(actor)
        found["nonce"] = await demand(self._nonce)
        found["revocations"] = await revocations_of(self._revocations, self._now())
        verified = pending.verify(**found, now=self._now())
        if verified.parent is None:
            account = await consult(self._accounts, verified.claims)
        else:
            account = await consult(self._users, verified.parent)
        policy = await current(self._policy)
        granted = verified.authorize(policy=policy, account=account, now=self._now())
        answers = await ask(self._store, granted.replay_keys, now=self._now())
        return await self._issue(granted.spend(answers=answers))

    async def _verifying(self, need: Any) -> KeySet | None:
        """The keys that a token needs to be verified: this server's own, or another's."""
        if need["issuer"] == self._document["issuer"]:
            return self._jwks
        return await self._keys_of(self._keys, need["issuer"], need.get("kid"))


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
    finds the keys of the issuers of actor tokens, `nonce()` the nonces that DPoP proofs must carry. ID Tokens, and
    the conversations that are asked for, are held against `revocations`, where there are any.
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
            role="idp", metadata=metadata, detail_types=provider.detail_types, jwks=jwks, signer=signer, random=random,
            store=store, nonce=nonce, on_record=on_record, on_error=on_error, max_body_bytes=max_body_bytes, body_timeout=body_timeout,
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
