"""Clients of the MCP Python SDK: for `pip install idjag[mcp]`.

`http_client` makes what `streamable_http_client(url, http_client=…)` takes: tokens, proofs and step-ups are its own affair.
`AssertionProvider` is for the SDK's `IdentityAssertionOAuthProvider`, where the SDK itself redeems the ID-JAG.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx2
from mcp.client.extension import ClientExtension, advertise

from .. import Client, Connection, IdJagError
from ..client import AuthFlow, Identity, SharedSignOn, Transport, connect, connect_all, obtain_grant_request
from . import EXTENSION

__all__ = [
    "EXTENSION",
    "AssertionProvider",
    "Auth",
    "AuthorizedTransport",
    "SharedSignOn",
    "connect",
    "connect_all",
    "enterprise_managed_authorization",
    "http_client",
]

# JSON-RPC: what a client may define for what it did not get to ask.
_REFUSED = -32001


def enterprise_managed_authorization() -> ClientExtension:
    """The MCP extension that clients declare: `Client(…, extensions=[enterprise_managed_authorization()])`."""
    return advertise(EXTENSION)


def _operation(request: Any, body: bytes) -> str:
    """What a message does: step-ups are counted for each."""
    try:
        message = json.loads(body)
        return f"{message['method']} {message.get('params', {}).get('name', '')}"
    except (ValueError, TypeError, KeyError, AttributeError):
        return str(request.method)


class Auth(AuthFlow, httpx2.Auth):
    """Authorizes requests to the connection's MCP server, for an `httpx2.AsyncClient` of your own:
    `httpx2.AsyncClient(auth=Auth(connection, identity=…))`.

    What is refused for good is raised as an `IdJagError`, which ends the SDK's session: see `http_client`. Options are those
    of `idjag.client.AuthorizedTransport`.
    """

    def __init__(self, connection: Connection, **options: Any) -> None:
        super().__init__(connection, **{"operation": _operation, **options})


class AuthorizedTransport(Transport, httpx2.AsyncBaseTransport):
    """The transport of `http_client`, for a client of your own. Options are those of `idjag.client.AuthorizedTransport`."""

    _library = httpx2

    def __init__(self, connection: Connection, **options: Any) -> None:
        super().__init__(connection, **{"operation": _operation, **options})

    async def handle_async_request(self, request: Any) -> Any:
        """Sends a request; what is refused for good is the answer to it, and to no other."""
        try:
            return await super().handle_async_request(request)
        except IdJagError as error:
            refused = {"code": _REFUSED, "message": str(error), "data": {"code": error.code}}
            body = {"jsonrpc": "2.0", "id": None, "error": refused}
            return httpx2.Response(403, json=body, request=request)


def http_client(connection: Connection, *, timeout: Any = None, **options: Any) -> httpx2.AsyncClient:
    """What sends the SDK's messages to the connection's MCP server: `streamable_http_client(url, http_client=…)`.

    Access is connected when the first message is sent. What is refused for good, such as a tool that an administrator
    denies, is an `MCPError` of that message, whose `error.data["code"]` is the library's code; the session goes on, and
    nobody is asked for consent. `identity` answers the user's sign-on (see `idjag.client.connect`, whose options these are).
    """
    waits = httpx2.Timeout(30.0, read=300.0) if timeout is None else timeout
    return httpx2.AsyncClient(transport=AuthorizedTransport(connection, **options), timeout=waits, trust_env=False)


class AssertionProvider:
    """The `assertion_provider` of the SDK's `IdentityAssertionOAuthProvider`: a fresh ID-JAG whenever it needs one.

    `client` holds how the app authenticates to its identity provider and what it is called at the MCP server's authorization
    server; subjects may be ID Tokens, SAML assertions and refresh tokens, as `identity` answers them. The ID-JAG was checked:
    it is for that server, that resource, this client. Denials are raised and final. The SDK sends no proof when it redeems
    it: with `dpop`, which binds ID-JAGs to a key, use `http_client` instead.
    """

    def __init__(
        self,
        client: Client,
        *,
        identity: Identity,
        scope: str | None = None,
        authorization_details: list[dict[str, Any]] | None = None,
        context: str | None = None,
        clock: Callable[[], float] = time.time,
        **options: Any,
    ) -> None:
        """`scope` and `authorization_details` are asked for, and that the ID-JAG be for the conversation `context`, which
        has a provider of its own; `options` are those of `idjag.client.connect`.
        """
        self._client = client
        self._identity = SharedSignOn(identity, clock=clock)
        details = authorization_details
        self._wanted: dict[str, Any] = {"scope": scope, "authorization_details": details, "context": context}
        self._options = {"clock": clock, **options}

    async def __call__(self, audience: str, resource: str) -> str:
        """An ID-JAG for the authorization server `audience` and the MCP server `resource`."""
        with Connection(client=self._client, resource=resource, **self._wanted) as connection:
            request = await obtain_grant_request(connection, identity=self._identity, **self._options)
            found = connection.status(now=self._options["clock"]()).get("authorization_server")
        if found != audience:
            raise IdJagError("metadata_issuer_mismatch", detail="the server names another authorization server")
        form = parse_qs(request["body"] if isinstance(request["body"], str) else bytes(request["body"]).decode())
        return form["assertion"][0]
