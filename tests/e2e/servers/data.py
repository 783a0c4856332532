"""An MCP server made with the Python SDK, with an authorization server of its own beside it: one ASGI application."""

from __future__ import annotations

from typing import Any

from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations
from tell import opened, serve, settings, tell

import idjag
from idjag import asgi, fetch, replay
from idjag.mcp.server import protect

told = settings()
listener, issuer = opened()
resource = f"{issuer}/mcp"
LOOPBACK: Any = {"dangerous_allow_http_loopback": True}
ACCESS: Any = {"tools": {"read_rows": {"scope": "rows:read"}, "write_rows": {"scope": "rows:write"}}}

signer = idjag.SigningKey(alg="ES256", kid="py-1", random=told["random"])
digest = idjag.digest_client_secret(client_secret=told["secret"])["sha256"]
clients: Any = {
    f"{app}-at-py": {
        "client_id": f"{app}-at-py",
        "token_endpoint_auth_method": "client_secret_basic",
        "client_secret_sha256": [digest],
    }
    for app in ("desk", "patch")
}
redeem = asgi.RedeemEndpoint(
    idjag.ResourceAuthorizationServer(
        issuer=issuer,
        token_endpoint=f"{issuer}/token",
        trusted_issuers=[{"issuer": told["idp"]}],
        resources=[{"id": resource, "scopes": "rows:read rows:write"}],
        **LOOPBACK,
    ),
    metadata={"issuer": issuer, "token_endpoint": f"{issuer}/token", "jwks_uri": f"{issuer}/jwks", **LOOPBACK},
    jwks=idjag.KeySet(issuer=issuer, jwks={"keys": [signer.public_jwk]}, algorithms=["ES256"], **LOOPBACK),
    signer=signer,
    keys=fetch.KeySets(fetch.KeyFetcher(issuer=told["idp"], algorithms=["ES256"], **LOOPBACK)).keys,
    clients=clients.get,
    accounts=lambda claims: {"subject": f"py/{claims['sub']}"},
    store=replay.MemoryStore(),
    on_record=lambda record: tell({"record": record}),
)

mcp: MCPServer[Any] = MCPServer("py", log_level="ERROR")


def said(tool: str, table: str) -> dict[str, Any]:
    token = get_access_token()
    return {"tool": tool, "table": table, "user": token and token.subject}


@mcp.tool(annotations=ToolAnnotations(read_only_hint=True))
async def read_rows(table: str) -> dict[str, Any]:
    return said("read_rows", table)


@mcp.tool()
async def write_rows(table: str) -> dict[str, Any]:
    return said("write_rows", table)


@mcp.tool()
async def drop_table(table: str) -> dict[str, Any]:
    return said("drop_table", table)


guard = protect(
    mcp,
    idjag.ResourceServer(
        resource=resource,
        authorization_servers=[{"issuer": issuer}],
        access=ACCESS,
        initial_scope="rows:read",
        proof_single_use=True,
        **LOOPBACK,
    ),
    keys=fetch.KeySets(fetch.KeyFetcher(issuer=issuer, algorithms=["ES256"], **LOOPBACK)).keys,
    store=replay.MemoryStore(),
    on_record=lambda record: tell({"record": record}),
)


async def app(scope: Any, receive: Any, send: Any) -> None:
    of_mcp = scope["type"] == "lifespan" or scope["path"] in ("/mcp", "/.well-known/oauth-protected-resource/mcp")
    await (guard if of_mcp else redeem)(scope, receive, send)


serve(app, listener, {"resource": resource, "issuer": issuer})
