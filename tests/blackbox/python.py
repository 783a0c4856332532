"""The Python surface's black-box adapter: one JSON case per line in, one JSON verdict per line out.

The format is that of `tests/src/blackbox/protocol.rs`; what a case does not name is set wide.
"""

from __future__ import annotations

import hashlib
import json
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import idjag
from idjag import IdJagError

# A day.
WIDE = 86_400
KNOWN = {"ES256": "ES256", "ES384": "ES384", "EdDSA": "EdDSA", "Ed25519": "EdDSA", "RS256": "RS256", "PS256": "PS256"}
MEMBERS = set(
    "algs now leeway iss aud client_id typ dpop_jkt max_depth max_token_bytes scheme nonce max_age"
    " trusted_audiences htm htu iat_window jkt access_token payload_sha256".split()
)


class Refusal(Exception):
    """A refusal by what the case itself says."""


def need(expected: Any, name: str) -> Any:
    """A member without which the case cannot be judged."""
    if not isinstance(expected.get(name), str):
        raise Refusal("request_malformed")
    return expected[name]


class Case:
    """A case with what every kind needs of it."""

    def __init__(self, case: Any, algorithms: list[Any]) -> None:
        self.expected = case["expected"]
        self.token = case["token"]
        text = case.get("jwks_text")
        self.jwks = text if text is not None else json.dumps(case.get("jwks") or {"keys": []})
        self.rules: dict[str, Any] = {
            "algorithms": algorithms,
            "limits": {
                "json_depth": self.expected.get("max_depth"),
                "token_bytes": self.expected.get("max_token_bytes"),
            },
        }
        self.window = {"tolerance": self.expected.get("leeway", 0), "max_lifetime": WIDE}
        self.place = {"dangerous_allow_http_loopback": True, "now": self.expected.get("now", 0)}

    def typ_is(self, known: str) -> None:
        """The library knows the type of each kind; a case that expects another has no token that fits."""
        typ = self.expected.get("typ")
        if typ is not None and typ.removeprefix("application/").lower() != known:
            raise Refusal("typ_mismatch")

    def proven_by(self, confirmation: Any) -> None:
        """A bound token needs the proof of its key."""
        proven = self.expected.get("dpop_jkt")
        if confirmation is None:
            return
        if proven is None:
            raise Refusal("proof_missing")
        if proven != confirmation["jkt"]:
            raise Refusal("proof_key_mismatch")

    def id_jag(self) -> None:
        self.typ_is("oauth-id-jag+jwt")
        expected = self.expected
        verified = idjag.verify_id_jag(
            token=self.token,
            issuer=need(expected, "iss"),
            audience=need(expected, "aud"),
            client_id=need(expected, "client_id"),
            keys=self.jwks,
            window=self.window,  # type: ignore[arg-type]
            **self.rules,
            **self.place,
        )
        self.proven_by(verified["claims"].get("cnf"))

    def access_token(self) -> None:
        expected = self.expected
        untyped = (expected.get("typ") or "").lower() == "jwt"
        if not untyped:
            self.typ_is("at+jwt")
        verified = idjag.verify_access_token(
            token=self.token,
            issuer=need(expected, "iss"),
            resource=need(expected, "aud"),
            keys=self.jwks,
            relaxed=["typ"] if untyped else [],
            window=self.window,  # type: ignore[arg-type]
            **self.rules,
            **self.place,
        )
        bound = verified["claims"].get("cnf")
        scheme = (expected.get("scheme") or ("DPoP" if expected.get("dpop_jkt") else "Bearer")).lower()
        if scheme not in ("dpop", "bearer"):
            raise Refusal("request_malformed")
        if bound is not None and scheme == "bearer":
            raise Refusal("bound_token_as_bearer")
        if bound is None and scheme == "dpop":
            raise Refusal("scheme_mismatch")
        self.proven_by(bound)

    def id_token(self) -> None:
        expected = self.expected
        idjag.verify_id_token(
            token=self.token,
            issuer=need(expected, "iss"),
            client_id=need(expected, "aud"),
            trusted_audiences=expected.get("trusted_audiences"),
            nonce=expected.get("nonce"),
            max_authentication_age=expected.get("max_age"),
            keys=self.jwks,
            window=self.window,  # type: ignore[arg-type]
            **self.rules,
            **self.place,
        )

    def dpop(self) -> None:
        expected = self.expected
        nonce = expected.get("nonce")
        window = expected.get("iat_window")
        verified = idjag.verify_dpop(
            proof=self.token,
            method=need(expected, "htm"),
            url=need(expected, "htu"),
            access_token=expected.get("access_token"),
            nonce=None if nonce is None else {"current": nonce},
            window=(WIDE if window is None else window) + expected.get("leeway", 0),
            **self.rules,
            **self.place,
        )
        if expected.get("jkt") not in (None, verified["jkt"]):
            raise Refusal("proof_key_mismatch")

    def jws(self) -> None:
        verified = idjag.verify_jws(token=self.token, keys=self.jwks, **self.rules)
        wanted = self.expected.get("payload_sha256")
        if wanted is None:
            return
        text, octets = verified.get("payload"), verified.get("payload_bytes")
        payload = text.encode() if text is not None else urlsafe_b64decode((octets or "") + "==")
        digest = hashlib.sha256(payload)
        if wanted != urlsafe_b64encode(digest.digest()).rstrip(b"=").decode() and wanted.lower() != digest.hexdigest():
            raise Refusal("payload_mismatch")


def answer(line: bytes) -> dict[str, Any]:
    """The verdict on one line."""
    name = ""
    try:
        case = json.loads(line)
        if isinstance(case, dict) and isinstance(case.get("id"), str):
            name = case["id"]
        kind, expected = case["kind"], case["expected"]
        named = expected["algs"]
        if kind not in ("id_jag", "jwks", "access_token", "id_token", "dpop", "jws") or expected.keys() - MEMBERS:
            raise Refusal("request_malformed")
        algorithms = [KNOWN[alg] for alg in named if alg in KNOWN]
        if named and not algorithms:
            return {"id": name, "verdict": "skip", "code": "algorithm_not_allowed"}
        getattr(Case(case, algorithms), "id_jag" if kind == "jwks" else kind)()
    except (IdJagError, Refusal) as error:
        code = error.code if isinstance(error, IdJagError) else str(error)
        return {"id": name, "verdict": "reject", "code": code}
    except (ValueError, LookupError, TypeError, AttributeError):
        return {"id": name, "verdict": "reject", "code": "request_malformed"}
    return {"id": name, "verdict": "accept", "code": None}


def main() -> None:
    for line in sys.stdin.buffer:
        print(json.dumps(answer(line)), flush=True)


if __name__ == "__main__":
    main()
