"""A company on loopback: its identity provider, an authorization server, and MCP servers made with the real SDKs."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import time
from contextlib import AsyncExitStack
from typing import Any, Callable

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey
from typing_extensions import Self

import idjag
from idjag import asgi, client, fetch, replay

IDP_KEY = idjag.SigningKey(alg="ES256", kid="idp", random=bytes(range(3, 35)))
AS_KEY = idjag.SigningKey(alg="ES256", kid="as", random=bytes(range(4, 36)))
APP_KEY = idjag.SigningKey(alg="ES256", kid="app", random=bytes(range(5, 37)))
PROOF_KEY = idjag.SigningKey(alg="ES256", kid="proof", random=bytes(range(6, 38)))
SECRET = idjag.digest_client_secret(client_secret="s")["sha256"]
LOOPBACK: Any = {"dangerous_allow_http_loopback": True}
ACCESS: Any = {"tools": {"read_rows": {"scope": "rows:read"}, "write_rows": {"scope": "rows:write"}, "who": {}}}


class Site:
    """A port of this machine, taken before anything is configured with its address."""

    def __init__(self) -> None:
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    async def serve(self, app: Any, stack: AsyncExitStack) -> None:
        """Serves `app` until the stack is closed."""
        config = uvicorn.Config(app, log_level="critical", lifespan="on", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[self.socket]))

        async def stop() -> None:
            server.should_exit = True
            await task

        stack.push_async_callback(stop)
        while not server.started:
            assert not task.done(), "the server does not start"
            await asyncio.sleep(0.01)


def published(issuer: str, key: Any) -> idjag.KeySet:
    return idjag.KeySet(issuer=issuer, jwks={"keys": [key.public_jwk]}, algorithms=["ES256"], **LOOPBACK)


def signed(kind: str, claims: Any, key: Any) -> str:
    """A token of whatever claims, not by the library's own hand."""
    header = {"typ": kind, "alg": "ES256", "kid": key.kid}
    return jwt.encode(header, claims, ECKey.import_key(key.dangerous_export()["jwk"]))


