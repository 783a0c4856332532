"""Sending what the library wrote, and reading what comes back: no redirects, bounded in time and size."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import Any, TypeVar

from . import Discovery, IdJagError
from ._library import httpx

# The longest that one exchange may take, in seconds, unless the caller says otherwise.
TIMEOUT = 10.0
# More than any document or token response has: the library's own caps are far below it.
MAX_BYTES = 1024 * 1024

T = TypeVar("T")
# Work that yields requests to send and takes their responses, whoever sends them.
Work = Generator[Any, Any, T]


def discovery(*, issuer: str, **options: Any) -> Work[Any]:
    """Finds the metadata of `issuer`, from wherever the specifications allow it to be."""
    with Discovery(issuer=issuer, **options) as search:
        while True:
            progress = search.receive(response=(yield search.next()["request"]))
            if progress["done"]:
                return progress["authorization_server"]


def _sent(request: Any) -> dict[str, Any]:
    # What is compressed could be much larger than what is received.
    headers = [*[(name, value) for name, value in request["headers"]], ("Accept-Encoding", "identity")]
    sent = {"method": request["method"], "url": request["url"], "headers": headers, "follow_redirects": False}
    # Credentials that the client has for others are none of this request's.
    return {**sent, "content": request.get("body") or None, "auth": None}


def head_of(response: httpx.Response) -> Any:
    """Status and header fields of a response, as the library reads them."""
    return {"status": response.status_code, "headers": [list(field) for field in response.headers.multi_items()]}


def _add(body: bytearray, part: bytes, max_bytes: int) -> None:
    body += part
    if len(body) > max_bytes:
        raise IdJagError("response_too_large")


async def send(
    request: Any,
    *,
    client: httpx.AsyncClient | None,
    timeout: float,
    max_bytes: int,
    extensions: dict[str, Any] | None = None,
) -> Any:
    """Sends `request` and answers the response as plain data. Raises when none came in time, or when it was too large."""

    async def exchange(by: httpx.AsyncClient) -> Any:
        async with by.stream(**_sent(request), timeout=timeout, extensions=extensions) as response:
            body = bytearray()
            async for part in response.aiter_raw():
                _add(body, part, max_bytes)
            return {**head_of(response), "body": bytes(body)}

    if client is not None:
        return await asyncio.wait_for(exchange(client), timeout)
    async with httpx.AsyncClient(trust_env=False) as own:
        return await asyncio.wait_for(exchange(own), timeout)


async def perform(work: Work[T], **sending: Any) -> T:
    """Does the work, sending what it asks for."""
    try:
        request = next(work)
        while True:
            request = work.send(await send(request, **sending))
    except StopIteration as done:
        answer: T = done.value
        return answer
    finally:
        work.close()
