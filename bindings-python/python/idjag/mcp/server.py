"""Servers of the MCP Python SDK: for `pip install idjag[mcp]`.

`protect` puts a server behind the guard, which is all that most need. `TokenVerifier` is for servers that use the SDK's
own `auth`, `Authorization` decides in them per method and tool, and `IdentityAssertionProvider` redeems ID-JAGs at the
authorization server that the SDK mounts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from mcp.server.auth.middleware.auth_context import AuthContextMiddleware, get_access_token
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.lowlevel import Server
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.exceptions import MCPError
from starlette.authentication import AuthCredentials

from .. import IdJagError, ResourceServer
from .._http import App, Keys, Receive, Scope, Send, respond
from ..asgi import Access, Guard
from ..types import AccessOptions, VerifiedAccessTokenClaims
from ._assertion import IdentityAssertionProvider
from ._decide import Decider, Unavailable, message_of

__all__ = [
    "Authorization",
    "Caller",
    "IdentityAssertionProvider",
    "TokenVerifier",
    "Unavailable",
    "UnavailableMiddleware",
    "access_token",
    "check_tools",
    "protect",
]

# JSON-RPC: what the server may define. The SDK has no code of its own for it.
_REFUSED, _UNAVAILABLE = -32001, -32002


def access_token(
    claims: VerifiedAccessTokenClaims, *, token: str, resource: str, scopes: list[str] | None = None
) -> AccessToken:
    """The SDK's account of a token that was verified for `resource`; its scopes are those it states by default."""
    return AccessToken(
        token=token,
        client_id=claims.get("client_id", ""),
        scopes=claims.get("scope", "").split() if scopes is None else scopes,
        expires_at=claims["exp"],
        resource=resource,
        subject=claims.get("sub"),
        claims=dict(claims),
    )


def handle_of(claims: VerifiedAccessTokenClaims) -> str:
    """What stands for a token where the token itself must not be: it names it, and opens nothing."""
    return f"{claims['iss']} {claims.get('jti', '')}"


class TokenVerifier:
    """The SDK's `TokenVerifier`: `MCPServer(auth=AuthSettings(…), token_verifier=TokenVerifier(server, keys=…))`.

    A token that is bound to a key is refused: here nobody sees its proof; `protect` takes it. When keys cannot be had it
    raises `Unavailable`, for which `UnavailableMiddleware` answers 503. Which tool a token may call is for `Authorization`.
    """

    def __init__(self, server: ResourceServer, *, keys: Keys, **options: Any) -> None:
        """`options` are `revocations`, `on_record`, `on_error` and `clock` of `asgi.Guard`."""
        self.decider = Decider(server, keys=keys, **options)

    async def verify_token(self, token: str) -> AccessToken | None:
        """What the token says, or `None` when it does not hold."""
        found = await self.decider.verify(token)
        if found is None:
            return None
        resource = self.decider.server.resource
        return access_token(found["claims"], token=token, resource=resource, scopes=found["scopes"])


class UnavailableMiddleware:
    """Answers 503 where nothing could be decided: `app.add_middleware(UnavailableMiddleware)`."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        has_started = False

        async def watched(message: Any) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Unavailable:
            if has_started:
                raise
            headers = [["Content-Type", "application/json"], ["Cache-Control", "no-store"], ["Retry-After", "1"]]
            await respond(send, {"status": 503, "headers": headers, "body": '{"error":"temporarily_unavailable"}'})


class Authorization:
    """Decides on every message in the SDK's dispatch: `MCPServer(middleware=[Authorization(server, keys=…)])`, for
    servers that use the SDK's own `auth`. Behind `protect` it is decided already.

    Methods and tools that the server's configuration does not list are refused, and `tools/list` is cut down. A refusal is
    a JSON-RPC error: the SDK has answered the HTTP request by then, so clients are not told to step up.
    """

    def __init__(self, server: ResourceServer, *, keys: Keys, **options: Any) -> None:
        """`options` are `revocations`, `on_record`, `on_error` and `clock` of `asgi.Guard`."""
        self._decider = Decider(server, keys=keys, **options)

    async def __call__(self, ctx: Any, call_next: Callable[[Any], Awaitable[Any]]) -> Any:
        """The SDK's middleware."""
        presented = get_access_token()
        token = "" if presented is None else presented.token
        try:
            await self._decider.permit(token, message_of(ctx.method, ctx.params, ctx.request_id))
        except IdJagError as error:
            raise MCPError(_REFUSED, error.oauth or "access_denied", {"code": error.code}) from None
        except Unavailable:
            raise MCPError(_UNAVAILABLE, "temporarily_unavailable") from None
        result = await call_next(ctx)
        if ctx.method != "tools/list" or result is None:
            return result
        return await self._cut(token, result)

    async def _cut(self, token: str, result: Any) -> Any:
        if isinstance(result, dict):
            tools = result.get("tools", [])
            permitted = await self._decider.permitted(token, [tool["name"] for tool in tools])
            private = {"cacheScope": "private"} if "cacheScope" in result else {}
            return {**result, **private, "tools": [tool for tool in tools if tool["name"] in permitted]}
        permitted = await self._decider.permitted(token, [tool.name for tool in result.tools])
        return result.model_copy(update={"tools": [tool for tool in result.tools if tool.name in permitted]})


