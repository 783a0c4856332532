"""The token endpoints over HTTP: what they grant, what they refuse, and how they fail."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

import idjag
from company import AS, IDP, KIND, MCP, Company, Served
from idjag import asgi, replay

PROOF_KEY = idjag.SigningKey(alg="ES256", kid="proof", random=bytes(range(3, 35)))


def fails(*_: Any, **__: Any) -> Any:
    raise RuntimeError("the database is at db.internal:5432")


async def fails_later(*_: Any, **__: Any) -> Any:
    await asyncio.sleep(0)
    fails()


def claims_of(token: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


async def a_grant_becomes_a_token_once() -> None:
    async with Company() as company:
        id_jag = await company.id_jag()
        responses = await asyncio.gather(*[company.redeemed(id_jag) for _ in range(10)])
        assert sorted(response.status_code for response in responses) == [200] + [400] * 9
        [granted] = [response for response in responses if response.status_code == 200]
        assert granted.headers["cache-control"] == "no-store"
        claims = claims_of(granted.json()["access_token"])
        assert (claims["iss"], claims["aud"], claims["sub"]) == (AS, MCP, f"{IDP} user")
        assert company.outcomes().count("resource_as token_replayed") == 9 and company.errors == []


def nothing(*_: Any, **__: Any) -> None:
    return None


async def what_cannot_be_found_is_refused() -> None:
    class Yes:
        async def first_use(self, **_: Any) -> Any:
            return True

    class Broken:
        first_use = staticmethod(fails_later)

    cases: list[tuple[dict[str, Any], str, int]] = [
        ({"clients": nothing}, "client_unknown", 401),
        ({"keys": nothing}, "keys_unavailable", 503),
        ({"keys": fails}, "keys_unavailable", 503),
        ({"accounts": nothing}, "subject_unknown", 400),
        ({"store": None}, "store_unavailable", 503),
        ({"store": Broken()}, "store_unavailable", 503),
        ({"store": Yes()}, "store_unavailable", 503),
        ({"store": replay.RedisStore(None)}, "store_unavailable", 503),
    ]
    for changed, code, status in cases:
        async with Company(ras=changed) as company:
            response = await company.redeemed(await company.id_jag())
            assert (response.status_code, company.records[-1]["error"]) == (status, code), (code, response.text)
            assert ("retry-after" in response.headers) == (status == 503)


async def failures_of_the_host_say_nothing() -> None:
    elsewhere = asgi.RemoteSigner({**PROOF_KEY.public_jwk, "kid": "kms"}, fails)
    silent: Any = asgi.RemoteSigner(elsewhere.public_jwk, nothing)  # type: ignore[arg-type]
    of_both: list[tuple[dict[str, Any], int, str]] = [
        ({"clients": fails_later}, 503, "temporarily_unavailable"),
        ({"policy": fails}, 503, "temporarily_unavailable"),
        ({"nonce": fails}, 503, "temporarily_unavailable"),
        ({"policy": nothing}, 503, "temporarily_unavailable"),
        ({"nonce": nothing}, 503, "temporarily_unavailable"),
        ({"signer": nothing}, 503, "temporarily_unavailable"),
        ({"signer": silent}, 503, "temporarily_unavailable"),
        ({"signer": elsewhere}, 503, "temporarily_unavailable"),
        ({"on_record": fails}, 500, "server_error"),
        ({"on_record": fails_later}, 500, "server_error"),
        ({"random": lambda: b"abc"}, 500, "server_error"),
    ]
    for role, own in (("ras", "accounts"), ("idp", "users")):
        for changed, status, error in [*of_both, ({own: fails}, 503, "temporarily_unavailable")]:
            async with Company(**{role: changed}) as company:
                exchanged = await company.exchanged()
                response = exchanged if role == "idp" else await company.redeemed(exchanged.json()["access_token"])
                assert (response.status_code, response.json()) == (status, {"error": error}), (role, changed)
                assert response.headers["cache-control"] == "no-store"
                assert ("retry-after" in response.headers) == (status == 503) and len(company.errors) == 1
    async with Company(ras={"on_record": fails, "clients": lambda _: None, "on_error": fails}) as company:
        refused = await company.redeemed(await company.id_jag())
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client"), "a refusal stands"


async def documents_are_served_whatever_the_host() -> None:
    async with Company(ras_configured={"detail_types": {"export": {"at_most": ["rows"]}}}) as company:
        for issuer, kid in ((IDP, "idp"), (AS, "as")):
            get, fields = company.http.get, {"Host": "forged.example"}
            metadata = (await get(f"{issuer}/.well-known/oauth-authorization-server", headers=fields)).json()
            assert (metadata["issuer"], metadata["token_endpoint"]) == (issuer, f"{issuer}/token")
            types = {AS: ["export"]}.get(issuer)
            assert metadata.get("authorization_details_types_supported") == types
            jwks = await get(f"{issuer}/jwks", headers=fields)
            assert jwks.headers["cache-control"] == "public, max-age=300"
            assert [(key["kid"], "d" in key) for key in jwks.json()["keys"]] == [(kid, False)]
            head = await company.http.head(f"{issuer}/jwks")
            assert (head.status_code, head.content) == (200, b"")
            assert (await company.http.post(f"{issuer}/jwks")).status_code == 405
            assert (await get(f"{issuer}/other")).status_code == 404
            assert (await get(f"{issuer}/token")).status_code in (400, 405)
        async with Served(company.redeem.jwks) as moved, httpx.AsyncClient(trust_env=False) as plain:
            assert (await plain.get(f"{moved}/internal/keys")).json() == jwks.json()


async def bodies_end_in_size_and_time() -> None:
    async with Company(ras={"max_body_bytes": 1000, "body_timeout": 0.2}) as company:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        large = await company.http.post(f"{AS}/token", content=b"x" * 2000, headers=form)
        assert (large.status_code, large.json()) == (413, {"error": "invalid_request"})
        assert large.headers["cache-control"] == "no-store" and company.records == []
        _, _, address = company.routes.sites[AS].partition("//")
        host, _, port = address.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /token HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
        answer = await asyncio.wait_for(reader.read(), 5)
        assert answer.startswith(b"HTTP/1.1 408 ") and b"invalid_request" in answer, answer
        writer.close()


async def proofs_name_the_configured_address_and_the_nonce() -> None:
    def nonce() -> Any:
        return {"current": "n-2", "previous": "n-1"}

    async with Company() as company:
        id_jag = await company.id_jag()
        forged = {"DPoP": company.proof(PROOF_KEY, "https://forged.example/token"), "Host": "forged.example"}
        assert (await company.redeemed(id_jag, forged)).status_code == 400
        assert company.records[-1]["error"] == "proof_uri_mismatch"
        granted = await company.redeemed(id_jag, {**forged, "DPoP": company.proof(PROOF_KEY, f"{AS}/token")})
        assert granted.json()["token_type"] == "DPoP"
        assert claims_of(granted.json()["access_token"])["cnf"] == {"jkt": PROOF_KEY.jkt}
    async with Company(idp={"nonce": nonce}, ras={"nonce": nonce}) as company:
        id_jag = await company.id_jag()
        for url in (f"{AS}/token", f"{IDP}/token"):

            async def send(**more: str) -> httpx.Response:
                proof = {"DPoP": company.proof(PROOF_KEY, url, **more)}
                return await (company.exchanged(proof) if url.startswith(IDP) else company.redeemed(id_jag, proof))

            asked = await send()
            assert (asked.json()["error"], asked.headers["dpop-nonce"]) == ("use_dpop_nonce", "n-2")
            granted = await send(nonce="n-1")
            assert (granted.status_code, granted.headers["dpop-nonce"]) == (200, "n-2"), granted.text
            assert (await send(nonce="n-0")).json()["error"] == "use_dpop_nonce"


def jwk_of(private: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    point = private.public_key().public_numbers()
    x, y = [base64.urlsafe_b64encode(one.to_bytes(32, "big")).rstrip(b"=").decode() for one in (point.x, point.y)]
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "kms", "alg": "ES256"}


def signed(private: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    r, s = utils.decode_dss_signature(private.sign(data, ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


async def keys_elsewhere_sign() -> None:
    def remote(private: ec.EllipticCurvePrivateKey, jwk: Any) -> asgi.RemoteSigner:
        async def sign(data: bytes) -> bytes:
            return signed(private, data)

        return asgi.RemoteSigner(jwk, sign)

    kms, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    keys = idjag.KeySet(issuer=IDP, jwks={"keys": [jwk_of(kms)]}, algorithms=["ES256"])
    async with Company(idp={"signer": lambda: remote(kms, jwk_of(kms)), "jwks": keys}) as company:
        # The sign-on was signed with a key that this provider has no more.
        assert (await company.exchanged()).status_code == 400
    async with Company(ras={"signer": remote(kms, jwk_of(kms))}) as company:
        granted = await company.redeemed(await company.id_jag())
        header = json.loads(base64.urlsafe_b64decode(granted.json()["access_token"].split(".")[0] + "=="))
        assert (header["kid"], header["alg"]) == ("kms", "ES256")
    async with Company(ras={"signer": remote(other, jwk_of(kms))}) as company:
        refused = await company.redeemed(await company.id_jag())
        assert refused.status_code == 500 and "access_token" not in refused.text
        assert company.records[-1]["error"] == "signer_mismatch"


async def a_word_of_the_host_becomes_a_grant() -> None:
    refresh = {"subject_token": "opaque", "subject_token_type": f"{KIND}refresh_token"}
    saml = {"subject_token": "PHNhbWw+", "subject_token_type": f"{KIND}saml2"}
    asked: list[Any] = []
    word: Any = None

    async def attest(token: Any, client_id: str) -> Any:
        asked.append((token["kind"], token["token"], client_id))
        return word

    async with Company(idp={"attest": attest}) as company:

        def stored(**more: Any) -> Any:
            return {
                "subject": "user",
                "vouched": {"refresh_token": {"issued_here": True, "client_id": "desk", "revoked": False, **more}},
            }

        def asserted(**more: Any) -> Any:
            vouched = {"valid": True, "audience": "urn:desk", "expires_at": company.now() + 60, **more}
            return {"subject": "user", "vouched": {"saml2": vouched}}

        cases: list[tuple[dict[str, str], Any, int]] = [
            (refresh, stored(), 200),
            (refresh, stored(revoked=True), 400),
            (refresh, stored(client_id="other"), 400),
            (refresh, asserted(), 400),
            (refresh, None, 400),
            (saml, asserted(), 200),
            (saml, asserted(valid=False), 400),
            (saml, asserted(audience="urn:other"), 400),
        ]
        for form, given, status in cases:
            word = given
            response = await company.exchanged(**form)
            assert (response.status_code, "access_token" in response.json()) == (status, status == 200), response.text
        assert asked[0] == ("refresh_token", "opaque", "desk") and asked[-1][0] == "saml2"

        wish = {**saml, "requested_token_type": f"{KIND}refresh_token", "scope": "openid offline_access extra"}
        word = asserted()
        refused = await company.exchanged(**wish)
        assert (refused.status_code, company.records[-1]["error"]) == (400, "requested_token_type_unsupported")
    async with Company(idp={"attest": fails}) as company:
        assert (await company.exchanged(**refresh)).status_code == 503

    made: list[Any] = []

    class Tokens:
        def offered(self, subject: Any, client_id: str) -> str:
            return "openid offline_access" if (subject["subject"], client_id) == ("user", "desk") else ""

        async def make(self, **grant: Any) -> Any:
            made.append(grant)
            return {"refresh_token": "fresh", "expires_in": 3600}

    async with Company(idp={"attest": attest, "refresh_tokens": Tokens()}) as company:
        response = await company.exchanged(**wish, headers={"DPoP": company.proof(PROOF_KEY, f"{IDP}/token")})
        body = response.json()
        assert (response.status_code, body["access_token"], body["expires_in"]) == (200, "fresh", 3600), body
        [grant] = made
        assert (grant["subject"]["subject"], grant["client_id"], grant["bound_to"]) == ("user", "desk", PROOF_KEY.jkt)
        assert set(grant["scope"].split()) == {"openid", "offline_access"}

    for member in ("offered", "make"):
        tokens = Tokens()
        setattr(tokens, member, nothing)
        async with Company(idp={"attest": attest, "refresh_tokens": tokens}) as company:
            response = await company.exchanged(**wish)
            assert (response.status_code, response.json()) == (503, {"error": "temporarily_unavailable"}), member


async def an_actor_is_verified_by_its_issuers_keys() -> None:
    agents, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    now = int(time.time())
    head = {"typ": "agent+jwt", "alg": "ES256", "kid": "kms"}
    claims = {"iss": "https://agents.example", "sub": "agent", "aud": IDP, "iat": now, "exp": now + 60, "jti": "1"}
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (head, claims)]
    signature = base64.urlsafe_b64encode(signed(agents, b".".join(parts))).rstrip(b"=")
    wish = {"actor_token": b".".join([*parts, signature]).decode(), "actor_token_type": f"{KIND}jwt"}
    asked: list[Any] = []

    def keys_by(private: ec.EllipticCurvePrivateKey) -> Any:
        def keys(issuer: str, kid: str | None) -> Any:
            asked.append((issuer, kid))
            return idjag.KeySet(issuer=issuer, jwks={"keys": [jwk_of(private)]}, algorithms=["ES256"])

        return keys

    cases: list[tuple[Any, str]] = [
        (None, "keys_unavailable"), (fails, "keys_unavailable"), (keys_by(other), "signature_invalid"),
        (keys_by(agents), "permit"),
    ]  # fmt: skip
    profile = {"issuer": "https://agents.example", "typ": "agent+jwt"}
    for keys, outcome in cases:
        async with Company(idp_configured={"actor_profiles": [profile]}, idp={"actor_keys": keys}) as company:
            response = await company.exchanged(**wish)
            assert company.outcomes() == [f"idp {outcome}"], (outcome, company.outcomes(), response.text)
            if response.status_code == 200:
                assert claims_of(response.json()["access_token"])["act"]["sub"] == "agent"
    assert asked == [("https://agents.example", "kms")] * 2


async def a_server_is_not_made_of_wrong_options() -> None:
    for changed in ({"metadata": {"issuer": AS}}, {"metadata": {**Company().metadata(AS), "token_endpoint": "x"}}):
        try:
            Company(ras=changed)
        except idjag.IdJagError:
            pass
        else:
            raise AssertionError(changed)
    try:
        Company(ras={"nonces": None})
    except TypeError:
        pass
    else:
        raise AssertionError("misspelled")


CASES = [
    a_grant_becomes_a_token_once, what_cannot_be_found_is_refused, failures_of_the_host_say_nothing,
    documents_are_served_whatever_the_host, bodies_end_in_size_and_time,
    proofs_name_the_configured_address_and_the_nonce, keys_elsewhere_sign, a_word_of_the_host_becomes_a_grant,
    an_actor_is_verified_by_its_issuers_keys, a_server_is_not_made_of_wrong_options,
]  # fmt: skip
