"""What the environment says: addresses, keys, clients."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import idjag


@dataclass(frozen=True)
class Config:
    """How this server is run."""

    origin: str
    """Where the world reaches it."""

    idp: str
    """The identity provider's issuer identifier."""

    key: idjag.SigningKey
    """Signs access tokens."""

    clients: dict[str, Any]
    """The registered clients, by their identifiers."""

    redis_url: str | None
    host: str
    port: int

    loopback: dict[str, Any]
    """An option of everything that reads addresses: in development, `http` on this machine is taken too."""

    @property
    def issuer(self) -> str:
        """The authorization server. It is on this site, under a path of its own."""
        return f"{self.origin}/auth"

    @property
    def resource(self) -> str:
        """The MCP server."""
        return f"{self.origin}/mcp"


def from_environment() -> Config:
    """Reads the environment. What is missing is said before anything listens."""
    signing_key, clients = os.environ.get("SIGNING_KEY"), Path(os.environ.get("CLIENTS", "clients.json"))
    if signing_key is None:
        # Tokens are good until the next start, and in this process alone.
        key = idjag.SigningKey(alg="ES256", kid=secrets.token_hex(4), random=secrets.token_bytes(32))
    else:
        key = idjag.SigningKey(jwk=Path(signing_key).read_text())
    return Config(
        origin=os.environ["ORIGIN"].rstrip("/"),
        idp=os.environ["IDP"],
        key=key,
        clients={client["client_id"]: client for client in json.loads(clients.read_text())},
        redis_url=os.environ.get("REDIS_URL"),
        host=os.environ.get("HOST", "127.0.0.1"),
        port=int(os.environ.get("PORT", "8080")),
        loopback={"dangerous_allow_http_loopback": True} if os.environ.get("DEVELOPMENT") == "1" else {},
    )
