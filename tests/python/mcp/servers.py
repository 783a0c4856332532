"""Servers of the MCP Python SDK, called by its own client: who passes, what tools see, what the others are told."""

from __future__ import annotations

import json
import re
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator

import httpx
from mcp import MCPError
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations

import idjag
from idjag import revocations
from idjag.mcp.client import enterprise_managed_authorization, http_client
from idjag.mcp.server import Authorization, TokenVerifier, UnavailableMiddleware, protect
from world import ACCESS, PROOF_KEY, World


# Three parts of some length: a signed token.
TOKEN = re.compile(r"[\w-]{20,}\.[\w-]{20,}\.[\w-]{20,}")


def rows(**options: Any) -> MCPServer[Any]:
    """An MCP server with a tool of each kind, and one that no table lists."""
    mcp: MCPServer[Any] = MCPServer("rows", **options)

    @mcp.tool()
    def read_rows() -> str:
        return "rows"

    @mcp.tool()
    def write_rows() -> str:
        return "written"

    @mcp.tool()
    def who() -> dict[str, Any]:
        found = get_access_token()
        return {} if found is None else found.model_dump()

    @mcp.tool()
    def unlisted() -> str:
        return "secret"

    return mcp


@asynccontextmanager
async def session(world: World, connection: idjag.Connection, mode: Any = "auto", **options: Any) -> AsyncIterator[Client]:
    """The SDK's client at the world's MCP server."""
    told: dict[str, Any] = {"identity": world.sign_on, "clock": world.now, **options}
    async with http_client(connection, **told) as http:
        transport = streamable_http_client(connection.resource, http_client=http)
        async with Client(transport, mode=mode, extensions=[enterprise_managed_authorization()]) as client:
            yield client


async def names(client: Client) -> list[str]:
    return [tool.name for tool in (await client.list_tools()).tools]


async def said(client: Client, tool: str) -> str:
    """What a tool answers."""
    content: Any = (await client.call_tool(tool)).content[0]
    return str(content.text)


async def refused(call: Any) -> Any:
    try:
        await call
    except MCPError as error:
        return error.error
    raise AssertionError("no refusal")


async def tools_see_who_calls_and_lists_are_cut_down() -> None:
    for transport in ({}, {"json_response": True}, {"stateless_http": True}):
        for mode in ("legacy", "auto"):

            def app(world: World, transport: Any = transport) -> Any:
                return guarded(world, transport=transport)

            async with World(app) as world, session(world, await world.connection(), mode) as client:
                assert await names(client) == ["read_rows", "who"], (transport, mode)
                assert await said(client, "read_rows") == "rows"
                seen = (await client.call_tool("who")).structured_content
                expected = (f"{world.idp.url} user", "desk-at-data", ["rows:read"], world.resource)
                assert (seen["subject"], seen["client_id"], seen["scopes"], seen["resource"]) == expected, seen
                assert seen["claims"]["iss"] == world.ras.url and seen["claims"]["jti"] in seen["token"]
                assert not TOKEN.search(json.dumps(seen)), "the token stays outside"
                denied = await refused(client.call_tool("write_rows"))
                assert denied.data == {"code": "step_up_limit"}, denied
                assert (await refused(client.call_tool("unlisted"))).data["code"], "not in the table"
                assert await said(client, "read_rows") == "rows", "the session goes on"
                assert len(world.sign_ons) == 1 and world.errors == []


async def a_token_may_be_bound_to_a_key() -> None:
    async with World(lambda world: guarded(world)) as world:
        async with session(world, await world.connection(PROOF_KEY)) as client:
            seen = (await client.call_tool("who")).structured_content
            assert seen["claims"]["cnf"] == {"jkt": PROOF_KEY.jkt}


def guarded(world: World, **options: Any) -> Any:
    return protect(rows(), world.server, **{"keys": world.keys, "access": ACCESS, **world.told, **options})


def call(name: str, token: str | None, method: str = "tools/call", **fields: str) -> dict[str, Any]:
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {"name": name, "arguments": {}}}
    bearer = {} if token is None else {"Authorization": f"Bearer {token}"}
    accept = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    return {"json": message, "headers": {**accept, **bearer, **fields}}


