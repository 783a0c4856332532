"""The authorization server: it takes the identity provider's grants (ID-JAGs), each once, for access tokens."""

from __future__ import annotations

import json
import logging
from typing import Any

import redis.asyncio

import idjag
from config import Config
from idjag import asgi, fetch, replay
from tools import SCOPES

log = logging.getLogger("notes")


def record(decision: Any) -> None:
    """The audit trail: a line for each decision. There is no token in it."""
    print(json.dumps(decision), flush=True)


def failed(error: Exception) -> None:
    """What went wrong on this side; nobody outside is told more than that something did."""
    log.error("%s: %s", type(error).__name__, error)


def store_of(config: Config) -> replay.ReplayStore:
    """Where it is remembered which grants have been used."""
    if config.redis_url is None:
        return replay.MemoryStore()
    # The connections are limited and wait for each other; while Redis does not answer, nothing is granted.
    pool = redis.asyncio.BlockingConnectionPool.from_url(config.redis_url, max_connections=50, socket_timeout=2)
    return replay.RedisStore(redis.asyncio.Redis(connection_pool=pool))


def published(config: Config) -> idjag.KeySet:
    """The public key, which the MCP server verifies access tokens with."""
    return idjag.KeySet(
        issuer=config.issuer, jwks={"keys": [config.key.public_jwk]}, algorithms=["ES256"], **config.loopback
    )


def account(claims: Any) -> Any:
    """The user of a grant. A real server finds its own account by the issuer, the tenant and `sub`, never by `sub` alone."""
    return {"subject": f"{claims['iss']} {claims['sub']}"}


def authorization_server(config: Config) -> asgi.RedeemEndpoint:
    """Its token endpoint, its metadata and its keys."""
    issuer = config.issuer
    server = idjag.ResourceAuthorizationServer(
        issuer=issuer,
        token_endpoint=f"{issuer}/token",
        trusted_issuers=[{"issuer": config.idp}],
        resources=[{"id": config.resource, "scopes": SCOPES}],
        **config.loopback,
    )
    keys = fetch.KeySets(fetch.KeyFetcher(issuer=config.idp, on_error=failed, **config.loopback))
    return asgi.RedeemEndpoint(
        server,
        metadata={"issuer": issuer, "token_endpoint": f"{issuer}/token", "jwks_uri": f"{issuer}/jwks", **config.loopback},
        jwks=published(config),
        signer=config.key,
        keys=keys.keys,
        clients=config.clients.get,
        accounts=account,
        store=store_of(config),
        on_record=record,
        on_error=failed,
    )
