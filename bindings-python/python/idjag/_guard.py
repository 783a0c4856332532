"""The guard before an MCP server."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from . import ResourceServer, RevocationList
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
from ._tools import FilteredSend
from .replay import ReplayStore, ask
from .revocations import RevocationStore
from .types import DecisionRecord, VerifiedAccessTokenClaims

# More than the messages of most MCP servers; servers that take more say so.
_RPC_BYTES = 4 * 1024 * 1024

Conversation = Callable[[dict[str, str]], Answer["str | None"]]


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
    finds an authorization server's keys (`fetch.KeySets`), `nonce()` the nonces that DPoP proofs must carry. Tokens are held
    against `revocations`: the store of the authorization server, or one that shares its data. `conversation(headers)` names
    the conversation that a request with these header fields, by lower-case name, is part of, such as that of its MCP session,
    or nothing where you do not know: a token for another one, or for none, is refused. `url` is the public address of
    the endpoint, the resource's identifier by default: proofs name it, or what is asked for below it. What is neither at its
    path nor below is not found, unless you set `dangerous_any_path`: then whoever has a token for this resource reaches
    everything in `app`.
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
        conversation: Conversation | None = None,
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
        self._conversation = conversation
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
            # A body may take its time, in which tokens are revoked.
            found["revocations"] = await revocations_of(self._revocations, self._now())
            access = await self._admit({**head, "body": body}, found)
            inner = {**scope, **self._public(scope), "idjag": access}

            async def proceed(send: Send) -> None:
                await self._app(inner, _again(body, receive), self._filtered(send, access))

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
        context = await consult(self._conversation, _fields(head["headers"]))
        found = {"keys": keys, "nonce": await demand(self._nonce), "revocations": revoked, "context": context}
        pending.verify(**found, now=self._now())
        return found

    async def _admit(self, request: Any, found: dict[str, Any]) -> Access:
        """Takes every step over the whole request."""
        at = self._now()
        authorized = self._server.parse(request, now=at).verify(**found, now=at).authorize(now=at)
        answers = await ask(self._store, authorized.replay_keys, now=self._now())
        operation, admitted = authorized.operation, authorized.spend(answers=answers)

        def permits_tools(names: list[str]) -> list[str]:
            # Asked of the steps taken anew, as of then: those above have been used up. What has been revoked was
            # looked at; the list may know more by now than it did at that time.
            nothing = RevocationList(capacity=1, now=at)
            verified = self._server.parse(request, now=at).verify(**{**found, "revocations": nothing}, now=at)
            return verified.permits_tools(tools=names)["tools"]

        return Access(admitted.claims, admitted.record, operation, permits_tools)


def _fields(headers: list[list[str]]) -> dict[str, str]:
    """The fields by name; one that is repeated has all its values, as if sent once."""
    fields: dict[str, str] = {}
    for name, value in headers:
        known = fields.get(name.lower())
        fields[name.lower()] = value if known is None else f"{known}, {value}"
    return fields


def _again(body: bytes, receive: Receive) -> Receive:
    """Hands the body out once more, then what the server says next."""
    first = [body]

    async def replay() -> Any:
        if first:
            return {"type": "http.request", "body": first.pop(), "more_body": False}
        return await receive()

    return replay
