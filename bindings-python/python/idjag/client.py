"""Driving a connection over HTTP: for `pip install idjag[http]`.

What the connection says is sent, what comes back is told to it, until it is ready or says no. Nothing follows redirects,
answers have a size and a time, proxies of the environment are not asked. One event loop drives a connection.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from typing import Any, Union
from weakref import WeakKeyDictionary

from . import Connection, IdJagError
from ._library import httpx
from ._send import MAX_BYTES, TIMEOUT, discovery, head_of, perform, send
from .types import AccessTokenAnswer, AuthorizationServerDocument, HttpMessage, NextStep, WantedToken

__all__ = ["Auth", "AuthorizedTransport", "DerivedToken", "SharedSignOn", "connect", "connect_all", "discover_issuer", "downscope"]

SignOn = Union["dict[str, Any]", None]
Identity = Callable[[NextStep], Union[SignOn, Awaitable[SignOn]]]
# What makes a JWT, or takes the user to a page and answers the address that the browser was sent back to.
Supply = Callable[[NextStep], Union[str, None, Awaitable[Union[str, None]]]]

# Requests for one answer. The connection itself gives up earlier.
_MAX_ATTEMPTS = 10
# Addresses that were called by somebody else, while one authorization response is waited for.
_MAX_STRANGERS = 10
# Who drives each connection: requests take turns, and the first does the work for all.
_DRIVING: WeakKeyDictionary[Connection, asyncio.Lock] = WeakKeyDictionary()


class DerivedToken(AccessTokenAnswer):
    """A subagent's access token, and what is known of it."""

    access_token: str
    """The token, for the subagent and nobody else. It must not be logged."""


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
    sending: dict[str, Any] = {"client": client, "timeout": timeout, "max_bytes": max_bytes}
    async with _DRIVING.setdefault(connection, asyncio.Lock()):
        sources = {"need_identity": identity, "need_assertion": assertion, "need_authorization": authorization}
        step = await _drive(connection, _is_ready, sources=sources, clock=clock, random=random, sending=sending)
    return step["token"]


async def downscope(
    connection: Connection,
    wanted: WantedToken | None = None,
    *,
    client: httpx.AsyncClient | None = None,
    timeout: float = TIMEOUT,
    max_bytes: int = MAX_BYTES,
    clock: Callable[[], float] = time.time,
    random: Callable[[], bytes] = _random,
    **sources: Any,
) -> DerivedToken:
    """Derives an access token for a subagent from the connection's own (RFC 8693): within what is `wanted`, never more than
    the connection's, and dead with it.

    Connects where needed, with `sources` as `connect` has them. Raises an `IdJagError` when the server refuses.
    """
    sending: dict[str, Any] = {"client": client, "timeout": timeout, "max_bytes": max_bytes}
    asked: WantedToken = {} if wanted is None else wanted
    for _ in range(_MAX_ATTEMPTS):
        await connect(connection, clock=clock, random=random, **sending, **sources)
        request = connection.downscope(wanted=asked, random=random(), now=clock())
        response = await send(request, **sending)
        answer = connection.on_downscope_response(wanted=asked, response=response, now=clock())
        if answer["verdict"] == "derived":
            return {"access_token": answer["access_token"], **answer["token"]}
        if answer["verdict"] == "refused":
            raise trouble(answer["error"])
    raise IdJagError("server_failed", "the server keeps asking")


async def obtain_grant_request(
    connection: Connection,
    *,
    identity: Identity | None = None,
    client: httpx.AsyncClient | None = None,
    timeout: float = TIMEOUT,
    max_bytes: int = MAX_BYTES,
    clock: Callable[[], float] = time.time,
    random: Callable[[], bytes] = _random,
) -> HttpMessage:
    """The request that would redeem the ID-JAG, for who redeems it by other means: `connection` is of no use afterwards."""
    sending: dict[str, Any] = {"client": client, "timeout": timeout, "max_bytes": max_bytes}
    sources = {"need_identity": identity}
    step = await _drive(connection, _is_grant, sources=sources, clock=clock, random=random, sending=sending)
    return step["request"]


def _is_ready(step: NextStep) -> bool:
    return step["step"] == "ready"


def _is_grant(step: NextStep) -> bool:
    return step["step"] == "send" and step["purpose"] == "grant"


