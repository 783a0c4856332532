"""What each scenario is about: the grant, who the client is, and what the host has."""

from __future__ import annotations

import base64
import json
import os
from typing import Any

import httpx
import idjag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

Json = dict[str, Any]

REDIRECT_URI = "http://127.0.0.1:8765/callback"
# The document that the suite's servers know; it is never fetched.
DOCUMENT = "https://conformance-test.local/client-metadata.json"


async def scenario_of(name: str, resource: str) -> tuple[Json, Json]:
    """The options of the client, and what drives its connection."""
    context: Json = json.loads(os.environ.get("MCP_CONFORMANCE_CONTEXT", "{}"))

    async def registered(method: str, **more: Any) -> list[Json]:
        # The suite registers clients without saying where: it is whoever the server trusts.
        issuer, client_id = await _issuer_of(resource), context["client_id"]
        return [{"issuer": issuer, "client_id": client_id, "token_endpoint_auth_method": method, **more}]

    if name == "auth/enterprise-managed-authorization":
        return _enterprise(context, await registered("client_secret_basic", client_secret=context["client_secret"]))
    if name == "auth/client-credentials-basic":
        credentials = await registered("client_secret_basic", client_secret=context["client_secret"])
        return {"grant": "client_credentials", "credentials": credentials}, {}
    if name == "auth/client-credentials-jwt":
        credentials = await registered("private_key_jwt", jwk=_jwk(context))
        return {"grant": "client_credentials", "credentials": credentials}, {}
    if name == "auth/wif-jwt-bearer":
        options = {"grant": "jwt_bearer", "credentials": await registered("none")}
        return options, {"assertion": lambda need: context["valid_jwt"]}
    return _interactive(name, context)


def _enterprise(context: Json, credentials: list[Json]) -> tuple[Json, Json]:
    issuer, token = context["idp_issuer"], context["idp_id_token"]
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    own = {"issuer": issuer, "client_id": context["idp_client_id"], "token_endpoint_auth_method": "none"}
    options = {
        "idp": {"issuer": issuer, "token_endpoint": context["idp_token_endpoint"]},
        "idp_credentials": own,
        "credentials": credentials,
        # The suite's authorization server does not list the profile in its metadata.
        "accepting_unlisted_profile": True,
    }
    return options, {"identity": lambda need: {"issuer": issuer, "id_token": token, "expires_at": claims["exp"]}}


def _interactive(name: str, context: Json) -> tuple[Json, Json]:
    """The user, whose browser the suite's servers send back at once."""
    credentials = []
    if "issuer" in context:
        known = {member: context[member] for member in ("issuer", "client_id", "client_secret")}
        credentials.append({**known, "token_endpoint_auth_method": "client_secret_basic"})
    options: Json = {
        "grant": "authorization_code",
        "redirect_uri": REDIRECT_URI,
        "registering_as": "idjag conformance client",
        "document": {"client_id": DOCUMENT, "token_endpoint_auth_method": "none"},
        "credentials": credentials,
    }
    if name.startswith("auth/dpop"):
        options["dpop"] = idjag.SigningKey(alg="ES256", kid="proofs", random=os.urandom(32))
    return options, {"authorization": _authorization}


async def _authorization(need: Any) -> str:
    async with httpx.AsyncClient(trust_env=False) as browser:
        response = await browser.get(need["authorization_url"], follow_redirects=False)
    return response.headers["location"]


async def _issuer_of(resource: str) -> str:
    """The authorization server of an MCP server."""
    discovery = idjag.Discovery(resource=resource, dangerous_allow_http_loopback=True)
    async with httpx.AsyncClient(trust_env=False) as http:
        while True:
            request: Any = discovery.next()["request"]
            answer = await http.get(request["url"], headers=[tuple(field) for field in request["headers"]])
            headers = [list(field) for field in answer.headers.multi_items()]
            progress = discovery.receive(
                response={"status": answer.status_code, "headers": headers, "body": answer.text}
            )
            if progress["done"]:
                return progress["authorization_server"]["issuer"]


def _jwk(context: Json) -> Json:
    key = load_pem_private_key(context["private_key_pem"].encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    numbers = key.private_numbers()

    def text(number: int) -> str:
        return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()

    public = {"x": text(numbers.public_numbers.x), "y": text(numbers.public_numbers.y)}
    alg = context["signing_algorithm"]
    return {"kty": "EC", "crv": "P-256", "alg": alg, "kid": "conformance", "d": text(numbers.private_value), **public}
