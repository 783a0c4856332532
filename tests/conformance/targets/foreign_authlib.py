"""authlib's ID-JAG grant, `authlib.oauth2.drafts.IDJAGGrant`, at a token endpoint under Starlette.

authlib is a library for hosts. What its class leaves to them is done here as its documentation says: the issuer's keys by
`kid` (asked for again when one is unknown), users, each `jti` once for as long as the grant lives, and a JWT access token
for the one resource there is. The policy hook permits: nothing in the documentation asks it to look at more. So what is
found about typ, signature, claims, client and scope is the library's doing; the `resource` claim is given to hosts, who
could look at it in that hook; metadata and keys are served by us.
"""

from __future__ import annotations

import json
import os
import secrets
import time
import urllib.request
from collections import defaultdict
from typing import Any
from urllib.parse import parse_qsl

from authlib.oauth2.drafts.id_jag import IDJAGGrant
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, InvalidGrantError, OAuth2Payload, OAuth2Request
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from joserfc import jwk
from serving import serve
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

# The address is one of this machine.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

METHODS = {"private_key_jwt": JWTBearerClientAssertion.CLIENT_AUTH_METHOD}


class Client(ClientMixin):  # type: ignore[misc]
    def __init__(self, told: dict[str, Any], scopes: set[str]) -> None:
        self.told = told
        self.scopes = scopes

    def get_client_id(self) -> str:
        return str(self.told["client_id"])

    def check_client_secret(self, secret: str) -> bool:
        return secrets.compare_digest(self.told.get("secret", "").encode(), secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        own = self.told["method"]
        return bool(method == METHODS.get(own, own))

    def check_grant_type(self, grant_type: str) -> bool:
        return bool(grant_type == IDJAGGrant.GRANT_TYPE)

    def get_allowed_scope(self, scope: str) -> str:
        return " ".join(one for one in (scope or "").split() if one in self.scopes)


class User:
    def __init__(self, subject: str) -> None:
        self.subject = subject

    def get_user_id(self) -> str:
        return self.subject


class Payload(OAuth2Payload):  # type: ignore[misc]
    """The form; of what is there twice, the first, as its integration for Flask has it."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs

    @property
    def data(self) -> dict[str, str]:
        return dict(reversed(self.pairs))

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        values = defaultdict(list)
        for name, value in self.pairs:
            values[name].append(value)
        return values


class TokenRequest(OAuth2Request):  # type: ignore[misc]
    def __init__(self, request: Request, body: bytes) -> None:
        super().__init__(request.method, str(request.url), headers=request.headers)
        is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True) if is_form else []
        self.payload = Payload(pairs)

    @property
    def form(self) -> dict[str, str]:
        return self.payload.data


class Server(AuthorizationServer):  # type: ignore[misc]
    def __init__(self, clients: dict[str, Client], scopes: list[str]) -> None:
        super().__init__(scopes_supported=scopes)
        self.clients = clients

    def query_client(self, client_id: str) -> Client | None:
        return self.clients.get(client_id)

    def save_token(self, token: Any, request: Any) -> None:
        pass

    def create_oauth2_request(self, request: Any) -> TokenRequest:
        return request if isinstance(request, TokenRequest) else TokenRequest(*request)

    def handle_response(self, status: int, payload: Any, headers: Any) -> Response:
        kind = JSONResponse if isinstance(payload, dict) else Response
        return kind(payload, status, dict(headers))

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        pass


class Once:
    """What was seen, until it does not matter any more."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, str], float] = {}

    def first(self, issuer: str, jti: str, until: float) -> bool:
        now = time.time()
        self.seen = {key: end for key, end in self.seen.items() if end > now}
        return self.seen.setdefault((issuer, jti), until) is until


def fetched(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as response:
        return json.load(response)


def make(told: dict[str, Any], issuer: str) -> tuple[Any, dict[str, Any]]:
    idp, scopes = told["idp"], told["scope"].split()
    own = jwk.ECKey.generate_key("P-256", {"kid": "as-1", "use": "sig", "alg": "ES256"})
    once, cached = Once(), {"keys": fetched(idp["jwks_uri"])}

    class Grant(IDJAGGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", *METHODS.values()]

        def get_audiences(self) -> list[str]:
            return [issuer]

        def resolve_issuer_key(self, claimed: str, headers: dict[str, Any]) -> jwk.KeySet:
            if claimed != idp["issuer"]:
                raise InvalidGrantError("The issuer is not trusted")
            known = {key["kid"] for key in cached["keys"]["keys"]}
            if headers.get("kid") not in known:
                cached["keys"] = fetched(idp["jwks_uri"])
            return jwk.KeySet.import_key_set(cached["keys"])

        def authenticate_user(self, subject: str) -> Any:
            return User(subject) if subject == told["subject"] else None

        def check_jti(self, claims: Any, jti: str) -> bool:
            return once.first(claims["iss"], jti, float(claims["exp"]) + self.LEEWAY)

        def check_id_jag_permission(self, client: Any, user: Any, scopes: Any) -> bool:
            return True

    class Assertion(JWTBearerClientAssertion):  # type: ignore[misc]
        def get_audiences(self) -> list[str]:
            return [issuer]

        def validate_jti(self, claims: Any, jti: str) -> bool:
            return once.first(claims["sub"], jti, float(claims["exp"]) + self.leeway)

        def resolve_client_public_key(self, client: Client) -> Any:
            return jwk.import_key(client.told["public_jwk"])

    class Tokens(JWTBearerTokenGenerator):  # type: ignore[misc]
        def get_jwks(self) -> Any:
            return own

        def get_audiences(self, client: Any, user: Any, scope: Any) -> str:
            return str(told["resource"])

    clients = {client["client_id"]: Client(client, set(scopes)) for client in told["clients"]}
    server = Server(clients, scopes)
    server.register_token_generator("default", Tokens(issuer, alg="ES256"))
    server.register_client_auth_method(Assertion.CLIENT_AUTH_METHOD, Assertion())
    server.register_grant(Grant)

    async def token(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(server.create_token_response, (request, body))

    async def metadata(request: Request) -> Response:
        document = {
            "issuer": issuer,
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/jwks",
            "grant_types_supported": [Grant.GRANT_TYPE],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
            "authorization_grant_profiles_supported": ["urn:ietf:params:oauth:grant-profile:id-jag"],
        }
        return JSONResponse(document)

    async def jwks(request: Request) -> Response:
        return JSONResponse({"keys": [own.as_dict(private=False)]})

    routes = [
        Route("/token", token, methods=["GET", "POST"]),
        Route("/jwks", jwks),
        Route("/.well-known/oauth-authorization-server", metadata),
    ]
    return Starlette(routes=routes), {"other_resource": None}


if __name__ == "__main__":
    serve(make)
