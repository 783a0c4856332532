"""Clients that are registered by the document at their identifier (Client ID Metadata Documents), for servers."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, Union

from . import ClientDocuments, IdJagError, RegisteredClient
from ._http import Answer, settled
from ._public import send_to_public

if TYPE_CHECKING:
    from .types import ClientRecord

Clients = Callable[[str], "Answer[RegisteredClient | ClientRecord | None]"]
Record = Union[RegisteredClient, "ClientRecord", None]

# Far more than any document has.
_MAX_BYTES = 64 * 1024
# A document, its keys, and the answer.
_MAX_STEPS = 4
# How many documents are fetched at the same time, whoever asks for them.
_MAX_FETCHES = 16


class ClientUnavailable(Exception):
    """What a client published could not be fetched: nobody can say now whether there is such a client."""


class ClientFetcher:
    """Registrations from clients' documents: `clients=ClientFetcher(role=…).client` of `asgi.RedeemEndpoint` and
    `asgi.ExchangeEndpoint`. It belongs to one event loop.

    Strangers choose the addresses. So documents and keys are fetched over https alone, from public addresses alone: the name
    is looked up once, every address that it has is checked, and the connection goes to one that was. Redirects are not
    followed, answers have a size and a time, proxies of the environment are not asked. For each client there is one request
    at a time; what came serves as long as the library says. `otherwise(client_id)` finds clients that were registered by
    hand. `ssl_context` is for certificates of your own.

    `options` are those of `ClientDocuments`. With `dangerous_allow_http_loopback` addresses on this machine are fetched too.
    """

    def __init__(
        self,
        *,
        role: Literal["resource_authorization_server", "idp"],
        otherwise: Clients | None = None,
        timeout: float = 5.0,
        max_bytes: int = _MAX_BYTES,
        ssl_context: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.time,
        on_error: Callable[[Exception], object] | None = None,
        **options: Any,
    ) -> None:
        self._documents = ClientDocuments(role=role, **options)
        self._otherwise = otherwise
        self._clock = clock
        self._on_error = on_error
        self._sending: dict[str, Any] = {
            "timeout": timeout, "max_bytes": max_bytes, "ssl_context": ssl_context,
            "allow_loopback": bool(options.get("dangerous_allow_http_loopback")),
        }  # fmt: skip
        self._flights: dict[str, asyncio.Task[None]] = {}
        self._turns = asyncio.Semaphore(_MAX_FETCHES)

    async def client(self, client_id: str) -> Record:
        """The registration of a client, or `None` when there is none. Raises when it cannot be had now, which the
        endpoints answer with 503.
        """
        # MCP-011: who was registered by hand is who that says, whatever is published at its address.
        registered: Record = None if self._otherwise is None else await settled(self._otherwise(client_id))
        if registered is not None:
            return registered
        for _ in range(_MAX_STEPS):
            step = self._next(client_id)
            if step["state"] == "not_a_document":
                return None
            if step["state"] in ("use", "refused"):
                documented: Any = step.get("client")
                return documented  # type: ignore[no-any-return]
            flight = self._flights.get(client_id)
            if flight is None and step["state"] == "send":
                flight = asyncio.ensure_future(self._fetch(client_id, step["request"]))
                self._flights[client_id] = flight
            if flight is None:
                break
            # One who gives up does not take the others' request along.
            await asyncio.shield(flight)
        raise ClientUnavailable("a client's document could not be fetched")

    def _next(self, client_id: str) -> Any:
        try:
            return self._documents.next(client_id=client_id, now=self._clock())
        except IdJagError as error:
            if error.code != "text_invalid":
                raise
            # No document has such an address.
            return {"state": "not_a_document"}

    async def _fetch(self, client_id: str, request: Any) -> None:
        try:
            response = await asyncio.wait_for(self._sent(request), 2 * self._sending["timeout"])
            self._documents.received(client_id=client_id, response=response, now=self._clock())
        except Exception as error:
            self._report(error)
        finally:
            self._flights.pop(client_id, None)

    async def _sent(self, request: Any) -> Any:
        async with self._turns:
            return await send_to_public(request, **self._sending)

    def _report(self, error: Exception) -> None:
        # Who asks again is told what the library makes of it.
        try:
            if self._on_error is not None:
                self._on_error(error)
        except Exception:
            # Whoever logs must not decide.
            pass
