"""The adapters over real HTTP on loopback, and a real Redis: exchange, redemption, use, and what must be refused."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from typing import Any, Awaitable, Callable
from urllib.parse import urlencode

import httpx
import redis.asyncio
import uvicorn

import idjag
from idjag import asgi, fetch, replay
from report import Tally

IDP, AS, MCP = "https://idp.example", "https://as.example", "https://mcp.example/mcp"
KEY = idjag.SigningKey(alg="ES256", kid="idp", random=bytes(range(1, 33)))
AS_KEY = idjag.SigningKey(alg="ES256", kid="as", random=bytes(range(2, 34)))
SECRET = idjag.digest_client_secret(client_secret="s")["sha256"]
POLICY = idjag.Policy(
    document={
        "version": 1,
        "apps": [{"id": "desk", "client_ids": ["desk"], "status": "approved"}],
        "servers": [
            {
                "id": "data",
                "issuer": AS,
                "resources": [MCP],
                "scope_sets": {"read": ["rows:read"]},
                "client_ids": {"desk": "desk-at-data"},
            }
        ],
        "rules": [
            {
                "id": "desk-reads",
                "effect": "permit",
                "apps": {"ids": ["desk"]},
                "servers": {"ids": ["data"]},
                "subjects": {"groups_any": ["engineering"]},
                "scopes": ["@read"],
            }
        ],
    }
)


def registration(client_id: str) -> Any:
    return {
        "client_id": client_id,
        "token_endpoint_auth_method": "client_secret_basic",
        "client_secret_sha256": [SECRET],
    }


class Served:
    """An ASGI application on a port of this machine."""

    def __init__(self, app: Any) -> None:
        config = uvicorn.Config(app, port=0, log_level="error", lifespan="off")
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
    """Publishes keys, or misbehaves."""

    def __init__(self) -> None:
        self.requests = 0
        self.mode = "keys"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.requests += 1
        await asyncio.sleep(0.05)
        status, headers = 200, [(b"content-type", b"application/json")]
        body = json.dumps({"keys": [KEY.public_jwk]}).encode()
        if self.mode == "redirect":
            status, headers = 302, [(b"location", b"/elsewhere")]
        if self.mode == "oversize":
            body = b'{"keys":[]}' + b" " * 3_000_000
        if self.mode == "broken":
            status = 500
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def fetcher(kind: Any, url: str, errors: list[Any] | None = None, **more: Any) -> Any:
    seen = [] if errors is None else errors
    return kind(
        issuer=IDP, jwks_uri=f"{url}/keys", dangerous_allow_http_loopback=True, on_error=seen.append, **more
    )


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


def id_token() -> str:
    now = int(time.time())
    claims: Any = {"iss": IDP, "sub": "user", "aud": "desk", "iat": now, "exp": now + 300}
    return idjag.sign_id_token(claims=claims, signer=KEY)["token"]


async def post(url: str, client_id: str, **form: str) -> httpx.Response:
    basic = base64.b64encode(f"{client_id}:s".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.post(url, content=urlencode(form), headers=headers)


async def exchange(url: str) -> httpx.Response:
    kind = "urn:ietf:params:oauth:token-type:"
    return await post(
        url,
        "desk",
        grant_type="urn:ietf:params:oauth:grant-type:token-exchange",
        requested_token_type=f"{kind}id-jag",
        subject_token=id_token(),
        subject_token_type=f"{kind}id_token",
        audience=AS,
        resource=MCP,
        scope="rows:read",
    )


async def redeem(url: str, id_jag: str) -> httpx.Response:
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    return await post(url, "desk-at-data", grant_type=grant, assertion=id_jag)


async def found_client(client_id: str) -> Any:
    return registration(client_id) if client_id in ("desk", "desk-at-data") else None


async def found_user(audience: str, subject: Any) -> Any:
    return {"subject": subject["subject"], "groups": ["engineering"]} if audience == AS else None


async def found_account(claims: Any) -> Any:
    return {"subject": f"{claims['iss']} {claims['sub']}"}


class House:
    """Provider, authorization server and MCP server, each at its port."""

    def __init__(self, store: Any, keys_url: str) -> None:
        self.records: list[Any] = []
        self.calls: list[Any] = []
        provider = idjag.IdentityProvider(issuer=IDP, token_endpoint=f"{IDP}/token")
        own = idjag.KeySet(issuer=IDP, jwks={"keys": [KEY.public_jwk]}, algorithms=["ES256"])
        self.exchange = asgi.ExchangeEndpoint(
            provider, keys=own, client=found_client, user=found_user, policy=POLICY, signer=KEY, store=store,
            on_record=self.keep,
        )  # fmt: skip
        server = idjag.ResourceAuthorizationServer(
            issuer=AS,
            token_endpoint=f"{AS}/token",
            trusted_issuers=[{"issuer": IDP}],
            resources=[{"id": MCP, "scopes": "rows:read"}],
        )
        self.fetcher = fetcher(fetch.KeyFetcher, keys_url)
        self.redeem = asgi.RedeemEndpoint(
            server, keys=self.keys_of_idp, client=found_client, account=found_account, signer=AS_KEY, store=store,
            on_record=self.keep,
        )  # fmt: skip
        resource = idjag.ResourceServer(
            resource=MCP,
            authorization_servers=[{"issuer": AS}],
            access={"tools": {"read_rows": {"scope": "rows:read"}, "drop": {"scope": "rows:drop"}}},
        )
        self.guard = asgi.Guard(self.app, resource, keys=self.keys_of_as, store=store, on_record=self.keep)

    async def keep(self, record: Any) -> None:
        self.records.append(record)

    async def keys_of_idp(self, issuer: str, kid: str | None) -> Any:
        assert issuer == IDP
        return await self.fetcher.keys(kid)

    async def keys_of_as(self, issuer: str, kid: str | None) -> Any:
        return idjag.KeySet(issuer=issuer, jwks={"keys": [AS_KEY.public_jwk]}, algorithms=["ES256"])

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        self.calls.append((scope["idjag"], scope["headers"], message["body"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"passed"})


async def from_sign_on_to_tool(store: Any, keys: KeyServer) -> None:
    async with Served(keys) as keys_url:
        house = House(store, keys_url)
        async with Served(house.exchange) as idp, Served(house.redeem) as ras, Served(house.guard) as mcp:
            exchanged = await exchange(idp)
            assert exchanged.status_code == 200, exchanged.text
            id_jag = exchanged.json()["access_token"]
            redeemed = await redeem(ras, id_jag)
            assert redeemed.status_code == 200, redeemed.text
            again = await redeem(ras, id_jag)
            assert (again.status_code, again.json()["error"]) == (400, "invalid_grant"), again.text
            assert house.records[-1]["error"] == "token_replayed"
            await _use(mcp, redeemed.json()["access_token"], house)


async def _use(mcp: str, token: str, house: House) -> None:
    bearer = {"Authorization": f"Bearer {token}", "Host": "evil.example"}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "read_rows"}}
    async with httpx.AsyncClient(trust_env=False) as client:
        passed = await client.post(f"{mcp}/mcp", json=call, headers=bearer)
        assert (passed.status_code, passed.text) == (200, "passed"), passed.text
        [(claims, headers, body)] = house.calls
        assert claims["sub"] == f"{IDP} user" and json.loads(body) == call
        assert not {name for name, _ in headers} & {b"authorization", b"dpop"}
        nobody = await client.post(f"{mcp}/mcp", json=call, headers={"Host": "evil.example"})
        assert nobody.status_code == 401
        challenge = nobody.headers["www-authenticate"]
        assert "https://mcp.example/.well-known/oauth-protected-resource/mcp" in challenge and "evil" not in challenge
        call["params"] = {"name": "drop"}
        more = await client.post(f"{mcp}/mcp", json=call, headers=bearer)
        assert (more.status_code, "insufficient_scope" in more.headers["www-authenticate"]) == (403, True)
        call["params"] = {"name": "unknown"}
        assert (await client.post(f"{mcp}/mcp", json=call, headers=bearer)).status_code == 403
        document = await client.get(f"{mcp}/.well-known/oauth-protected-resource/mcp")
        assert document.json()["resource"] == MCP and document.json()["authorization_servers"] == [AS]
        large = await client.post(f"{mcp}/mcp", content=b" " * 5_000_000, headers=bearer)
        assert large.status_code == 413
        assert len(house.calls) == 1


async def in_memory() -> None:
    await from_sign_on_to_tool(replay.MemoryStore(), KeyServer())


async def on_redis() -> None:
    with Redis() as server:
        pool = redis.asyncio.BlockingConnectionPool(port=server.port, socket_timeout=1, max_connections=20)
        client = redis.asyncio.Redis(connection_pool=pool)
        store = replay.RedisStore(client)
        keys = KeyServer()
        await from_sign_on_to_tool(store, keys)
        now = int(time.time())
        answers = await asyncio.gather(*[store.first_use(name="x", retain_until=now + 9, now=now) for _ in range(200)])
        assert sorted(answers) == ["first"] + ["seen"] * 199, sorted(answers)
        assert 0 < await client.pttl("idjag:x") <= 10_000
        async with Served(keys) as keys_url:
            house = House(store, keys_url)
            async with Served(house.exchange) as idp, Served(house.redeem) as ras:
                id_jag = (await exchange(idp)).json()["access_token"]
                server.stop()
                refused = await redeem(ras, id_jag)
                assert (refused.status_code, refused.json()["error"]) == (503, "temporarily_unavailable"), refused.text
                assert int(refused.headers["retry-after"]) > 0
        await client.aclose()


async def malformed_requests() -> None:
    house = House(replay.MemoryStore(), "http://127.0.0.1:9")
    async with Served(house.redeem) as ras:
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(ras)).status_code in (400, 405)
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            large = await client.post(ras, content=b"a=" + b"b" * 2_000_000, headers=form)
            assert large.status_code in (400, 413) and house.records[-1]["error"] == "body_too_large"
        assert (await redeem(ras, "x.y.z")).status_code == 400
        # The issuer's keys cannot be fetched: nothing listens there.
        now = int(time.time())
        claims: Any = {
            "iss": IDP, "sub": "u", "aud": AS, "client_id": "desk-at-data", "jti": "1", "iat": now, "exp": now + 60,
        }  # fmt: skip
        token = idjag.sign_id_jag(claims=claims, signer=KEY)["token"]
        assert (await redeem(ras, token)).status_code == 503


async def a_storm_of_unknown_keys_is_one_request() -> None:
    keys = KeyServer()
    async with Served(keys) as url:
        ours = fetcher(fetch.KeyFetcher, url)
        first = await asyncio.gather(*[ours.keys("idp") for _ in range(100)])
        assert all(first) and keys.requests == 1
        clock = [time.time() + 31]
        later = fetcher(fetch.KeyFetcher, url, clock=lambda: clock[0])
        await later.keys("idp")
        clock[0] += 31
        before = keys.requests
        storm = await asyncio.gather(*[later.keys(f"unknown-{index}") for index in range(200)])
        assert all(storm) and keys.requests == before + 1
        await asyncio.gather(*[later.keys(f"more-{index}") for index in range(200)])
        assert keys.requests == before + 1
        keys.mode = "broken"
        clock[0] += 700
        assert await later.keys("idp") is not None, "stale keys serve"
        clock[0] += 4000
        assert await later.keys("idp") is None, "but not for ever"


async def what_a_key_server_may_not_do() -> None:
    keys = KeyServer()
    async with Served(keys) as url:
        for mode, code in (("redirect", "redirect_refused"), ("oversize", "response_too_large")):
            keys.mode, keys.requests, errors = mode, 0, list[Any]()
            assert await fetcher(fetch.KeyFetcher, url, errors).keys("idp") is None
            assert [error.code for error in errors] == [code] and keys.requests == 1
        errors = []
        assert await fetcher(fetch.KeyFetcher, url, errors, timeout=0.01).keys("idp") is None
        assert len(errors) == 1
    for address in ("http://keys.example/", "http://127.0.0.1/", "ftp://127.0.0.1/"):
        try:
            fetch.KeyFetcher(issuer=IDP, jwks_uri=address)
        except idjag.IdJagError as error:
            assert error.code in ("url_insecure", "url_malformed")
        else:
            raise AssertionError(address)


async def threads_share_one_request() -> None:
    keys = KeyServer()
    async with Served(keys) as url:
        ours, found = fetcher(fetch.SyncKeyFetcher, url), list[Any]()
        threads = [threading.Thread(target=lambda: found.append(ours.keys("idp"))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            await asyncio.to_thread(thread.join)
        assert len(found) == 8 and all(found) and keys.requests == 1


def main() -> None:
    tally = Tally()
    cases: list[Callable[[], Awaitable[None]]] = [
        in_memory, on_redis, malformed_requests, a_storm_of_unknown_keys_is_one_request,
        what_a_key_server_may_not_do, threads_share_one_request,
    ]  # fmt: skip
    for case in cases:
        tally.run(case.__name__, lambda: asyncio.run(asyncio.wait_for(case(), 60)))
    tally.finish()


if __name__ == "__main__":
    main()
