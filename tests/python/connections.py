"""From one sign-on to the answer of a tool, over HTTP between four parties, and everything that can come between."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx

import idjag
from company import AS, IDP, MCP, Company
from endpoints import PROOF_KEY, fails
from idjag import client
from idjag.revocations import MemoryStore


def tokens(company: Company) -> list[str]:
    return [one for one in company.routes.requests if one.startswith("POST") and one.endswith("/token")]


def app(company: Company, connection: Any, **more: Any) -> httpx.AsyncClient:
    options: dict[str, Any] = {"identity": company.sign_on, "client": company.http, "clock": company.now, **more}
    transport = client.AuthorizedTransport(connection, transport=company.routes, **options)
    # Whatever the app's client does with redirects, it gets none to follow.
    return httpx.AsyncClient(transport=transport, follow_redirects=True)


def call(name: str) -> dict[str, Any]:
    return {"json": {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name}}}


async def refused(request: Any) -> idjag.IdJagError:
    try:
        await request
    except idjag.IdJagError as error:
        return error
    raise AssertionError("no refusal")


async def from_sign_on_to_answer() -> None:
    async with Company() as company:
        ours = app(company, await company.connection())
        answers = await asyncio.gather(*[ours.post(MCP, **call("read")) for _ in range(10)])
        assert {(answer.status_code, answer.text) for answer in answers} == {(200, "read")}
        assert tokens(company) == [f"POST {IDP}/token", f"POST {AS}/token"]
        assert company.outcomes()[:3] == ["idp permit", "resource_as permit", "resource_server permit"]
        before = len(company.routes.requests)
        await ours.post(MCP, **call("read"))
        assert len(company.routes.requests) == before + 1 and company.errors == []
        company.skew = 900
        assert (await ours.post(MCP, **call("read"))).status_code == 200, "what has expired is renewed"
        assert len(tokens(company)) == 4
        other = await refused(ours.get(f"{AS}/jwks"))
        assert other.code == "token_for_another_server"
        assert (await refused(ours.post(MCP, headers={"Authorization": "Bearer x"}))).code == "credentials_repeated"


async def a_subagent_has_less_and_dies_with_its_parent() -> None:
    revocations = MemoryStore()
    more: dict[str, Any] = {"revocations": revocations}
    ras = {**more, "users": lambda claims: {"subject": claims["sub"]}}
    async with Company(ras_configured={"delegation": {}}, ras=ras, mcp=more) as company:
        company.groups = ["engineering", "leads"]
        connection = await company.connection(scope="rows:read rows:write")
        driven: dict[str, Any] = {"identity": company.sign_on, "client": company.http, "clock": company.now}
        derived = await client.downscope(connection, {"scope": "rows:read"}, **driven)
        assert (derived["token_type"], derived["scope"]) == ("Bearer", "rows:read")
        ours = httpx.AsyncClient(transport=company.routes, headers={"Authorization": f"Bearer {derived['access_token']}"})
        assert (await ours.post(MCP, **call("read"))).status_code == 200
        assert (await ours.post(MCP, **call("write"))).status_code == 403
        redeemed, made = company.records[1:3]
        assert (made["parent_id"], made["grant_id"]) == (redeemed["token_id"], redeemed["grant_id"])
        assert (await refused(client.downscope(connection, {"scope": "rows:all"}, **driven))).code == "server_refused"
        assert company.records[-1]["error"] == "scope_not_granted"
        entry: Any = {"iss": AS, "jti": redeemed["token_id"], "retain_until": company.now() + 3600}
        await revocations.revoke([entry], now=company.now())
        assert (await ours.post(MCP, **call("read"))).status_code == 401
        assert company.records[-1]["error"] == "token_revoked"
    async with Company(ras_configured={"delegation": {}}) as company:
        driven = {"identity": company.sign_on, "client": company.http, "clock": company.now}
        assert (await refused(client.downscope(await company.connection(), **driven))).code == "server_refused"
        assert company.records[-1]["error"] == "subject_unknown"


async def bound_to_a_key_with_nonces() -> None:
    def nonce(name: str) -> Any:
        return {"nonce": lambda: {"current": f"{name}-2", "previous": f"{name}-1"}}

    configured = {"proof_single_use": True}
    async with Company(configured=configured, idp=nonce("idp"), ras=nonce("ras"), mcp=nonce("mcp")) as company:
        connection = await company.connection(PROOF_KEY)
        ours = app(company, connection)
        for _ in range(3):
            assert (await ours.post(MCP, **call("read"))).status_code == 200
        assert connection.status(now=company.now())["token"]["token_type"] == "DPoP"
        assert len(tokens(company)) == 4, "each endpoint asked for its nonce once"


async def two_conversations_have_two_tokens() -> None:
    async with Company() as company:
        for name in ("conversation:1", "conversation:2"):
            ours = app(company, await company.connection(context=name))
            assert (await ours.post(MCP, **call("read"))).status_code == 200
        told = [(record["role"], record["context"]) for record in company.records]
        roles = ("idp", "resource_as", "resource_server")
        assert told == [(role, name) for name in ("conversation:1", "conversation:2") for role in roles], told
        assert len({record["token_id"] for record in company.records if record["role"] == "resource_as"}) == 2
        assert (await refused(company.connection(context=""))).code == "text_invalid"


async def more_where_a_tool_needs_it() -> None:
    async with Company() as company:
        ours = app(company, await company.connection())
        assert (await ours.post(MCP, **call("read"))).status_code == 200
        await refused(ours.post(MCP, **call("write")))
        assert (await ours.post(MCP, **call("read"))).status_code == 200
        company.groups = ["engineering", "leads"]
        assert (await ours.post(MCP, **call("write"))).text == "write"


async def a_no_is_final() -> None:
    async with Company() as company:
        company.groups = ["contractors"]
        options: Any = {"client": company.http, "clock": company.now}
        denied = await refused(client.connect(await company.connection(), identity=company.sign_on, **options))
        assert denied.code == "server_denied" and tokens(company) == [f"POST {IDP}/token"]
        assert company.outcomes() == ["idp policy_denied"]
        declined = await refused(client.connect(await company.connection(), **options))
        assert declined.code == "identity_expired"
        try:
            await client.connect(await company.connection(), identity=fails, **options)
        except RuntimeError as error:
            assert "db.internal" in str(error)
        else:
            raise AssertionError("what the sign-on raised was lost")


async def a_server_that_was_away_is_tried_again() -> None:
    async with Company() as company:
        company.routes.down.add(AS)
        asyncio.get_running_loop().call_later(0.3, company.routes.down.clear)
        connection = await company.connection()
        token = await client.connect(connection, identity=company.sign_on, client=company.http, clock=company.now)
        assert token["resource"] == MCP and connection.status(now=company.now())["ready"]
        company.routes.down.add("https://mcp.example")
        waiting = client.connect(await company.connection(), client=company.http)
        try:
            await asyncio.wait_for(waiting, 0.3)
        except asyncio.TimeoutError:
            pass
        else:
            raise AssertionError("there was nobody to connect to")


async def no_redirect_takes_the_token_along() -> None:
    async def away(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"location", b"https://as.example/elsewhere")]
        await send({"type": "http.response.start", "status": 307, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async with Company(mcp={"app": away}) as company:
        ours = app(company, await company.connection())
        assert (await refused(ours.post(MCP, **call("read")))).code == "redirect_refused"
        assert not [one for one in company.routes.requests if one.endswith("/elsewhere")]


async def what_it_connects_to_has_an_end() -> None:
    async with Company() as company:
        search = {"client": company.http}
        assert (await client.discover_issuer(IDP, **search))["token_endpoint"] == f"{IDP}/token"  # type: ignore[arg-type]
        small = await refused(client.discover_issuer(IDP, client=company.http, max_bytes=10))
        assert small.code == "response_too_large"
        other = await refused(client.discover_issuer(f"{IDP}/tenant", client=company.http))
        assert other.code, json.dumps(company.routes.requests)


CASES = [
    from_sign_on_to_answer, a_subagent_has_less_and_dies_with_its_parent, bound_to_a_key_with_nonces,
    two_conversations_have_two_tokens,
    more_where_a_tool_needs_it, a_no_is_final, a_server_that_was_away_is_tried_again, no_redirect_takes_the_token_along, what_it_connects_to_has_an_end,
]  # fmt: skip
