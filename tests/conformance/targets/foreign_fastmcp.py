"""FastMCP's own authorization server: `OAuthProxy` with `IdentityAssertion`, as its documentation sets it up.

What is ours is the configuration: the trusted issuer, its one algorithm, the scopes, and two clients that registered
themselves, as its clients do. Every client that registers is made a public one, so there are no others.
"""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from fastmcp import FastMCP
from fastmcp.server.auth import IdentityAssertion, OAuthProxy
from fastmcp.server.auth.providers.jwt import StaticTokenVerifier
from serving import serve


def make(told: dict[str, Any], origin: str) -> tuple[Any, Any]:
    idp = told["idp"]
    auth = OAuthProxy(
        upstream_authorization_endpoint="https://upstream.example/authorize",
        upstream_token_endpoint="https://upstream.example/token",
        upstream_client_id="upstream",
        upstream_client_secret="a secret of the upstream server",
        token_verifier=StaticTokenVerifier(tokens={}),
        base_url=origin,
        identity_assertion=IdentityAssertion(
            trusted_issuers=[idp["issuer"]], jwks_uris={idp["issuer"]: idp["jwks_uri"]}, algorithm="ES256"
        ),
        valid_scopes=told["scope"].split(),
    )
    app = FastMCP("conformance", auth=auth).http_app(path="/mcp")

    def ready() -> dict[str, Any]:
        clients = [{"client_id": register(origin), "method": "none"} for _ in range(2)]
        return {
            "url": metadata(origin)["issuer"],
            "clients": clients,
            "resource": f"{origin}/mcp",
            "other_resource": None,
            "algorithms": ["ES256"],
            "mcp_url": f"{origin}/mcp",
        }

    return app, ready


def metadata(origin: str) -> Any:
    return fetched(f"{origin}/.well-known/oauth-authorization-server")


def register(origin: str) -> str:
    wanted = {"redirect_uris": ["http://localhost/callback"], "client_name": "conformance"}
    request = urllib.request.Request(
        f"{origin}/register", json.dumps(wanted).encode(), {"content-type": "application/json"}
    )
    return str(fetched(request)["client_id"])


def fetched(request: Any) -> Any:
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


if __name__ == "__main__":
    serve(make)
