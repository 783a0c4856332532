"""The tools, and what each requires. A tool that is not in `ACCESS` is refused, and nobody is told of it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations

SCOPES = "notes:read notes:write"
# Tokens that have no other scopes reach no tool but those that only read.
READ_ONLY_SCOPES = "notes:read"
ACCESS: Any = {
    "tools": {
        "list_notes": {"scope": "notes:read", "read_only": True},
        "add_note": {"scope": "notes:write"},
    }
}

mcp: MCPServer[Any] = MCPServer("notes")
_notes: dict[str, list[str]] = defaultdict(list)


def _user() -> str:
    """Who calls. The guard has verified it."""
    caller = get_access_token()
    if caller is None or caller.subject is None:
        raise PermissionError("nobody has signed on")
    return caller.subject


@mcp.tool(annotations=ToolAnnotations(read_only_hint=True))
def list_notes() -> list[str]:
    """The user's notes."""
    return _notes[_user()]


@mcp.tool()
def add_note(text: str) -> str:
    """Adds a note."""
    _notes[_user()].append(text)
    return "added"