class Caller:
    """Tells an SDK's application behind `asgi.Guard` who calls: `get_access_token()` in a tool, and the owner of a session.

    The `AccessToken` there has everything but the token itself, which the guard takes off; in its place is a name for it.
    `checked` runs before the application starts up.
    """

    def __init__(self, app: App, *, resource: str, checked: Callable[[], Awaitable[None]] | None = None) -> None:
        self._app = AuthContextMiddleware(app)
        self._resource = resource
        self._checked = checked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        if scope["type"] == "lifespan" and self._checked is not None:
            await self._checked()
        access: Access | None = scope.get("idjag")
        if scope["type"] == "http":
            if access is None:
                raise RuntimeError("there is no guard before this application")
            user = AuthenticatedUser(
                access_token(access.claims, token=handle_of(access.claims), resource=self._resource)
            )
            scope = {**scope, "user": user, "auth": AuthCredentials(user.scopes)}
        await self._app(scope, receive, send)


def check_tools(tools: Iterable[Any], access: AccessOptions) -> None:
    """Raises when a tool's annotation `readOnlyHint` is not what `access` says of it with `read_only`: a token that may
    only read would reach a tool that writes, or miss one that reads.
    """
    table = access.get("tools") or {}
    wrong = []
    for tool in tools:
        hint = bool(tool.annotations is not None and tool.annotations.read_only_hint)
        if tool.name in table and hint != bool(table[tool.name].get("read_only")):
            wrong.append(f"{tool.name}: readOnlyHint is {str(hint).lower()}")
    if wrong:
        raise IdJagError("config_invalid", detail=f"/access/tools: {', '.join(wrong)}")


def protect(
    mcp: MCPServer[Any] | Server[Any],
    server: ResourceServer,
    *,
    keys: Keys,
    access: AccessOptions | None = None,
    allowed_origins: Sequence[str] = (),
    transport: dict[str, Any] | None = None,
    **options: Any,
) -> Guard:
    """The SDK's streamable HTTP application behind the guard, at the path of its public address.

    `access` is what `server` was made with: with it, the annotations of tools are held against it when the application
    starts up. `transport` are options of `streamable_http_app`, `options` those of `asgi.Guard`. Web pages of
    `allowed_origins` may call it, besides its own.
    """
    if isinstance(mcp, MCPServer) and mcp.settings.auth is not None:
        raise ValueError("the guard takes the place of `auth`: make the server without it")
    public = urlsplit(options.get("url") or server.resource)
    # The guard writes the Host header itself, from the configuration.
    security = TransportSecuritySettings(
        allowed_hosts=[public.netloc], allowed_origins=[f"{public.scheme}://{public.netloc}", *allowed_origins]
    )
    settings = {"streamable_http_path": public.path or "/", "transport_security": security, **(transport or {})}

    async def checked() -> None:
        if access is not None and isinstance(mcp, MCPServer):
            check_tools(await mcp.list_tools(), access)

    caller = Caller(mcp.streamable_http_app(**settings), resource=server.resource, checked=checked)
    return Guard(caller, server, keys=keys, **options)
