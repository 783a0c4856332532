"""Revocation over HTTP: a client gives its token up, every server of the company stops taking it, and a real Redis."""

from __future__ import annotations

import asyncio
from typing import Any

import redis.asyncio

from company import AS, Company, Redis
from idjag import revocations

REVOKE = f"{AS}/revoke"
METADATA = {"issuer": AS, "token_endpoint": f"{AS}/token", "jwks_uri": f"{AS}/jwks", "revocation_endpoint": REVOKE}


async def fails(*_: Any, **__: Any) -> Any:
    await asyncio.sleep(0)
    raise RuntimeError("the database is at db.internal:5432")


class Revoking(Company):
    """A company whose authorization server has a revocation endpoint, with a store of what was revoked."""

    def __init__(self, store: Any, **changed: Any) -> None:
        ras = {"metadata": {**METADATA, "token_endpoint_auth_methods_supported": ["client_secret_basic"]}}
        super().__init__(
            ras={**ras, "revocations": store},
            mcp={"revocations": store},
            configured={"revocation": "required"},
            ras_configured={"revocation_endpoint": REVOKE},
            **changed,
        )

    async def __aenter__(self) -> Revoking:
        await super().__aenter__()
        return self

    async def token(self) -> str:
        token: str = (await self.redeemed(await self.id_jag())).json()["access_token"]
        return token

    async def revoked(self, token: str, client_id: str = "desk-at-data") -> Any:
        return await self.post(REVOKE, client_id, {"token": token})

    async def status(self, token: str) -> int:
        return (await self.call("read", token)).status_code


async def a_token_is_given_up() -> None:
    async with Revoking(revocations.MemoryStore()) as company:
        one, other = await company.token(), await company.token()
        assert await company.status(one) == 200
        done = await company.revoked(one)
        assert (done.status_code, done.headers["cache-control"]) == (200, "no-store")
        refused = await company.call("read", one)
        assert refused.status_code == 401 and 'error="invalid_token"' in refused.headers["www-authenticate"]
        assert await company.status(other) == 200, "the other token is as good as before"
        ends = company.outcomes()
        assert ends[-4:] == [
            "resource_server permit", "resource_as revoke", "resource_server token_revoked", "resource_server permit",
        ]  # fmt: skip
        assert company.errors == []


async def of_others_there_is_nothing_to_revoke() -> None:
    async with Revoking(revocations.MemoryStore()) as company:
        mine, foreign = await company.token(), await company.id_jag()
        for text in ("no token", foreign):
            assert (await company.revoked(text)).status_code == 200
        refused = await company.revoked(mine, "desk")
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
        assert (await company.revoked(mine, "nobody")).status_code == 401
        assert await company.status(mine) == 200, "nobody else can take it away"
        said = [one for one in company.outcomes() if one.startswith("resource_as")]
        assert said[1:] == [
            "resource_as token_malformed", "resource_as typ_mismatch", "resource_as client_mismatch",
            "resource_as client_unknown",
        ]  # fmt: skip


async def nobody_is_told_too_early() -> None:
    class Broken(revocations.MemoryStore):
        revoke = fails

    async with Revoking(Broken()) as company:
        token = await company.token()
        refused = await company.revoked(token)
        assert (refused.status_code, refused.json()["error"]) == (503, "temporarily_unavailable")
        assert int(refused.headers["retry-after"]) > 0 and "db.internal" not in refused.text
        assert "db.internal" in str(company.errors[0])
        assert (await company.revoked("no token")).status_code == 200, "there is nothing to store"


