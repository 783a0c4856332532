"""`exchange_identity_assertion`: the authorization server that the SDK mounts, called by the SDK's own client and others."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import httpx
import httpx2
from mcp.client import Client
from mcp.client.auth.extensions.identity_assertion import IdentityAssertionOAuthProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from mcp.shared.auth import JWT_BEARER_GRANT_TYPE, OAuthClientInformationFull, OAuthToken

import idjag
from idjag.mcp.client import AssertionProvider
from idjag.mcp.server import IdentityAssertionProvider, TokenVerifier
from servers import fails, guarded, names, said
from world import AS_KEY, IDP_KEY, PROOF_KEY, World, claims_of, published, signed


class Kept:
    """The SDK's `TokenStorage`."""

    def __init__(self) -> None:
        self.tokens: OAuthToken | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return None

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        raise AssertionError("nobody registers")


def registered(client_id: str) -> OAuthClientInformationFull | None:
    if client_id not in ("desk-at-data", "other", "public"):
        return None
    public = client_id == "public"
    method: Any = "none" if public else "client_secret_post"
    return OAuthClientInformationFull(
        client_id=client_id, client_secret=None if public else "s", redirect_uris=None,
        grant_types=[JWT_BEARER_GRANT_TYPE], token_endpoint_auth_method=method,
    )  # fmt: skip


class Granting(World):
    """The world with the SDK's authorization server in place of ours."""

    def __init__(self, clients: Any = registered, **configured: Any) -> None:
        super().__init__(lambda world: guarded(world, keys=lambda *_: published(world.ras.url, AS_KEY)), **configured)
        verifier = TokenVerifier(self.server, keys=lambda *_: published(self.ras.url, AS_KEY))
        provider = IdentityAssertionProvider(self.redeem, clients=clients, verifier=verifier)
        settings: Any = {"issuer_url": self.ras.url, "resource_server_url": None, "identity_assertion_enabled": True}
        mcp: MCPServer[Any] = MCPServer("auth", auth_server_provider=provider, auth=AuthSettings(**settings))
        self.apps[self.ras] = mcp.streamable_http_app()

    def id_jag(self, **more: Any) -> str:
        now = self.now()
        claims: Any = {
            "iss": self.idp.url, "sub": "user", "aud": self.ras.url, "client_id": "desk-at-data", "jti": "1", "iat": now,
            "exp": now + 60, "resource": self.resource, "scope": "rows:read", **more,
        }  # fmt: skip
        return signed("oauth-id-jag+jwt", claims, IDP_KEY)

    async def redeemed(self, assertion: str, client_id: str = "desk-at-data", **more: str) -> httpx.Response:
        form = {"grant_type": JWT_BEARER_GRANT_TYPE, "assertion": assertion, "client_id": client_id, **more}
        fields = {"Content-Type": "application/x-www-form-urlencoded"}
        if client_id != "public":
            form = {"client_secret": "s", **form}
        async with httpx.AsyncClient() as http:
            return await http.post(f"{self.ras.url}/token", content=urlencode(form), headers=fields)


async def the_sdks_client_takes_our_assertions() -> None:
    for subject in ("id_token", "refresh_token", "saml2"):
        async with Granting() as world:

            def sign_on(need: Any, world: World = world, subject: str = subject) -> Any:
                now = world.now()
                others: Any = {
                    "refresh_token": {"refresh_token": "refresh-1"},
                    "saml2": {"saml2": "PHNhbWw+", "expires_at": now + 60},
                }
                found = world.sign_on(need)
                return {"issuer": world.idp.url, **others[subject]} if subject in others else found

            assertions = AssertionProvider(await world.app(), identity=sign_on, scope="rows:read", clock=world.now)
            kept = Kept()
            auth = IdentityAssertionOAuthProvider(
                world.resource, kept, "desk-at-data", "s", world.ras.url, assertions, scope="rows:read"
            )
            async with httpx2.AsyncClient(auth=auth) as http:
                async with Client(streamable_http_client(world.resource, http_client=http)) as client:
                    assert await names(client) == ["read_rows", "who"], subject
                    assert kept.tokens is not None and kept.tokens.scope == "rows:read"
                    # The SDK comes again when its token is refused.
                    world.skew = 900
                    assert await said(client, "read_rows") == "rows", subject
            assert world.outcomes().count("resource_as permit") == 2 and world.errors == [], world.outcomes()
            assert len(world.sign_ons) == (1 if subject == "refresh_token" else 2), "asked when it has expired"


