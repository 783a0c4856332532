"""Key sets over HTTP, by the rules of `KeySetCache`: for `pip install idjag[http]`.

A fetcher serves one issuer. However many tokens name unknown keys, and however many tasks or threads wait, there is one
request at a time and at most one per `min_refresh_interval`; while the issuer does not answer, the last keys serve for
`max_stale`. Redirects are not followed, answers have a size and a time, proxies of the environment are not asked.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx

from . import IdJagError, KeySet, KeySetCache

__all__ = ["KeyFetcher", "SyncKeyFetcher"]

# Longer documents are refused before they are read whole; the core's own cap is below.
_MAX_BYTES = 1024 * 1024


class _Cached:
    """The cache, and the set that was last taken out of it."""

    def __init__(
        self, *, timeout: float, clock: Callable[[], float], on_error: Callable[[Exception], None], **options: Any
    ) -> None:
        self._cache = KeySetCache(**options)
        self._timeout = timeout
        self._clock = clock
        self._on_error = on_error
        self._taken: tuple[int, KeySet] | None = None

    def _look_up(self, kid: str | None) -> tuple[bool, KeySet | None]:
        """Whether a refresh is due, and the keys that serve."""
        now = int(self._clock())
        try:
            found = self._cache.lookup(kid=kid, now=now)
        except IdJagError as error:
            if error.code != "text_invalid":
                raise
            # No key has such a name.
            found = self._cache.lookup(now=now)
        if not found["usable"]:
            return found["state"] == "refresh", None
        taken = self._taken
        if taken is None or taken[0] != found["generation"]:
            taken = (found["generation"], self._cache.keys(now=now))
            self._taken = taken
        return found["state"] == "refresh", taken[1]

    def _begin(self) -> Any:
        return self._cache.begin_refresh(now=int(self._clock()))["request"]

    def _end(self, response: Any) -> None:
        self._cache.refreshed(response=response, now=int(self._clock()))


def _options(timeout: float) -> dict[str, Any]:
    return {"follow_redirects": False, "timeout": timeout, "trust_env": False}


def _sent(request: Any) -> dict[str, Any]:
    # What is compressed could be much larger than what is received.
    headers = [*[(name, value) for name, value in request["headers"]], ("Accept-Encoding", "identity")]
    return {"method": request["method"], "url": request["url"], "headers": headers}


def _arrived(response: httpx.Response, body: bytes) -> dict[str, Any]:
    headers = [[name, value] for name, value in response.headers.multi_items()]
    return {"status": response.status_code, "headers": headers, "body": body}


def _add(body: bytearray, part: bytes) -> None:
    body += part
    if len(body) > _MAX_BYTES:
        raise IdJagError("response_too_large")


def _ignore(error: Exception) -> None:
    pass


class KeyFetcher(_Cached):
    """The keys of one issuer for `asyncio`: `await fetcher.keys(kid)`. It belongs to one event loop.

    `options` are those of `KeySetCache`: `issuer`, `jwks_uri`, `algorithms`, `time_to_live` and so on.
    """

    def __init__(
        self,
        *,
        timeout: float = 5.0,
        clock: Callable[[], float] = time.time,
        on_error: Callable[[Exception], None] = _ignore,
        **options: Any,
    ) -> None:
        super().__init__(timeout=timeout, clock=clock, on_error=on_error, **options)
        self._refreshing: asyncio.Task[None] | None = None

    async def keys(self, kid: str | None = None) -> KeySet | None:
        """The keys that serve for a token that claims `kid`; `None` when there are none."""
        due, keys = self._look_up(kid)
        running = self._refreshing is not None and not self._refreshing.done()
        if due and not running:
            self._refreshing = asyncio.ensure_future(self._refresh())
        # Without keys there is nothing to do but wait for those that are on their way.
        if self._refreshing is not None and (due or (running and keys is None)):
            # One who gives up does not take the others' refresh along.
            await asyncio.shield(self._refreshing)
            _, keys = self._look_up(kid)
        return keys

    async def _refresh(self) -> None:
        request = self._begin()
        if request is None:
            return
        try:
            self._end(await asyncio.wait_for(self._fetch(request), self._timeout))
        except Exception as error:
            # Everything stays as it was; the cache says when to try again.
            self._on_error(error)

    async def _fetch(self, request: Any) -> dict[str, Any]:
        async with httpx.AsyncClient(**_options(self._timeout)) as client:
            async with client.stream(**_sent(request)) as response:
                body = bytearray()
                async for part in response.aiter_raw():
                    _add(body, part)
                return _arrived(response, bytes(body))


class SyncKeyFetcher(_Cached):
    """The keys of one issuer for threads: `fetcher.keys(kid)`.

    `options` are those of `KeySetCache`: `issuer`, `jwks_uri`, `algorithms`, `time_to_live` and so on.
    """

    def __init__(
        self,
        *,
        timeout: float = 5.0,
        clock: Callable[[], float] = time.time,
        on_error: Callable[[Exception], None] = _ignore,
        **options: Any,
    ) -> None:
        super().__init__(timeout=timeout, clock=clock, on_error=on_error, **options)
        self._lock = threading.Lock()

    def keys(self, kid: str | None = None) -> KeySet | None:
        """The keys that serve for a token that claims `kid`; `None` when there are none."""
        due, keys = self._look_up(kid)
        # Without keys there is nothing to do but wait for those that are on their way.
        if due or keys is None:
            with self._lock:
                # Another thread may have fetched them meanwhile.
                due, keys = self._look_up(kid)
                if due:
                    self._refresh()
                    _, keys = self._look_up(kid)
        return keys

    def _refresh(self) -> None:
        request = self._begin()
        if request is None:
            return
        try:
            self._end(self._fetch(request))
        except Exception as error:
            # Everything stays as it was; the cache says when to try again.
            self._on_error(error)

    def _fetch(self, request: Any) -> dict[str, Any]:
        deadline = time.monotonic() + self._timeout
        with httpx.Client(**_options(self._timeout)) as client, client.stream(**_sent(request)) as response:
            body = bytearray()
            for part in response.iter_raw():
                _add(body, part)
                if time.monotonic() > deadline:
                    raise TimeoutError("the key set took too long")
            return _arrived(response, bytes(body))
