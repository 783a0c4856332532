"""What the boundary takes from a careless or hostile caller: a coded error, never a crash, a leak or a broken object."""

from __future__ import annotations

import copy
import enum
import gc
import inspect
import json
import pickle
import resource
import threading
import tracemalloc
from typing import Any, Callable

import idjag
from idjag import IdJagError, _bearer, _native, _values
from report import Tally

NOW = 1_700_000_000
CALLER_ERRORS = {"argument_invalid", "handle_invalid", "call_malformed"}


class Text(str):
    """A text whose methods lie."""

    def encode(self, *_: Any, **__: Any) -> Any:
        raise SystemError

    def __str__(self) -> Any:
        raise SystemError

    def isascii(self) -> Any:
        raise SystemError


class Number(int):
    def __int__(self) -> Any:
        raise SystemError

    def __index__(self) -> Any:
        raise SystemError

    def __repr__(self) -> str:
        return "{"


class Bytes(bytes):
    def __bytes__(self) -> bytes:
        return b"\xff" * 32

    def __getitem__(self, _: Any) -> Any:
        raise SystemError

    def decode(self, *_: Any, **__: Any) -> Any:
        raise SystemError


class Buffer(bytearray):
    def __bytes__(self) -> bytes:
        return b"\xff" * 32

    def __getitem__(self, _: Any) -> Any:
        raise SystemError


class Members(dict):  # type: ignore[type-arg]
    def items(self) -> Any:
        raise SystemError


class Items(list):  # type: ignore[type-arg]
    def __iter__(self) -> Any:
        raise SystemError


class Impostor:
    """What says that it is something else."""

    __class__ = idjag.KeySet  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        raise SystemError


class Choice(enum.Enum):
    ONE = "one"


def cycle() -> Any:
    endless: list[Any] = []
    endless.append(endless)
    return endless


def deep(levels: int) -> Any:
    value: Any = 0
    for _ in range(levels):
        value = {"a": [value]}
    return value


def hostile() -> list[Any]:
    return [
        float("nan"), float("inf"), -float("inf"), 10**5000, -(2**63) - 1, 2**64, complex(1), "\ud800", {"\ud800": 1},
        {1: 2}, {None: 1}, {("a",): 1}, {"a": {1, 2}}, set(), frozenset(), object(), object, len, lambda: 0, cycle(),
        deep(5000), deep(40), b"\xff" * 10, bytearray(b"\xff"), memoryview(b"\xff"), range(3), iter(()), Impostor(),
        Choice.ONE, Exception(), type, ..., NotImplemented, Members(a=1), Items([1]), Number(5), Text("\udfff"),
        [[]] * 3, {}, [], (), "", "\0", "x" * 100_000, True, None, -1, 0, 1.5, [None], {"": None}, {"__proto__": 1},
        Text("x"), idjag.IdJagError("argument_invalid"), idjag, Ellipsis, {"a": b"\xff"},
    ]  # fmt: skip


def refused(call: Callable[[], Any]) -> str | None:
    """The code of the refusal; anything but a refusal or an answer goes through."""
    try:
        call()
    except IdJagError as error:
        assert error.code in idjag._catalog.ERRORS and isinstance(error.detail, (str, type(None)))  # type: ignore[attr-defined]
        pickle.loads(pickle.dumps(error))
        return error.code
    return None


def callables() -> list[tuple[str, Callable[..., Any]]]:
    """Every public function and constructor."""
    found = []
    for name in idjag.__all__:
        value = getattr(idjag, name)
        if inspect.isfunction(value) or (inspect.isclass(value) and issubclass(value, idjag._shell.Object)):  # type: ignore[attr-defined]
            found.append((name, value))
    return found


