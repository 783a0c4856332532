"""What somebody else tells is revoked: signed updates from an address, taken whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from . import IdJagError, RevocationList, decode_unverified_token
from ._http import Keys, settled
from ._library import httpx
from ._send import TIMEOUT
from .revocations import FreshCopy

if TYPE_CHECKING:
    from .types import RevocationEntry

# More than the library takes for a manifest.
_MANIFEST_BYTES = 64 * 1024


class FetchedRevocations(FreshCopy):
    """Revocations that `issuer` tells by signed updates at `url`, such as `asgi.RevocationPublisher` serves: nobody in
    between can take anything back. The first update is everything, the later ones what changed.

    `keys(issuer, kid)` finds the issuer's keys (`fetch.KeySets`). The copy is brought up to date when it is asked for and
    older than `max_age` seconds, serves until an update's `next_update` and for `max_stale` seconds after it, then every token
    is refused. Only guards can use it: whoever revokes, revokes where the updates come from.
    """

    def __init__(
        self,
        url: str,
        *,
        issuer: str,
        keys: Keys,
        algorithms: Sequence[str] = ("ES256", "EdDSA"),
        timeout: float = TIMEOUT,
        max_age: float = 0.5,
        max_stale: int = 10,
        max_interval: int = 3600,
        capacity: int = 100_000,
        client: httpx.AsyncClient | None = None,
        on_error: Callable[[Exception], object] | None = None,
    ) -> None:
        super().__init__(max_age=max_age, max_stale=max_stale, capacity=capacity, on_error=on_error)
        self._url = url
        self._keys = keys
        self._timeout = timeout
        self._client = client
        self._receiving: dict[str, Any] = {
            "issuer": issuer, "algorithms": list(algorithms), "max_interval": max_interval,
        }  # fmt: skip
        # The number of what was taken last; nothing before, and after an update that did not fit.
        self._since: int | None = None

    async def revoke(self, entries: Iterable[RevocationEntry], *, now: int) -> None:
        """Raises: whoever tells what is revoked has to be told."""
        raise TypeError("whoever tells what is revoked has to be told")

    async def _pull(self, copy: RevocationList, now: int) -> None:
        since, self._since = self._since, None
        # What fails may have been a delta that the copy cannot use: the next time everything is asked for.
        if self._client is not None:
            self._since = await asyncio.wait_for(self._exchange(self._client, since, copy, now), self._timeout)
            return
        async with httpx.AsyncClient(trust_env=False) as own:
            self._since = await asyncio.wait_for(self._exchange(own, since, copy, now), self._timeout)

    async def _exchange(self, by: httpx.AsyncClient, since: int | None, copy: RevocationList, now: int) -> int:
        url = httpx.URL(self._url)
        if since is not None:
            url = url.copy_add_param("since", str(since))
        headers = {"Accept": "application/octet-stream", "Accept-Encoding": "identity"}
        sent: dict[str, Any] = {"headers": headers, "follow_redirects": False, "timeout": self._timeout, "auth": None}
        async with by.stream("GET", url, **sent) as response:
            if response.status_code != 200:
                raise ValueError(f"no update was answered, but {response.status_code}")
            return await self._take(copy, _Pieces(response.aiter_raw()), now)

    async def _take(self, copy: RevocationList, pieces: _Pieces, now: int) -> int:
        manifest = await pieces.line(_MANIFEST_BYTES)
        header: Any = decode_unverified_token(token=manifest)["unverified_header"]
        keys = await settled(self._keys(self._receiving["issuer"], header.get("kid")))
        if keys is None:
            raise ValueError("there are no keys of the issuer")
        taken = copy.receive(manifest=manifest, **self._receiving, keys=keys, now=now)
        while taken["missing_chunks"]:
            chunk = await pieces.exactly(taken["chunk_bytes"])
            taken = copy.receive_chunk(chunk=chunk, now=now)
        return taken["sequence"]


class _Pieces:
    """A stream, read in pieces of the reader's choice."""

    def __init__(self, stream: AsyncIterator[bytes]) -> None:
        self._stream = stream
        self._rest = bytearray()

    async def line(self, cap: int) -> str:
        """The bytes up to the next end of a line, as text."""
        while (end := self._rest.find(b"\n")) < 0:
            if len(self._rest) > cap:
                raise IdJagError("response_too_large")
            await self._read()
        return (await self.exactly(end + 1))[:-1].decode()

    async def exactly(self, length: int) -> bytes:
        """So many bytes."""
        while len(self._rest) < length:
            await self._read()
        piece = bytes(self._rest[:length])
        del self._rest[:length]
        return piece

    async def _read(self) -> None:
        async for piece in self._stream:
            self._rest += piece
            return
        raise ValueError("the update ends too early")
