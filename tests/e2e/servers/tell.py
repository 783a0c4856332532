"""What a started program says to whoever started it: a line of JSON each time, and it ends when nobody listens any more."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import threading
from typing import Any

import uvicorn


def tell(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def settings() -> Any:
    return json.loads(os.environ["SETTINGS"])


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def opened() -> tuple[socket.socket, str]:
    """A port of this machine that is ours, and its address."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    return listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


def serve(app: Any, listener: socket.socket, said: Any) -> None:
    """Serves `app` at `listener` for as long as somebody listens; `said` is the first line."""
    threading.Thread(target=_end_with_input, daemon=True).start()
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", interface="asgi3"))
    tell(said)
    asyncio.run(server.serve(sockets=[listener]))
