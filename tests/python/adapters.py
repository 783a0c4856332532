"""The adapters over real HTTP on loopback, and a real Redis: exchange, redemption, use, and what must be refused."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from typing import Any, Awaitable, Callable

import httpx
import redis.asyncio

import connections
import endpoints
import guarding
import idjag
import permission
import revoking
from company import AS, AS_KEY, IDP, KEY, Company, KeyServer, Redis, Served, published
from idjag import fetch, replay
from report import Tally


def fetcher(kind: Any, url: str, errors: list[Any] | None = None, **more: Any) -> Any:
    seen = [] if errors is None else errors
    options = {"issuer": IDP, "jwks_uri": f"{url}/keys", **more}
    return kind(dangerous_allow_http_loopback=True, on_error=seen.append, **options)


async def on_redis() -> None:
    with Redis() as server:
        pool = redis.asyncio.BlockingConnectionPool(port=server.port, socket_timeout=1, max_connections=20)
        client = redis.asyncio.Redis(connection_pool=pool)
        store = replay.RedisStore(client)
        now = int(time.time())
        answers = await asyncio.gather(*[store.first_use(name="x", retain_until=now + 9, now=now) for _ in range(200)])
        assert sorted(answers) == ["first"] + ["seen"] * 199, sorted(answers)
        assert 300_000 < await client.pttl("x") <= 309_000
        async with Company(store=store) as company:
            id_jag = await company.id_jag()
            assert (await company.redeemed(id_jag)).status_code == 200
            again = await company.redeemed(id_jag)
            assert (again.status_code, again.json()["error"]) == (400, "invalid_grant"), again.text
            id_jag = await company.id_jag()
            server.stop()
            refused = await company.redeemed(id_jag)
            assert (refused.status_code, refused.json()["error"]) == (503, "temporarily_unavailable"), refused.text
            assert int(refused.headers["retry-after"]) > 0
        await client.aclose()


async def keys_that_cannot_be_fetched_are_unavailable() -> None:
    async with Company() as company:
        assert (await company.redeemed("x.y.z")).status_code == 400
        id_jag = await company.id_jag()
        company.routes.down.add(IDP)
        refused = await company.redeemed(id_jag)
        assert (refused.status_code, "retry-after" in refused.headers) == (503, True)
        company.routes.down.clear()
        assert (await company.redeemed(id_jag)).status_code == 503, "asked again too soon"
        company.skew = 31
        assert (await company.redeemed(id_jag)).status_code == 200, "nothing was spent"


async def keys_are_where_the_metadata_says() -> None:
    for kind in (fetch.KeyFetcher, fetch.SyncKeyFetcher):
        keys, errors, clock = KeyServer(), list[Any](), [time.time()]
        async with Served(keys) as url:
            keys.url = url
            ours = fetcher(kind, url, errors, issuer=url, jwks_uri=None, clock=lambda: clock[0])

            async def found() -> list[Any]:
                if kind is fetch.KeyFetcher:
                    return await asyncio.gather(*[ours.keys("idp") for _ in range(20)])
                return await asyncio.gather(*[asyncio.to_thread(ours.keys, "idp") for _ in range(20)])

            keys.mode = "broken"
            assert not any(await found()) and len(errors) == 1
            before = keys.requests
            keys.mode = "keys"
            assert not any(await found()) and keys.requests == before, "not before the interval is over"
            clock[0] += 31
            assert all(await found()) and keys.requests == before + 2, "the metadata and the keys, once"
            keys.url = "https://evil.example"
            wrong = fetcher(kind, url, errors, issuer=url, jwks_uri=None)
            ours = wrong
            assert not any(await found()) and isinstance(errors[-1], idjag.IdJagError)


async def keys_of_listed_issuers_alone() -> None:
    keys = KeyServer()
    async with Served(keys) as url:
        own = published(AS, AS_KEY)
        sets = fetch.KeySets(fetcher(fetch.KeyFetcher, url), (AS, own))
        found = await sets.keys(IDP, "idp")
        assert found is not None and [key["kid"] for key in found.keys] == [KEY.kid] and found.skipped == []
        assert await sets.keys(AS) is own and await sets.keys("https://evil.example", "idp") is None
        assert keys.requests == 1
        try:
            fetch.KeySets((AS, own), (AS, own))
        except idjag.IdJagError as error:
            assert error.code == "argument_invalid"
        else:
            raise AssertionError("listed twice")


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


async def nobody_waits_for_a_slow_key_server() -> None:
    """Its header drips in: each read is in time, and all of them together are not."""
    is_slow = True

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = json.dumps({"keys": [KEY.public_jwk]}).encode()
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX: ")
            while is_slow:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.1)
            writer.write(b"\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as listening:
        url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        for kind in (fetch.KeyFetcher, fetch.SyncKeyFetcher):
            clock, errors = [time.time()], list[Any]()
            ours = fetcher(kind, url, errors, timeout=1, clock=lambda: clock[0])

            async def found(kid: str) -> Any:
                asked = ours.keys(kid) if kind is fetch.KeyFetcher else asyncio.to_thread(ours.keys, kid)
                return await asyncio.wait_for(asked, 2)

            is_slow = True
            assert await found("idp") is None
            await asyncio.sleep(0.3)
            is_slow, clock[0] = False, clock[0] + 31
            assert await found("idp") is not None
            is_slow, clock[0] = True, clock[0] + 31
            refreshing = asyncio.create_task(found("unknown"))
            await asyncio.sleep(0.3)
            before = time.monotonic()
            assert await found("idp") is not None and time.monotonic() - before < 0.3, "the key is there"
            assert await refreshing is not None, "the other keys serve"
            # Who asked is answered before the fetch gives up.
            while len(errors) < 2:
                await asyncio.sleep(0.05)
            assert [type(error) for error in errors] == [asyncio.TimeoutError] * 2, errors


async def threads_send_by_a_client_of_yours() -> None:
    keys, made = KeyServer(), list[Any]()

    def client() -> httpx.AsyncClient:
        made.append(httpx.AsyncClient(trust_env=False, headers={"X-Mine": "1"}))
        own: httpx.AsyncClient = made[-1]
        return own

    async with Served(keys) as url:
        ours = fetcher(fetch.SyncKeyFetcher, url, client=client)
        assert await asyncio.to_thread(ours.keys, "idp") is not None
        assert len(made) == 1 and made[0].is_closed and keys.requests == 1


async def only_the_answers_of_redis_count() -> None:
    class Client:
        def __init__(self, reply: Any, holds: Any = b"another") -> None:
            self.reply = reply
            self.holds = holds

        async def set(self, _: str, value: str, *, nx: bool, ex: int) -> Any:
            assert nx and ex == 309
            self.asked = value
            return self.reply

        async def get(self, _: str) -> Any:
            return self.holds(self.asked) if callable(self.holds) else self.holds

    replies: list[tuple[Any, str]] = [(True, "first"), (None, "seen")]
    replies += [(reply, "unavailable") for reply in (False, 1, 0, "OK", b"OK", "", "QUEUED", [], object())]
    for reply, answer in replies:
        store = replay.RedisStore(Client(reply))
        assert await store.first_use(name="x", retain_until=109, now=100) == answer, reply
    # A client that repeated its command, because the first answer was lost, finds its own value.
    for holds in (str, str.encode):
        store = replay.RedisStore(Client(None, holds))
        assert await store.first_use(name="x", retain_until=109, now=100) == "first"
    store = replay.RedisStore(Client(None, None))
    assert await store.first_use(name="x", retain_until=109, now=100) == "seen"


def main() -> None:
    tally = Tally()
    cases: list[Callable[[], Awaitable[None]]] = [
        on_redis, keys_that_cannot_be_fetched_are_unavailable, keys_are_where_the_metadata_says,
        keys_of_listed_issuers_alone, a_storm_of_unknown_keys_is_one_request, what_a_key_server_may_not_do,
        threads_share_one_request, nobody_waits_for_a_slow_key_server, threads_send_by_a_client_of_yours,
        only_the_answers_of_redis_count, *endpoints.CASES, *guarding.CASES, *connections.CASES,
        *permission.CASES,
        *revoking.CASES,
    ]  # fmt: skip
    for case in cases:
        tally.run(case.__name__, lambda: asyncio.run(asyncio.wait_for(case(), 60)))
    tally.finish()


if __name__ == "__main__":
    main()
