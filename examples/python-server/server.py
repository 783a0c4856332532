"""What is served where: the authorization server under `/auth`, and the MCP server behind its guard at `/mcp`."""

from __future__ import annotations

from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount, Route

import idjag
from authorization import authorization_server, failed, published, record, stores_of
from config import Config, from_environment
from idjag.mcp.server import protect
from tools import ACCESS, READ_ONLY_SCOPES, mcp


def application(config: Config) -> Starlette:
    """Everything on one site."""
    store, revoked = stores_of(config)
    redeem = authorization_server(config, store, revoked)
    keys = published(config)
    server = idjag.ResourceServer(
        resource=config.resource,
        authorization_servers=[{"issuer": config.issuer}],
        access=ACCESS,
        read_only_scopes=READ_ONLY_SCOPES,
        revocation="required",
        initial_scope="notes:read",
        **config.loopback,
    )
    told: dict[str, Any] = {"revocations": revoked, "on_record": record, "on_error": failed}
    guard = protect(mcp, server, keys=lambda issuer, kid: keys, access=ACCESS, **told)
    return Starlette(
        routes=[*[Route(path, redeem) for path in redeem.paths], Mount("/", guard)], lifespan=guard.lifespan
    )


if __name__ == "__main__":
    found = from_environment()
    # Public addresses come from `ORIGIN`: what a proxy says of them is not asked.
    uvicorn.run(application(found), host=found.host, port=found.port, proxy_headers=False, access_log=False)
