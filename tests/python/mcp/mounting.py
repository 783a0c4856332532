"""Authorization servers and guards inside Starlette and FastAPI: among routes, under a prefix, behind a proxy's prefix."""

from __future__ import annotations

import json
import time
import warnings
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator

import fastapi
import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route

import idjag
from idjag import asgi
from servers import call, guarded, said, session
from world import AS_KEY, LOOPBACK, PROOF_KEY, World, published


async def everything_on_one_site() -> None:
    """The MCP server, its authorization server and the identity provider in one application of each framework."""

    def starlette(world: World, guard: asgi.Guard) -> Any:
        routes = [Route(path, endpoint) for endpoint in (world.redeem, world.exchange) for path in endpoint.paths]
        return Starlette(routes=[*routes, Mount("/", guard)], lifespan=guard.lifespan)

    def fast(world: World, guard: asgi.Guard) -> Any:
        app = fastapi.FastAPI(lifespan=guard.lifespan)

        @app.get("/health")
        def health() -> dict[str, bool]:
            return {"up": True}

        app.router.routes.extend(Route(path, world.redeem) for path in world.redeem.paths)
        app.mount("/", guard)
        return app

    for build in (starlette, fast):
        async with OneSite(build) as world, session(world, await world.connection(PROOF_KEY)) as client:
            assert await said(client, "read_rows") == "rows", build.__name__
            async with httpx.AsyncClient() as http:
                known = f"{world.mcp.url}/.well-known/oauth-authorization-server/auth"
                assert (await http.get(known)).json()["issuer"] == f"{world.mcp.url}/auth"
                assert (await http.get(f"{world.mcp.url}/.well-known/oauth-protected-resource/mcp")).status_code == 200
                assert (await http.get(f"{world.mcp.url}/admin")).status_code == 404
                assert (await http.post(world.resource, **call("read_rows", None))).status_code == 401
                if build is fast:
                    assert (await http.get(f"{world.mcp.url}/health")).json() == {"up": True}


class OneSite(World):
    """The world with its authorization server on the site of the MCP server, under `/auth`."""

    def __init__(self, build: Any) -> None:
        super().__init__(lambda world: None, redeem=False)
        self.ras.url = f"{self.mcp.url}/auth"
        self.server = idjag.ResourceServer(
            resource=self.resource,
            authorization_servers=[{"issuer": self.ras.url}],
            access={"tools": {"read_rows": {"scope": "rows:read"}}},
            **LOOPBACK,
        )
        self.exchange = self._exchange({})
        self.redeem = self._redeem({})
        self.keys = self.known
        self.apps = {self.idp: self.exchange, self.mcp: build(self, guarded(self))}

    async def known(self, issuer: str, kid: str | None = None) -> idjag.KeySet | None:
        return published(self.ras.url, AS_KEY)


async def behind_a_prefix() -> None:
    """The public address has a prefix: the framework's mount, or a proxy that cuts it off, or one that leaves it."""

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        body = json.dumps({"path": scope["path"], "sub": scope["idjag"].claims["sub"]}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    base = "https://public.example/api/v1"
    server = idjag.ResourceServer(
        resource=f"{base}/mcp", authorization_servers=[{"issuer": f"{base}/auth"}], access={"tools": {"read": {}}}
    )
    keys = idjag.KeySet(issuer=f"{base}/auth", jwks={"keys": [AS_KEY.public_jwk]}, algorithms=["ES256"])
    guard = asgi.Guard(inner, server, keys=lambda *_: keys)
    issuer: Any = {"issuer": f"{base}/auth", "token_endpoint": f"{base}/auth/token", "jwks_uri": f"{base}/auth/jwks"}
    ras = idjag.ResourceAuthorizationServer(
        issuer=issuer["issuer"], token_endpoint=issuer["token_endpoint"], resources=[{"id": f"{base}/mcp", "scopes": "x"}],
        trusted_issuers=[{"issuer": "https://idp.example"}],
    )  # fmt: skip
    nobody: Any = lambda *_: None
    redeem = asgi.RedeemEndpoint(
        ras, metadata=issuer, jwks=keys, signer=AS_KEY, keys=nobody, clients=nobody, accounts=nobody
    )
    assert "/api/v1/auth/token" in redeem.paths

    def both() -> list[Any]:
        return [Mount("/auth", redeem), Mount("/mcp", guard), Mount("/.well-known", guard)]

    with warnings.catch_warnings():
        # What it says to do instead is what the other cases do.
        warnings.simplefilter("ignore")
        fast = fastapi.FastAPI(root_path="/api/v1")
    fast.mount("/auth", redeem)
    fast.mount("/mcp", guard)
    fast.mount("/.well-known", guard)
    cases: list[tuple[Any, str, str]] = [
        (Starlette(routes=[Mount("/api/v1", routes=both())]), "", "/api/v1"),
        (Starlette(routes=both()), "/api/v1", ""),
        (fast, "", ""),
        (fast, "", "/api/v1"),
        (guard, "/api/v1", ""),
        (guard, "", "/api/v1"),
    ]
    token = idjag.sign_access_token(
        claims={
            "iss": issuer["issuer"], "aud": f"{base}/mcp", "sub": "user", "client_id": "app", "jti": "1", "iat": 1,
            "exp": 2**31, "scope": "x", "cnf": {"jkt": PROOF_KEY.jkt},
        },
        signer=AS_KEY,
    )["token"]  # fmt: skip
    for number, (app, root, prefix) in enumerate(cases):
        transport = httpx.ASGITransport(app, root_path=root)
        async with httpx.AsyncClient(transport=transport, base_url="https://inside.example") as http:

            async def send(path: str, proved: str) -> httpx.Response:
                proof = idjag.sign_dpop(
                    signer=PROOF_KEY, method="POST", url=f"{base}{proved}", access_token=token, now=time.time(), random=b"1" * 32
                )["token"]
                fields = {"Authorization": f"DPoP {token}", "DPoP": proof}
                message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "read"}}
                return await http.post(f"{prefix}{path}", json=message, headers=fields)

            # The proof names the public address, whatever the request looks like in here.
            reached = await send("/mcp/x", "/mcp/x")
            assert (reached.status_code, reached.json().get("sub")) == (200, "user"), (number, reached.text)
            assert (await send("/mcp/x", "/mcp/y")).status_code == 401, number
            # What only looks like it is not below the resource.
            assert (await send("/mcpx", "/mcpx")).status_code == 404, number
            assert (await send("/mcp/%2e%2e/auth/token", "/mcp")).status_code == 404, number
            if app is not guard:
                assert (await http.get(f"{prefix}/auth/jwks")).json()["keys"][0]["kid"] == "as", number
                assert (await http.get(f"{prefix}/auth/other")).status_code == 404, number


