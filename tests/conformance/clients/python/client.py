"""A client for the official suite: the MCP Python SDK over a connection of ours. `client.py <MCP server>`; what else there
is to know, the suite says in the environment.
"""

from __future__ import annotations

import asyncio
import os
import sys

import idjag
from idjag.mcp.client import http_client
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from scenarios import scenario_of


async def main(resource: str) -> None:
    options, supplies = await scenario_of(os.environ["MCP_CONFORMANCE_SCENARIO"], resource)
    client = idjag.Client(**options, step_up_limit=2, dangerous_allow_http_loopback=True)
    connection = idjag.Connection(client=client, resource=resource)
    # The revisions before this one have a handshake, the later ones have none.
    version = os.environ["MCP_CONFORMANCE_PROTOCOL_VERSION"]
    mode = version if version >= "2026-07-28" else "legacy"
    async with http_client(connection, **supplies, start_without_token=True) as http:
        async with Client(streamable_http_client(resource, http_client=http), mode=mode) as mcp:
            await mcp.list_tools()
            await mcp.call_tool("test-tool", {})


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
