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


def access_token(context_claim: str = "ctx", **more: Any) -> str:
    now = int(time.time())
    claims: Any = {
        "iss": AS, "aud": MCP, "sub": "user", "client_id": "app", "jti": str(time.monotonic_ns()), "iat": now,
        "exp": now + 300, "scope": "rows:read", **more,
    }  # fmt: skip
    return idjag.sign_access_token(claims=claims, context_claim=context_claim, signer=AS_KEY)["token"]


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


async def a_token_serves_its_own_conversation() -> None:
    def conversation(headers: dict[str, str]) -> str | None:
        session = headers.get("mcp-session-id")
        if session == "lost":
            raise OSError("the sessions are lost")
        return None if session is None else f"conversation:{session}"

    own, of_none = access_token(ctx="conversation:1"), access_token()
    cases: list[tuple[str | None, str, int, str | None]] = [
        ("1", own, 200, None), ("2", own, 401, "context_mismatch"), ("1", of_none, 401, "context_required"),
        (None, of_none, 200, None), ("lost", own, 503, None),
    ]  # fmt: skip
    for session, token, status, error in cases:
        async with guarded(conversation=conversation) as company:
            fields = {} if session is None else {"Mcp-Session-Id": session}
            response = await company.call("read", token, fields)
            errors = [record.get("error") for record in company.records]
            assert (response.status_code, errors) == (status, [] if status == 503 else [error]), (session, errors)
            assert len(company.calls) == (1 if status == 200 else 0)
    async with guarded({"context": "required", "context_claim": "txn"}) as company:
        token = access_token("txn", ctx="conversation:1")
        assert (await company.call("read", token)).status_code == 200
        assert (await company.call("read", access_token(ctx="conversation:1"))).status_code == 401
        assert [record.get("context") for record in company.records] == ["conversation:1", None]


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
        assert root.status_code == 404


async def bodies_end_in_size_and_time() -> None:
    async with guarded(max_body_bytes=100, body_timeout=0.2) as company:
        large = await company.call("read" * 100, access_token())
        assert (large.status_code, large.json(), company.records) == (413, {"error": "invalid_request"}, [])
        fields = f"Authorization: Bearer {access_token()}\r\nContent-Length: 10\r\n"
        assert (await raw(company, "POST /mcp", fields, "{")).startswith(b"HTTP/1.1 408 ")


async def raw(company: Company, target: str, fields: str = "", body: str = "") -> bytes:
    """The first line of what is answered to a request with this request target, and what follows it at once."""
    host, _, port = company.routes.sites["https://mcp.example"].removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"{target} HTTP/1.1\r\nHost: mcp.example\r\n{fields}\r\n{body}".encode())
    answer = await asyncio.wait_for(reader.read(65536), 5)
    writer.close()
    return answer


async def a_strangers_body_is_not_read() -> None:
    async with guarded(max_body_bytes=100, body_timeout=60) as company:
        for token in (None, "nonsense", access_token(iss="https://evil.example")):
            assert (await company.call("read" * 100, token)).status_code == 401, token
            field = f"Authorization: Bearer {token}\r\n" if token else ""
            answer = await raw(company, "POST /mcp", f"{field}Content-Length: 10\r\n", "{")
            assert answer.startswith(b"HTTP/1.1 401 "), answer
    forged = access_token()[:-8] + "AAAAAAAA"

    async def receive() -> Any:
        raise AssertionError("the body was asked for")

    async with guarded() as company:
        [status] = await direct(company, receive, "/mcp", token=forged)
        assert (status, company.records[-1]["error"]) == (401, "signature_invalid")


async def direct(company: Company, receive: Any, path: str, *, raw_path: bytes | None = None, token: str) -> list[int]:
    """The statuses of the answers to a request that no server has looked at."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http", "method": "GET", "path": path, "headers": [(b"authorization", f"Bearer {token}".encode())],
    }  # fmt: skip
    await company.guard(scope if raw_path is None else {**scope, "raw_path": raw_path}, receive, send)
    return [message["status"] for message in sent if message["type"] == "http.response.start"]


async def what_is_not_below_the_resource_is_not_found() -> None:
    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    above: list[tuple[str, bytes | None]] = [
        ("/admin/secrets", None), ("/", None), ("/mcpx", None), ("/MCP", None), ("/mc", None), ("//mcp", None),
        ("/mcp/../admin", None), ("/mcp/./x", None), ("/mcp/x/..", None), ("/mcp/..;x/admin", None),
        ("/mcp/%2e%2e/admin", b"/mcp/%252e%252e/admin"), ("/mcp/../admin", b"/mcp%2f..%2fadmin"),
        ("/mcp/x", b"/mcp%2Fx"), ("/mcp%2fx", b"/mcp%252fx"), ("/mcp/..\\admin", b"/mcp/..%5cadmin"),
        ("/mcp/x%5cy", b"/mcp/x%255cy"),
    ]  # fmt: skip
    nowhere = ["", "*", ".evil.example/mcp", ":8443/mcp", "@evil.example/mcp", "//evil.example/mcp", "/%2fevil.example"]
    below = ["/mcp", "/mcp/", "/mcp/x", "/mcp/x/y", "/mcp/a..b", "/mcp/...", "/mcp/a b"]
    async with guarded() as company:
        for path, raw_path in [*above, *((path, None) for path in nowhere)]:
            [status] = await direct(company, receive, path, raw_path=raw_path, token=access_token())
            assert (status, company.calls, company.records) == (404, [], []), path
        for path in below:
            assert await direct(company, receive, path, token=access_token()) == [200], path
        token = access_token(cnf={"jkt": PROOF_KEY.jkt})
        for target in (".evil.example/mcp", ":8443/mcp"):
            proof = company.proof(PROOF_KEY, f"https://mcp.example{target}", access_token=token)
            answer = await raw(company, f"GET {target}", f"Authorization: DPoP {token}\r\nDPoP: {proof}\r\n")
            assert answer[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 404"), answer
        assert len(company.calls) == len(below)
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "read"}}
        for named, status in ((f"{MCP}/x", 200), (MCP, 401)):
            proof = company.proof(PROOF_KEY, named, access_token=token)
            fields = {"Authorization": f"DPoP {token}", "DPoP": proof}
            assert (await company.http.post(f"{MCP}/x", headers=fields, json=call)).status_code == status, named
    async with guarded(dangerous_any_path=True) as company:
        for path in nowhere:
            assert await direct(company, receive, path, token=access_token()) == [404], path
        assert await direct(company, receive, "/admin/secrets", token=access_token()) == [200]
        assert await direct(company, receive, "/admin/secrets", token="x") == [401]


async def the_session_has_no_body() -> None:
    async with guarded() as company:
        for method in ("GET", "DELETE"):
            fields = {"Authorization": f"Bearer {access_token()}"}
            message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "drop"}}
            refused = await company.http.request(method, MCP, headers=fields, json=message)
            assert (refused.status_code // 100, company.calls) == (4, []), refused.text
            assert (await company.http.request(method, MCP, headers=fields)).status_code == 200
            assert company.calls.pop()[1] == b""


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
    who_may_passes_with_what_was_decided_on, a_token_serves_its_own_conversation, everybody_else_is_told_what_is_missing,
    what_cannot_be_decided_is_not_granted, a_bound_token_needs_its_proof_and_the_nonce, its_metadata_is_for_everybody,
    bodies_end_in_size_and_time, a_strangers_body_is_not_read, what_is_not_below_the_resource_is_not_found,
    the_session_has_no_body, what_is_behind_may_fail_and_stream, other_protocols_do_not_pass,
]  # fmt: skip
