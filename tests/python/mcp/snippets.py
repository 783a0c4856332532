"""The README's Python for the MCP SDKs, executed as it stands there."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.mcpserver import MCPServer

import idjag
from idjag import asgi
from idjag.mcp.client import connect_all, enterprise_managed_authorization, http_client
from idjag.mcp.server import protect
from world import World


# An MCP server of the official SDK: tools see who calls, and clients see the tools they may call.
def who_server(server: idjag.ResourceServer, keys: asgi.Keys) -> asgi.Guard:
    mcp: MCPServer[Any] = MCPServer("who")

    @mcp.tool()
    def who() -> str:
        caller = get_access_token()
        return caller.subject or "" if caller else ""

    return protect(mcp, server, keys=keys)  # an ASGI application, for uvicorn


# Its client, connected to many servers after one sign-on. A server that is away, or forbidden, stops no other.
async def call_all(app: idjag.Client, servers: list[str], identity: Any) -> dict[str, Any]:
    connections = [idjag.Connection(client=app, resource=server) for server in servers]
    found: dict[str, Any] = dict(zip(servers, await connect_all(connections, identity=identity)))
    for connection in connections:
        if isinstance(found[connection.resource], Exception):
            continue
        async with http_client(connection, identity=identity) as http:
            transport = streamable_http_client(connection.resource, http_client=http)
            async with Client(transport, extensions=[enterprise_managed_authorization()]) as session:
                found[connection.resource] = (await session.call_tool("who")).content
    return found


async def the_readme_is_what_runs() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text()
    for shown in (who_server, call_all):
        assert inspect.getsource(shown).strip() in readme, shown
    async with World(lambda world: who_server(world.server, world.keys)) as world:
        away = f"{world.idp.url}/mcp"
        found = await call_all(await world.app(), [world.resource, away], world.sign_on)
        assert found[world.resource][0].text == f"{world.idp.url} user", found
        assert isinstance(found[away], idjag.IdJagError) and len(world.sign_ons) == 1


CASES = [the_readme_is_what_runs]