async def every_check_is_made_and_replay_is_last() -> None:
    async with Granting() as world:
        grant = world.id_jag()
        cases: list[tuple[str, dict[str, str], str, str]] = [
            (grant, {"client_id": "other"}, "invalid_grant", "client_mismatch"),
            (grant, {"scope": "rows:write"}, "invalid_scope", "scope_not_granted"),
            (grant, {"resource": "https://other.example/mcp"}, "invalid_target", ""),
            (world.id_jag(aud="https://other.example"), {}, "invalid_grant", "audience_mismatch"),
            (world.id_jag(iss="https://other.example"), {}, "invalid_grant", "issuer_untrusted"),
            (world.id_jag(exp=1, iat=0), {}, "invalid_grant", "token_expired"),
            (world.id_jag(cnf={"jkt": PROOF_KEY.jkt}), {}, "invalid_grant", "proof_missing"),
            ("nonsense", {}, "invalid_grant", ""),
        ]
        for assertion, more, error, code in cases:
            refused = await world.redeemed(assertion, **more)
            assert (refused.status_code, refused.json()["error"]) == (400, error), refused.text
            assert not code or world.records[-1]["error"] == code, (code, world.records[-1])
        granted = await world.redeemed(grant)
        assert granted.status_code == 200, granted.text
        claims = claims_of(granted.json()["access_token"])
        assert (claims["sub"], claims["client_id"], claims["scope"]) == (f"{world.idp.url} user", "desk-at-data", "rows:read")
        assert "refresh_token" not in granted.json()
        again = await world.redeemed(grant)
        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
        assert world.records[-1]["error"] == "token_replayed"
        wrong = await world.redeemed(world.id_jag(jti="2"), client_secret="x")
        assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
        assert (await world.redeemed(world.id_jag(jti="3", client_id="public"), "public")).status_code == 400


async def what_cannot_be_decided_is_not_granted() -> None:
    for changed in ({"store": None}, {"accounts": fails}, {"keys": fails}, {"signer": fails}):
        async with Granting(ras=changed) as world:
            response = await world.redeemed(world.id_jag())
            assert (response.status_code, "access_token" in response.text) == (503, False), (changed, response.text)
            assert "retry-after" in response.headers
    async with Granting(clients=fails) as world:
        assert (await world.redeemed(world.id_jag())).status_code == 503
    async with Granting(ras={"accounts": lambda _: None}) as world:
        response = await world.redeemed(world.id_jag())
        assert (response.status_code, response.json()["error"]) == (400, "invalid_grant"), "no such user"
    async with Granting(ras={"on_record": fails}) as world:
        assert (await world.redeemed(world.id_jag())).status_code == 500


async def assertions_are_for_the_server_that_asked() -> None:
    async with Granting() as world:
        assertions = AssertionProvider(await world.app(), identity=world.sign_on, clock=world.now)
        codes: list[str] = []
        try:
            await assertions("https://other.example", world.resource)
        except idjag.IdJagError as error:
            codes.append(error.code)
        claims = claims_of(await assertions(world.ras.url, world.resource))
        assert (claims["aud"], claims["resource"], claims["client_id"]) == (world.ras.url, world.resource, "desk-at-data")
        world.groups = []
        try:
            await assertions(world.ras.url, world.resource)
        except idjag.IdJagError as error:
            codes.append(error.code)
        assert codes == ["metadata_issuer_mismatch", "server_denied"], codes
        assert len(world.sign_ons) == 1, "a denial asks nobody to sign on again"


CASES = [
    the_sdks_client_takes_our_assertions, every_check_is_made_and_replay_is_last,
    what_cannot_be_decided_is_not_granted, assertions_are_for_the_server_that_asked,
]  # fmt: skip
