"""ASGI: the token endpoints of an identity provider and of a resource authorization server, and a guard before an MCP
server. Any ASGI server or router takes them; nothing here decides anything.

The public address comes from the configuration, never from a Host header. Decision records go to `on_record`.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from . import IdentityProvider, IdJagError, KeySet, Policy, ResourceAuthorizationServer, ResourceServer, SigningKey
from .replay import ReplayStore, ask

__all__ = ["ExchangeEndpoint", "Guard", "RedeemEndpoint"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Keys = Callable[[str, "str | None"], Awaitable["KeySet | None"]]
Client = Callable[[str], Awaitable[Any]]
OnRecord = Callable[[Any], Awaitable[None]]

# More than any form that the core accepts: what is longer is cut, and refused by the core for its length.
_FORM_BYTES = 1024 * 1024
_RPC_BYTES = 4 * 1024 * 1024


def _now() -> int:
    return int(time.time())


async def _body(receive: Receive, cap: int) -> bytes | None:
    """The body, one byte longer than `cap` at most; `None` when the client has gone."""
    body = bytearray()
    more = True
    while more and len(body) <= cap:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body[: cap + 1])


def _request(scope: Scope, body: bytes, url: str | None) -> Any:
    headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]]
    return {"method": scope["method"], "url": url, "headers": headers, "body": body}


async def _respond(send: Send, response: Any) -> None:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response["headers"]]
    await send({"type": "http.response.start", "status": response["status"], "headers": headers})
    await send({"type": "http.response.body", "body": response["body"].encode()})


class _Endpoint:
    """An endpoint that answers every request by itself."""

    def __init__(self, store: ReplayStore, on_record: OnRecord | None) -> None:
        self._store = store
        self._on_record = on_record

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        if scope["type"] != "http":
            raise RuntimeError("a token endpoint takes HTTP requests only")
        body = await _body(receive, _FORM_BYTES)
        if body is None:
            return
        try:
            done = await self._handle(_request(scope, body, None))
            response, record = done["response"], done["record"]
        except IdJagError as error:
            if error.response is None:
                raise
            response, record = error.response, error.record
        # A token goes out only when its record has been kept.
        await self._keep(record)
        await _respond(send, response)

    async def _keep(self, record: Any) -> None:
        if self._on_record is not None:
            await self._on_record(record)

    async def _handle(self, request: Any) -> Any:
        raise NotImplementedError


class RedeemEndpoint(_Endpoint):
    """The token endpoint of a resource authorization server: an ID-JAG becomes an access token, once.

    `keys(issuer, kid)` finds an identity provider's keys (`fetch.KeyFetcher`), `client(client_id)` a registration,
    `account(claims)` the user by `iss`, `tenant` and `sub`; each answers `None` when there is none.
    """

    def __init__(
        self,
        server: ResourceAuthorizationServer,
        *,
        keys: Keys,
        client: Client,
        account: Callable[[Any], Awaitable[Any]],
        signer: SigningKey,
        store: ReplayStore,
        policy: Policy | None = None,
        on_record: OnRecord | None = None,
    ) -> None:
        super().__init__(store, on_record)
        self._server = server
        self._keys = keys
        self._client = client
        self._account = account
        self._signer = signer
        self._policy = policy

    async def _handle(self, request: Any) -> Any:
        pending = self._server.parse(request, now=_now())
        needs = pending.needs
        keys = await self._keys(needs["issuer"], needs.get("kid"))
        client = await self._client(needs["client_id"])
        verified = pending.verify(keys=keys, client=client, now=_now())
        account = await self._account(verified.claims)
        granted = verified.authorize(policy=self._policy, account=account, now=_now())
        now = _now()
        spent = granted.spend(answers=await ask(self._store, granted.replay_keys, now=now))
        return spent.issue(signer=self._signer, random=os.urandom(16), now=_now())


class ExchangeEndpoint(_Endpoint):
    """The token endpoint of an identity provider: a user's ID Token becomes an ID-JAG, if the policy permits.

    `keys` are the provider's own, `client(client_id)` finds a registration, `user(audience, subject)` the user as your
    directory names it for that audience; each answers `None` when there is none.
    """

    def __init__(
        self,
        provider: IdentityProvider,
        *,
        keys: KeySet,
        client: Client,
        user: Callable[[str, Any], Awaitable[Any]],
        policy: Policy,
        signer: SigningKey,
        store: ReplayStore,
        on_record: OnRecord | None = None,
    ) -> None:
        super().__init__(store, on_record)
        self._provider = provider
        self._keys = keys
        self._client = client
        self._user = user
        self._policy = policy
        self._signer = signer

    async def _handle(self, request: Any) -> Any:
        pending = self._provider.parse(request, now=_now())
        client = await self._client(pending.needs["client_id"])
        verified = pending.verify(keys=self._keys, client=client, now=_now())
        targeted = verified.target(policy=self._policy)
        user = await self._user(targeted.audience, targeted.subject)
        permitted = targeted.authorize(user=user, now=_now())
        now = _now()
        spent = permitted.spend(answers=await ask(self._store, permitted.replay_keys, now=now))
        return spent.issue(signer=self._signer, random=os.urandom(16), now=_now())


class Guard:
    """Stands before an MCP server: only what the access token permits reaches `app`.

    `app` finds the token's claims in `scope["idjag"]`, and neither the token nor its proof. The metadata document of
    RFC 9728 is served at its address. `keys(issuer, kid)` finds an authorization server's keys (`fetch.KeyFetcher`).
    """

    def __init__(
        self,
        app: App,
        server: ResourceServer,
        *,
        keys: Keys,
        store: ReplayStore,
        on_record: OnRecord | None = None,
        max_body_bytes: int = _RPC_BYTES,
    ) -> None:
        self._app = app
        self._server = server
        self._keys = keys
        self._store = store
        self._on_record = on_record
        self._max_body_bytes = max_body_bytes
        resource = urlsplit(server.resource)
        self._origin = f"{resource.scheme}://{resource.netloc}"
        self._metadata_path = urlsplit(server.metadata_url).path
        self._metadata = json.dumps(server.metadata())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["path"] == self._metadata_path and scope["method"] in ("GET", "HEAD"):
            headers = [["Content-Type", "application/json"], ["Cache-Control", "max-age=3600"]]
            await _respond(send, {"status": 200, "headers": headers, "body": self._metadata})
        else:
            await self._guard(scope, receive, send)

    async def _guard(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive, self._max_body_bytes)
        if body is None:
            return
        if len(body) > self._max_body_bytes:
            await _respond(send, {"status": 413, "headers": [["Connection", "close"]], "body": ""})
            return
        path = scope.get("raw_path") or scope["path"].encode()
        try:
            admitted = await self._admit(_request(scope, body, self._origin + path.decode("latin-1")))
        except IdJagError as error:
            if error.response is None:
                raise
            await self._keep(error.record)
            await _respond(send, error.response)
            return
        await self._keep(admitted.record)
        headers = [one for one in scope["headers"] if one[0].lower() not in (b"authorization", b"dpop")]
        inner = {**scope, "headers": headers, "idjag": admitted.claims}
        await self._app(inner, _again(body, receive), send)

    async def _admit(self, request: Any) -> Any:
        pending = self._server.parse(request, now=_now())
        needs = pending.needs
        keys = await self._keys(needs["issuer"], needs.get("kid"))
        authorized = pending.verify(keys=keys, now=_now()).authorize(now=_now())
        now = _now()
        return authorized.spend(answers=await ask(self._store, authorized.replay_keys, now=now))

    async def _keep(self, record: Any) -> None:
        if self._on_record is not None:
            await self._on_record(record)


def _again(body: bytes, receive: Receive) -> Receive:
    """Hands the body out once more, then what the server says next."""
    first = [body]

    async def replay() -> MutableMapping[str, Any]:
        if first:
            return {"type": "http.request", "body": first.pop(), "more_body": False}
        return await receive()

    return replay
