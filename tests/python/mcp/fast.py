"""FastMCP's servers, behind the guard and with FastMCP's own `auth`, called by the SDK's client."""

from __future__ import annotations

from typing import Any

import fastmcp
import httpx
from fastmcp.server.dependencies import get_access_token

import idjag
from idjag.mcp.fastmcp import Authorization, AuthProvider, protect
from servers import TOKEN, call, fails, names, refused, said, session
from world import ACCESS, AS_KEY, PROOF_KEY, World, published


def rows(**options: Any) -> fastmcp.FastMCP[Any]:
    mcp: fastmcp.FastMCP[Any] = fastmcp.FastMCP("rows", **options)

    @mcp.tool
    def read_rows() -> str:
        return "rows"

    @mcp.tool
    def write_rows() -> str:
        return "written"

    @mcp.tool
    def who() -> dict[str, Any]:
        found = get_access_token()
        return {} if found is None else found.model_dump()

    @mcp.tool
    async def unlisted() -> str:
        return "secret"

    @mcp.tool
    async def indirect() -> str:
        return str((await mcp.call_tool("write_rows", {})).content[0])

    return mcp


def guarded(world: World, **options: Any) -> Any:
    return protect(rows(), world.server, keys=world.keys, access=ACCESS, **{**world.told, **options})


async def tools_see_who_calls_and_lists_are_cut_down() -> None:
    for transport in ({}, {"json_response": True}, {"stateless_http": True}):

        def app(world: World, transport: Any = transport) -> Any:
            return guarded(world, transport=transport)

        async with World(app) as world, session(world, await world.connection(PROOF_KEY)) as client:
            assert await names(client) == ["read_rows", "who"], transport
            assert await said(client, "read_rows") == "rows"
            seen = (await client.call_tool("who")).structured_content
            assert (seen["subject"], seen["client_id"]) == (f"{world.idp.url} user", "desk-at-data"), seen
            assert seen["claims"]["cnf"] == {"jkt": PROOF_KEY.jkt} and not TOKEN.search(str(seen))
            assert (await refused(client.call_tool("write_rows"))).data == {"code": "step_up_limit"}
            assert (await refused(client.call_tool("unlisted"))).data["code"]
            assert await said(client, "read_rows") == "rows", "the session goes on"
            assert world.errors == []


ALL: Any = {"tools": {**ACCESS["tools"], "indirect": {}}}


def own_auth(world: World, **options: Any) -> Any:
    """FastMCP's own `auth`, with the authorization server beside the MCP server."""
    told = {"keys": lambda *_: published(world.ras.url, AS_KEY), **world.told, **options}
    auth = AuthProvider(world.server, redeem=world.redeem, **told)
    mcp = rows(auth=auth, middleware=[Authorization(world.server, **told)])
    return mcp.http_app(path="/mcp", stateless_http=True, json_response=True)


async def every_message_is_decided_on_without_a_guard() -> None:
    async with World(own_auth, access=ALL) as world, httpx.AsyncClient() as http:
        metadata = f"{world.mcp.url}/.well-known/oauth-protected-resource/mcp"
        document = (await http.get(metadata)).json()
        assert (document["resource"], document["authorization_servers"]) == (world.resource, [world.ras.url])
        assert (await http.get(f"{world.mcp.url}/jwks")).json()["keys"][0]["kid"] == "as", "mounted beside it"
        nobody = await http.post(world.resource, **call("read_rows", None))
        assert nobody.status_code == 401 and metadata in nobody.headers["www-authenticate"]
        bound = await http.post(world.resource, **call("read_rows", world.access_token(cnf={"jkt": PROOF_KEY.jkt})))
        assert bound.status_code == 401

        async def ask(name: str, method: str = "tools/call", **claims: Any) -> Any:
            return (await http.post(world.resource, **call(name, world.access_token(**claims), method))).json()

        assert (await ask("read_rows"))["result"]["content"][0]["text"] == "rows"
        assert (await ask("who"))["result"]["structuredContent"]["subject"] == "user"
        for name in ("write_rows", "unlisted", "indirect"):
            answer = await ask(name)
            assert "written" not in str(answer) and "secret" not in str(answer), answer
            assert "error" in answer or answer["result"]["isError"], answer
        written = await ask("indirect", scope="rows:write")
        assert "written" in str(written), written
        for method in ("resources/list", "prompts/list", "logging/setLevel"):
            assert "error" in await ask("x", method), method
        listed = (await ask("", "tools/list"))["result"]["tools"]
        assert [tool["name"] for tool in listed] == ["read_rows", "who", "indirect"]
        assert {"insufficient_scope", "operation_not_listed", "bound_token_as_bearer"} <= {
            record.get("error") for record in world.records
        }


async def nothing_is_guessed() -> None:
    async with World(lambda world: own_auth(world, keys=fails)) as world, httpx.AsyncClient() as http:
        answer = await http.post(world.resource, **call("who", world.access_token()))
        assert (answer.status_code, answer.headers.get("retry-after")) == (503, "1"), answer.text
    async with World(lambda world: own_auth(world, on_record=fails)) as world, httpx.AsyncClient() as http:
        answer = await http.post(world.resource, **call("read_rows", world.access_token()))
        assert "rows" not in str(answer.json().get("result")), answer.text
    wrong: Any = {"tools": {"read_rows": {"read_only": True}}}
    world = World(lambda world: protect(rows(), world.server, keys=world.keys, access=wrong))
    try:
        async with world.apps[world.mcp].lifespan():
            raise AssertionError("started")
    except idjag.IdJagError as error:
        assert error.code == "config_invalid"


CASES = [tools_see_who_calls_and_lists_are_cut_down, every_message_is_decided_on_without_a_guard, nothing_is_guessed]
