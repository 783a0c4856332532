"""Key sets over HTTP, by the rules of `KeySetCache`, and clients' documents: for `pip install idjag[http]`.

A fetcher serves one issuer, `KeySets` several. However many tokens name unknown keys, and however many tasks or threads
wait, there is one request at a time and at most one per `min_refresh_interval`; while the issuer does not answer, the
last keys serve for `max_stale`. Redirects are not followed, answers have a size and a time, proxies of the environment
are not asked.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Union

from . import IdJagError, KeySet, KeySetCache
from ._clients import ClientFetcher, ClientUnavailable
from ._fetched_revocations import FetchedRevocations
from ._library import httpx
from ._send import MAX_BYTES, TIMEOUT, Work, discovery, perform

__all__ = [
    "ClientFetcher",
    "ClientUnavailable",
    "FetchedRevocations",
    "KeyFetcher",
    "KeySets",
    "SyncKeyFetcher",
]

_MIN_REFRESH_INTERVAL = 30
# What the search for the metadata takes of the options.
_OF_DISCOVERY = ("issuer", "limits", "dangerous_allow_http_loopback")


def _ignore(error: Exception) -> None:
    pass


class _Cached:
    """The cache, and the set that was last taken out of it."""

    def __init__(
        self, *, timeout: float, clock: Callable[[], float], on_error: Callable[[Exception], object], options: Any
    ) -> None:
        self.issuer: str = options["issuer"]
        self._options = options
        self._timeout = timeout
        self._clock = clock
        self._on_error = on_error
        self._searched: int | None = None
        self._taken: tuple[int, KeySet] | None = None
        # The rest of the options is checked even where the address is still to be found.
        is_known = options.get("jwks_uri") is not None
        cache = KeySetCache(**{**options, "jwks_uri": options["jwks_uri"] if is_known else self.issuer})
        self._cache: KeySetCache | None = cache if is_known else None

    def _look_up(self, kid: str | None) -> tuple[Work[None] | None, KeySet | None]:
        """What is to be done first, if anything, and the keys that serve."""
        now = int(self._clock())
        if self._cache is None:
            return self._search(now), None
        try:
            found = self._cache.lookup(kid=kid, now=now)
        except IdJagError as error:
            if error.code != "text_invalid":
                raise
            # No key has such a name.
            found = self._cache.lookup(now=now)
        refresh = self._refresh(self._cache) if found["state"] == "refresh" else None
        if not found["usable"]:
            return refresh, None
        taken = self._taken
        if taken is None or taken[0] != found["generation"]:
            taken = (found["generation"], self._cache.keys(now=now))
            self._taken = taken
        return refresh, taken[1]

    def _search(self, now: int) -> Work[None] | None:
        """Finds out where the keys are, by the issuer's metadata: as seldom as keys are fetched."""
        interval = self._options.get("min_refresh_interval") or _MIN_REFRESH_INTERVAL
        if self._searched is not None and self._searched <= now < self._searched + interval:
            return None
        return self._find(now)

    def _find(self, now: int) -> Work[None]:
        self._searched = now
        options = {name: self._options[name] for name in _OF_DISCOVERY if name in self._options}
        found = yield from discovery(**options)
        cache = KeySetCache(**{**self._options, "jwks_uri": found.get("jwks_uri")})
        self._cache = cache
        yield from self._refresh(cache)

    def _refresh(self, cache: KeySetCache) -> Work[None]:
        request = cache.begin_refresh(now=int(self._clock()))["request"]
        if request is not None:
            cache.refreshed(response=(yield request), now=int(self._clock()))

    def _report(self, error: Exception) -> None:
        # Everything stays as it was; the cache says when to try again.
        try:
            self._on_error(error)
        except Exception:
            # Whoever logs must not decide.
            pass


def _holds(keys: KeySet | None, kid: str | None) -> bool:
    """Whether waiting for a refresh under way would be in vain: the key is there already."""
    return keys is not None and (kid is None or any(key.get("kid") == kid for key in keys.keys))


