"""The lifespan protocol of ASGI, from both sides: for an application that is mounted in another one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

from ._http import App, Receive, Send


async def idle(receive: Receive, send: Send) -> None:
    """The lifespan of an application that has nothing to set up."""
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


@asynccontextmanager
async def running(app: App) -> AsyncIterator[dict[str, Any]]:
    """Starts `app` up, answers the state that it hands to its requests, and shuts it down."""
    told: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
    heard: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
    state: dict[str, Any] = {}
    scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": state}
    # One task from beginning to end: what the application opens, it closes where it was opened.
    task = asyncio.ensure_future(_run(app, scope, told.get, heard.put))
    try:
        await _told("lifespan.startup", told, heard, task)
        yield state
        await _told("lifespan.shutdown", told, heard, task)
        await task
    finally:
        task.cancel()


async def _run(app: App, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    await app(scope, receive, send)


async def _told(kind: str, told: Any, heard: Any, task: asyncio.Future[None]) -> None:
    """Says `kind`, and waits for the application to say that it is done."""
    await told.put({"type": kind})
    answer = asyncio.ensure_future(heard.get())
    try:
        await asyncio.wait((answer, task), return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            # It ended without an answer: of what it raised, or as if there were nothing to do.
            await task
            raise RuntimeError(f"the application does not answer {kind}")
        message = answer.result()
        if message["type"] != f"{kind}.complete":
            raise RuntimeError(f"{message['type']}: {message.get('message', '')}")
    finally:
        answer.cancel()
