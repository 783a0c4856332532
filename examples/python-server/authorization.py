"""The authorization server: it takes the identity provider's grants (ID-JAGs), each once, for access tokens."""

from __future__ import annotations

import json
import logging
from typing import Any

import redis.asyncio

import idjag
from config import Config
from idjag import asgi, fetch, replay, revocations
from tools import SCOPES

log = logging.getLogger("notes")


def record(decision: Any) -> None:
    """The audit trail: a line for each decision. There is no token in it."""
    print(json.dumps(decision), flush=True)


def failed(error: Exception) -> None:
    """What went wrong on this side; nobody outside is told more than that something did."""
    log.error("%s: %s", type(error).__name__, error)


def stores_of(config: Config) -> tuple[replay.ReplayStore, revocations.RevocationStore]:
    """Where it is remembered which grants have been used, and which tokens were given up."""
    if config.redis_url is None:
        return replay.MemoryStore(), revocations.MemoryStore()
    # The connections are limited and wait for each other; while Redis does not answer, nothing is granted.
    pool = redis.asyncio.BlockingConnectionPool.from_url(config.redis_url, max_connections=50, socket_timeout=2)
    client = redis.asyncio.Redis(connection_pool=pool)
    return replay.RedisStore(client), revocations.RedisStore(client)


def published(config: Config) -> idjag.KeySet:
    """The public key, which the MCP server verifies access tokens with."""
    return idjag.KeySet(
        issuer=config.issuer, jwks={"keys": [config.key.public_jwk]}, algorithms=["ES256"], **config.loopback
    )


def account(claims: Any) -> Any:
    """The user of a grant. A real server finds its own account by the issuer, the tenant and `sub`, never by `sub` alone."""
    return {"subject": f"{claims['iss']} {claims['sub']}"}


def authorization_server(
    config: Config, store: replay.ReplayStore, revoked: revocations.RevocationStore
) -> asgi.RedeemEndpoint:
    """Its endpoints, its metadata and its keys."""
    issuer = config.issuer
    metadata = {"issuer": issuer, "token_endpoint": f"{issuer}/token", "revocation_endpoint": f"{issuer}/revoke"}
    server = idjag.ResourceAuthorizationServer(
        issuer=issuer,
        token_endpoint=f"{issuer}/token",
        revocation_endpoint=f"{issuer}/revoke",
        trusted_issuers=[{"issuer": config.idp}],
        resources=[{"id": config.resource, "scopes": SCOPES}],
        **config.loopback,
    )
    keys = fetch.KeySets(fetch.KeyFetcher(issuer=config.idp, on_error=failed, **config.loopback))
    return asgi.RedeemEndpoint(
        server,
        metadata={**metadata, "jwks_uri": f"{issuer}/jwks", **config.loopback},
        jwks=published(config),
        signer=config.key,
        keys=keys.keys,
        clients=config.clients.get,
        accounts=account,
        store=store,
        revocations=revoked,
        on_record=record,
        on_error=failed,
    )
