"""A company on this machine: its identity provider, an authorization server, an MCP server, and an app.

They are known by https addresses and listen on 127.0.0.1: `Routes` knows where, and nobody else does.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from typing import Any
from urllib.parse import urlencode

import httpx
import uvicorn
from typing_extensions import Self

import idjag
from idjag import asgi, client, fetch, replay

IDP, AS, MCP = "https://idp.example", "https://as.example", "https://mcp.example/mcp"
KEY = idjag.SigningKey(alg="ES256", kid="idp", random=bytes(range(1, 33)))
AS_KEY = idjag.SigningKey(alg="ES256", kid="as", random=bytes(range(2, 34)))
SECRET = idjag.digest_client_secret(client_secret="s")["sha256"]
KIND = "urn:ietf:params:oauth:token-type:"


def _rule(name: str, group: str, scopes: str) -> dict[str, Any]:
    return {
        "id": name,
        "effect": "permit",
        "apps": {"ids": ["desk"]},
        "servers": {"ids": ["data"]},
        "subjects": {"groups_any": [group]},
        "scopes": [scopes],
    }


POLICY = idjag.Policy(
    document={
        "version": 1,
        "apps": [{"id": "desk", "client_ids": ["desk"], "status": "approved"}],
        "servers": [
            {
                "id": "data",
                "issuer": AS,
                "resources": [MCP],
                "scope_sets": {"read": ["rows:read"], "write": ["rows:write"]},
                "client_ids": {"desk": "desk-at-data"},
            }
        ],
        "rules": [_rule("desk-reads", "engineering", "@read"), _rule("leads-write", "leads", "@write")],
    }
)


def registration(client_id: str) -> Any:
    return {
        "client_id": client_id,
        "token_endpoint_auth_method": "client_secret_basic",
        "client_secret_sha256": [SECRET],
    }


def published(issuer: str, key: Any) -> idjag.KeySet:
    return idjag.KeySet(issuer=issuer, jwks={"keys": [key.public_jwk]}, algorithms=["ES256"])


def id_token(**more: Any) -> str:
    now = int(time.time())
    claims: Any = {"iss": IDP, "sub": "user", "aud": "desk", "iat": now, "exp": now + 300, **more}
    return idjag.sign_id_token(claims=claims, signer=KEY)["token"]


class Served:
    """An ASGI application on a port of this machine."""

    def __init__(self, app: Any) -> None:
        config = uvicorn.Config(app, port=0, log_level="critical", lifespan="off", interface="asgi3")
        self.server = uvicorn.Server(config)

    async def __aenter__(self) -> str:
        self.task = asyncio.create_task(self.server.serve())
        while not self.server.started:
            await asyncio.sleep(0.01)
        return f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"

    async def __aexit__(self, *_: Any) -> None:
        self.server.should_exit = True
        await self.task


class KeyServer:
    """Publishes keys and the metadata that names them, or misbehaves."""

    def __init__(self) -> None:
        self.requests = 0
        self.mode = "keys"
        self.url = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.requests += 1
        await asyncio.sleep(0.05)
        status, headers = 200, [(b"content-type", b"application/json")]
        body = json.dumps({"keys": [KEY.public_jwk]}).encode()
        if scope["path"].startswith("/.well-known/"):
            document = {"issuer": self.url, "jwks_uri": f"{self.url}/keys", "token_endpoint": f"{self.url}/token"}
            body = json.dumps({**document, "response_types_supported": []}).encode()
        if self.mode == "redirect":
            status, headers = 302, [(b"location", b"/elsewhere")]
        if self.mode == "oversize":
            body = b'{"keys":[]}' + b" " * 3_000_000
        if self.mode == "broken":
            status = 500
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class Redis:
    """A Redis of our own."""

    def __enter__(self) -> Redis:
        program = shutil.which("redis-server")
        assert program is not None, "redis-server is not installed"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = tempfile.TemporaryDirectory()
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder.name]
        self.process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
        for _ in range(500):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.01)
        raise AssertionError("redis-server does not answer")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def __exit__(self, *_: Any) -> None:
        self.stop()
        self.folder.cleanup()


class Routes(httpx.AsyncBaseTransport):
    """Leads from the addresses by which the company is known to where it listens."""

    def __init__(self) -> None:
        self.inner = httpx.AsyncHTTPTransport()
        self.sites: dict[str, str] = {}
        self.down: set[str] = set()
        self.requests: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        origin = f"{request.url.scheme}://{request.url.host}"
        self.requests.append(f"{request.method} {request.url}")
        if origin not in self.sites or origin in self.down:
            raise httpx.ConnectError(f"there is no {origin}")
        url = httpx.URL(self.sites[origin]).copy_with(raw_path=request.url.raw_path)
        moved = httpx.Request(
            request.method, url, headers=request.headers.multi_items(), stream=request.stream, extensions=request.extensions
        )
        return await self.inner.handle_async_request(moved)

    async def aclose(self) -> None:
        await self.inner.aclose()


class Company:
    """Opens everything; `changed` are options of the three handlers, by `idp`, `ras` and `mcp`."""

    def __init__(self, *, store: Any = None, configured: Any = None, idp_configured: Any = None, ras_configured: Any = None, **changed: dict[str, Any]) -> None:
        self.records: list[Any] = []
        self.errors: list[Any] = []
        self.calls: list[Any] = []
        self.groups = ["engineering"]
        self.skew = 0
        self.routes = Routes()
        self.http = httpx.AsyncClient(transport=self.routes, timeout=10)
        told: dict[str, Any] = {
            "store": store or replay.MemoryStore(),
            "on_record": self.records.append,
            "on_error": self.errors.append,
            "clock": self.now,
        }
        idp = idjag.IdentityProvider(
            issuer=IDP,
            token_endpoint=f"{IDP}/token",
            subject_tokens=["refresh_token", "saml2"],
            saml_clients={"urn:desk": "desk"},
            **(idp_configured or {}),
        )
        options: dict[str, Any]
        options = {"metadata": self.metadata(IDP), "jwks": published(IDP, KEY), "signer": KEY, "policy": POLICY}
        options |= {"clients": self.client, "users": self.user, **told, **changed.get("idp", {})}
        self.exchange = asgi.ExchangeEndpoint(idp, **options)
        ras = idjag.ResourceAuthorizationServer(
            issuer=AS,
            token_endpoint=f"{AS}/token",
            trusted_issuers=[{"issuer": IDP}],
            resources=[{"id": MCP, "scopes": "rows:read rows:write"}],
            **(ras_configured or {}),
        )
        options = {"metadata": self.metadata(AS), "jwks": published(AS, AS_KEY), "signer": AS_KEY}
        options |= {"keys": self.keys_of(IDP), "clients": self.client, "accounts": self.account}
        self.redeem = asgi.RedeemEndpoint(ras, **{**options, **told, **changed.get("ras", {})})
        resource = idjag.ResourceServer(
            resource=MCP,
            authorization_servers=[{"issuer": AS}],
            access={"tools": {"read": {"scope": "rows:read"}, "write": {"scope": "rows:write"}, "ping": {}}},
            initial_scope="rows:read",
            **(configured or {}),
        )
        options = {"keys": self.keys_of(AS), **told, **changed.get("mcp", {})}
        self.guard = asgi.Guard(options.pop("app", self.app), resource, **options)

    async def __aenter__(self) -> Self:
        apps = {IDP: self.exchange, AS: self.redeem, "https://mcp.example": self.guard}
        self.served = [Served(app) for app in apps.values()]
        places = await asyncio.gather(*[served.__aenter__() for served in self.served])
        self.routes.sites.update(zip(apps, places))
        return self

    async def __aexit__(self, *reason: Any) -> None:
        await self.http.aclose()
        await asyncio.gather(*[served.__aexit__(*reason) for served in self.served])

    def now(self) -> int:
        return int(time.time()) + self.skew

    def metadata(self, issuer: str) -> dict[str, Any]:
        return {"issuer": issuer, "token_endpoint": f"{issuer}/token", "jwks_uri": f"{issuer}/jwks"}

    def keys_of(self, issuer: str) -> asgi.Keys:
        fetcher = fetch.KeyFetcher(issuer=issuer, client=self.http, clock=self.now, on_error=self.errors.append)
        return fetch.KeySets(fetcher).keys

    async def client(self, client_id: str) -> Any:
        return registration(client_id) if client_id in ("desk", "desk-at-data") else None

    def user(self, subject: Any, audience: str, client_id: str) -> Any:
        known = (audience, client_id, subject["subject"]) == (AS, "desk", "user")
        return {"subject": "user", "groups": self.groups} if known else None

    def account(self, claims: Any) -> Any:
        return {"subject": f"{claims['iss']} {claims['sub']}"}

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        self.calls.append((scope, message["body"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["idjag"].operation.encode()})

    def outcomes(self) -> list[str]:
        return [f"{record['role']} {record.get('error', record['outcome'])}" for record in self.records]

    def proof(self, key: Any, url: str, **more: Any) -> str:
        return idjag.sign_dpop(signer=key, method="POST", url=url, now=self.now(), random=os.urandom(32), **more)["token"]

    async def post(self, url: str, client_id: str, form: dict[str, str], headers: Any = None) -> httpx.Response:
        basic = base64.b64encode(f"{client_id}:s".encode()).decode()
        fields = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
        return await self.http.post(url, content=urlencode(form), headers={**fields, **(headers or {})})

    async def exchanged(self, headers: Any = None, **more: str) -> httpx.Response:
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "requested_token_type": f"{KIND}id-jag",
            "subject_token_type": f"{KIND}id_token",
            "audience": AS,
            "resource": MCP,
            "scope": "rows:read",
            **more,
        }
        form.setdefault("subject_token", id_token())
        return await self.post(f"{IDP}/token", "desk", form, headers)

    async def redeemed(self, assertion: str, headers: Any = None) -> httpx.Response:
        grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
        return await self.post(f"{AS}/token", "desk-at-data", {"grant_type": grant, "assertion": assertion}, headers)

    async def id_jag(self) -> str:
        token: str = (await self.exchanged()).json()["access_token"]
        return token

    async def call(self, name: str, token: str | None, headers: Any = None, url: str = MCP) -> httpx.Response:
        fields = {} if token is None else {"Authorization": f"Bearer {token}"}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name}}
        return await self.http.post(url, json=message, headers={**fields, **(headers or {})})

    def sign_on(self, need: Any = None) -> Any:
        now = self.now()
        return {"issuer": IDP, "id_token": id_token(iat=now, exp=now + 300, auth_time=now), "expires_at": now + 300}

    async def connection(self, dpop: Any = None, **wanted: Any) -> idjag.Connection:
        def credentials(issuer: str, client_id: str) -> Any:
            method = "client_secret_basic"
            return {
                "issuer": issuer, "client_id": client_id, "token_endpoint_auth_method": method, "client_secret": "s",
            }  # fmt: skip

        idp: Any = await client.discover_issuer(IDP, client=self.http)
        app = idjag.Client(
            idp=idp,
            idp_credentials=credentials(IDP, "desk"),
            credentials=[credentials(AS, "desk-at-data")],
            dpop=dpop,
        )
        return idjag.Connection(client=app, resource=MCP, **wanted)
