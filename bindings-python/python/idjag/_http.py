"""What the handlers of `asgi` share: a request read within bounds, and what is answered when nothing was decided."""

from __future__ import annotations

import asyncio
import inspect
import json
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeVar, Union
from urllib.parse import quote, unquote, urlsplit

from . import IdJagError, KeySet, RevocationList
from .replay import ReplayStore
from .revocations import RevocationStore
from .types import DecisionRecord, NonceOptions

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

T = TypeVar("T")
Answer = Union[T, Awaitable[T]]
Keys = Callable[[str, "str | None"], Answer["KeySet | None"]]
Nonce = Callable[[], Answer[NonceOptions]]
OnRecord = Callable[[DecisionRecord], object]
OnError = Callable[[Exception], object]
Decide = Callable[[], Awaitable["tuple[Callable[[Send], Awaitable[None]], Any]"]]


class TooLarge(Exception):
    """The body is larger than allowed."""


class TimedOut(Exception):
    """The body did not come in time."""


class Gone(Exception):
    """The client has gone: there is nobody to answer."""


class HostFailure(Exception):
    """A function of the host failed: a directory, a registry, a signer. Nothing was decided."""


async def settled(answer: Any) -> Any:
    """What a function of the host answered, now or later."""
    return await answer if inspect.isawaitable(answer) else answer


async def consult(ask: Callable[..., Any] | None, *args: Any, **named: Any) -> Any:
    """What a function of the host answers; that it fails is never taken for an answer."""
    if ask is None:
        return None
    try:
        return await settled(ask(*args, **named))
    except Exception as error:
        raise HostFailure("a function of the host failed") from error


async def demand(ask: Callable[..., Any] | None, *args: Any, **named: Any) -> Any:
    """The same of a function that always has an answer: a policy that is lost is not the same as no policy."""
    answer = await consult(ask, *args, **named)
    if answer is None and ask is not None:
        raise HostFailure("a function of the host answered nothing")
    return answer


async def revocations_of(store: RevocationStore | None, now: int) -> RevocationList | None:
    """The list of a store, which must have one; nothing where there is no store."""
    if store is None:
        return None
    found: RevocationList = await demand(store.list, now=now)
    return found


async def current(option: Any) -> Any:
    """The value of an option that may change over time, such as the policy in force."""
    return await demand(option) if callable(option) else option


def is_below(scope: Scope, url: str | None) -> bool:
    """Whether what is asked for is `url` or below it, however often whoever is behind decodes the path. Without `url` it
    only has to be a path.
    """
    path, raw = public_path(scope), raw_path(scope)
    decoded = unquote(path)
    if not decoded.startswith("/") or decoded.startswith("//"):
        return False
    if url is None:
        return True
    top = path_of(url)
    if path != top and not path.startswith(top.rstrip("/") + "/"):
        return False
    has_tricks = "\\" in decoded or decoded.count("/") != raw.count(b"/")
    return not has_tricks and not any(segment.partition(";")[0] in (".", "..") for segment in decoded.split("/"))


def path_of(url: str) -> str:
    """The path of a configured address, as `public_path` has it."""
    return unquote(urlsplit(url).path) or "/"


def _hidden(scope: Scope) -> str:
    """What a proxy has cut off the path: `root_path`, where servers and frameworks differ in leaving it there. A mount adds
    to it what the path has in any case; Starlette keeps what it was before.
    """
    root, path = scope.get("app_root_path", scope.get("root_path", "")).rstrip("/"), scope["path"]
    return "" if path == root or path.startswith(root + "/") else root


def public_path(scope: Scope) -> str:
    """The path that was asked for, from the top of the site, wherever this is mounted."""
    path: str = _hidden(scope) + scope["path"]
    return path


def raw_path(scope: Scope) -> bytes:
    """The same as it was sent, without the query."""
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    return quote(_hidden(scope)).encode() + raw.partition(b"?")[0]


async def _read(receive: Receive, cap: int) -> bytes:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise Gone
        body += message.get("body", b"")
        if len(body) > cap:
            raise TooLarge
        more = message.get("more_body", False)
    return bytes(body)


