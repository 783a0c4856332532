"""Clients that are registered by their documents: what is fetched, from where, how often, and what is never asked."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import json
import ssl
import tempfile
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any, Iterator
from urllib.parse import urlencode

import httpx
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import idjag
from idjag import _public
from idjag.fetch import ClientFetcher, ClientUnavailable
from world import APP_KEY, IDP_KEY, LOOPBACK, Site, World, claims_of, published, signed

JWKS = {"keys": [APP_KEY.public_jwk]}
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Apps:
    """A site that publishes documents of apps, or misbehaves."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[bytes, bytes]]] = []
        self.documents: dict[str, Any] = {}
        self.status = 200
        self.padding = 0
        self.held: asyncio.Event | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while (message := await receive())["type"] != "lifespan.shutdown":
                await send({"type": f"{message['type']}.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        self.requests.append((scope["path"], dict(scope["headers"])))
        if self.held is not None:
            await self.held.wait()
        found = self.documents.get(scope["path"])
        status = 404 if found is None else self.status
        headers = [(b"content-type", b"application/json"), (b"location", b"/other.json")]
        body = json.dumps(found).encode() + b" " * self.padding
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def publish(self, address: str, **changed: Any) -> None:
        document = {
            "client_id": address, "client_name": "App", "redirect_uris": ["http://127.0.0.1/callback"],
            "grant_types": ["authorization_code", JWT_BEARER], "token_endpoint_auth_method": "private_key_jwt",
            "jwks": JWKS, **changed,
        }  # fmt: skip
        self.documents["/app.json"] = {name: value for name, value in document.items() if value is not None}


class Published(AsyncExitStack):
    """The site, and a fetcher."""

    async def __aenter__(self) -> Any:
        await super().__aenter__()
        self.site, self.apps = Site(), Apps()
        await self.site.serve(self.apps, self)
        self.client_id = f"{self.site.url}/app.json"
        self.errors: list[Any] = []
        return self

    def fetcher(self, **options: Any) -> ClientFetcher:
        told: dict[str, Any] = {"on_error": self.errors.append, "timeout": 60, **LOOPBACK, **options}
        return ClientFetcher(role="resource_authorization_server", **told)


async def an_app_redeems_by_its_document_alone() -> None:
    async with Published() as at:
        at.apps.publish(at.client_id)
        fetcher = at.fetcher()
        async with World(lambda world: world.exchange, ras={"clients": fetcher.client}) as world, httpx.AsyncClient() as http:

            async def redeem(jti: str, client_id: str, key: Any = APP_KEY) -> httpx.Response:
                now = world.now()
                claims: Any = {
                    "iss": world.idp.url, "sub": "user", "aud": world.ras.url, "client_id": client_id, "jti": jti,
                    "iat": now, "exp": now + 60, "resource": world.resource, "scope": "rows:read",
                }  # fmt: skip
                said: Any = {"iss": client_id, "sub": client_id, "aud": world.ras.url, "jti": jti, "iat": now, "exp": now + 60}
                form = {
                    "grant_type": JWT_BEARER, "assertion": signed("oauth-id-jag+jwt", claims, IDP_KEY),
                    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    "client_assertion": signed("JWT", said, key),
                }  # fmt: skip
                fields = {"Content-Type": "application/x-www-form-urlencoded"}
                return await http.post(f"{world.ras.url}/token", content=urlencode(form), headers=fields)

            granted = await redeem("1", at.client_id)
            assert granted.status_code == 200, (granted.text, world.outcomes(), world.errors, at.errors)
            assert claims_of(granted.json()["access_token"])["client_id"] == at.client_id
            other = idjag.SigningKey(alg="ES256", kid="app", random=bytes(range(7, 39)))
            assert (await redeem("2", at.client_id, other)).status_code == 401, "not the app's key"
            unknown = await redeem("3", f"{at.site.url}/nobody.json")
            assert (unknown.status_code, unknown.json()["error"]) == (401, "invalid_client")
            assert [path for path, _ in at.apps.requests] == ["/app.json", "/nobody.json"], "kept"
            at.apps.status = 503
            at.apps.documents["/late.json"] = {}
            down = await redeem("4", f"{at.site.url}/late.json")
            assert (down.status_code, down.json()["error"]) == (503, "temporarily_unavailable"), down.text


async def one_request_serves_all() -> None:
    async with Published() as at:
        at.apps.publish(at.client_id, jwks=None, jwks_uri=f"{at.site.url}/keys")
        at.apps.documents["/keys"] = JWKS
        at.apps.held = asyncio.Event()
        now = 1_000_000
        fetcher = at.fetcher(clock=lambda: now, default_age=600, max_key_age=300)
        asked = [asyncio.ensure_future(fetcher.client(at.client_id)) for _ in range(20)]
        while not at.apps.requests:
            await asyncio.sleep(0.01)
        asked[0].cancel()
        at.apps.held.set()
        found = await asyncio.gather(*asked[1:])
        assert all(one["token_endpoint_auth_method"] == "private_key_jwt" for one in found), "one gave up, the others did not"
        assert [path for path, _ in at.apps.requests] == ["/app.json", "/keys"]
        now += 299
        await fetcher.client(at.client_id)
        assert len(at.apps.requests) == 2
        now += 2
        await fetcher.client(at.client_id)
        assert [path for path, _ in at.apps.requests][2:] == ["/keys"], "keys are renewed alone"


async def what_is_no_document_is_registered_by_hand() -> None:
    async with Published() as at:
        by_hand = {"client_id": "desk", "token_endpoint_auth_method": "none"}

        async def otherwise(client_id: str) -> Any:
            return by_hand if client_id == "desk" else None

        fetcher = at.fetcher(otherwise=otherwise, origins=[at.site.url])
        assert await fetcher.client("desk") == by_hand
        for client_id in ("other", "http://elsewhere.example/app.json", "https://elsewhere.example/app.json", "a\x00b"):
            assert await fetcher.client(client_id) is None, client_id
        assert at.apps.requests == [] and at.errors == []


async def what_misbehaves_makes_no_client() -> None:
    async with Published() as at:
        cases: list[tuple[str, dict[str, Any], dict[str, Any], Any]] = [
            ("redirect", {"status": 302}, {}, None),
            ("of another client", {}, {"client_id": f"{at.site.url}/other.json"}, None),
            ("with a secret", {}, {"token_endpoint_auth_method": "client_secret_basic"}, None),
            ("public", {}, {"token_endpoint_auth_method": "none"}, None),
            ("too large", {"padding": 100_000}, {}, ClientUnavailable),
            ("broken", {"status": 500}, {}, ClientUnavailable),
            ("slow", {"held": asyncio.Event()}, {}, ClientUnavailable),
        ]
        for name, behaviour, changed, expected in cases:
            at.apps.__dict__.update({"status": 200, "padding": 0, "held": None, **behaviour})
            at.apps.publish(at.client_id, **changed)
            fetcher, before = at.fetcher(timeout=0.5 if name == "slow" else 60), len(at.apps.requests)
            for _ in range(3):
                try:
                    assert await fetcher.client(at.client_id) is None and expected is None, name
                except ClientUnavailable:
                    assert expected is ClientUnavailable, name
            assert len(at.apps.requests) == before + 1, (name, "asked again at once")
            assert at.errors, name
        assert {path for path, _ in at.apps.requests} == {"/app.json"}, "nobody follows"


async def only_public_addresses_are_asked() -> None:
    refused = (
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254",
        "fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::10.0.0.1",
        "64:ff9b:1::10.0.0.1", "2002:7f00:1::", "2002:a00:1::", "2001:0:0:0:0:0:f5ff:fffe",
    )  # fmt: skip
    for one in refused:
        assert not _public.is_public(ipaddress.ip_address(one)), one
    for one in ("93.184.216.34", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"):
        assert _public.is_public(ipaddress.ip_address(one)), one
    async with Published() as at:
        port = at.site.url.rpartition(":")[2]
        names = {
            "inside.example": ["10.0.0.1"], "meta.example": ["169.254.169.254"], "own.example": ["127.0.0.1"],
            "mixed.example": ["93.184.216.34", "127.0.0.1"], "own6.example": ["::1"], "none.example": [],
        }  # fmt: skip
        with resolving(names) as asked:
            options: Any
            for options in ({}, LOOPBACK):
                fetcher = ClientFetcher(role="idp", on_error=at.errors.append, **options)
                urls = [f"https://{name}:{port}/app.json" for name in names]
                for client_id in [*urls, f"https://10.0.0.1:{port}/app.json", f"https://[fd00::1]:{port}/app.json"]:
                    try:
                        assert await fetcher.client(client_id) is None, client_id
                    except ClientUnavailable:
                        assert isinstance(at.errors[-1], _public.AddressRefused), (client_id, at.errors[-1])
        assert at.apps.requests == [] and set(asked) >= set(names)
        # Without the opt-in, not even this machine.
        fetcher = ClientFetcher(role="idp")
        assert await fetcher.client(at.client_id) is None and at.apps.requests == []


@contextmanager
def resolving(names: dict[str, list[str]]) -> Iterator[list[str]]:
    """Names that lead where a stranger wants them to."""
    asked: list[str] = []
    kind = type(asyncio.get_running_loop())
    real = kind.getaddrinfo

    async def look_up(loop: Any, host: Any, port: Any, **more: Any) -> Any:
        asked.append(host)
        if host not in names:
            return await real(loop, host, port, **more)
        return [(0, 1, 6, "", (address, port)) for address in names[host]]

    kind.getaddrinfo = look_up  # type: ignore[method-assign, assignment]
    try:
        yield asked
    finally:
        kind.getaddrinfo = real  # type: ignore[method-assign]


def certified(name: str, folder: Path) -> ssl.SSLContext:
    """A certificate for `name`, in `folder`, and a context that trusts who issued it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    return ssl.create_default_context(cadata=(folder / "certificate.pem").read_text())


async def the_connection_goes_to_what_was_checked() -> None:
    """Over TLS, with the certificate of the name. For want of the internet, one address of this machine passes as public."""
    real = _public.is_public
    stand_in = ipaddress.ip_address("127.0.0.2")
    _public.is_public = lambda address: address == stand_in or real(address)
    try:
        for certificate_of, expected in (("apps.example", True), ("other.example", False)):
            with tempfile.TemporaryDirectory() as folder:
                context = certified(certificate_of, Path(folder))
                apps = Apps()
                config = uvicorn.Config(
                    apps, host="127.0.0.2", port=0, log_level="critical", ssl_keyfile=f"{folder}/key.pem",
                    ssl_certfile=f"{folder}/certificate.pem",
                )  # fmt: skip
                server = uvicorn.Server(config)
                task = asyncio.create_task(server.serve())
                while not server.started:
                    await asyncio.sleep(0.01)
                port = server.servers[0].sockets[0].getsockname()[1]
                client_id = f"https://apps.example:{port}/app.json"
                apps.publish(client_id, redirect_uris=["https://apps.example/callback"])
                # Whoever looked the name up again would be led inside.
                answers = {"apps.example": ["127.0.0.2"]}
                errors: list[Any] = []
                with resolving(answers) as asked:
                    told: dict[str, Any] = {"ssl_context": context, "on_error": errors.append, "timeout": 60}
                    fetcher = ClientFetcher(role="resource_authorization_server", **told)
                    try:
                        found: Any = await fetcher.client(client_id)
                    except ClientUnavailable:
                        found = None
                assert (found is not None) == expected, errors
                assert asked.count("apps.example") == 1 and set(asked) <= {"apps.example", "127.0.0.2"}, asked
                if expected:
                    assert apps.requests[0][1][b"host"] == f"apps.example:{port}".encode()
                else:
                    assert apps.requests == []
                server.should_exit = True
                await task
    finally:
        _public.is_public = real


CASES = [
    an_app_redeems_by_its_document_alone, one_request_serves_all, what_is_no_document_is_registered_by_hand,
    what_misbehaves_makes_no_client, only_public_addresses_are_asked, the_connection_goes_to_what_was_checked,
]  # fmt: skip