async def refusals_say_what_is_missing() -> None:
    transport = {"stateless_http": True, "json_response": True}
    async with World(lambda world: guarded(world, transport=transport)) as world, httpx.AsyncClient() as http:
        metadata = f"{world.mcp.url}/.well-known/oauth-protected-resource/mcp"
        document = (await http.get(metadata)).json()
        assert (document["resource"], document["authorization_servers"]) == (world.resource, [world.ras.url])
        cases: list[tuple[str, str | None, int, str]] = [
            ("read_rows", None, 401, 'scope="rows:read"'),
            ("read_rows", world.access_token(exp=1, iat=0), 401, 'error="invalid_token"'),
            ("read_rows", world.access_token(aud="https://other.example/mcp"), 401, 'error="invalid_token"'),
            ("write_rows", world.access_token(), 403, 'error="insufficient_scope", scope="rows:write"'),
            ("unlisted", world.access_token(), 403, "resource_metadata"),
        ]
        for name, token, status, challenge in cases:
            response = await http.post(world.resource, **call(name, token))
            told = response.headers["www-authenticate"]
            assert response.status_code == status and f'resource_metadata="{metadata}"' in told, (name, told)
            assert all(part in told for part in challenge.split(", ")), told
        # What a header says of the message counts for nothing.
        hidden = await http.post(world.resource, **call("write_rows", world.access_token(), **{"Mcp-Name": "read_rows"}))
        assert hidden.status_code == 403
        passed = await http.post(world.resource, **call("read_rows", world.access_token()))
        assert (passed.status_code, passed.json()["result"]["content"][0]["text"]) == (200, "rows"), passed.text
        assert (await http.get(f"{world.mcp.url}/", headers=call("", world.access_token())["headers"])).status_code == 404


async def a_session_is_its_owners() -> None:
    async with World(lambda world: guarded(world, transport={"json_response": True})) as world:
        async with httpx.AsyncClient() as http:
            opening = call("", world.access_token(sub="alice"), "initialize")
            client = {"name": "raw", "version": "1"}
            opening["json"]["params"] = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client}
            opened = await http.post(world.resource, **opening)
            owned = {"Mcp-Session-Id": opened.headers["mcp-session-id"]}
            told = call("", world.access_token(sub="alice"), "notifications/initialized", **owned)
            del told["json"]["id"]
            assert (await http.post(world.resource, **told)).status_code == 202
            for sub, status in (("alice", 200), ("mallory", 404)):
                answer = await http.post(world.resource, **call("who", world.access_token(sub=sub), **owned))
                assert answer.status_code == status, (sub, answer.text)


def own_auth(world: World, *middleware: Any, **options: Any) -> Any:
    """The SDK's own `auth`, with our verifier."""
    settings: Any = {"issuer_url": world.ras.url, "resource_server_url": world.resource, "validate_token_resource": True}
    told = {"keys": world.keys, **world.told, **options}
    verifier = TokenVerifier(world.server, **told)
    decided = [Authorization(world.server, **told)] if middleware else []
    mcp = rows(auth=AuthSettings(**settings), token_verifier=verifier, middleware=decided)
    app = mcp.streamable_http_app(stateless_http=True, json_response=True)
    app.add_middleware(UnavailableMiddleware)
    return app


async def the_sdks_own_auth_takes_our_word() -> None:
    async with World(own_auth) as world, httpx.AsyncClient() as http:
        token = world.access_token(act={"iss": world.idp.url, "sub": "agent"}, ctx="conversation:1")
        answer = await http.post(world.resource, **call("who", token))
        seen = answer.json()["result"]["structuredContent"]
        assert (seen["token"], seen["subject"], seen["scopes"]) == (token, "user", ["rows:read"])
        assert (seen["claims"]["act"]["sub"], seen["claims"]["ctx"]) == ("agent", "conversation:1")
        refused_ones = [
            world.access_token(cnf={"jkt": PROOF_KEY.jkt}), world.access_token(aud="https://other.example/mcp"),
            world.access_token(iss="https://other.example"), world.access_token(exp=1, iat=0), "nonsense", "a b",
        ]  # fmt: skip
        for token in refused_ones:
            answer = await http.post(world.resource, **call("who", token))
            assert answer.status_code == 401 and "resource_metadata" in answer.headers["www-authenticate"], answer.text
        assert "resource_server bound_token_as_bearer" in world.outcomes()
    async with World(lambda world: own_auth(world, keys=lambda *_: None)) as world, httpx.AsyncClient() as http:
        answer = await http.post(world.resource, **call("who", world.access_token()))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1"), "nobody is told that a token is wrong"


class Lost:
    """A store of revocations that cannot be reached."""

    async def list(self, *, now: int) -> Any:
        raise RuntimeError("down")

    async def revoke(self, entries: Any, *, now: int) -> None:
        raise RuntimeError("down")