async def respond(send: Send, response: Any) -> None:
    """Sends a response of the library."""
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response["headers"]]
    await send({"type": "http.response.start", "status": response["status"], "headers": headers})
    await send({"type": "http.response.body", "body": response["body"].encode()})


async def serve_document(scope: Scope, send: Send, document: Any) -> None:
    """Serves JSON that anybody may read and keep for a while. Answers GET and HEAD."""
    if scope["method"] not in ("GET", "HEAD"):
        await respond(send, {"status": 405, "headers": [["Allow", "GET, HEAD"]], "body": ""})
        return
    headers = [["Content-Type", "application/json"], ["Cache-Control", "public, max-age=300"]]
    body = "" if scope["method"] == "HEAD" else json.dumps(document)
    await respond(send, {"status": 200, "headers": headers, "body": body})


def _failure(status: int, error: str, *more: list[str]) -> Any:
    headers = [["Content-Type", "application/json"], ["Cache-Control", "no-store"], *more]
    return {"status": status, "headers": headers, "body": json.dumps({"error": error})}


class Handler:
    """Reads a request, has it decided, keeps the record, answers."""

    def __init__(
        self,
        *,
        store: ReplayStore | None,
        nonce: Nonce | None,
        on_record: OnRecord | None,
        on_error: OnError | None,
        max_body_bytes: int,
        body_timeout: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._nonce = nonce
        self._on_record = on_record
        self._on_error = on_error
        self._max_body_bytes = max_body_bytes
        self._body_timeout = body_timeout
        self._clock = clock

    def _now(self) -> int:
        return int(self._clock())

    async def _keys_of(self, keys: Keys | None, issuer: str, kid: str | None) -> KeySet | None:
        """The keys of `issuer`. That they cannot be had is for the library to refuse."""
        try:
            found: KeySet | None = await consult(keys, issuer, kid)
            return found
        except HostFailure as error:
            self._report(error)
            return None

    async def _answer(self, scope: Scope, send: Send, decide: Decide) -> None:
        """Answers a request. `decide` says how, and what to record.

        Nothing is granted of which there is no record. Refusals are the library's own responses; whatever else is raised
        is a failure without details, told to `on_error` only.
        """
        has_started = False

        async def watched(message: MutableMapping[str, Any]) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            try:
                proceed, record = await decide()
            except IdJagError as error:
                if error.response is None:
                    raise
                await self._note(error.record)
                await respond(watched, error.response)
                return
            await self._keep(record)
            await proceed(watched)
        except Gone:
            pass
        except Exception as error:
            if has_started:
                self._report(error)
                raise
            await respond(send, self._failed(scope, error))

    def _head(self, scope: Scope, url: str) -> dict[str, Any]:
        """A request to `url`, the public address from the configuration, without its body."""
        headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]]
        return {"method": scope["method"], "url": url, "headers": headers}

    async def _body(self, receive: Receive) -> bytes:
        try:
            return await asyncio.wait_for(_read(receive, self._max_body_bytes), self._body_timeout)
        except asyncio.TimeoutError:
            raise TimedOut from None

    def _failed(self, scope: Scope, error: Exception) -> Any:
        """The response to a request that could not be decided."""
        # The rest of the body is not waited for, nor taken for the next request.
        close = [["Connection", "close"]] if scope.get("http_version", "1.1").startswith("1") else []
        if isinstance(error, TooLarge):
            return _failure(413, "invalid_request", *close)
        if isinstance(error, TimedOut):
            return _failure(408, "invalid_request", *close)
        self._report(error)
        if isinstance(error, HostFailure):
            return _failure(503, "temporarily_unavailable", ["Retry-After", "1"])
        return _failure(500, "server_error")

    async def _keep(self, record: Any) -> None:
        if self._on_record is not None:
            await settled(self._on_record(record))

    async def _note(self, record: Any) -> None:
        """Keeps the record of a refusal, which stands whether or not that succeeds."""
        try:
            await self._keep(record)
        except Exception as error:
            self._report(error)

    def _report(self, error: Exception) -> None:
        try:
            if self._on_error is not None:
                self._on_error(error)
        except Exception:
            # Whoever logs must not decide.
            pass
