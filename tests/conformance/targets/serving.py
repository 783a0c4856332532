"""How a server of the suite is told whom to trust, says where it is, and ends with its input."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

import uvicorn


def serve(make: Callable[[dict[str, Any], str], tuple[Any, Any]]) -> None:
    """Serves the ASGI application that `make(told, origin)` answers. What it answers beside that is told of it: a
    document, or a function that makes one once the server can be asked."""
    told = json.loads(sys.stdin.readline())
    listening = socket.create_server(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
    app, answer = make(told, origin)

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            known = await asyncio.to_thread(answer) if callable(answer) else answer
            print(json.dumps({"url": origin, **known}), flush=True)

    threading.Thread(target=_end_with_input, daemon=True).start()
    Server(uvicorn.Config(app, log_level="critical", lifespan="auto")).run([listening])


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)