async def a_list_that_cannot_be_had_decides_nothing() -> None:
    class Broken(revocations.MemoryStore):
        list = fails

    async with Revoking(revocations.MemoryStore()) as company:
        token, id_jag = await company.token(), await company.id_jag()
    async with Revoking(Broken()) as company:
        for response in (await company.redeemed(id_jag), await company.call("read", token)):
            assert (response.status_code, response.json()) == (503, {"error": "temporarily_unavailable"})
    async with Company(configured={"revocation": "required"}) as without:
        assert (await without.call("read", token)).status_code == 503
        assert without.outcomes()[-1] == "resource_server revocations_unavailable"
        assert (await without.post(REVOKE, "desk-at-data", {"token": token})).status_code == 404, "no endpoint"


async def the_endpoint_is_in_the_metadata() -> None:
    async with Revoking(revocations.MemoryStore()) as company:
        document = (await company.http.get(f"{AS}/.well-known/oauth-authorization-server")).json()
        assert document["revocation_endpoint"] == REVOKE
        assert document["revocation_endpoint_auth_methods_supported"] == ["client_secret_basic"]
    try:
        async with Revoking(None):
            raise AssertionError("it would promise what no guard can keep")
    except ValueError as error:
        assert "store" in str(error)


async def through_redis() -> None:
    with Redis() as server:
        clients = [redis.asyncio.Redis(port=server.port, socket_timeout=1, decode_responses=text) for text in (False, True, False)]
        errors: list[Exception] = []
        options: dict[str, Any] = {"max_age": 0, "max_stale": 10, "on_error": errors.append}
        stores = [revocations.RedisStore(client, **options) for client in clients]
        async with Revoking(stores[0]) as one, Revoking(stores[1]) as two:
            token, good = await one.token(), await one.token()
            assert await two.status(token) == 200
            assert (await one.revoked(token)).status_code == 200
            assert await one.status(token) == 401, "in its own process at once"
            assert await two.status(token) == 401
            await _all_arrive(stores)
            await _nothing_is_missed_after_a_failover(clients[0], stores)
            server.stop()
            assert await two.status(good) == 200, "the copy is new enough"
            assert await two.status(token) == 401
            assert (await two.revoked(await two.token())).status_code == 503, "nobody is told that it is revoked"
            two.skew = 30
            assert [await two.status(good), await two.status(token)] == [503, 503]
            assert two.outcomes()[-1] == "resource_server revocations_unavailable" and errors
        for client in clients:
            await client.aclose()


async def _all_arrive(stores: list[revocations.RedisStore]) -> None:
    """Two hundred at once: none is lost."""
    now = Company().now()
    entries: list[Any] = [{"iss": AS, "jti": f"many-{index}", "retain_until": now + 600} for index in range(200)]
    await asyncio.gather(*[stores[index % 2].revoke([entry], now=now) for index, entry in enumerate(entries)])
    for store in stores:
        document = (await store.list(now=now)).export(now=now)
        assert {f"many-{index}" for index in range(200)} <= {entry.get("jti") for entry in document["entries"]}


async def _nothing_is_missed_after_a_failover(client: Any, stores: list[revocations.RedisStore]) -> None:
    """A replica that had not caught up goes on counting from where it was, and may have overtaken the readers."""
    now, base = Company().now(), "{idjag:revoked}"
    for lost, written in ((50, 1), (3, 9)):
        for store in stores:
            await store.list(now=now)
        gone = await client.zrange(f"{base}:sequence", -lost, -1)
        await client.zrem(f"{base}:sequence", *gone)
        await client.zrem(f"{base}:until", *gone)
        await client.hincrby(f"{base}:state", "sequence", -lost)
        named = {f"after-{lost}-{index}" for index in range(written)}
        for name in sorted(named):
            await stores[0].revoke([{"iss": AS, "jti": name, "retain_until": now + 600}], now=now)
        for store in stores:
            document = (await store.list(now=now)).export(now=now)
            assert named <= {entry.get("jti") for entry in document["entries"]}


CASES = [
    a_token_is_given_up, of_others_there_is_nothing_to_revoke, nobody_is_told_too_early,
    a_list_that_cannot_be_had_decides_nothing, the_endpoint_is_in_the_metadata, through_redis,
]  # fmt: skip