async def lifespans_are_run_and_failures_told() -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[dict[str, str]]:
        seen.append("up")
        yield {"rows": "open"}
        seen.append("down")

    @asynccontextmanager
    async def broken(_: Any) -> AsyncIterator[None]:
        raise RuntimeError("no database")
        yield

    server = World(lambda _: None).server
    guard = asgi.Guard(Starlette(lifespan=lifespan), server, keys=lambda *_: None)
    outer = Starlette(routes=[Mount("/", guard)], lifespan=guard.lifespan)
    async with asgi.Guard(outer, server, keys=lambda *_: None).lifespan() as state:
        assert (seen, state) == (["up"], {"rows": "open"})
    assert seen == ["up", "down"]
    try:
        async with asgi.Guard(Starlette(lifespan=broken), server, keys=lambda *_: None).lifespan():
            raise AssertionError("started")
    except RuntimeError as error:
        assert "no database" in str(error)


TOOLS: Any = [{"name": name, "inputSchema": {}} for name in ("read_rows", "write_rows", "unlisted", "who")]
LIST = {"jsonrpc": "2.0", "id": 1, "result": {"tools": TOOLS, "cacheScope": "public", "ttlMs": 1, "nextCursor": "2"}}


async def lists_are_cut_down_however_they_come() -> None:
    text = json.dumps(LIST, indent=1)
    events = (
        ": ping\r\n\r\nid: 1\r\nretry: 10\r\ndata:\r\n\r\n"
        + "id: 2\r\nevent: message\r\n" + "".join(f"data: {line}\r\n" for line in text.split("\n")) + "\r\n"
        + 'data: {"jsonrpc":"2.0","method":"notifications/x"}\n\n' + f"data:{json.dumps(LIST)}\r\r"
    )  # fmt: skip
    json_type, stream = "application/json", "text/event-stream; charset=utf-8"
    cases: list[tuple[str, str, str, int]] = [
        ("POST", json_type, text, 200), ("POST", stream, events, 200), ("GET", stream, events, 200),
        ("POST", "text/plain", text, 200), ("POST", json_type, "tools: write_rows", 500),
        ("POST", "text/plain", "busy", 429), ("POST", json_type, json.dumps({**LIST, "result": {"tools": "write_rows"}}), 200),
        ("GET", stream, ": ping\n\ndata: x\n\n", 200),
    ]  # fmt: skip
    for method, kind, body, status in cases:
        for size in (1, 7, 100_000):

            async def inner(scope: Any, receive: Any, send: Any) -> None:
                code = 429 if body == "busy" else 200
                headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
                sent = headers[:1] if kind == stream else headers
                await send({"type": "http.response.start", "status": code, "headers": sent})
                for at in range(0, len(body), size):
                    await send({"type": "http.response.body", "body": body[at : at + size].encode(), "more_body": True})
                await send({"type": "http.response.body"})

            compressing = Starlette(routes=[Mount("/", inner)], middleware=[Middleware(GZipMiddleware, minimum_size=10)])
            app = lambda world: asgi.Guard(compressing, world.server, keys=world.keys, **world.told)  # noqa: E731
            async with World(app) as world, httpx.AsyncClient() as http:
                asked = call("", world.access_token(), "tools/list")
                message = None if method == "GET" else asked["json"]
                answer = await http.request(method, world.resource, headers=asked["headers"], json=message)
                assert answer.status_code == status, (method, kind, answer.text)
                assert "write_rows" not in answer.text and "unlisted" not in answer.text, (method, kind, size, answer.text)
                if body == text and kind == json_type:
                    result = answer.json()["result"]
                    assert [tool["name"] for tool in result["tools"]] == ["read_rows", "who"]
                    assert (result["cacheScope"], result["nextCursor"]) == ("private", "2")
                if body == events:
                    assert answer.text.count("read_rows") == 2, answer.text
                    assert "notifications/x" in answer.text and "id: 2" in answer.text


CASES = [
    everything_on_one_site, behind_a_prefix, lifespans_are_run_and_failures_told, lists_are_cut_down_however_they_come,
]  # fmt: skip
