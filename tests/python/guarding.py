"""A guarded MCP server over HTTP: who passes, with what, and what everybody else is told."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import idjag
from company import AS, AS_KEY, MCP, Company, published
from endpoints import PROOF_KEY, fails

METADATA = "https://mcp.example/.well-known/oauth-protected-resource/mcp"


def access_token(**more: Any) -> str:
    now = int(time.time())
    claims: Any = {
        "iss": AS, "aud": MCP, "sub": "user", "client_id": "app", "jti": str(time.monotonic_ns()), "iat": now,
        "exp": now + 300, "scope": "rows:read", **more,
    }  # fmt: skip
    return idjag.sign_access_token(claims=claims, signer=AS_KEY)["token"]


def guarded(configured: Any = None, **changed: Any) -> Company:
    return Company(configured=configured, mcp={"keys": lambda *_: published(AS, AS_KEY), **changed})


async def who_may_passes_with_what_was_decided_on() -> None:
    async with guarded() as company:
        fields = {"Host": "evil.example", "X-Other": "1"}
        passed = await company.call("read", access_token(), fields, url=f"{MCP}?x=1")
        assert (passed.status_code, passed.text) == (200, "read"), passed.text
        [(scope, body)] = company.calls
        access, headers = scope["idjag"], dict(scope["headers"])
        assert json.loads(body)["params"] == {"name": "read"} and scope["query_string"] == b"x=1"
        assert (access.claims["sub"], access.record) == ("user", company.records[0])
        assert access.permits_tools(["write", "read", "unknown", "ping"]) == ["read", "ping"]
        assert (scope["scheme"], headers[b"host"], headers[b"x-other"]) == ("https", b"mcp.example", b"1")
        assert b"authorization" not in headers and len([one for one, _ in scope["headers"] if one == b"host"]) == 1


async def everybody_else_is_told_what_is_missing() -> None:
    now = int(time.time())
    cases: list[tuple[str, str | None, int, str, str]] = [
        ("read", None, 401, "credentials_missing", 'scope="rows:read"'),
        ("read", "nonsense", 401, "token_malformed", "invalid_token"),
        ("read", access_token(exp=now - 400, iat=now - 900), 401, "token_expired", "invalid_token"),
        ("read", access_token(aud="https://other.example/"), 401, "audience_mismatch", "invalid_token"),
        ("read", access_token(iss="https://evil.example"), 401, "issuer_untrusted", "invalid_token"),
        ("write", access_token(), 403, "insufficient_scope", 'scope="rows:write"'),
        ("drop", access_token(), 403, "operation_not_listed", "access_denied"),
    ]
    async with guarded() as company:
        for name, token, status, code, challenge in cases:
            response = await company.call(name, token, {"Host": "evil.example"})
            assert (response.status_code, company.records[-1]["error"]) == (status, code), response.text
            header = response.headers["www-authenticate"]
            assert challenge in header and f'resource_metadata="{METADATA}"' in header and "evil" not in header
        twice = await company.call("read", access_token(), url=f"{MCP}?access_token=x")
        assert (twice.status_code, company.records[-1]["error"]) == (400, "credentials_repeated")
        assert company.calls == []


async def what_cannot_be_decided_is_not_granted() -> None:
    for keys in (lambda *_: None, fails):
        async with guarded(keys=keys) as company:
            response = await company.call("read", access_token())
            assert (response.status_code, company.records[0]["error"]) == (503, "keys_unavailable")
            assert "retry-after" in response.headers
    async with guarded(on_record=fails) as company:
        response = await company.call("read", access_token())
        assert (response.status_code, response.json(), company.calls) == (500, {"error": "server_error"}, [])
        assert (await company.call("read", None)).status_code == 401, "a refusal stands"

    for nonce in (fails, lambda: None):
        async with guarded(nonce=nonce) as company:
            response = await company.call("read", access_token())
            assert (response.status_code, response.json()) == (503, {"error": "temporarily_unavailable"})
            assert (company.calls, len(company.errors)) == ([], 1)


async def a_bound_token_needs_its_proof_and_the_nonce() -> None:
    async with guarded({"proof_single_use": True}, nonce=lambda: {"current": "n-2", "previous": "n-1"}) as company:
        token = access_token(cnf={"jkt": PROOF_KEY.jkt})

        async def send(url: str = MCP, **more: str) -> Any:
            proof = company.proof(PROOF_KEY, url, access_token=token, **more)
            fields = {"Authorization": f"DPoP {token}", "DPoP": proof}
            return fields, await company.call("read", None, fields)

        _, asked = await send()
        assert (asked.status_code, asked.headers["dpop-nonce"]) == (401, "n-2")
        assert "use_dpop_nonce" in asked.headers["www-authenticate"]
        _, elsewhere = await send("https://evil.example/mcp", nonce="n-2")
        assert (elsewhere.status_code, company.records[-1]["error"]) == (401, "proof_uri_mismatch")
        fields, passed = await send(nonce="n-1")
        assert passed.status_code == 200 and b"dpop" not in dict(company.calls[0][0]["headers"])
        assert (await company.call("read", None, fields)).status_code == 401
        assert company.records[-1]["error"] == "token_replayed"
        assert (await company.call("read", token)).status_code == 401
        assert company.records[-1]["error"] == "bound_token_as_bearer"
    for store in (None, fails):
        async with guarded({"proof_single_use": True}, store=store) as company:
            token = access_token(cnf={"jkt": PROOF_KEY.jkt})
            proof = company.proof(PROOF_KEY, MCP, access_token=token)
            response = await company.call("read", None, {"Authorization": f"DPoP {token}", "DPoP": proof})
            assert (response.status_code, company.records[0]["error"]) == (503, "store_unavailable")


async def its_metadata_is_for_everybody() -> None:
    async with guarded() as company:
        document = await company.http.get(METADATA, headers={"Host": "forged.example"})
        assert document.json()["resource"] == MCP and document.json()["authorization_servers"] == [AS]
        assert (await company.http.post(METADATA)).status_code == 405
        root = await company.http.get("https://mcp.example/.well-known/oauth-protected-resource")
        assert root.status_code == 401


async def bodies_end_in_size_and_time() -> None:
    async with guarded(max_body_bytes=100, body_timeout=0.2) as company:
        large = await company.call("read" * 100, access_token())
        assert (large.status_code, large.json(), company.records) == (413, {"error": "invalid_request"}, [])
        host, _, port = company.routes.sites["https://mcp.example"].removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /mcp HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{")
        assert (await asyncio.wait_for(reader.read(), 5)).startswith(b"HTTP/1.1 408 ")
        writer.close()


async def what_is_behind_may_fail_and_stream() -> None:
    left = asyncio.Event()

    async def stream(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        await send({"type": "http.response.body", "body": b"data: x\n\n", "more_body": True})
        assert (await receive())["type"] == "http.disconnect"
        left.set()

    async with guarded(app=fails) as company:
        response = await company.call("read", access_token())
        assert (response.status_code, response.json()) == (500, {"error": "server_error"})
        assert "db.internal" in str(company.errors[0])
    async with guarded(app=stream) as company:
        headers = {"Authorization": f"Bearer {access_token()}"}
        async with company.http.stream("GET", MCP, headers=headers) as streaming:
            assert await anext(streaming.aiter_bytes()) == b"data: x\n\n"
        await asyncio.wait_for(left.wait(), 5)
        assert company.records[0]["operation"] == "session"


async def other_protocols_do_not_pass() -> None:
    passed: list[Any] = []
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        passed.append(scope["type"])

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("nothing is read")

    company = guarded(app=app)
    await company.guard({"type": "websocket"}, receive, send)
    assert (passed, sent) == ([], [{"type": "websocket.close", "code": 1008}])
    await company.guard({"type": "lifespan"}, receive, send)
    assert passed == ["lifespan"]


CASES = [
    who_may_passes_with_what_was_decided_on, everybody_else_is_told_what_is_missing,
    what_cannot_be_decided_is_not_granted, a_bound_token_needs_its_proof_and_the_nonce, its_metadata_is_for_everybody,
    bodies_end_in_size_and_time, what_is_behind_may_fail_and_stream, other_protocols_do_not_pass,
]  # fmt: skip
