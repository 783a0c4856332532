"""Clients: one sign-on for many servers, tokens and proofs per request, step-ups, and denials that end nothing else."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import httpx
import httpx2
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.server.mcpserver import Context, MCPServer

import idjag
import idjag.client
from idjag.mcp.client import EXTENSION, Auth, connect_all, enterprise_managed_authorization, http_client
from idjag.mcp.server import protect
from servers import call, guarded, refused, said, session
from world import ACCESS, PROOF_KEY, World


async def both_libraries_are_authorized_request_by_request() -> None:
    def nonce() -> Any:
        return {"current": "n-2", "previous": "n-1"}

    transport = {"stateless_http": True, "json_response": True}
    for dpop in (None, PROOF_KEY):
        async with World(lambda world: guarded(world, transport=transport, nonce=nonce)) as world:
            told: Any = {"identity": world.sign_on, "clock": world.now}
            shared = await world.connection(dpop)
            cases: list[tuple[Any, Any]] = [
                (httpx.AsyncClient, idjag.client.Auth(shared, **told)), (httpx2.AsyncClient, Auth(shared, **told)),
            ]  # fmt: skip
            for library, auth in cases:
                async with library(auth=auth) as http:
                    # Each is asked for a nonce, and goes out again as it was.
                    asked = [http.post(world.resource, **call("who", None)) for _ in range(5)]
                    for answer in await asyncio.gather(*asked):
                        seen = answer.json()["result"]["structuredContent"]
                        assert (answer.status_code, "cnf" in seen["claims"]) == (200, dpop is not None)
                    try:
                        await http.get("http://127.0.0.1:1/elsewhere")
                    except idjag.IdJagError as error:
                        assert error.code == "token_for_another_server"
                    else:
                        raise AssertionError("the token went elsewhere")
            assert len(world.sign_ons) == 1 and world.outcomes().count("resource_as permit") == 1


async def denials_are_raised_and_nobody_is_asked_again() -> None:
    transport = {"stateless_http": True, "json_response": True}
    async with World(lambda world: guarded(world, transport=transport)) as world:
        world.groups = []
        told: Any = {"identity": world.sign_on, "clock": world.now}
        for library, flow in ((httpx, idjag.client.Auth), (httpx2, Auth)):
            async with library.AsyncClient(auth=flow(await world.connection(), **told)) as http:
                try:
                    await http.post(world.resource, **call("read_rows", None))
                except idjag.IdJagError as error:
                    assert error.code == "server_denied", error.code
                else:
                    raise AssertionError("handed on")
        # In the SDK it is the answer to the message, whichever that is.
        try:
            async with session(world, await world.connection(), "legacy"):
                raise AssertionError("connected")
        except BaseExceptionGroup as group:
            assert "server_denied" in str(leaves(group)), leaves(group)
        assert len(world.sign_ons) == 3, "once for each connection"


def leaves(error: BaseException) -> list[Any]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for one in error.exceptions for leaf in leaves(one)]
    return [getattr(error, "error", error)]


async def rights_are_stepped_up_for_the_tool_that_needs_them() -> None:
    async with World(lambda world: guarded(world)) as world:
        world.groups = ["engineering", "leads"]
        async with session(world, await world.connection(PROOF_KEY, scope="rows:read")) as client:
            assert (await client.call_tool("who")).structured_content["scopes"] == ["rows:read"]
            assert await said(client, "write_rows") == "written"
            seen = (await client.call_tool("who")).structured_content["scopes"]
            assert set(seen) == {"rows:read", "rows:write"}, (seen, world.outcomes())
            world.groups = ["engineering"]
            world.skew = 3700
            assert await said(client, "read_rows") == "rows", "renewed"
            assert (await refused(client.call_tool("write_rows"))).code == -32001
            assert await said(client, "read_rows") == "rows"


async def clients_declare_the_extension() -> None:
    def app(world: World) -> Any:
        mcp: MCPServer[Any] = MCPServer("rows")

        @mcp.tool()
        def who(ctx: Context[Any, Any]) -> str:
            found = ctx.session.client_params
            extensions = found.capabilities.extensions if found is not None else None
            return ",".join(extensions or {})

        return protect(mcp, world.server, keys=world.keys, access=ACCESS, **world.told)

    async with World(app) as world, session(world, await world.connection(), "legacy") as client:
        assert await said(client, "who") == EXTENSION
    assert enterprise_managed_authorization().identifier == "io.modelcontextprotocol/enterprise-managed-authorization"


async def one_sign_on_serves_many_servers() -> None:
    async with World(lambda world: guarded(world)) as world:
        app = await world.app(PROOF_KEY)
        gone = f"{world.idp.url}/mcp"
        resources = [world.resource, gone, world.resource, world.resource]
        connections = [idjag.Connection(client=app, resource=resource) for resource in resources]
        outcomes = await connect_all(connections, identity=world.sign_on, clock=world.now)
        ready = [one["resource"] for one in outcomes if isinstance(one, dict)]
        assert ready == [world.resource] * 3 and isinstance(outcomes[1], idjag.IdJagError), outcomes
        assert len(world.sign_ons) == 1
        for index in (0, 2):
            async with session(world, connections[index]) as client:
                assert await said(client, "read_rows") == "rows"
        assert await connect_all([], identity=world.sign_on) == []

        # Nobody is asked again when the one who was asked declines, or fails.
        for answer, count in ((None, 1), (RuntimeError("closed"), 1)):
            asked: list[Any] = []

            async def declines(need: Any, answer: Any = answer, asked: Any = asked) -> Any:
                asked.append(need)
                await asyncio.sleep(0.05)
                if answer is not None:
                    raise answer
                return None

            three = [idjag.Connection(client=app, resource=world.resource) for _ in range(3)]
            outcomes = await connect_all(three, identity=declines)
            assert all(isinstance(one, Exception) for one in outcomes) and len(asked) == count, (outcomes, asked)


async def redirects_are_not_followed() -> None:
    class Redirecting:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http" and scope["path"] == "/mcp":
                await send({"type": "http.response.start", "status": 307, "headers": [(b"location", b"/other")]})
                await send({"type": "http.response.body", "body": b""})
            elif scope["type"] == "http" and scope["path"] == "/other":
                raise AssertionError("followed")
            else:
                await self.inner(scope, receive, send)

    def app(world: World) -> Any:
        return Redirecting(guarded(world))

    async with World(app) as world:
        told: Any = {"identity": world.sign_on, "clock": world.now}
        async with http_client(await world.connection(), **told) as http:
            answer = await http.post(world.resource, **call("read_rows", None))
            assert answer.json()["error"]["data"] == {"code": "redirect_refused"}, answer.text
        async with httpx2.AsyncClient(auth=Auth(await world.connection(), **told)) as http:
            try:
                await http.post(world.resource, **call("read_rows", None))
            except idjag.IdJagError as error:
                assert error.code == "redirect_refused", error.code
            else:
                raise AssertionError("handed on")


async def the_sdks_library_is_enough() -> None:
    program = """
import sys
sys.modules["httpx"] = None
import idjag.client, idjag.fetch, idjag.mcp.client, idjag.mcp.server
assert idjag.client.httpx.__name__ == "httpx2"
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


CASES = [
    both_libraries_are_authorized_request_by_request, denials_are_raised_and_nobody_is_asked_again,
    rights_are_stepped_up_for_the_tool_that_needs_them, clients_declare_the_extension, one_sign_on_serves_many_servers,
    redirects_are_not_followed, the_sdks_library_is_enough,
]  # fmt: skip
