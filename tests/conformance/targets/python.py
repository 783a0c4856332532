"""The Python server: `RedeemEndpoint` under uvicorn, made of the installed wheel."""

from __future__ import annotations

import os
import sys
from typing import Any

from serving import serve

import idjag
from idjag import asgi, fetch, replay

LOOPBACK = {"dangerous_allow_http_loopback": True}


def make(told: dict[str, Any], issuer: str) -> tuple[Any, dict[str, Any]]:
    idp, token_endpoint = told["idp"], f"{issuer}/token"
    server = idjag.ResourceAuthorizationServer(
        issuer=issuer,
        token_endpoint=token_endpoint,
        trusted_issuers=[{"issuer": idp["issuer"], "algorithms": idp["algorithms"]}],
        resources=[
            {"id": told["resource"], "scopes": told["scope"]},
            {"id": told["other_resource"], "scopes": told["other_scope"]},
        ],
        **LOOPBACK,
    )
    records = {client["client_id"]: record(client) for client in told["clients"]}
    signer = idjag.SigningKey(alg="ES256", kid="as-1", random=os.urandom(32))
    fetcher = fetch.KeyFetcher(
        issuer=idp["issuer"], algorithms=idp["algorithms"], min_refresh_interval=1, **LOOPBACK
    )
    published = idjag.KeySet(issuer=issuer, jwks={"keys": [signer.public_jwk]}, algorithms=["ES256"], **LOOPBACK)
    authorization_server = asgi.RedeemEndpoint(
        server,
        metadata={
            "issuer": issuer,
            "token_endpoint": token_endpoint,
            "jwks_uri": f"{issuer}/jwks",
            "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic", "client_secret_post"],
            "dpop_signing_alg_values_supported": ["ES256"],
            **LOOPBACK,
        },
        jwks=published,
        signer=signer,
        keys=fetch.KeySets(fetcher).keys,
        clients=records.get,
        accounts=lambda claims: {"subject": claims["sub"]} if claims["sub"] == told["subject"] else None,
        store=replay.MemoryStore(),
        on_error=lambda error: print(repr(error), file=sys.stderr),
    )
    resource_server = idjag.ResourceServer(
        resource=told["resource"],
        authorization_servers=[{"issuer": issuer}],
        access={"methods": {"tools/list": {"scope": "rows:read"}}},
        **LOOPBACK,
    )
    mcp_server = asgi.Guard(answer, resource_server, keys=fetch.KeySets((issuer, published)).keys)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        is_mcp = scope["type"] == "http" and scope["path"] == "/mcp"
        await (mcp_server if is_mcp else authorization_server)(scope, receive, send)

    return app, {"mcp_url": f"{issuer}/mcp"}


async def answer(scope: Any, receive: Any, send: Any) -> None:
    """The MCP server behind the guard."""
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}'})


def record(client: dict[str, Any]) -> Any:
    made = {"client_id": client["client_id"], "token_endpoint_auth_method": client["method"]}
    if "secret" in client:
        made["client_secret_sha256"] = [idjag.digest_client_secret(client_secret=client["secret"])["sha256"]]
    if "public_jwk" in client:
        made["jwks"] = {"keys": [client["public_jwk"]]}
    return made


if __name__ == "__main__":
    serve(make)