class KeyFetcher(_Cached):
    """The keys of one issuer for `asyncio`: `await fetcher.keys(kid)`. It belongs to one event loop.

    `options` are those of `KeySetCache`: `issuer`, `jwks_uri`, `algorithms`, `time_to_live` and so on. Without
    `jwks_uri`, the issuer's metadata is fetched first. `client` sends, if you have one.
    """

    def __init__(
        self,
        *,
        client: httpx.AsyncClient | None = None,
        timeout: float = TIMEOUT,
        max_bytes: int = MAX_BYTES,
        clock: Callable[[], float] = time.time,
        on_error: Callable[[Exception], object] = _ignore,
        **options: Any,
    ) -> None:
        super().__init__(timeout=timeout, clock=clock, on_error=on_error, options=options)
        self._sending: dict[str, Any] = {"client": client, "timeout": timeout, "max_bytes": max_bytes}
        self._flight: asyncio.Task[None] | None = None

    async def keys(self, kid: str | None = None) -> KeySet | None:
        """The keys that serve for a token that claims `kid`; `None` when there are none."""
        work, keys = self._look_up(kid)
        is_running = self._flight is not None and not self._flight.done()
        if work is not None and not is_running:
            self._flight = asyncio.ensure_future(self._perform(work))
        if self._flight is not None and (work is not None or (is_running and not _holds(keys, kid))):
            # One who gives up does not take the others' request along.
            await asyncio.shield(self._flight)
            _, keys = self._look_up(kid)
        return keys

    async def _perform(self, work: Work[None]) -> None:
        try:
            await perform(work, **self._sending)
        except Exception as error:
            self._report(error)


class SyncKeyFetcher(_Cached):
    """The keys of one issuer for threads: `fetcher.keys(kid)` answers within `timeout`.

    `options` are those of `KeySetCache`: `issuer`, `jwks_uri`, `algorithms`, `time_to_live` and so on. Without
    `jwks_uri`, the issuer's metadata is fetched first. `client` makes what sends, if you have one of your own: requests
    are made in a thread of the fetcher, which can give them up at any moment.
    """

    def __init__(
        self,
        *,
        client: Callable[[], httpx.AsyncClient] | None = None,
        timeout: float = TIMEOUT,
        max_bytes: int = MAX_BYTES,
        clock: Callable[[], float] = time.time,
        on_error: Callable[[Exception], object] = _ignore,
        **options: Any,
    ) -> None:
        super().__init__(timeout=timeout, clock=clock, on_error=on_error, options=options)
        self._client = client
        self._sending: dict[str, Any] = {"timeout": timeout, "max_bytes": max_bytes}
        self._lock = threading.Lock()
        self._flight: threading.Thread | None = None

    def keys(self, kid: str | None = None) -> KeySet | None:
        """The keys that serve for a token that claims `kid`; `None` when there are none."""
        work, keys = self._look_up(kid)
        flight, is_mine = self._set_off(kid) if work is not None else (self._flight, False)
        if flight is not None and (is_mine or not _holds(keys, kid)):
            # Whoever has the key does not wait for others' requests, and nobody waits for longer than this.
            flight.join(self._timeout)
            _, keys = self._look_up(kid)
        return keys

    def _set_off(self, kid: str | None) -> tuple[threading.Thread | None, bool]:
        """The request under way, and whether it was begun just now."""
        with self._lock:
            if self._flight is not None and self._flight.is_alive():
                return self._flight, False
            # Another thread may have fetched them meanwhile.
            work, _ = self._look_up(kid)
            if work is None:
                return self._flight, False
            self._flight = threading.Thread(target=self._perform, args=(work,), daemon=True)
            self._flight.start()
            return self._flight, True

    def _perform(self, work: Work[None]) -> None:
        try:
            asyncio.run(self._sent(work))
        except Exception as error:
            self._report(error)

    async def _sent(self, work: Work[None]) -> None:
        if self._client is None:
            await perform(work, client=None, **self._sending)
            return
        async with self._client() as client:
            await perform(work, client=client, **self._sending)


class KeySets:
    """The keys of several issuers: of those that are listed, by a fetcher or as `(issuer, keys)`, and of nobody else.

    `KeySets(…).keys` is what `idjag.asgi` takes.
    """

    def __init__(self, *sources: Union[KeyFetcher, tuple[str, KeySet]]) -> None:
        self._sources: dict[str, KeyFetcher | KeySet] = {}
        for source in sources:
            issuer, keys = (source.issuer, source) if isinstance(source, KeyFetcher) else source
            if issuer in self._sources:
                raise IdJagError("argument_invalid", detail=f"/issuer: {issuer} is listed twice")
            self._sources[issuer] = keys

    async def keys(self, issuer: str, kid: str | None = None) -> KeySet | None:
        """The keys of `issuer`; `None` when they cannot be had."""
        source = self._sources.get(issuer)
        return await source.keys(kid) if isinstance(source, KeyFetcher) else source
