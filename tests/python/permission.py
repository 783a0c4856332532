"""Authorization codes: whoever calls the redirect URI, only the response to the request is taken."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

import idjag
from idjag import client

MCP, ISSUER, BACK = "https://mcp.example/mcp", "https://as.example", "http://127.0.0.1:8000/callback"
DOCUMENTS: dict[str, Any] = {
    "https://mcp.example/.well-known/oauth-protected-resource/mcp": {"resource": MCP, "authorization_servers": [ISSUER]},
    "https://as.example/.well-known/oauth-authorization-server": {
        "issuer": ISSUER, "authorization_endpoint": f"{ISSUER}/authorize", "token_endpoint": f"{ISSUER}/token",
        "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
    },
}  # fmt: skip


def said(document: Any) -> httpx.Response:
    """A response that is still to be read."""
    return httpx.Response(
        200, headers={"content-type": "application/json"}, stream=httpx.ByteStream(json.dumps(document).encode())
    )


class Internet:
    """The servers of a connection, and what they were asked."""

    def __init__(self) -> None:
        self.codes: list[str] = []
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        url = str(request.url)
        self.asked.append(url)
        if url in DOCUMENTS:
            return said(DOCUMENTS[url])
        if url != f"{ISSUER}/token":
            return httpx.Response(404)
        self.codes += parse_qs(request.content.decode())["code"]
        return said({"access_token": "token", "token_type": "Bearer", "expires_in": 300})


def connection() -> idjag.Connection:
    secret: Any = {
        "issuer": ISSUER, "client_id": "desk", "token_endpoint_auth_method": "client_secret_basic",
        "client_secret": "s" * 32,
    }  # fmt: skip
    desk = idjag.Client(grant="authorization_code", redirect_uri=BACK, credentials=[secret])
    return idjag.Connection(client=desk, resource=MCP)


def answer(need: Any, **more: str) -> str:
    state = parse_qs(urlsplit(need["authorization_url"]).query)["state"][0]
    return f"{BACK}?{httpx.QueryParams({'code': 'good', 'state': state, **more})}"


async def strangers_end_nothing() -> None:
    for strangers in (3, 11):
        internet, called = Internet(), 0

        def browser(need: Any, strangers: int = strangers) -> str:
            nonlocal called
            called += 1
            return answer(need, code="stolen", state="guessed") if called <= strangers else answer(need)

        async with httpx.AsyncClient(transport=httpx.MockTransport(internet)) as http:
            try:
                token = await client.connect(connection(), authorization=browser, client=http)
                assert strangers == 3 and token["expires_at"] > time.time()
                assert internet.codes == ["good"], "no other code was sent"
            except idjag.IdJagError as error:
                assert (strangers, error.code) == (11, "state_mismatch"), error.code
                assert internet.codes == []


async def only_the_server_itself_is_asked_without_a_token() -> None:
    internet = Internet()
    options: dict[str, Any] = {"transport": httpx.MockTransport(internet), "start_without_token": True}
    async with httpx.AsyncClient(transport=httpx.MockTransport(internet)) as http:
        transport = client.AuthorizedTransport(connection(), client=http, authorization=answer, **options)
        async with httpx.AsyncClient(transport=transport) as mcp:
            try:
                await mcp.post("https://elsewhere.example/mcp", json={})
                raise AssertionError("a token of this connection is no business of another server's")
            except idjag.IdJagError as error:
                assert error.code == "token_for_another_server"
    assert not any(url.startswith("https://elsewhere.example") for url in internet.asked)


CASES = [strangers_end_nothing, only_the_server_itself_is_asked_without_a_token]
