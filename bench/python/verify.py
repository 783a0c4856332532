"""Whole verifications in Python: `python verify.py <corpus>`."""

from __future__ import annotations

import itertools
import json
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import jwt
from authlib.jose import JsonWebKey, JsonWebToken
from joserfc import jwk as joserfc_jwk
from joserfc import jwt as joserfc_jwt

import idjag

ROUNDS = 31
ROUND = 0.003
"""Seconds that one round takes at least."""

Accepts = Callable[[str], bool]


def repeated(who: str, accepts: Accepts, tokens: Any, times: int) -> float:
    right = True
    started = time.perf_counter()
    for token in itertools.islice(tokens, times):
        right = accepts(token) and right
    took = time.perf_counter() - started
    assert right, f"{who} came to another end"
    return took


def race(group: str, row: str, contenders: list[tuple[str, Accepts]], ring: list[str]) -> None:
    """Contenders in turns, so that noise strikes all of them: `bench/harness` in Python."""
    tokens = {who: itertools.cycle(ring) for who, _ in contenders}
    times = dict.fromkeys(tokens, 1)
    for who, accepts in contenders:
        # What is built at first use, or after some hundred, is not what a verification costs.
        repeated(who, accepts, tokens[who], len(ring))
        while repeated(who, accepts, tokens[who], times[who]) < ROUND:
            times[who] *= 2
    rounds: dict[str, list[float]] = {who: [] for who in tokens}
    for number in range(ROUNDS):
        for turn in range(len(contenders)):
            who, accepts = contenders[(number + turn) % len(contenders)]
            rounds[who].append(repeated(who, accepts, tokens[who], times[who]) * 1e6 / times[who])
    for who, figures in rounds.items():
        low, median, high = statistics.quantiles(figures, n=4, method="inclusive")
        line = {"group": group, "row": row, "who": who, "unit": "us"}
        print(json.dumps({**line, "median": median, "low": low, "high": high, "n": ROUNDS}), flush=True)


def accepted(verify: Callable[[str], Any]) -> Accepts:
    def accepts(token: str) -> bool:
        try:
            return verify(token) is not None
        except Exception:
            return False

    return accepts


def ours(corpus: Any, alg: Any, **options: Any) -> Accepts:
    server = idjag.ResourceServer(
        resource=corpus["audience"],
        authorization_servers=[{"issuer": corpus["issuer"], "algorithms": [alg]}],
        **options,
    )
    keys = idjag.KeySet(issuer=corpus["issuer"], jwks=corpus["jwks"], algorithms=[alg])
    return accepted(lambda token: server.verify_bearer(token=token, keys=keys, now=time.time())["claims"])


def peers(corpus: Any, alg: str) -> list[tuple[str, Accepts]]:
    issuer, audience = corpus["issuer"], corpus["audience"]
    jwk = next(key for key in corpus["jwks"]["keys"] if key["kid"] == alg)
    pyjwt_key = jwt.PyJWK(jwk).key

    def pyjwt(token: str) -> Any:
        return jwt.decode(token, pyjwt_key, algorithms=[alg], audience=audience, issuer=issuer)

    joserfc_key = joserfc_jwk.import_key(jwk)
    registry = joserfc_jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": audience},
        exp={"essential": True},
    )

    def joserfc(token: str) -> Any:
        decoded = joserfc_jwt.decode(token, joserfc_key, algorithms=[alg])
        registry.validate(decoded.claims)
        return decoded.claims

    authlib_key = JsonWebKey.import_key(jwk)
    decoder = JsonWebToken([alg])
    options = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": audience},
        "exp": {"essential": True},
    }

    def authlib(token: str) -> Any:
        claims = decoder.decode(token, authlib_key, claims_options=options)
        claims.validate()
        return claims

    named = [("PyJWT", pyjwt), ("joserfc", joserfc), ("Authlib", authlib)]
    return [(f"{name} {version(name)}", accepted(verify)) for name, verify in named]


def checked(who: str, accepts: Accepts, tokens: Any) -> None:
    """Nobody is timed who takes a bent token, or refuses the good one."""
    assert accepts(tokens["good"]), f"{who} refuses the good token"
    for name, token in tokens["bent"].items():
        assert not accepts(token), f"{who} accepts a token with a bent {name}"


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        corpus = json.load(file)
    for alg, tokens in corpus["tokens"].items():
        # Tokens that nobody has seen lately: no cache helps.
        contenders = [("idjag", ours(corpus, alg, token_cache_capacity=0)), *peers(corpus, alg)]
        for who, accepts in contenders:
            checked(who, accepts, tokens)
        race("python.verify", f"{alg}, warm key", contenders, tokens["ring"])
        cached = ours(corpus, alg)
        checked("idjag", cached, tokens)
        race("python.hit", f"{alg}, cache hit", [("idjag", cached)], tokens["ring"][:16])


main()
