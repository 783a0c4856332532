"""The README's Python: ten lines per role, executed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import idjag
from idjag import asgi, replay
from report import Tally

IDP, AS, MCP = "https://idp.example", "https://as.example", "https://mcp.example/mcp"


# An MCP server behind its guard: only what the token permits reaches `app`.
def protected(app: asgi.App, keys_of: asgi.Keys) -> asgi.Guard:
    server = idjag.ResourceServer(
        resource="https://mcp.example/mcp",
        authorization_servers=[{"issuer": "https://as.example"}],
        access={"tools": {"read_rows": {"scope": "rows:read"}}},
    )
    return asgi.Guard(app, server, keys=keys_of, store=replay.MemoryStore())


# A resource authorization server: the ID-JAG becomes an access token for one resource, once.
def redeem(server: idjag.ResourceAuthorizationServer, request: Any, host: Any, now: float) -> Any:
    pending = server.parse(request, now=now)
    keys, client = host.keys(pending.needs["issuer"]), host.client(pending.needs["client_id"])
    verified = pending.verify(keys=keys, client=client, now=now)
    account: idjag.types.Account = {"subject": verified.claims["sub"]}
    granted = verified.authorize(account=account, now=now)
    spent = granted.spend(answers=host.first_use(granted.replay_keys, now))
    return spent.issue(signer=host.key, random=host.random(), now=now)


# An identity provider: a user's ID Token becomes an ID-JAG, if policy permits.
def exchange(provider: idjag.IdentityProvider, policy: idjag.Policy, request: Any, host: Any, now: float) -> Any:
    pending = provider.parse(request, now=now)
    client = host.client(pending.needs["client_id"])
    verified = pending.verify(keys=host.keys(provider.issuer), client=client, now=now)
    target = verified.target(policy=policy)
    user = host.user(target.audience, target.subject)
    permitted = target.authorize(user=user, now=now)
    spent = permitted.spend(answers=host.first_use(permitted.replay_keys, now))
    return spent.issue(signer=host.key, random=host.random(), now=now)


# A client: from one sign-on to an access token for this server. Sending, waiting and sign-on are yours.
def connect(connection: idjag.Connection, sign_on: Any, network: Any, now: float) -> None:
    while True:
        step = connection.next(random=network.random(), now=now)
        match step["step"]:
            case "send":
                connection.receive(response=network.send(step["request"]), now=now)
            case "need_identity":
                connection.identify(**sign_on)
            case "wait":
                network.wait(step["seconds"])
            case "ready":
                return
            case _:  # `denied` is an administrator's answer, and final
                raise idjag.IdJagError(step["error"]["code"])


class Host:
    """Keys, clients and a store, and a network that leads to both servers."""

    def __init__(self) -> None:
        from company import AS_KEY, KEY, POLICY, id_token, registration

        self.policy, self.registration, self.id_token = POLICY, registration, id_token
        self.idp_key, self.as_key = KEY, AS_KEY
        self.key = KEY
        self.store = idjag.MemoryReplayStore(capacity=100)
        self.drawn = 0
        self.provider = idjag.IdentityProvider(issuer=IDP, token_endpoint=f"{IDP}/token")
        self.server = idjag.ResourceAuthorizationServer(
            issuer=AS,
            token_endpoint=f"{AS}/token",
            trusted_issuers=[{"issuer": IDP}],
            resources=[{"id": MCP, "scopes": "rows:read"}],
        )

    def keys(self, issuer: str) -> idjag.KeySet:
        return idjag.KeySet(issuer=issuer, jwks={"keys": [self.idp_key.public_jwk]}, algorithms=["ES256"])

    def client(self, client_id: str) -> Any:
        return self.registration(client_id)

    def user(self, audience: str, subject: Any) -> Any:
        return {"subject": subject["subject"], "groups": ["engineering"]}

    def random(self) -> bytes:
        self.drawn += 1
        return self.drawn.to_bytes(32, "big")

    def first_use(self, keys: list[Any], now: float) -> list[Any]:
        return [
            self.store.first_use(name=key["name"], retain_until=key["retain_until"], now=now)["answer"] for key in keys
        ]


def an_id_token_becomes_an_access_token() -> None:
    from urllib.parse import urlencode

    host, now = Host(), time.time()
    kind = "urn:ietf:params:oauth:token-type:"
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "requested_token_type": f"{kind}id-jag",
        "subject_token": host.id_token(),
        "subject_token_type": f"{kind}id_token",
        "audience": AS,
        "resource": MCP,
        "scope": "rows:read",
    }
    issued = exchange(host.provider, host.policy, _request(f"{IDP}/token", "ZGVzazpz", urlencode(form)), host, now)
    id_jag = json.loads(issued["response"]["body"])["access_token"]
    grant = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": id_jag}
    request = _request(f"{AS}/token", "ZGVzay1hdC1kYXRhOnM", urlencode(grant))
    host.key = host.as_key
    done = redeem(host.server, request, host, now)
    assert done["record"]["outcome"] == "permit" and done["response"]["status"] == 200
    try:
        redeem(host.server, request, host, now)
    except idjag.IdJagError as error:
        assert (error.code, error.oauth, error.status) == ("token_replayed", "invalid_grant", 400)
    else:
        raise AssertionError("granted twice")


def _request(url: str, basic: str, body: str) -> Any:
    padded = basic + "=" * (-len(basic) % 4)
    headers = [["Content-Type", "application/x-www-form-urlencoded"], ["Authorization", f"Basic {padded}"]]
    return {"method": "POST", "url": url, "headers": headers, "body": body}


def a_guard_lets_nobody_in_without_a_token() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("passed")

    async def keys_of(issuer: str, kid: str | None) -> None:
        return None

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"{}"}

    scope = {"type": "http", "method": "POST", "path": "/mcp", "headers": []}
    asyncio.run(protected(app, keys_of)(scope, receive, send))
    assert sent[0]["status"] == 401


class Network:
    """Leads to both servers and to the documents that name them."""

    def __init__(self, host: Host, now: float) -> None:
        self.host, self.now, self.waited, self.sent = host, now, 0, list[str]()
        about: Any = {"issuer": AS, "token_endpoint": f"{AS}/token", "jwks_uri": f"{AS}/jwks"}
        metadata = idjag.build_authorization_server_metadata(role="resource_authorization_server", **about)
        resource = idjag.ResourceServer(resource=MCP, authorization_servers=[{"issuer": AS}])
        document = {"status": 200, "headers": [["Content-Type", "application/json"]]}
        self.documents = {
            f"{AS}/.well-known/oauth-authorization-server": {**document, "body": metadata["body"]},
            resource.metadata_url: {**document, "body": json.dumps(resource.metadata())},
        }

    def random(self) -> bytes:
        return self.host.random()

    def wait(self, seconds: int) -> None:
        self.waited += seconds

    def send(self, request: Any) -> Any:
        host, url = self.host, request["url"]
        self.sent.append(url)
        if url == f"{IDP}/token":
            host.key = host.idp_key
            return exchange(host.provider, host.policy, request, host, self.now)["response"]
        if url == f"{AS}/token":
            host.key = host.as_key
            return redeem(host.server, request, host, self.now)["response"]
        return self.documents[url]


def a_sign_on_becomes_an_authorized_request() -> None:
    host, now = Host(), time.time()

    def credentials(issuer: str, client_id: str) -> Any:
        secret = {"token_endpoint_auth_method": "client_secret_basic", "client_secret": "s"}
        return {"issuer": issuer, "client_id": client_id, **secret}

    client = idjag.Client(
        idp={"issuer": IDP, "token_endpoint": f"{IDP}/token"},
        idp_credentials=credentials(IDP, "desk"),
        credentials=[credentials(AS, "desk-at-data")],
    )
    connection, network = idjag.Connection(client=client, resource=MCP), Network(host, now)
    sign_on = {"issuer": IDP, "id_token": host.id_token(), "expires_at": now + 300}
    connect(connection, sign_on, network, now)
    assert network.sent[-2:] == [f"{IDP}/token", f"{AS}/token"] and network.waited == 0
    request: Any = {"method": "POST", "url": MCP, "headers": []}
    headers = connection.authorize(request=request, random=host.random(), now=now)["headers"]
    [token] = [value for name, value in headers if name.lower() == "authorization"]
    verified = idjag.verify_access_token(
        token=token.removeprefix("Bearer "),
        issuer=AS,
        resource=MCP,
        keys={"keys": [host.as_key.public_jwk]},
        algorithms=["ES256"],
        now=now,
    )
    assert verified["claims"]["sub"] == "user"


def a_denial_is_final() -> None:
    class Denied:
        def next(self, **_: Any) -> Any:
            return {"step": "denied", "error": {"code": "server_denied"}}

    try:
        connect(Denied(), {}, Host(), 1)  # type: ignore[arg-type]
    except idjag.IdJagError as error:
        assert error.code == "server_denied"
    else:
        raise AssertionError("no denial")


def main() -> None:
    tally = Tally()
    cases: list[Callable[[], None]] = [
        an_id_token_becomes_an_access_token, a_sign_on_becomes_an_authorized_request,
        a_guard_lets_nobody_in_without_a_token, a_denial_is_final,
    ]  # fmt: skip
    for case in cases:
        tally.run(case.__name__, case)
    tally.finish()


if __name__ == "__main__":
    main()
