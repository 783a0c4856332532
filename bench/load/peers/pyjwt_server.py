"""examples/python-server with PyJWT in place of idjag: the same tools, the same addresses, the same checks written by hand, and
a line for each decision. Without what the library also does: revocation, keys that rotate, the policy, DPoP.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec
from mcp.server.auth.middleware.auth_context import AuthContextMiddleware
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.authentication import AuthCredentials
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

sys.path.insert(0, str(Path(__file__).parents[3] / "examples/python-server"))
from tools import ACCESS, mcp

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "jti", "client_id"]
ORIGIN, IDP = os.environ["ORIGIN"], os.environ["IDP"]
ISSUER, RESOURCE = f"{ORIGIN}/auth", f"{ORIGIN}/mcp"
KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = KEY.public_key()
CLIENTS = {client["client_id"]: client for client in json.loads(Path(os.environ["CLIENTS"]).read_text())}
used: dict[tuple[str, str], int] = {}


def fetched(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=5) as response:
        return json.load(response)


IDP_KEYS = jwt.PyJWKSet.from_dict(fetched(fetched(f"{IDP}/.well-known/openid-configuration")["jwks_uri"]))


def record(**line: Any) -> None:
    print(json.dumps(line), flush=True)


def refused(error: str, status: int = 400) -> Response:
    return JSONResponse({"error": error}, status, {"cache-control": "no-store"})


def authenticated(header: str) -> str | None:
    """The client whose secret the request has."""
    scheme, _, credentials = header.partition(" ")
    if scheme != "Basic":
        return None
    name, _, secret = base64.b64decode(credentials).decode().partition(":")
    digest = hashlib.sha256(unquote(secret).encode()).digest()
    known = CLIENTS.get(unquote(name), {}).get("client_secret_sha256", [])
    stored = [base64.urlsafe_b64decode(one + "=" * (-len(one) % 4)) for one in known]
    return unquote(name) if any(hmac.compare_digest(one, digest) for one in stored) else None


async def redeem(request: Request) -> Response:
    client = authenticated(request.headers.get("authorization", ""))
    if client is None:
        return refused("invalid_client", 401)
    form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
    if form.get("grant_type") != GRANT_TYPE:
        return refused("unsupported_grant_type")
    try:
        assertion = form.get("assertion", "")
        header = jwt.get_unverified_header(assertion)
        grant = jwt.decode(
            assertion, IDP_KEYS[header["kid"]].key, algorithms=["ES256"], audience=ISSUER, issuer=IDP, leeway=60,
            options={"require": REQUIRED},
        )  # fmt: skip
    except (jwt.PyJWTError, KeyError):
        return refused("invalid_grant")
    is_fit = grant["client_id"] == client and grant["exp"] - grant["iat"] <= 3600 and grant["resource"] == RESOURCE
    name = (grant["iss"], grant["jti"])
    if header.get("typ") != "oauth-id-jag+jwt" or not is_fit or name in used:
        return refused("invalid_grant")
    used[name] = grant["exp"]
    scope = " ".join(one for one in grant["scope"].split() if one in ("notes:read", "notes:write"))
    now = int(time.time())
    claims = {
        "iss": ISSUER, "sub": f"{grant['iss']} {grant['sub']}", "aud": RESOURCE, "client_id": client, "scope": scope,
        "jti": secrets.token_urlsafe(16), "iat": now, "exp": now + 300,
    }  # fmt: skip
    token = jwt.encode(claims, KEY, "ES256", {"typ": "at+jwt", "kid": "notes-1"})
    record(time=now, role="resource_as", outcome="permit", client_id=client, subject=grant["sub"], jti=grant["jti"])
    answer = {"access_token": token, "token_type": "Bearer", "expires_in": 300, "scope": scope}
    return JSONResponse(answer, headers={"cache-control": "no-store"})


class Guard:
    """Verifies the token and decides on the message, as the guard of `idjag` does."""

    def __init__(self, app: Any) -> None:
        self._app = AuthContextMiddleware(app)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            if kind != "Bearer" or jwt.get_unverified_header(token).get("typ") != "at+jwt":
                raise jwt.InvalidTokenError
            claims = jwt.decode(
                token, PUBLIC, algorithms=["ES256"], audience=RESOURCE, issuer=ISSUER, leeway=60, options={"require": REQUIRED}
            )
        except jwt.PyJWTError:
            await refused("invalid_token", 401)(scope, receive, send)
            return
        body = await request.body()
        message, scopes = json.loads(body), claims["scope"].split()
        method, name = message["method"], message.get("params", {}).get("name")
        needed = ACCESS["tools"].get(name, {}).get("scope") if method == "tools/call" else "notes:read"
        if needed not in scopes:
            await refused("insufficient_scope", 403)(scope, receive, send)
            return
        record(time=int(time.time()), role="resource_server", outcome="permit", operation=name or method, jti=claims["jti"])
        user = AuthenticatedUser(
            AccessToken(
                token=token, client_id=claims["client_id"], scopes=scopes, expires_at=claims["exp"], resource=RESOURCE,
                subject=claims["sub"], claims=claims,
            )
        )  # fmt: skip
        first = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Any:
            return first.pop() if first else await receive()

        await self._app({**scope, "user": user, "auth": AuthCredentials(scopes)}, again, send)


async def metadata(_: Request) -> Response:
    return JSONResponse({"resource": RESOURCE, "authorization_servers": [ISSUER]})


def application() -> Starlette:
    host = ORIGIN.partition("://")[2]
    inner = mcp.streamable_http_app(
        streamable_http_path="/mcp",
        transport_security=TransportSecuritySettings(allowed_hosts=[host], allowed_origins=[ORIGIN]),
    )
    return Starlette(
        routes=[
            Route("/auth/token", redeem, methods=["POST"]),
            Route("/.well-known/oauth-protected-resource/mcp", metadata),
            Mount("/", Guard(inner)),
        ],
        lifespan=lambda _: inner.router.lifespan_context(inner),
    )


if __name__ == "__main__":
    uvicorn.run(application(), host="127.0.0.1", port=int(os.environ["PORT"]), proxy_headers=False, access_log=False)