def claims_of(token: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


class World:
    """Opens everything. `mcp(world)` makes the application of the MCP server."""

    # What the scopes are of, and the app's secret at the authorization server.
    of = "rows"
    secret = "s"

    def __init__(self, mcp: Callable[[World], Any], *, redeem: bool = True, **configured: Any) -> None:
        self.idp, self.ras, self.mcp = Site(), Site(), Site()
        self.resource = f"{self.mcp.url}/mcp"
        self.groups = ["engineering"]
        self.records: list[Any] = []
        self.errors: list[Any] = []
        self.sign_ons: list[Any] = []
        self.skew = 0
        self.told: dict[str, Any] = {
            "on_record": self.records.append, "on_error": self.errors.append, "clock": self.now,
        }  # fmt: skip
        self.server = idjag.ResourceServer(
            resource=self.resource,
            authorization_servers=[{"issuer": self.ras.url}],
            access=configured.get("access", ACCESS),
            initial_scope="rows:read",
            **LOOPBACK,
            **configured.get("server", {}),
        )
        fetcher = fetch.KeyFetcher(issuer=self.ras.url, on_error=self.errors.append, **LOOPBACK)
        self.keys = fetch.KeySets(fetcher).keys
        self.exchange = self._exchange(configured.get("idp", {}))
        self.redeem = self._redeem(configured.get("ras", {}))
        self.apps = {self.idp: self.exchange, self.mcp: mcp(self)}
        if redeem:
            self.apps[self.ras] = self.redeem
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for site, app in self.apps.items():
            await site.serve(app, self._stack)
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self._stack.aclose()

    def now(self) -> int:
        return int(time.time()) + self.skew

    def metadata(self, issuer: str) -> dict[str, Any]:
        return {"issuer": issuer, "token_endpoint": f"{issuer}/token", "jwks_uri": f"{issuer}/jwks", **LOOPBACK}

    def policy(self) -> idjag.Policy:
        def rule(name: str, group: str, scopes: str) -> Any:
            return {
                "id": name, "effect": "permit", "apps": {"ids": ["desk"]}, "servers": {"ids": ["data"]},
                "subjects": {"groups_any": [group]}, "scopes": [scopes],
            }  # fmt: skip

        server: Any = {
            "id": "data", "issuer": self.ras.url, "resources": [self.resource],
            "scope_sets": {"read": [f"{self.of}:read"], "write": [f"{self.of}:write"]}, "client_ids": {"desk": "desk-at-data"},
        }  # fmt: skip
        document: Any = {
            "version": 1,
            "apps": [{"id": "desk", "client_ids": ["desk"], "status": "approved"}],
            "servers": [server],
            "rules": [rule("all-read", "engineering", "@read"), rule("leads-write", "leads", "@write")],
        }
        return idjag.Policy(document=document, **LOOPBACK)

    def _exchange(self, changed: Any) -> asgi.ExchangeEndpoint:
        provider = idjag.IdentityProvider(
            issuer=self.idp.url, token_endpoint=f"{self.idp.url}/token", subject_tokens=["refresh_token", "saml2"],
            saml_clients={"urn:desk": "desk"}, **LOOPBACK,
        )  # fmt: skip
        options: dict[str, Any] = {
            "metadata": self.metadata(self.idp.url), "jwks": published(self.idp.url, IDP_KEY), "signer": IDP_KEY,
            "policy": self.policy(), "clients": self.registered, "users": self.user, "attest": self.attested,
            "store": replay.MemoryStore(),
        }  # fmt: skip
        return asgi.ExchangeEndpoint(provider, **{**options, **self.told, **changed})

    def _redeem(self, changed: Any) -> asgi.RedeemEndpoint:
        server = idjag.ResourceAuthorizationServer(
            issuer=self.ras.url, token_endpoint=f"{self.ras.url}/token", trusted_issuers=[{"issuer": self.idp.url}],
            resources=[{"id": self.resource, "scopes": "rows:read rows:write"}], **LOOPBACK,
        )  # fmt: skip
        fetcher = fetch.KeyFetcher(issuer=self.idp.url, on_error=self.errors.append, **LOOPBACK)
        options: dict[str, Any] = {
            "metadata": self.metadata(self.ras.url), "jwks": published(self.ras.url, AS_KEY), "signer": AS_KEY,
            "keys": fetch.KeySets(fetcher).keys, "clients": self.registered, "accounts": self.account,
            "store": replay.MemoryStore(),
        }  # fmt: skip
        return asgi.RedeemEndpoint(server, **{**options, **self.told, **changed})

    def registered(self, client_id: str) -> Any:
        if client_id == "desk":
            jwks = {"keys": [APP_KEY.public_jwk]}
            return {"client_id": client_id, "token_endpoint_auth_method": "private_key_jwt", "jwks": jwks}
        if client_id != "desk-at-data":
            return None
        method = "client_secret_post"
        return {"client_id": client_id, "token_endpoint_auth_method": method, "client_secret_sha256": [SECRET]}

    def user(self, subject: Any, audience: str, client_id: str) -> Any:
        is_known = (audience, client_id, subject["subject"]) == (self.ras.url, "desk", "user")
        return {"subject": "user", "groups": self.groups} if is_known else None

    def account(self, claims: Any) -> Any:
        return {"subject": f"{claims['iss']} {claims['sub']}"}

    def attested(self, token: Any, client_id: str) -> Any:
        if token["token"] == "refresh-1":
            vouched: Any = {"refresh_token": {"issued_here": True, "client_id": "desk", "revoked": False}}
        elif token["token"] == "PHNhbWw+":
            vouched = {"saml2": {"valid": True, "audience": "urn:desk", "expires_at": self.now() + 60}}
        else:
            return None
        return {"subject": "user", "vouched": vouched}

    def sign_on(self, need: Any = None) -> Any:
        self.sign_ons.append(need)
        now = self.now()
        claims: Any = {"iss": self.idp.url, "sub": "user", "aud": "desk", "iat": now, "exp": now + 300, "auth_time": now}
        token = signed("JWT", claims, IDP_KEY)
        return {"issuer": self.idp.url, "id_token": token, "expires_at": now + 300}

    async def app(self, dpop: Any = None, **more: Any) -> idjag.Client:
        """The app, as it is registered on both sides."""
        at_idp: Any = {"issuer": self.idp.url, "client_id": "desk", "token_endpoint_auth_method": "private_key_jwt"}
        method = "client_secret_post"
        at_data: Any = {"issuer": self.ras.url, "client_id": "desk-at-data", "token_endpoint_auth_method": method}
        idp: Any = await client.discover_issuer(self.idp.url, **LOOPBACK)
        credentials: Any = [{**at_data, "client_secret": self.secret}]
        return idjag.Client(
            idp=idp, idp_credentials=at_idp, credentials=credentials, signer=APP_KEY, dpop=dpop, **LOOPBACK, **more
        )

    async def connection(self, dpop: Any = None, resource: str | None = None, **more: Any) -> idjag.Connection:
        return idjag.Connection(client=await self.app(dpop), resource=resource or self.resource, **more)

    def access_token(self, **more: Any) -> str:
        now = self.now()
        claims: Any = {
            "iss": self.ras.url, "aud": self.resource, "sub": "user", "client_id": "desk-at-data", "jti": os.urandom(9).hex(),
            "iat": now, "exp": now + 300, "scope": "rows:read", **more,
        }  # fmt: skip
        present = {name: value for name, value in claims.items() if value is not None}
        return signed("at+jwt", present, AS_KEY)

    def outcomes(self) -> list[str]:
        return [f"{record['role']} {record.get('error', record['outcome'])}" for record in self.records]
