"""Driving a connection over HTTP: for `pip install idjag[http]`.

What the connection says is sent, what comes back is told to it, until it is ready or says no. Nothing follows redirects,
answers have a size and a time, proxies of the environment are not asked. One event loop drives a connection.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any, Union
from weakref import WeakKeyDictionary

import httpx

from . import Connection, IdJagError
from ._send import MAX_BYTES, TIMEOUT, discovery, head_of, perform, send
from .types import AccessTokenAnswer, AuthorizationServerDocument, NextStep

__all__ = ["AuthorizedTransport", "connect", "discover_issuer"]

SignOn = Union["dict[str, Any]", None]
Identity = Callable[[NextStep], Union[SignOn, Awaitable[SignOn]]]
# What makes a JWT, or takes the user to a page and answers the address that the browser was sent back to.
Supply = Callable[[NextStep], Union[str, None, Awaitable[Union[str, None]]]]

# Requests for one answer. The connection itself gives up earlier.
_MAX_ATTEMPTS = 10
# Who drives each connection: requests take turns, and the first does the work for all.
_DRIVING: WeakKeyDictionary[Connection, asyncio.Lock] = WeakKeyDictionary()


def _random() -> bytes:
    return os.urandom(32)


async def discover_issuer(
    issuer: str,
    *,
    client: httpx.AsyncClient | None = None,
    timeout: float = TIMEOUT,
    max_bytes: int = MAX_BYTES,
    **options: Any,
) -> AuthorizationServerDocument:
    """Fetches and reads the RFC 8414 or OpenID Connect document of `issuer`, which must name exactly this issuer.

    `options` are the other ones of `Discovery`. Raises when there is none, and what the library says of one that does
    not hold.
    """
    search = discovery(issuer=issuer, **options)
    found: AuthorizationServerDocument = await perform(search, client=client, timeout=timeout, max_bytes=max_bytes)
    return found


async def connect(
    connection: Connection,
    *,
    identity: Identity | None = None,
    assertion: Supply | None = None,
    authorization: Supply | None = None,
    client: httpx.AsyncClient | None = None,
    timeout: float = TIMEOUT,
    max_bytes: int = MAX_BYTES,
    clock: Callable[[], float] = time.time,
    random: Callable[[], bytes] = _random,
) -> AccessTokenAnswer:
    """Takes `connection` to where requests can be authorized, and answers what is known of the access token.

    `identity(need)` answers the user's sign-on, the arguments of `Connection.identify`, when one is needed: `need` says
    why, and what it must be like. `assertion(need)` answers a JWT that says who the workload is, made for the audience
    that `need` names. `authorization(need)` opens the `authorization_url` of `need` in the user's browser, and answers the
    address that the browser was sent back to. `None` declines. Raises an `IdJagError` when access was denied or does not work, and
    what these functions raise. Callers on one connection take turns. To give up, cancel.
    """
    async with _DRIVING.setdefault(connection, asyncio.Lock()):
        while True:
            step = connection.next(random=random(), now=clock())
            if step["step"] == "ready":
                return step["token"]
            if step["step"] == "send":
                try:
                    response = await send(step["request"], client=client, timeout=timeout, max_bytes=max_bytes)
                except Exception:
                    connection.unreachable(now=clock())
                else:
                    connection.receive(response=response, now=clock())
            elif step["step"] == "wait":
                await asyncio.sleep(step["seconds"])
            elif step["step"] == "need_identity":
                await _supply(connection, identity, step, lambda found: connection.identify(**found))
            elif step["step"] == "need_assertion":
                await _supply(connection, assertion, step, lambda jwt: connection.supply_assertion(assertion=jwt))
            elif step["step"] == "need_authorization":
                await _supply(connection, authorization, step, lambda url: connection.authorization_response(url=url))
            else:
                raise _trouble(step["error"])


async def _supply(connection: Connection, source: Any, need: NextStep, give: Callable[[Any], None]) -> None:
    """What only the host has; without it the connection is told so."""
    found: Any = None if source is None else source(need)
    if inspect.isawaitable(found):
        found = await found
    if found is None:
        connection.decline()
    else:
        give(found)


def _trouble(error: Any) -> IdJagError:
    return IdJagError(error["code"], error["message"], detail=error.get("detail"))


def _address_of(request: httpx.Request, body: bytes) -> str:
    """What a request does, as far as its address tells: step-ups are counted for each."""
    return f"{request.method} {request.url.path}"


class AuthorizedTransport(httpx.AsyncBaseTransport):
    """A transport for requests to the connection's MCP server: `httpx.AsyncClient(transport=AuthorizedTransport(…))`.

    It adds the access token, and the proof where the token is bound, connects where needed, and sends again what the
    connection says is worth it. The answer to a request is handed on as it comes. What the server refuses for good, and
    a redirect, is raised as an `IdJagError`, never handed on as a 401 that invites to ask the user for consent.

    `transport` sends; `operation(request, body)` is your name for what a request does, such as the tool's. With
    `start_without_token`, requests go without token until the server asks for one, whose challenge then says where its
    metadata is and which scope is needed; without it, the first request connects. `options` are those of `connect`.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        operation: Callable[[httpx.Request, bytes], str] = _address_of,
        start_without_token: bool = False,
        clock: Callable[[], float] = time.time,
        random: Callable[[], bytes] = _random,
        **options: Any,
    ) -> None:
        self._connection = connection
        self._transport = httpx.AsyncHTTPTransport(trust_env=False) if transport is None else transport
        self._operation = operation
        self._start_without_token = start_without_token
        self._clock = clock
        self._random = random
        self._options = options

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request, as often as it takes."""
        body = await request.aread()
        headers = [list(field) for field in request.headers.multi_items()]
        plain: Any = {"method": request.method, "url": str(request.url), "headers": headers}
        for attempt in range(_MAX_ATTEMPTS):
            authorized = plain if attempt == 0 and self._starts() else await self._authorized(plain)
            fields = [(name, value) for name, value in authorized["headers"]]
            response = await self._transport.handle_async_request(
                httpx.Request(
                    request.method,
                    request.url,
                    headers=fields,
                    stream=httpx.ByteStream(body),
                    extensions=request.extensions,
                )
            )
            try:
                used = self._connection.on_resource_response(
                    operation=self._operation(request, body), response=head_of(response), now=self._clock()
                )
            except BaseException:
                await response.aclose()
                raise
            if used["verdict"] == "done":
                return response
            await response.aclose()
            if used["verdict"] == "refused":
                raise _trouble(used["error"])
        raise IdJagError("server_failed", detail="the server keeps asking")

    def _starts(self) -> bool:
        status = self._connection.status(now=self._clock())
        return self._start_without_token and "authorization_server" not in status

    async def _authorized(self, request: Any) -> Any:
        await connect(self._connection, clock=self._clock, random=self._random, **self._options)
        return self._connection.authorize(request=request, random=self._random(), now=self._clock())

    async def __aenter__(self) -> AuthorizedTransport:
        await self._transport.__aenter__()
        return self

    async def __aexit__(self, *reason: Any) -> None:
        await self._transport.__aexit__(*reason)

    async def aclose(self) -> None:
        """Closes what sends."""
        await self._transport.aclose()