def every_argument(tally: Tally) -> None:
    """Every hostile value in every argument of everything that can be called."""
    for name, target in callables():
        parameters = list(inspect.signature(target).parameters)

        def case(target: Callable[..., Any] = target, parameters: list[str] = parameters) -> None:
            for parameter in parameters:
                for value in hostile():
                    refused(lambda: target(**{parameter: value}))
            for value in hostile():
                assert refused(lambda: target(value)) == "argument_invalid", value
                everything = dict.fromkeys(parameters, value)
                refused(lambda: target(**everything))
            assert refused(lambda: target(no_such_argument=1)) in CALLER_ERRORS

        tally.run(f"{name} takes anything", case)


def key(kid: str = "k") -> idjag.SigningKey:
    return idjag.SigningKey(alg="ES256", kid=kid, random=bytes(range(32)))


def server() -> idjag.ResourceAuthorizationServer:
    return idjag.ResourceAuthorizationServer(
        issuer="https://as.example",
        token_endpoint="https://as.example/token",
        trusted_issuers=[{"issuer": "https://idp.example"}],
        resources=[{"id": "https://mcp.example/", "scopes": "read"}],
    )


def pending() -> tuple[Any, Any]:
    signer = key()
    claims: Any = {
        "iss": "https://idp.example", "sub": "u", "aud": "https://as.example", "client_id": "c", "jti": "1",
        "iat": NOW, "exp": NOW + 300, "scope": "read",
    }  # fmt: skip
    token = idjag.sign_id_jag(claims=claims, signer=signer)["token"]
    grant = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
    request: Any = {
        "method": "POST",
        "url": "https://as.example/token",
        "headers": [["Content-Type", "application/x-www-form-urlencoded"], ["Authorization", "Basic Yzpz"]],
        "body": f"grant_type={grant}&assertion={token}".encode(),
    }
    keys = idjag.KeySet(issuer="https://idp.example", jwks={"keys": [signer.public_jwk]}, algorithms=["ES256"])
    return server().parse(request, now=NOW), keys


CLIENT: Any = {
    "client_id": "c",
    "token_endpoint_auth_method": "client_secret_basic",
    "client_secret_sha256": [idjag.digest_client_secret(client_secret="s")["sha256"]],
}


def bytes_are_what_they_are() -> None:
    plain = bytes(range(32))
    for given in (Bytes(plain), Buffer(plain), bytearray(plain), memoryview(plain)):
        mine: Any = idjag.SigningKey(alg="ES256", kid="k", random=given)  # type: ignore[arg-type]
        assert mine.jkt == key().jkt, type(given)


