"""Revocation over HTTP: a client gives its token up, every server of the company stops taking it, and a real Redis."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from typing import Any

import httpx
import redis.asyncio

from company import AS, Company, Redis, Served
from idjag import IdJagError, KeySet, RevocationList, SigningKey, asgi, fetch, revocations

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
            await _what_is_no_entry_is_not_written(stores[0], one.now())
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
        assert _digests((f"many-{index}" for index in range(200)), now) <= _written(await store.list(now=now), now)


def _digests(jtis: Iterable[str], now: int) -> set[str]:
    """The digests by which a copy knows tokens of the company's."""
    entries: list[Any] = [{"iss": AS, "jti": jti, "retain_until": now + 600} for jti in jtis]
    with RevocationList(max_stale=10, now=now) as copy:
        copy.add(entries=entries, now=now)
        written = _written(copy, now)
    assert len(written) == len(entries)
    return written


def _written(copy: RevocationList, now: int) -> set[str]:
    """The digests that a copy has."""
    return {entry["digest"] for entry in copy.export(now=now)["entries"]}


async def _what_is_no_entry_is_not_written(store: revocations.RedisStore, now: int) -> None:
    """It would stop every server; and a time in milliseconds would forget every entry."""
    before = _written(await store.list(now=now), now)
    good: Any = {"iss": AS, "jti": "x", "retain_until": now + 600}
    for entry, at in (({**good, "unknown": True}, now), (good, now * 1000)):
        try:
            entries: list[Any] = [entry]
            await store.revoke(entries, now=at)
            raise AssertionError("it was written")
        except IdJagError as error:
            assert error.code in ("revocation_malformed", "invalid_now"), error.code
    assert _written(await store.list(now=now), now) == before
    # Nor does one who states another time make anybody forget.
    await store.revoke([good], now=now + 100_000)
    late = revocations.RedisStore(store._client, max_age=0)
    assert before < _written(await late.list(now=now), now)


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
            assert _digests(named, now) <= _written(await store.list(now=now), now)


async def by_signed_updates() -> None:
    """What one server revokes, another is told over HTTP, and nobody in between can change it."""
    signer, authority = SigningKey(alg="ES256", kid="authority-1", random=os.urandom(32)), "https://revocations.example"
    keys = KeySet(issuer=authority, jwks={"keys": [signer.public_jwk]}, algorithms=["ES256"])
    clock, errors, between = Company().now(), list[Exception](), Between()
    revoked = revocations.MemoryStore(capacity=50_000)
    between.app = asgi.RevocationPublisher(revoked, issuer=authority, signer=signer, clock=lambda: clock)
    async with Served(between) as origin:
        told = fetch.FetchedRevocations(
            f"{origin}/revocations", issuer=authority, keys=lambda issuer, kid: keys, max_age=0, capacity=50_000,
            on_error=errors.append,
        )  # fmt: skip

        async def knows(*jtis: str) -> bool:
            return _digests(jtis, clock) == _written(await told.list(now=clock), clock)

        many = [f"at-{index}" for index in range(20_000)]
        entries: list[Any] = [{"iss": AS, "jti": jti, "retain_until": clock + 600} for jti in many]
        await revoked.revoke(entries, now=clock)
        assert await knows(*many)
        await revoked.revoke([{"iss": AS, "jti": "later", "retain_until": clock + 600}], now=clock)
        between.flips = True
        assert await knows(*many)
        assert [getattr(error, "code", None) for error in errors] == ["revocations_digest_mismatch"]
        between.flips = False
        assert await knows(*many, "later")
        # The numbers of a list begin where no process before this one came.
        first = clock * 1000 + len(many)
        assert between.asked == [b"", b"since=%d" % first, b""]
        assert await knows(*many, "later") and between.asked[-1] == b"since=%d" % (first + 1)
        between.app = asgi.RevocationPublisher(
            anew := revocations.MemoryStore(), issuer=authority, signer=signer, clock=lambda: clock
        )
        clock += 60
        await anew.revoke([{"iss": AS, "jti": "anew", "retain_until": clock + 600}], now=clock)
        assert _digests(["anew"], clock) <= _written(await told.list(now=clock), clock)
        try:
            await told.revoke([], now=clock)
            raise AssertionError("it is only told")
        except TypeError:
            pass
    async with Served(asgi.RevocationPublisher(Unavailable(), issuer=authority, signer=signer)) as origin:
        async with httpx.AsyncClient() as http:
            asked = [await http.get(origin), await http.get(f"{origin}?since=x"), await http.post(origin)]
        assert [answer.status_code for answer in asked] == [503, 400, 405]
        assert "internal" not in asked[0].text


class Between:
    """Whoever is between a publisher and a copy, and may change a byte."""

    def __init__(self) -> None:
        self.app: Any = None
        self.flips = False
        self.asked: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(scope["query_string"])

        async def sent(message: Any) -> None:
            body = message.get("body", b"")
            is_chunk = message["type"] == "http.response.body" and len(body) > 0 and not body.endswith(b"\n")
            if self.flips and is_chunk:
                message = {**message, "body": bytes([body[0] ^ 1]) + body[1:]}
            await send(message)

        await self.app(scope, receive, sent)


class Unavailable(revocations.MemoryStore):
    """A store that cannot be reached."""

    async def list(self, *, now: int) -> RevocationList:
        return await fails()  # type: ignore[no-any-return]


CASES = [
    a_token_is_given_up, of_others_there_is_nothing_to_revoke, nobody_is_told_too_early,
    a_list_that_cannot_be_had_decides_nothing, the_endpoint_is_in_the_metadata, through_redis, by_signed_updates,
]  # fmt: skip
