"""FastMCP: for `pip install idjag[fastmcp]`.

`protect` puts a server behind the guard, which is all that most need. `AuthProvider` is for servers that use FastMCP's own
`auth`, and `Authorization` decides in them per method and tool.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from fastmcp import FastMCP
from fastmcp.exceptions import AuthorizationError, InsufficientScopeError
from fastmcp.server.auth import AccessToken, RemoteAuthProvider
from fastmcp.server.auth import TokenVerifier as FastMCPTokenVerifier
from fastmcp.server.dependencies import get_access_token
from fastmcp.server.middleware import CallNext, Middleware, MiddlewareContext
from pydantic import AnyHttpUrl
from starlette.middleware import Middleware as Layer
from starlette.routing import Route

from .. import IdJagError, ResourceServer
from .._http import Keys, Receive, Scope, Send, path_of, serve_document
from ..asgi import Guard, RedeemEndpoint
from ..types import AccessOptions
from ._assertion import IdentityAssertionProvider, exchange_identity_assertion
from ._decide import Decider, Unavailable, message_of
from .server import Caller, UnavailableMiddleware, access_token, check_tools

__all__ = [
    "AuthProvider",
    "Authorization",
    "IdentityAssertionProvider",
    "TokenVerifier",
    "Unavailable",
    "check_access",
    "exchange_identity_assertion",
    "protect",
]


class TokenVerifier(FastMCPTokenVerifier):
    """FastMCP's `TokenVerifier`. A token that is bound to a key is refused: here nobody sees its proof; `protect` takes it.
    When keys cannot be had it raises `Unavailable`, for which `AuthProvider` answers 503.
    """

    def __init__(self, server: ResourceServer, *, keys: Keys, **options: Any) -> None:
        """`options` are `revocations`, `on_record`, `on_error` and `clock` of `asgi.Guard`."""
        super().__init__()
        self._decider = Decider(server, keys=keys, **options)

    async def verify_token(self, token: str) -> AccessToken | None:
        """What the token says, or `None` when it does not hold."""
        found = await self._decider.verify(token)
        if found is None:
            return None
        resource = self._decider.server.resource
        said = access_token(found["claims"], token=token, resource=resource, scopes=found["scopes"])
        return AccessToken(**said.model_dump())


class _Metadata:
    """The RFC 9728 document."""

    def __init__(self, server: ResourceServer) -> None:
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await serve_document(scope, send, self._server.metadata())


class AuthProvider(RemoteAuthProvider):
    """FastMCP's `auth`: `FastMCP(auth=AuthProvider(server, keys=…), middleware=[Authorization(server, keys=…)])`.

    It serves the library's metadata, and with `redeem` an authorization server beside the MCP server: its metadata, its
    keys, and the token endpoint where ID-JAGs are redeemed. The path of `http_app` must be the one of `server.resource`.
    """

    def __init__(
        self, server: ResourceServer, *, keys: Keys, redeem: RedeemEndpoint | None = None, **options: Any
    ) -> None:
        """`options` are `revocations`, `on_record`, `on_error` and `clock` of `asgi.Guard`."""
        public = urlsplit(server.resource)
        issuers = [AnyHttpUrl(issuer) for issuer in server.authorization_servers]
        verifier = TokenVerifier(server, keys=keys, **options)
        super().__init__(verifier, issuers, base_url=f"{public.scheme}://{public.netloc}")
        self._server = server
        self._redeem = redeem

    def get_routes(self, mcp_path: str | None = None) -> list[Route]:
        """What is served beside the MCP endpoint."""
        self.set_mcp_path(mcp_path)
        if (mcp_path or "/").rstrip("/") != path_of(self._server.resource).rstrip("/"):
            raise ValueError("the MCP endpoint is not at the path of its resource identifier")
        redeem = self._redeem
        beside = [] if redeem is None else [Route(path, redeem) for path in redeem.paths]
        return [Route(path_of(self._server.metadata_url), _Metadata(self._server)), *beside]

    def get_middleware(self) -> list[Any]:
        """The layers before the MCP endpoint."""
        return [Layer(UnavailableMiddleware), *super().get_middleware()]


class Authorization(Middleware):
    """Decides on every message, for servers that use FastMCP's own `auth`. Behind `protect` it is decided already.

    Methods and tools that the server's configuration does not list are refused, and `tools/list` is cut down. A refusal is
    a JSON-RPC error: FastMCP has answered the HTTP request by then, so clients are not told to step up.
    """

    def __init__(self, server: ResourceServer, *, keys: Keys, **options: Any) -> None:
        """`options` are `revocations`, `on_record`, `on_error` and `clock` of `asgi.Guard`."""
        self._decider = Decider(server, keys=keys, **options)

    async def on_message(self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]) -> Any:
        """Everything but tool calls, which come with their name later."""
        if context.method != "tools/call":
            await self._permit(context, None)
        return await call_next(context)

    async def on_call_tool(self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]) -> Any:
        """A tool call, also one that another tool makes."""
        await self._permit(context, {"name": context.message.name})
        return await call_next(context)

    async def on_list_tools(self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]) -> Any:
        """The tools that the token may call."""
        tools = await call_next(context)
        permitted = await self._decider.permitted(_presented(), [tool.name for tool in tools])
        return [tool for tool in tools if tool.name in permitted]

    async def _permit(self, context: MiddlewareContext[Any], params: Any) -> None:
        request_id = 0 if context.type == "request" else None
        try:
            await self._decider.permit(_presented(), message_of(context.method or "", params, request_id))
        except IdJagError as error:
            if error.code == "insufficient_scope":
                raise InsufficientScopeError([], message=error.code) from None
            raise AuthorizationError(error.code) from None
        except Unavailable:
            raise AuthorizationError("temporarily_unavailable") from None


def _presented() -> str:
    """The token of the request; without one everything is refused."""
    found = get_access_token()
    return "" if found is None else found.token


async def check_access(mcp: FastMCP[Any], access: AccessOptions) -> None:
    """Raises when a tool's annotation `readOnlyHint` is not what `access` says of it with `read_only`."""
    check_tools(await mcp.list_tools(run_middleware=False), access)


def protect(
    mcp: FastMCP[Any],
    server: ResourceServer,
    *,
    keys: Keys,
    access: AccessOptions | None = None,
    allowed_origins: Sequence[str] = (),
    transport: dict[str, Any] | None = None,
    **options: Any,
) -> Guard:
    """FastMCP's HTTP application behind the guard, at the path of its public address. In tools, `get_access_token()` says
    who calls.

    `access` is what `server` was made with: with it, the annotations of tools are held against it when the application
    starts up. `transport` are options of `http_app`, `options` those of `asgi.Guard`. Web pages of `allowed_origins` may
    call it, besides its own.
    """
    if mcp.auth is not None:
        raise ValueError("the guard takes the place of `auth`: make the server without it")
    public = urlsplit(options.get("url") or server.resource)
    # The guard writes the Host header itself, from the configuration.
    origins = [f"{public.scheme}://{public.netloc}", *allowed_origins]
    hosts = {"host_origin_protection": True, "allowed_hosts": [public.hostname], "allowed_origins": origins}
    app = mcp.http_app(**{"path": public.path or "/", **hosts, **(transport or {})})

    async def checked() -> None:
        if access is not None:
            await check_access(mcp, access)

    caller = Caller(app, resource=server.resource, checked=checked)
    return Guard(caller, server, keys=keys, **options)
