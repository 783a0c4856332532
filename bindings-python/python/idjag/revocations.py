"""Stores of what was revoked: in this process, or for many in Redis, and the list that tokens are held against.

A store that cannot say raises: the request is refused and may be tried again. A list that is a copy says itself when it is
too old.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

from . import RevocationList
from ._revocation_scripts import READ, WRITE

if TYPE_CHECKING:
    from .types import RevocationEntry

__all__ = ["MemoryStore", "RedisStore", "RevocationStore"]

# For how long after it may be forgotten an entry is kept, in seconds: the clocks of servers differ.
_MARGIN = 300
# How many entries are read at once.
_PAGE = 5000


class RevocationStore(Protocol):
    """What remembers."""

    async def list(self, *, now: int) -> RevocationList:
        """The list to hold tokens against. When it raises, nobody can say."""
        ...

    async def revoke(self, entries: Iterable[RevocationEntry], *, now: int) -> None:
        """Stores entries where every `list` finds them, soon. Raises when it may not have: the client is told to try
        again.
        """
        ...


class MemoryStore:
    """The store of one process: bounded, and it never forgets early. Give the same one to every handler."""

    def __init__(self, *, capacity: int = 100_000) -> None:
        self._capacity = capacity
        self._list: RevocationList | None = None

    async def list(self, *, now: int) -> RevocationList:
        """The list."""
        if self._list is None:
            # Numbers that no process before this one gave, with a thousand changes a second: a copy that was told by that
            # one takes what it lacks, and nothing else for it.
            begun: Any = {"sequence": now * 1000, "entries": []}
            self._list = RevocationList(capacity=self._capacity, document=begun, now=now)
        return self._list

    async def revoke(self, entries: Iterable[RevocationEntry], *, now: int) -> None:
        """Adds entries to the list."""
        (await self.list(now=now)).add(entries=list(entries), now=now)


class FreshCopy:
    """A copy of a list that is kept elsewhere, brought up to date when it is asked for and older than `max_age` seconds."""

    def __init__(
        self, *, max_age: float, max_stale: int, capacity: int, on_error: Callable[[Exception], object] | None
    ) -> None:
        self._max_age = max_age
        self._options: dict[str, Any] = {"max_stale": max_stale, "capacity": capacity}
        self._on_error = on_error
        self._copy: RevocationList | None = None
        self._attempted = float("-inf")
        self._attempt: asyncio.Future[None] | None = None

    async def list(self, *, now: int) -> RevocationList:
        """The copy, brought up to date where it can be."""
        if self._copy is None:
            self._copy = RevocationList(**self._options, now=now)
        if self._attempt is None and time.monotonic() - self._attempted >= self._max_age:
            self._attempted = time.monotonic()
            self._attempt = asyncio.ensure_future(self._refreshed(self._copy, now))
        if self._attempt is not None:
            # That one of many who wait is cancelled is nothing to the others.
            await asyncio.shield(self._attempt)
        return self._copy

    async def _refreshed(self, copy: RevocationList, now: int) -> None:
        """Brings the copy up to date. What fails is told, and the copy ages: the library refuses when it is too old."""
        try:
            await self._pull(copy, now)
        except Exception as error:
            if self._on_error is not None:
                self._on_error(error)
        finally:
            self._attempt = None

    async def _pull(self, copy: RevocationList, now: int) -> None:
        raise NotImplementedError


class RedisStore(FreshCopy):
    """The store of many processes, on a `redis.asyncio.Redis` of yours: Redis 6.2 or newer.

    What a writer does is one step: entries by when they may be forgotten, and by their sequence number, which whoever has a
    copy reads on from. The name of the series tells a store that was emptied from one that is the same; a reader whose last
    entry the store has lost, as after a failover to a replica that lags, reads from the first.

    Each process has a copy, which it brings up to date when it is asked for a list and the copy is older than `max_age`
    seconds, reading only what is new. While Redis cannot be reached the copy serves for `max_stale` seconds, then every
    token is refused. The server must not evict keys (`maxmemory-policy noeviction`) and must keep its data: an entry that
    it loses is unknown to every process that had not read it.
    """

    def __init__(
        self,
        client: Any,
        *,
        prefix: str = "",
        timeout: float = 2.0,
        max_age: float = 0.5,
        max_stale: int = 10,
        capacity: int = 100_000,
        on_error: Callable[[Exception], object] | None = None,
    ) -> None:
        super().__init__(max_age=max_age, max_stale=max_stale, capacity=capacity, on_error=on_error)
        self._client = client
        self._base = f"{prefix}{{idjag:revoked}}"
        self._timeout = timeout
        # Up to where in which series the copy has been read, and the entry that was read last.
        self._read = ("", "0", "")

    async def revoke(self, entries: Iterable[RevocationEntry], *, now: int) -> None:
        """Stores entries, and adds them to the copy."""
        given = list(entries)
        # What is written is read by every server: one entry that is none would stop them all.
        with RevocationList(capacity=len(given), now=now) as checked:
            checked.add(entries=given, now=now)
        written = [part for entry in given for part in (entry["retain_until"], json.dumps(entry))]
        # What is forgotten is forgotten for all: a time that was only stated is not enough.
        forget = min(now, int(time.time())) - _MARGIN
        series = _text(await self._run(WRITE, os.urandom(16).hex(), forget, self._base, *written))
        # The `OK` of something that runs no script is no name that a writer has drawn.
        if len(series) < 16 or not set(series) <= set("0123456789abcdef"):
            raise RuntimeError("the store gives no answer")
        if self._copy is not None:
            self._copy.add(entries=given, now=now)

    async def _pull(self, copy: RevocationList, now: int) -> None:
        """Reads what is new. The copy counts as complete at `now`, which is before it was asked."""
        while True:
            series, last, found = await self._run(READ, *self._read, _PAGE)
            series, texts = _text(series), [_text(one) for one in found]
            copy.add(entries=[json.loads(text) for text in texts[::2]], now=now)
            known, number, latest = self._read
            entry, at = texts[-2:] if texts else (latest, number if series == known else "0")
            self._read = (series, at, entry)
            if len(texts) < 2 * _PAGE:
                copy.synchronize(sequence=int(_text(last)), now=now)
                return

    async def _run(self, script: str, *values: Any) -> Any:
        keys = [f"{self._base}:{name}" for name in ("until", "sequence", "state")]
        return await asyncio.wait_for(self._client.eval(script, len(keys), *keys, *values), self._timeout)


def _text(value: Any) -> str:
    """What Redis answered, as text, whether or not the client decodes."""
    return value.decode() if isinstance(value, bytes) else str(value)