async def _drive(
    connection: Connection,
    until: Callable[[NextStep], bool],
    *,
    sources: dict[str, Any],
    clock: Callable[[], float],
    random: Callable[[], bytes],
    sending: dict[str, Any],
) -> NextStep:
    """Does what the connection says, up to the step that is waited for."""
    strangers = 0
    while True:
        step = connection.next(random=random(), now=clock())
        if until(step):
            return step
        if step["step"] == "send":
            try:
                response = await send(step["request"], **sending)
            except Exception:
                connection.unreachable(now=clock())
            else:
                connection.receive(response=response, now=clock())
        elif step["step"] == "wait":
            await asyncio.sleep(step["seconds"])
        elif step["step"] in _ANSWERED_BY:
            try:
                await _supply(connection, sources.get(step["step"]), step)
            except IdJagError as error:
                # Whoever made a browser call that, the response is still to come: the step is repeated.
                strangers += 1
                if error.code != "state_mismatch" or strangers > _MAX_STRANGERS:
                    raise
        else:
            raise trouble(step["error"])


class SharedSignOn:
    """One sign-on for many connections: give it to each as `identity`.

    `identity(need)` is asked once, however many connections need it at the same time, and again when what it answered has
    expired, was refused, or is not fresh or strong enough.
    """

    def __init__(self, identity: Identity, *, clock: Callable[[], float] = time.time) -> None:
        self._identity = identity
        self._clock = clock
        self._lock = asyncio.Lock()
        self._asked = 0
        self._need: Any = None
        self._known: SignOn = None
        self._error: Exception | None = None

    async def __call__(self, need: NextStep) -> SignOn:
        """Answers the sign-on."""
        asked = self._asked
        demand = {name: need.get(name) for name in ("max_age", "acr_values")}
        async with self._lock:
            # Whoever waited while another asked for the same has the same answer.
            if asked == self._asked or self._need != demand:
                if self._will_do(need):
                    return self._known
                await self._ask(need, demand)
            if self._error is not None:
                raise self._error
            return self._known

    def _will_do(self, need: NextStep) -> bool:
        """Whether what is known is what is needed: something that nobody has found wanting, and that has not expired."""
        known = self._known
        if known is None or need["reason"] not in ("sign_on", "expired"):
            return False
        if need["reason"] == "sign_on" and known.get("refresh_token") is not None:
            return True
        expires_at = known.get("expires_at")
        return expires_at is not None and expires_at > self._clock()

    async def _ask(self, need: NextStep, demand: Any) -> None:
        self._need, self._known, self._error = demand, None, None
        try:
            found = self._identity(need)
            self._known = await found if inspect.isawaitable(found) else found
        except Exception as error:
            self._error = error
        self._asked += 1


async def connect_all(
    connections: Sequence[Connection], *, identity: Identity | None = None, **options: Any
) -> list[AccessTokenAnswer | Exception]:
    """Connects all at once after one sign-on, and answers for each, in their order, what is known of its access token or
    why there is none: a server that denies or fails stops no other. `options` are the other ones of `connect`.
    """
    if identity is not None and not isinstance(identity, SharedSignOn):
        identity = SharedSignOn(identity, clock=options.get("clock", time.time))
    tasks = [asyncio.ensure_future(connect(one, identity=identity, **options)) for one in connections]
    try:
        await asyncio.wait(tasks) if tasks else None
    finally:
        for task in tasks:
            task.cancel()
    return [_outcome(task) for task in tasks]


def _outcome(task: asyncio.Future[AccessTokenAnswer]) -> AccessTokenAnswer | Exception:
    error = task.exception()
    if error is None:
        return task.result()
    if isinstance(error, Exception):
        return error
    raise error


# What only the host has, and how the connection takes it.
_ANSWERED_BY: dict[str, Callable[[Connection, Any], Any]] = {
    "need_identity": lambda connection, found: connection.identify(**found),
    "need_assertion": lambda connection, jwt: connection.supply_assertion(assertion=jwt),
    "need_authorization": lambda connection, url: connection.authorization_response(url=url),
}


async def _supply(connection: Connection, source: Any, need: NextStep) -> None:
    """Asks the host for what only it has; without it the connection is told so."""
    found: Any = None if source is None else source(need)
    if inspect.isawaitable(found):
        found = await found
    if found is None:
        connection.decline()
    else:
        _ANSWERED_BY[need["step"]](connection, found)


def trouble(error: Any) -> IdJagError:
    return IdJagError(error["code"], error["message"], detail=error.get("detail"))


def address_of(request: Any, body: bytes) -> str:
    """What a request does, as far as its address tells: step-ups are counted for each."""
    return f"{request.method} {request.url.path}"