async def what_was_revoked_is_refused_everywhere() -> None:
    transport = {"stateless_http": True, "json_response": True}

    def behind_guard(world: World, **options: Any) -> Any:
        return guarded(world, transport=transport, **options)

    def decided(world: World, **options: Any) -> Any:
        return own_auth(world, Authorization, **options)

    for app in (behind_guard, decided):
        store = revocations.MemoryStore()
        async with World(lambda world: app(world, revocations=store)) as world, httpx.AsyncClient() as http:
            kept, gone = world.access_token(jti="kept"), world.access_token(jti="gone")
            entry: Any = {"iss": world.ras.url, "jti": "gone", "retain_until": world.now() + 600}
            for token in (kept, gone):
                assert (await http.post(world.resource, **call("read_rows", token))).status_code == 200
            await store.revoke([entry], now=world.now())
            for token, status in ((kept, 200), (gone, 401)):
                answer = await http.post(world.resource, **call("read_rows", token))
                assert answer.status_code == status, (app, answer.text)
        async with World(lambda world: app(world, revocations=Lost())) as world, httpx.AsyncClient() as http:
            answer = await http.post(world.resource, **call("read_rows", world.access_token()))
            assert (answer.status_code, answer.headers.get("retry-after")) == (503, "1"), (app, answer.text)


async def every_message_is_decided_on_without_a_guard() -> None:
    async with World(lambda world: own_auth(world, Authorization)) as world, httpx.AsyncClient() as http:

        async def ask(name: str, method: str = "tools/call", **claims: Any) -> Any:
            return (await http.post(world.resource, **call(name, world.access_token(**claims), method))).json()

        assert (await ask("read_rows"))["result"]["content"][0]["text"] == "rows"
        assert (await ask("write_rows"))["error"]["message"] == "insufficient_scope"
        assert (await ask("write_rows", scope="rows:write"))["result"]["content"][0]["text"] == "written"
        for name, method in (("unlisted", "tools/call"), ("x", "resources/list"), ("x", "prompts/list")):
            error = (await ask(name, method))["error"]
            assert error["data"] == {"code": "operation_not_listed"}, (name, method, error)
        listed = (await ask("", "tools/list"))["result"]["tools"]
        assert [tool["name"] for tool in listed] == ["read_rows", "who"]
        passed = [record for record in world.records if record["outcome"] == "permit"]
        assert [record["operation"] for record in passed if "operation" in record].count("read_rows") == 1
        assert sum("operation" in record for record in passed) == 3 < len(passed), "and one for each token that was verified"
    failing: Any = {"on_record": fails}
    async with World(lambda world: own_auth(world, Authorization, **failing)) as world, httpx.AsyncClient() as http:
        answer = await http.post(world.resource, **call("read_rows", world.access_token()))
        assert "result" not in answer.json(), "nothing is granted of which there is no record"


def fails(*_: Any) -> Any:
    raise RuntimeError("down")


async def annotations_and_table_agree() -> None:
    def app(world: World, *, hint: bool, table: bool) -> Any:
        mcp: MCPServer[Any] = MCPServer("rows")
        mcp.add_tool(lambda: "x", name="read_rows", annotations=ToolAnnotations(read_only_hint=hint))
        access: Any = {"tools": {"read_rows": {"read_only": table}}}
        return protect(mcp, world.server, keys=world.keys, access=access)

    for hint, table in ((True, True), (False, False), (True, False), (False, True)):
        world = World(lambda world: app(world, hint=hint, table=table))
        try:
            async with world.apps[world.mcp].lifespan():
                started = True
        except idjag.IdJagError as error:
            started = error.code != "config_invalid"
        assert started == (hint == table), (hint, table)


async def tokens_that_only_read_reach_what_only_reads() -> None:
    reading: Any = {"read_rows": {"scope": "rows:read", "read_only": True}, "who": {"read_only": True}}
    tools: Any = {**reading, "write_rows": {"scope": "rows:write"}}
    only: Any = {"read_only_scopes": "rows:read"}

    def app(world: World) -> Any:
        return guarded(world, access=None, transport={"stateless_http": True, "json_response": True})

    async with World(app, access={"tools": tools}, server=only) as world, httpx.AsyncClient() as http:
        cases: list[tuple[str, list[str], int]] = [
            ("rows:read", ["read_rows", "who"], 403), ("", ["who"], 403),
            ("rows:read rows:write", ["read_rows", "write_rows", "who"], 200),
        ]  # fmt: skip
        for scope, expected, status in cases:
            token = world.access_token(**({"scope": scope} if scope else {"scope": None}))
            listed = (await http.post(world.resource, **call("", token, "tools/list"))).json()["result"]["tools"]
            assert [tool["name"] for tool in listed] == expected, (scope, listed)
            answer = await http.post(world.resource, **call("write_rows", token))
            assert answer.status_code == status, (scope, answer.text)


CASES = [
    tools_see_who_calls_and_lists_are_cut_down, a_token_may_be_bound_to_a_key, refusals_say_what_is_missing,
    a_session_is_its_owners, the_sdks_own_auth_takes_our_word, what_was_revoked_is_refused_everywhere,
    every_message_is_decided_on_without_a_guard,
    annotations_and_table_agree, tokens_that_only_read_reach_what_only_reads,
]  # fmt: skip
