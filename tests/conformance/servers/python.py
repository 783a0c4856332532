"""A resource authorization server for the official suite, made of the installed wheel. Prints its issuer identifier, and
ends with its input.
"""

from __future__ import annotations

import os
import socket
import sys
import threading

import idjag
import uvicorn
from idjag import asgi, fetch, replay

ALGORITHMS = ["ES256"]
IDP = "https://idp.example"
RESOURCE = "https://mcp.example/mcp"


def application(issuer: str) -> asgi.RedeemEndpoint:
    signer = idjag.SigningKey(alg="ES256", kid="as-1", random=os.urandom(32))
    jwks = {"keys": [signer.public_jwk]}
    return asgi.RedeemEndpoint(
        idjag.ResourceAuthorizationServer(
            issuer=issuer,
            token_endpoint=f"{issuer}/token",
            trusted_issuers=[{"issuer": IDP, "algorithms": ALGORITHMS}],
            resources=[{"id": RESOURCE, "scopes": "rows:read"}],
            dangerous_allow_http_loopback=True,
        ),
        metadata={
            "issuer": issuer,
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/jwks",
            # The sign-on that the host has had all along: users may still come that way.
            "authorization_endpoint": f"{issuer}/authorize",
            "client_id_metadata_document_supported": True,
            "dangerous_allow_http_loopback": True,
        },
        jwks=idjag.KeySet(issuer=issuer, jwks=jwks, algorithms=ALGORITHMS, dangerous_allow_http_loopback=True),
        signer=signer,
        keys=fetch.KeySets(fetch.KeyFetcher(issuer=IDP, algorithms=ALGORITHMS)).keys,
        clients=fetch.ClientFetcher(role="resource_authorization_server").client,
        accounts=lambda claims: {"subject": claims["sub"]},
        store=replay.MemoryStore(),
        on_error=lambda error: print(repr(error), file=sys.stderr),
    )


def end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    listening = socket.create_server(("127.0.0.1", 0))
    issuer = f"http://127.0.0.1:{listening.getsockname()[1]}"
    threading.Thread(target=end_with_input, daemon=True).start()
    # Whoever connects before it runs waits in the queue of the socket.
    print(issuer, flush=True)
    uvicorn.Server(uvicorn.Config(application(issuer), log_level="critical", lifespan="off")).run([listening])
