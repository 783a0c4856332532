"""Telling others what is revoked: a manifest in a line, and the entries after it."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from . import RevocationUpdate, SigningKey, attach_jws
from ._endpoint import Signer
from ._http import HostFailure, OnError, Receive, Scope, Send, current, demand, revocations_of
from .revocations import RevocationStore

_HEADERS = [(b"content-type", b"application/octet-stream"), (b"cache-control", b"no-store")]


class RevocationPublisher:
    """Answers every `GET` with a signed update of `revocations`, as `issuer` tells it: everything, or with `?since=` what
    changed after that number. Copies are to ask again after `interval` seconds, serve so long, and for their `max_stale`
    after it.

    It looks at no path and asks nobody who they are: mount it where only your servers come.
    """

    def __init__(
        self,
        revocations: RevocationStore,
        *,
        issuer: str,
        signer: Signer,
        interval: int = 10,
        on_error: OnError | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._revocations = revocations
        self._issuer = issuer
        self._signer = signer
        self._interval = interval
        self._on_error = on_error
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        if scope["method"] != "GET":
            return await _answered(send, 405, [(b"allow", b"GET")])
        given = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True).get("since", [])
        if len(given) > 1 or not all(re.fullmatch(r"[0-9]{1,15}", one) for one in given):
            return await _answered(send, 400, [])
        try:
            update, manifest = await self._update(int(given[0]) if given else None)
        except Exception as error:
            if self._on_error is not None:
                self._on_error(error)
            later = isinstance(error, HostFailure) or getattr(error, "code", None) == "revocations_unavailable"
            return await _answered(send, 503 if later else 500, [(b"retry-after", b"1")] if later else [])
        with update:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await send({"type": "http.response.body", "body": manifest.encode() + b"\n", "more_body": True})
            for number in range(update.chunks):
                chunk = base64.urlsafe_b64decode(update.chunk(number=number)["chunk"] + "==")
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

    async def _update(self, since: int | None) -> tuple[RevocationUpdate, str]:
        now = int(self._clock())
        listed = await revocations_of(self._revocations, now)
        assert listed is not None
        following = now + self._interval
        update = RevocationUpdate(
            revocations=listed, issuer=self._issuer, since=since, next_update=following, now=now
        )
        try:
            return update, await self._signed(update)
        except Exception:
            update.free()
            raise

    async def _signed(self, update: RevocationUpdate) -> str:
        signer: Any = await current(self._signer)
        if isinstance(signer, SigningKey):
            return update.sign(signer=signer)["token"]
        pending = update.prepare(key=signer.public_jwk)["signing_input"]
        signature = await demand(signer.sign, base64.urlsafe_b64decode(pending + "=="))
        attached = attach_jws(signing_input=pending, key=signer.public_jwk, signature=signature)
        return attached["token"]


async def _answered(send: Send, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
