"""The MCP Python SDK and FastMCP, with real servers and clients over HTTP on loopback."""

from __future__ import annotations

import asyncio
import importlib
import logging
import sys
from pathlib import Path
from typing import Any, Awaitable, Callable

sys.path.append(str(Path(__file__).parent.parent))

from report import Tally

MODULES = ["servers", "fast", "grants", "calling", "mounting", "documents", "snippets", "example"]


def main() -> None:
    logging.disable(logging.CRITICAL)
    tally = Tally()
    chosen = sys.argv[1:]
    for module in MODULES:
        cases: list[Callable[[], Awaitable[Any]]] = importlib.import_module(module).CASES
        for case in cases:
            if not chosen or case.__name__ in chosen or module in chosen:
                tally.run(f"{module}.{case.__name__}", lambda: asyncio.run(asyncio.wait_for(case(), 120)))
    tally.finish()


if __name__ == "__main__":
    main()
