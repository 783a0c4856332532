"""What authorization servers of both kinds serve: their endpoints, the metadata that names them, the keys."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Literal, Union

from . import KeySet, SigningKey, build_authorization_server_metadata, well_known_urls
from ._http import (
    Answer,
    Handler,
    Receive,
    Scope,
    Send,
    current,
    demand,
    path_of,
    public_path,
    respond,
    serve_document,
    settled,
)
from ._lifespan import idle


@dataclass(frozen=True)
class RemoteSigner:
    """A private key elsewhere: in a KMS or an HSM."""

    public_jwk: dict[str, Any]
    """Its public JWK, with its `kid`."""

    sign: Callable[[bytes], Answer[bytes]]
    """Signs; answers the signature as JWS has it: for ES256 the 64 bytes of `r` and `s`."""


AnySigner = Union[SigningKey, RemoteSigner]
# Decides a request: the response and the record.
Decided = Callable[[Any], Awaitable[Any]]
# A function where the key changes over time.
Signer = Union[AnySigner, Callable[[], Answer[AnySigner]]]


class TokenServer(Handler):
    """Routes by path. All addresses are those of the metadata."""

    def __init__(
        self,
        *,
        role: Literal["resource_authorization_server", "idp"],
        metadata: dict[str, Any],
        detail_types: list[str],
        jwks: KeySet,
        signer: Signer,
        random: Callable[[], bytes],
        **options: Any,
    ) -> None:
        super().__init__(**options)
        published = {"authorization_details_types_supported": detail_types, **metadata}
        self._document = json.loads(build_authorization_server_metadata(role=role, **published)["body"])
        self._jwks = jwks
        self._signer = signer
        self._random = random
        loopback = metadata.get("dangerous_allow_http_loopback")
        known = well_known_urls(issuer=self._document["issuer"], dangerous_allow_http_loopback=loopback)
        self._routes = {path_of(url): self.metadata for url in known["urls"]}
        self._routes[path_of(self._document["jwks_uri"])] = self.jwks
        self._routes[path_of(self._document["token_endpoint"])] = self.token

    @property
    def paths(self) -> tuple[str, ...]:
        """Where it answers, from the top of the site: `[Route(path, server) for path in server.paths]` mounts it among
        the routes of a Starlette or FastAPI application.
        """
        return tuple(self._routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        if scope["type"] == "lifespan":
            await idle(receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        route = self._routes.get(public_path(scope))
        if route is None:
            await respond(send, {"status": 404, "headers": [], "body": ""})
        else:
            await route(scope, receive, send)

    async def token(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The token endpoint."""
        await self._handle("token_endpoint", self._decide, scope, receive, send)

    async def _handle(self, endpoint: str, decided: Decided, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request to one of the addresses in the metadata; one that is not there has no endpoint."""
        address = self._document.get(endpoint)
        if address is None:
            await respond(send, {"status": 404, "headers": [], "body": ""})
            return

        async def decide() -> Any:
            done = await decided({**self._head(scope, address), "body": await self._body(receive)})

            async def proceed(send: Send) -> None:
                await respond(send, done["response"])

            return proceed, done["record"]

        await self._answer(scope, send, decide)

    async def _respond(self, decide: Callable[[], Answer[Any]]) -> dict[str, Any]:
        """What is answered where there is no HTTP request; records are kept as ever."""
        answered: list[MutableMapping[str, Any]] = []

        async def decided() -> Any:
            done = await settled(decide())

            async def proceed(send: Send) -> None:
                await respond(send, done["response"])

            return proceed, done["record"]

        async def keep(message: MutableMapping[str, Any]) -> None:
            answered.append(message)

        await self._answer({}, keep, decided)
        headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in answered[0]["headers"]]
        return {"status": answered[0]["status"], "headers": headers, "body": answered[1]["body"].decode()}

    async def metadata(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves the metadata document."""
        await serve_document(scope, send, self._document)

    async def jwks(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves the public keys."""
        await serve_document(scope, send, self._jwks.public())

    async def _issue(self, spent: Any) -> Any:
        """The signed answer of the step `spent`, by a key in this process or by whoever holds the key."""
        signer = await current(self._signer)
        issue = {"random": self._random(), "now": self._now()}
        if isinstance(signer, SigningKey):
            return spent.issue(**issue, signer=signer)
        pending = spent.issue(**issue, key=signer.public_jwk)
        return pending.attach(signature=await demand(signer.sign, pending.signing_input))

    async def _decide(self, request: Any) -> Any:
        raise NotImplementedError
