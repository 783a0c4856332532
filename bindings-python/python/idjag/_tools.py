"""The tool list of an MCP server, cut down to what the token may call: in JSON answers and in event streams."""

from __future__ import annotations

import json
from collections.abc import Callable, MutableMapping
from typing import Any

from ._http import Send

# What is asked for where a tool list is expected: the list itself, or a stream that is listened to again.
LISTING = ("tools/list", "session")
# The most that one event may have where none is expected.
_MAX_EVENT_BYTES = 64 * 1024 * 1024

Permits = Callable[[list[str]], list[str]]


class UnreadableList(Exception):
    """What comes back for a tool list cannot be read, so nobody can say what it would tell."""


def kept(message: Any, permits: Permits) -> Any:
    """`message` without the tools that the token may not call; the message itself when it lists none."""
    if isinstance(message, list):
        raise UnreadableList("what came back is a batch")
    result = message.get("result") if isinstance(message, dict) else None
    if not isinstance(result, dict) or "tools" not in result:
        return message
    tools = result["tools"] if isinstance(result["tools"], list) else []
    named = [tool for tool in tools if isinstance(tool, dict) and isinstance(tool.get("name"), str)]
    permitted = set(permits([tool["name"] for tool in named]))
    cut = {**result, "tools": [tool for tool in named if tool["name"] in permitted]}
    if "cacheScope" in cut:
        # This list is this token's, and no cache may show it to another.
        cut["cacheScope"] = "private"
    return {**message, "result": cut}


class FilteredSend:
    """Stands before `send`: what goes through it lists only what `permits` keeps.

    A stream can have a list in it whatever was asked for: of two requests of one session with the same `id` a server may
    answer either on the stream of the other.
    """

    def __init__(self, send: Send, permits: Permits, *, operation: str, max_bytes: int) -> None:
        self._send = send
        self._permits = permits
        # On a stream there may be what is no message; what comes back for a list is one.
        self._is_list = operation == "tools/list"
        self._is_expected = operation in LISTING
        self._max_bytes = max_bytes if self._is_expected else max(max_bytes, _MAX_EVENT_BYTES)
        self._is_open = False
        self._start: MutableMapping[str, Any] = {}
        self._is_stream = False
        self._held = bytearray()

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        """Takes a message of the application."""
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif self._is_open:
            await self._send(message)
        elif message["type"] == "http.response.body":
            more = message.get("more_body", False)
            self._held += message.get("body", b"")
            if self._is_stream:
                await self._send({"type": "http.response.body", "body": self._events(more), "more_body": more})
            elif not more:
                await self._finish()
            if len(self._held) > self._max_bytes:
                raise UnreadableList("what came back is too large")
        else:
            raise UnreadableList(f"the application answers with {message['type']}")

    async def _begin(self, start: MutableMapping[str, Any]) -> None:
        if _field(start, b"content-encoding") not in ("", "identity"):
            raise UnreadableList("what came back is encoded")
        self._start = start
        self._is_stream = _field(start, b"content-type").partition(";")[0].strip() == "text/event-stream"
        # One answer to one request that asked for something else.
        self._is_open = not self._is_stream and not self._is_expected
        if self._is_stream or self._is_open:
            await self._send(start)

    async def _finish(self) -> None:
        """A whole answer."""
        body = bytes(self._held)
        self._held.clear()
        if body:
            body = self._cut(body, is_message=self._is_list and self._start["status"] < 300)
        headers = [one for one in self._start["headers"] if bytes(one[0]).lower() != b"content-length"]
        length = [(b"content-length", str(len(body)).encode())] if body else []
        await self._send({**self._start, "headers": [*headers, *length]})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    def _events(self, more: bool) -> bytes:
        """The events that are complete, each cut down; the rest is held back."""
        # A line may end in CR LF, LF or CR, and a CR at the end may be the half of one.
        whole = bytes(self._held)
        if more and whole.endswith(b"\r"):
            whole = whole[:-1]
        lines = whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        complete, found, _ = lines.rpartition(b"\n\n")
        if not found:
            return b""
        rest = bytes(lines[len(complete) + 2 :]) + bytes(self._held[len(whole) :])
        self._held = bytearray(rest)
        return b"".join(self._event(event) for event in complete.split(b"\n\n"))

    def _event(self, event: bytes) -> bytes:
        lines = event.split(b"\n")
        data = [line.partition(b":")[2].removeprefix(b" ") for line in lines if line.partition(b":")[0] == b"data"]
        text = b"\n".join(data)
        if text:
            others = [line for line in lines if line.partition(b":")[0] != b"data"]
            cut = self._cut(text, is_message=self._is_list)
            lines = lines if cut == text else [*others, b"data: " + cut]
        return b"\n".join(lines) + b"\n\n"

    def _cut(self, text: bytes, *, is_message: bool) -> bytes:
        """`text` without the tools that the token may not call."""
        try:
            message = json.loads(text)
        except ValueError:
            if is_message:
                raise UnreadableList("what came back is not JSON") from None
            return text
        cut = kept(message, self._permits)
        return text if cut is message else json.dumps(cut, separators=(",", ":")).encode()


def _field(start: MutableMapping[str, Any], name: bytes) -> str:
    values = [bytes(value) for key, value in start.get("headers", []) if bytes(key).lower() == name]
    return b",".join(values).decode("latin-1").lower()
