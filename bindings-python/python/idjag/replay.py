"""Replay stores: where a token that is used once is remembered, in this process or for many in Redis.

A store answers `first` once for each name, in one atomic step, and `unavailable` when it cannot say; it never guesses.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, Protocol

from . import MemoryReplayStore

if TYPE_CHECKING:
    from .types import ReplayKeyAnswer

__all__ = ["Answer", "MemoryStore", "RedisStore", "ReplayStore", "ask"]

Answer = Literal["first", "seen", "unavailable"]

# For how long after its token has expired a name is kept, in seconds: the clocks of servers differ.
_MARGIN = 300


class ReplayStore(Protocol):
    """What remembers."""

    async def first_use(self, *, name: str, retain_until: int, now: int) -> Answer:
        """Records `name` until `retain_until` and says whether it is new, in one atomic step."""
        ...


async def ask(store: ReplayStore | None, keys: Iterable[ReplayKeyAnswer], *, now: int) -> list[Answer]:
    """The answers for a role's `spend`: for each key in its order, up to the first that is not new. A store that is
    missing, raises or says anything else cannot say.
    """
    answers: list[Answer] = []
    for key in keys:
        answer = "unavailable" if store is None else await _first_use(store, key, now)
        answers.append(answer)
        if answer != "first":
            break
    return answers


async def _first_use(store: ReplayStore, key: ReplayKeyAnswer, now: int) -> Answer:
    try:
        answer = await store.first_use(name=key["name"], retain_until=key["retain_until"], now=now)
    except Exception:
        return "unavailable"
    return answer if answer in ("first", "seen") else "unavailable"


class MemoryStore:
    """The store of one process: bounded, and it never forgets early. When it is full it answers `unavailable`."""

    def __init__(self, *, capacity: int = 100_000) -> None:
        self._memory = MemoryReplayStore(capacity=capacity)

    async def first_use(self, *, name: str, retain_until: int, now: int) -> Answer:
        """Records `name` and says whether it is new."""
        answer: Any = self._memory.first_use(name=name, retain_until=retain_until, now=now)["answer"]
        return answer  # type: ignore[no-any-return]


class RedisStore:
    """The store of many processes, of any language: `SET name value NX EX …` on a `redis.asyncio.Redis` of yours.

    Give it a `BlockingConnectionPool`, short timeouts and `retry=Retry(NoBackoff(), 1)`, which replaces connections that died
    with the server. While Redis does not answer, nothing is granted. The value is drawn for each question, so that a
    command that is repeated because its answer was lost does not take its own first use for another's. The server must
    keep what it was told (`appendonly yes`, and `appendfsync always` where the machine may fail too) and not evict keys
    (`maxmemory-policy noeviction`): a token that it forgets, or loses in a restart or a failover, is good again.
    """

    def __init__(self, client: Any, *, prefix: str = "", timeout: float = 2.0) -> None:
        self._client = client
        self._prefix = prefix
        self._timeout = timeout

    async def first_use(self, *, name: str, retain_until: int, now: int) -> Answer:
        """Records `name` and says whether it is new."""
        # A span and not a point in time: Redis's clock may be another.
        span = max(retain_until - now, 0) + _MARGIN
        try:
            return await asyncio.wait_for(self._record(self._prefix + name, span), self._timeout)
        except Exception:
            # Whatever went wrong, including an answer that was lost on its way: it cannot say.
            return "unavailable"

    async def _record(self, name: str, span: int) -> Answer:
        mine = secrets.token_hex(16)
        recorded = await self._client.set(name, mine, nx=True, ex=span)
        if recorded is True:
            return "first"
        if recorded is not None:
            return "unavailable"
        return "first" if await self._client.get(name) in (mine, mine.encode()) else "seen"
