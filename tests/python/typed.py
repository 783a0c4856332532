"""What a type checker must accept of a caller, and what it must not: `mypy --strict` reads this, nobody runs it."""

from __future__ import annotations

import idjag
from idjag import types


def verify(token: str, jwks: bytes, now: float) -> str:
    answer = idjag.verify_id_jag(
        token=token,
        issuer="https://idp.example",
        audience="https://as.example",
        client_id="client",
        algorithms=["ES256"],
        keys=jwks,
        now=now,
    )
    claims: types.VerifiedIdJagClaims = answer["claims"]
    return claims["sub"]


def steps(server: idjag.ResourceAuthorizationServer, request: types.ArrivedRequest, keys: idjag.KeySet) -> str:
    pending = server.parse(request, now=1)
    issuer: str = pending.needs["issuer"]
    granted = pending.verify(keys=keys, now=1).authorize(account={"subject": issuer}, now=1)
    names: list[str] = [key["name"] for key in granted.replay_keys]
    issued = granted.spend(answers=["first" for _ in names]).issue(random=b"0" * 16, now=1)
    if isinstance(issued, idjag.PendingSignature):
        return repr(issued.signing_input + b"")
    return issued["response"]["body"]


def code(error: idjag.IdJagError) -> types.ErrorCode:
    return error.code


def mistakes(server: idjag.ResourceAuthorizationServer) -> None:
    idjag.verify_id_jag(token="x")  # type: ignore[call-arg]
    idjag.verify_id_jag("x")  # type: ignore[call-arg]
    idjag.parse_jwks(jwks={}, algorithms=["HS256"])  # type: ignore[list-item]
    idjag.PendingGrant()  # type: ignore[call-arg]
    server.parse({"method": "POST"}, now=1).authorize(now=1)  # type: ignore[attr-defined]
