"""Access tokens where only the token is seen, and what may be done with them, decided message by message."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from .. import IdJagError, ResourceServer
from .._http import Handler, HostFailure, Keys, OnError, OnRecord, revocations_of
from ..replay import MemoryStore, ReplayStore, ask
from ..revocations import RevocationStore
from ..types import AccessNeeds, VerifiedBearer

# Requests here are made of what an SDK has read already; their bodies are not read again.
_NO_BODY = {"max_body_bytes": 0, "body_timeout": 0.0}


class Unavailable(Exception):
    """Nothing could be decided: keys or a store were not to be had. It is not the token's fault."""


class Decider(Handler):
    """Asks the library, for adapters that see no HTTP request."""

    def __init__(
        self,
        server: ResourceServer,
        *,
        keys: Keys,
        revocations: RevocationStore | None = None,
        on_record: OnRecord | None = None,
        on_error: OnError | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        store: ReplayStore = MemoryStore()
        super().__init__(store=store, nonce=None, on_record=on_record, on_error=on_error, clock=clock, **_NO_BODY)  # type: ignore[arg-type]
        self.server = server
        self._keys = keys
        self._revocations = revocations

    async def verify(self, token: str) -> VerifiedBearer | None:
        """What a token says that holds; `None` of one that does not, or that is bound to a key: there is no proof to see.
        Raises `Unavailable` when nobody can say.
        """
        try:
            needs = self.server.bearer_needs(token=token, now=self._now())
            verified = self.server.verify_bearer(token=token, **await self._found(needs), now=self._now())
        except IdJagError as error:
            await self._refused(error)
            return None
        try:
            await self._keep(verified["record"])
        except Exception as error:
            # Nothing is let through of which there is no record.
            self._report(error)
            raise Unavailable("record") from None
        return verified

    async def permit(self, token: str, message: dict[str, Any]) -> Any:
        """The record of a message that the token permits. Raises the library's refusal, or `Unavailable`."""
        try:
            verified = await self._verified(self._request(token, message))
            authorized = verified.authorize(now=self._now())
            answers = await ask(self._store, authorized.replay_keys, now=self._now())
            record = authorized.spend(answers=answers).record
        except IdJagError as error:
            await self._refused(error)
            raise
        # Nothing is permitted of which there is no record.
        await self._keep(record)
        return record

    async def permitted(self, token: str, tools: list[str]) -> set[str]:
        """Which of these tools the token may call."""
        verified = await self._verified(self._request(token, None))
        return set(verified.permits_tools(tools=tools)["tools"])

    async def _verified(self, request: Any) -> Any:
        pending = self.server.parse(request, now=self._now())
        return pending.verify(**await self._found(pending.needs), now=self._now())

    async def _found(self, needs: AccessNeeds) -> dict[str, Any]:
        """What a token is verified by."""
        try:
            revoked = await revocations_of(self._revocations, self._now())
        except HostFailure as error:
            self._report(error)
            raise Unavailable("revocations") from None
        return {"keys": await self._keys_of(self._keys, needs["issuer"], needs.get("kid")), "revocations": revoked}

    def _request(self, token: str, message: dict[str, Any] | None) -> dict[str, Any]:
        headers = [["Authorization", f"Bearer {token}"], ["Content-Type", "application/json"]]
        body = b"" if message is None else json.dumps(message).encode()
        return {"method": "POST", "url": self.server.resource, "headers": headers, "body": body}

    async def _refused(self, error: IdJagError) -> None:
        if error.response is None:
            raise error
        await self._note(error.record)
        if error.response["status"] >= 500:
            self._report(error)
            raise Unavailable(error.code) from None


def message_of(method: str, params: Any, request_id: Any) -> dict[str, Any]:
    """The JSON-RPC message that an SDK has taken apart, as far as it is decided on."""
    message: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
    if request_id is not None:
        message["id"] = request_id
    if method == "tools/call":
        message["params"] = {"name": params.get("name") if isinstance(params, dict) else None}
    return message