class Attempts:
    """A request to the connection's MCP server, sent as often as it takes; by whichever library sends it."""

    def __init__(
        self,
        connection: Connection,
        *,
        operation: Callable[[Any, bytes], str] = address_of,
        start_without_token: bool = False,
        clock: Callable[[], float] = time.time,
        random: Callable[[], bytes] = _random,
        **options: Any,
    ) -> None:
        self._connection = connection
        self._operation = operation
        self._start_without_token = start_without_token
        self._clock = clock
        self._random = random
        self._options = options

    async def attempts(self, request: Any, body: bytes) -> AsyncGenerator[list[tuple[str, str]], Any]:
        """Yields the header fields to send `request` with, and takes what came back, until that is the answer. Raises what
        the server, or whoever issues tokens, refuses for good.
        """
        headers = [list(field) for field in request.headers.multi_items()]
        plain: Any = {"method": request.method, "url": str(request.url), "headers": headers}
        for attempt in range(_MAX_ATTEMPTS):
            authorized = plain if attempt == 0 and self._starts(plain) else await self._authorized(plain)
            response = yield [(name, value) for name, value in authorized["headers"]]
            used = self._connection.on_resource_response(
                operation=self._operation(request, body), response=head_of(response), now=self._clock()
            )
            if used["verdict"] == "done":
                return
            if used["verdict"] == "refused":
                raise trouble(used["error"])
        raise IdJagError("server_failed", detail="the server keeps asking")

    def _starts(self, request: Any) -> bool:
        """Only the server itself is asked without a token: another one's challenge would lead to another one's issuer."""
        status = self._connection.status(now=self._clock())
        is_its_own = request["url"] == self._connection.resource
        return self._start_without_token and is_its_own and "authorization_server" not in status

    async def _authorized(self, request: Any) -> Any:
        await connect(self._connection, clock=self._clock, random=self._random, **self._options)
        return self._connection.authorize(request=request, random=self._random(), now=self._clock())


class AuthFlow(Attempts):
    """The `Auth` of whichever library: see `Auth`."""

    requires_request_body = True

    async def async_auth_flow(self, request: Any) -> AsyncGenerator[Any, Any]:
        """Authorizes a request, as often as it takes."""
        attempts = self.attempts(request, await request.aread())
        try:
            fields = await anext(attempts)
            while True:
                request.headers = type(request.headers)(fields)
                response = yield request
                if response.history and response.history[-1].is_redirect:
                    # It has been sent on already, to where nothing of this should be: say so, and use none of it.
                    raise IdJagError("redirect_refused")
                fields = await attempts.asend(response)
                await _drop(response)
        except StopAsyncIteration:
            return
        finally:
            await attempts.aclose()

    def sync_auth_flow(self, request: Any) -> Generator[Any, Any, None]:
        """Connections are driven by an event loop."""
        raise RuntimeError("use this with an AsyncClient")


async def _drop(response: Any) -> None:
    """Leaves an answer that is followed by another attempt unread: it may have any size."""
    await response.aclose()
    # The libraries read it before the next attempt; this is what they find.
    response._content = b""


class Auth(AuthFlow, httpx.Auth):
    """Authorizes requests to the connection's MCP server: `httpx.AsyncClient(auth=Auth(…))`.

    It adds the access token, and the proof where the token is bound, connects where needed, and sends again what the
    connection says is worth it. What the server refuses for good is raised as an `IdJagError`, never handed on as a 401 that
    invites to ask the user for consent. The client must not follow redirects. Options are those of `AuthorizedTransport`.
    """


class Transport(Attempts):
    """The transport of whichever library: see `AuthorizedTransport`."""

    _library: Any = httpx

    def __init__(self, connection: Connection, *, transport: Any = None, **options: Any) -> None:
        super().__init__(connection, **options)
        self._transport = self._library.AsyncHTTPTransport(trust_env=False) if transport is None else transport

    async def handle_async_request(self, request: Any) -> Any:
        """Sends a request, as often as it takes."""
        body = await request.aread()
        attempts = self.attempts(request, body)
        response = None
        try:
            fields = await anext(attempts)
            while True:
                response = await self._transport.handle_async_request(
                    self._library.Request(
                        request.method,
                        request.url,
                        headers=fields,
                        stream=self._library.ByteStream(body),
                        extensions=request.extensions,
                    )
                )
                fields = await attempts.asend(response)
                await response.aclose()
        except StopAsyncIteration:
            return response
        except BaseException:
            if response is not None:
                await response.aclose()
            raise
        finally:
            await attempts.aclose()

    async def aclose(self) -> None:
        """Closes what sends."""
        await self._transport.aclose()


class AuthorizedTransport(Transport, httpx.AsyncBaseTransport):
    """A transport for requests to the connection's MCP server: `httpx.AsyncClient(transport=AuthorizedTransport(…))`.

    It adds the access token, and the proof where the token is bound, connects where needed, and sends again what the
    connection says is worth it. The answer to a request is handed on as it comes. What the server refuses for good, and
    a redirect, is raised as an `IdJagError`, never handed on as a 401 that invites to ask the user for consent.

    `transport` sends; `operation(request, body)` is your name for what a request does, such as the tool's. With
    `start_without_token`, requests go without token until the server asks for one, whose challenge then says where its
    metadata is and which scope is needed; without it, the first request connects. The other options are those of `connect`.
    """
