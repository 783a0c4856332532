"""`exchange_identity_assertion` of the MCP Python SDK: what its documentation leaves to the application."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, get_args
from urllib.parse import urlencode

from mcp.server.auth.provider import (
    AccessToken,
    AuthorizationCode,
    AuthorizationParams,
    AuthorizeError,
    IdentityAssertionParams,
    OAuthAuthorizationServerProvider,
    RefreshToken,
    TokenError,
    TokenErrorCode,
    TokenVerifier,
)
from mcp.shared.auth import JWT_BEARER_GRANT_TYPE, OAuthClientInformationFull, OAuthToken
from starlette.exceptions import HTTPException

from .. import digest_client_secret
from .._http import Answer, HostFailure, consult
from ..asgi import RedeemEndpoint

Clients = Callable[[str], Answer["OAuthClientInformationFull | None"]]

_CODES = frozenset(get_args(TokenErrorCode))


async def exchange_identity_assertion(
    endpoint: RedeemEndpoint, client: OAuthClientInformationFull, params: IdentityAssertionParams
) -> OAuthToken:
    """Redeems an ID-JAG at `endpoint` for a client that the SDK has authenticated: for providers of your own.

    Every check is made as for a request that comes to `endpoint` itself, in the same order: the ID-JAG must be this
    client's, and it is spent last. The SDK hands on no DPoP proof, so a grant that is bound to a key is refused here. Raises
    the SDK's `TokenError`, and Starlette's `HTTPException` with 503 or 500 where nothing was decided.
    """
    response = await endpoint.redeem(_form(client, params), client=_record(client))
    body = json.loads(response["body"])
    if response["status"] == 200:
        return OAuthToken(**body)
    if response["status"] >= 500:
        headers = {name: value for name, value in response["headers"] if name.lower() == "retry-after"}
        raise HTTPException(response["status"], detail=body["error"], headers=headers)
    # What the SDK has no word for, such as a denial, is a refused grant to it.
    code: Any = body["error"] if body["error"] in _CODES else "invalid_grant"
    raise TokenError(error=code, error_description=body.get("error_description"))


def _form(client: OAuthClientInformationFull, params: IdentityAssertionParams) -> str:
    secret = client.client_secret
    scope = None if params.scopes is None else " ".join(params.scopes)
    form = {
        "grant_type": JWT_BEARER_GRANT_TYPE, "assertion": params.assertion, "client_id": client.client_id,
        "client_secret": secret, "scope": scope, "resource": params.resource,
    }  # fmt: skip
    return urlencode({name: value for name, value in form.items() if value})


def _record(client: OAuthClientInformationFull) -> Any:
    """The registration, whose secret the SDK has compared already; without one, a client that did not authenticate."""
    if not client.client_secret:
        return {"client_id": client.client_id, "token_endpoint_auth_method": "none"}
    digest = digest_client_secret(client_secret=client.client_secret)["sha256"]
    method = "client_secret_post"
    return {"client_id": client.client_id, "token_endpoint_auth_method": method, "client_secret_sha256": [digest]}


class IdentityAssertionProvider(OAuthAuthorizationServerProvider[AuthorizationCode, RefreshToken, AccessToken]):
    """An authorization server of the SDK that takes ID-JAGs and nothing else:
    `MCPServer(auth_server_provider=…, auth=AuthSettings(identity_assertion_enabled=True, …))`.

    `endpoint` is never mounted itself; it holds what redemption needs, and its `token_endpoint` is the SDK's. `clients`
    finds a registration, with its secret. `verifier` verifies the access tokens where the MCP server is the same application:
    `TokenVerifier`. Whoever offers other grants too calls `exchange_identity_assertion` in a provider of their own.
    """

    def __init__(
        self, endpoint: RedeemEndpoint, *, clients: Clients, verifier: TokenVerifier | None = None
    ) -> None:
        self._endpoint = endpoint
        self._clients = clients
        self._verifier = verifier

    async def exchange_identity_assertion(
        self, client: OAuthClientInformationFull, params: IdentityAssertionParams
    ) -> OAuthToken:
        """Redeems an ID-JAG."""
        return await exchange_identity_assertion(self._endpoint, client, params)

    async def get_client(self, client_id: str) -> OAuthClientInformationFull | None:
        """The registration of a client."""
        try:
            found: OAuthClientInformationFull | None = await consult(self._clients, client_id)
        except HostFailure:
            # That the registrations cannot be had does not say that there is no such client.
            raise HTTPException(503, detail="temporarily_unavailable", headers={"Retry-After": "1"}) from None
        return found

    async def load_access_token(self, token: str) -> AccessToken | None:
        """What an access token says."""
        return None if self._verifier is None else await self._verifier.verify_token(token)

    async def authorize(self, client: OAuthClientInformationFull, params: AuthorizationParams) -> str:
        """There are no consent screens here."""
        raise AuthorizeError(error="unauthorized_client")

    async def load_authorization_code(
        self, client: OAuthClientInformationFull, authorization_code: str
    ) -> AuthorizationCode | None:
        """There are no authorization codes."""
        return None

    async def exchange_authorization_code(
        self, client: OAuthClientInformationFull, authorization_code: AuthorizationCode
    ) -> OAuthToken:
        """There are no authorization codes."""
        raise TokenError(error="unsupported_grant_type")

    async def load_refresh_token(self, client: OAuthClientInformationFull, refresh_token: str) -> RefreshToken | None:
        """There are no refresh tokens."""
        return None

    async def exchange_refresh_token(
        self, client: OAuthClientInformationFull, refresh_token: RefreshToken, scopes: list[str]
    ) -> OAuthToken:
        """There are no refresh tokens."""
        raise TokenError(error="unsupported_grant_type")

    async def register_client(self, client_info: OAuthClientInformationFull) -> None:
        """Clients are registered beforehand."""
        raise NotImplementedError

    async def revoke_token(self, token: AccessToken | RefreshToken) -> None:
        """Tokens expire soon."""
        raise NotImplementedError
