"""The app `desk` with the Python SDK's client: connects to every server after one sign-on, and prints what became of it."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

import httpx
from mcp import MCPError
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

import idjag
from idjag.client import SharedSignOn, connect_all, discover_issuer
from idjag.mcp.client import enterprise_managed_authorization, http_client

told = json.loads(os.environ["SETTINGS"])
sent: list[str] = []
asked: list[str] = []


async def seen(request: Any) -> None:
    sent.append(f"{request.method} {request.url}")


def sign_on(need: Any) -> Any:
    asked.append(need["reason"])
    known = told["identity"]
    return {"issuer": known["issuer"], "id_token": known["idToken"], "expires_at": known["expiresAt"]}


async def visit(server: Any, connection: Any, identity: Any) -> dict[str, Any]:
    """The tools that the server shows, what one of them says, and how it refuses another."""
    async with http_client(connection, identity=identity) as http:
        http.event_hooks["request"].append(seen)
        transport = streamable_http_client(server["resource"], http_client=http)
        async with Client(transport, extensions=[enterprise_managed_authorization()]) as client:
            tools = sorted(tool.name for tool in (await client.list_tools()).tools)
            called = await client.call_tool(server["call"], server["arguments"])
            result = {"tools": tools, "said": called.structured_content or json.loads(called.content[0].text)}
            if server.get("refused") is not None:
                try:
                    await client.call_tool(server["refused"], server["arguments"])
                except MCPError as error:
                    result["refused"] = error.error.data["code"]
            return result


async def main() -> None:
    key = idjag.SigningKey(alg="ES256", kid="desk-proof", random=os.urandom(32)) if told["dpop"] else None
    async with httpx.AsyncClient(event_hooks={"request": [seen]}, trust_env=False) as http:
        loopback: Any = {"dangerous_allow_http_loopback": True}
        own, *others = told["credentials"]
        client = idjag.Client(
            idp=await discover_issuer(told["issuer"], client=http, **loopback),
            idp_credentials=own,
            credentials=others,
            dpop=key,
            **loopback,
        )
        servers = told["servers"]
        identity = SharedSignOn(sign_on)
        connections = [idjag.Connection(client=client, resource=server["resource"]) for server in servers]
        tokens = await connect_all(connections, identity=identity, client=http)
        visits = []
        for server, connection, token in zip(servers, connections, tokens):
            if isinstance(token, Exception):
                visits.append({"id": server["id"], "error": getattr(token, "code", repr(token))})
            else:
                found = await visit(server, connection, identity)
                visits.append({"id": server["id"], "token_type": token["token_type"], **found})
    print(json.dumps({"visits": visits, "asked": asked, "sent": sent}))


asyncio.run(main())