def a_body_of_text_is_sent_as_text() -> None:
    for body in (b"a=1", b"", b"\xef\xbb\xbf\x00 \xc3\xa4", Bytes(b"x"), Buffer(b"x"), memoryview(b"x")):
        text = memoryview(body).tobytes().decode()
        assert json.loads(_values.to_json({"body": body})) == {"body": text}, body
    for body in (b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xc0\x80"):
        [(name, _)] = json.loads(_values.to_json({"body": body})).items()
        assert name == "body_bytes", body


def a_step_is_used_up() -> None:
    first, keys = pending()
    verified = first.verify(keys=keys, client=CLIENT, now=NOW)
    assert refused(lambda: first.verify(keys=keys, client=CLIENT, now=NOW)) == "handle_invalid"
    winners: list[Any] = []

    def race() -> None:
        try:
            winners.append(verified.authorize(account={"subject": "u"}, now=NOW))
        except IdJagError as error:
            assert error.code == "handle_invalid"

    run_in_threads(race, 8)
    assert len(winners) == 1
    granted = winners[0]
    assert [one["kind"] for one in granted.replay_keys] == ["id_jag"]
    spent = granted.spend(answers=["first"])
    waiting = spent.issue(key=key().public_jwk, token_id="t", now=NOW)
    assert isinstance(waiting, idjag.PendingSignature) and isinstance(waiting.signing_input, bytes)
    assert refused(lambda: waiting.attach()) == "argument_invalid"  # type: ignore[call-arg]
    assert refused(lambda: waiting.attach(signature=b"\0" * 64)) == "signer_mismatch"
    assert refused(lambda: waiting.attach(signature=b"\0" * 64)) == "handle_invalid"


def a_step_cannot_be_forged() -> None:
    stages = [one for one in vars(idjag).values() if inspect.isclass(one) and issubclass(one, idjag._shell.Taken)]  # type: ignore[attr-defined]
    assert len(stages) > 8
    for stage in stages:
        assert refused(lambda: stage()) == "handle_invalid"
        forged = object.__new__(stage)
        steps = [name for name, member in vars(stage).items() if inspect.isfunction(member)]
        for step in steps:
            arguments = {"signature": b"x"} if step == "attach" else {}
            assert refused(lambda: getattr(forged, step)(**arguments)) == "handle_invalid", (stage, step)
        for name, member in vars(stage).items():
            if isinstance(member, property):
                assert refused(lambda: getattr(forged, name)) == "handle_invalid"
    first, _ = pending()
    shown = first.needs
    shown["client_id"] = "another"
    assert first.needs["client_id"] == "c"
    assert refused(lambda: setattr(first, "needs", 1)) == "handle_invalid"


def an_object_stands_for_itself() -> None:
    one, ours = key(), server()
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        assert refused(lambda: attempt(one)) == "handle_invalid"
    assert refused(lambda: one.__init__(alg="ES256", kid="k", random=bytes(32))) == "handle_invalid"  # type: ignore[misc]
    assert refused(lambda: type("Mine", (idjag.KeySet,), {})) == "handle_invalid"
    assert refused(lambda: setattr(one, "kid", "other")) == "handle_invalid"
    assert refused(lambda: idjag.sign_id_jag(claims={}, signer=ours)) == "argument_invalid"  # type: ignore[arg-type, typeddict-item]
    assert refused(lambda: idjag.SigningKey.dangerous_export(ours)) == "handle_invalid"  # type: ignore[arg-type]
    assert refused(lambda: idjag.SigningKey.dangerous_export(Impostor())) == "handle_invalid"  # type: ignore[arg-type]
    never = object.__new__(idjag.KeySet)
    never.free()
    assert refused(never.public) == "handle_invalid"


def freeing_twice_does_no_harm() -> None:
    before = count()
    with key() as one:
        assert count() == before + 1
        one.free()
        one.free()
        assert count() == before
        assert refused(one.dangerous_export) == "handle_invalid"
    other = key()
    assert other.dangerous_export()["jwk"]["kid"] == "k"
    del other
    gc.collect()
    assert count() == before


def count() -> int:
    return int(json.loads(_native.call("count\n\n{}"))["ok"])


def run_in_threads(work: Callable[[], None], threads: int) -> None:
    problems: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as problem:
            problems.append(problem)

    started = [threading.Thread(target=guarded) for _ in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    if problems:
        raise problems[0]


def threads_share_objects() -> None:
    signer = key()
    claims: Any = {
        "iss": "https://idp.example", "sub": "u", "aud": "https://as.example", "client_id": "c", "jti": "1",
        "iat": NOW, "exp": NOW + 300,
    }  # fmt: skip
    token = idjag.sign_id_jag(claims=claims, signer=signer)["token"]
    keys = idjag.KeySet(issuer="https://idp.example", jwks={"keys": [signer.public_jwk]}, algorithms=["ES256"])
    before = count()

    def work() -> None:
        for _ in range(100):
            verified = idjag.verify_id_jag(
                token=token, issuer="https://idp.example", audience="https://as.example", client_id="c",
                algorithms=["ES256"], keys=keys, now=NOW,
            )  # fmt: skip
            assert verified["claims"] == claims
            with key() as mine:
                assert mine.kid == "k"

    run_in_threads(work, 8)
    gc.collect()
    assert count() == before


def others_run_during_a_call() -> None:
    """The interpreter's lock is given up: another thread gets on while one call lasts."""
    document = '{"keys":[' + ",".join(['{"kty":"EC"}'] * 400_000) + "]}"
    done = threading.Event()
    progress = 0

    def call() -> None:
        try:
            refused(lambda: idjag.parse_jwks(jwks=document, algorithms=["ES256"], limits={"jwks_bytes": 2**40}))
        finally:
            done.set()

    thread = threading.Thread(target=call)
    interval = __import__("sys").getswitchinterval()
    # A thread that holds the lock all through its call cannot be made to give it up.
    thread.start()
    while not done.is_set():
        progress += 1
    thread.join()
    assert progress > 1_000, (progress, interval)


def a_server_that_is_freed_leaves_nothing_it_told() -> None:
    """Also where another thread frees it while it tells."""
    signer = key()
    claims: Any = {
        "iss": "https://as.example", "sub": "u", "aud": "https://rs.example/", "client_id": "c", "jti": "1",
        "iat": NOW, "exp": NOW + 300,
    }  # fmt: skip
    token = idjag.sign_access_token(claims=claims, signer=signer)["token"]
    keys = idjag.KeySet(issuer="https://as.example", jwks={"keys": [signer.public_jwk]}, algorithms=["ES256"])
    ask = _bearer._ask

    def once() -> None:
        server = idjag.ResourceServer(
            resource="https://rs.example/",
            authorization_servers=[{"issuer": "https://as.example", "algorithms": ["ES256"]}],
        )

        def and_free(*question: Any) -> Any:
            answer = ask(*question)
            server.free()
            return answer

        _bearer._ask = and_free
        try:
            assert server.verify_bearer(token=token, keys=keys, now=NOW)["claims"] == claims
        finally:
            _bearer._ask = ask
        assert refused(lambda: server.verify_bearer(token=token, keys=keys, now=NOW)) == "handle_invalid"

    def after(rounds: int) -> int:
        for _ in range(rounds):
            once()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        grown = -after(5) + after(100)
    finally:
        tracemalloc.stop()
    assert grown < 20_000, f"{grown} bytes of 100 servers"


def malformed_calls_leave_nothing() -> None:
    calls: list[Callable[[], Any]] = [
        lambda: idjag.verify_id_jag(token="x" * 500),  # type: ignore[call-arg]
        lambda: idjag.parse_jwks(jwks='{"keys":[', algorithms=["ES256"]),
        lambda: idjag.KeySet(issuer="x", jwks={}, algorithms=[]),
        lambda: idjag.SigningKey(jwk={"kty": "EC", "d": "AAAA"}),
        lambda: idjag.parse_jwks(jwks={"keys": [float("nan")]}, algorithms=["ES256"]),
        lambda: idjag.Policy(document="{}"),
        lambda: _native.call("\0\n1 2 3\n{"),
        lambda: _native.call("id_jag.verify\n99999999\n{}"),
        lambda: server().parse({"method": "\ud800"}, now=NOW),  # type: ignore[typeddict-item]
        lambda: object.__new__(idjag.VerifiedGrant).authorize(now=NOW),
    ]

    def rounds(number: int) -> None:
        for _ in range(number):
            for call in calls:
                refused(call)

    rounds(1_000)
    gc.collect()
    objects, before = count(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rounds(10_000)
    gc.collect()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert count() == objects
    assert grown < 4096, f"{grown} KiB more after 100,000 calls"


def main() -> None:
    tally = Tally()
    every_argument(tally)
    for case in (
        bytes_are_what_they_are, a_body_of_text_is_sent_as_text, a_step_is_used_up, a_step_cannot_be_forged,
        an_object_stands_for_itself, freeing_twice_does_no_harm, threads_share_objects, others_run_during_a_call,
        a_server_that_is_freed_leaves_nothing_it_told, malformed_calls_leave_nothing,
    ):  # fmt: skip
        tally.run(case.__name__, case)
    tally.finish()


if __name__ == "__main__":
    main()
