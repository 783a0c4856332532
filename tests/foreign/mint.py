"""Mints the tokens of plan.json with PyJWT; one half of tests/vectors/foreign/minted.json.

Run by hand, never by the tests: it needs PyJWT from PyPI and draws fresh keys, so every run gives other tokens.

    python3 -m venv venv && venv/bin/pip install 'pyjwt[crypto]'
    venv/bin/python mint.py > pyjwt.json
    npm install jose && node mint.mjs > jose.json
    python3 join.py pyjwt.json jose.json > ../vectors/foreign/minted.json
"""

import base64
import hashlib
import json
import pathlib

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import get_default_algorithms

PLAN = json.loads((pathlib.Path(__file__).parent / "plan.json").read_text())


def fresh_key(alg):
    if alg == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    if alg == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_jwk(algorithm, key, **members):
    jwk = get_default_algorithms()[algorithm].to_jwk(key.public_key(), as_dict=True)
    for member in ("key_ops", "ext"):
        jwk.pop(member, None)
    return {**jwk, **members}


def ath(token):
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()


keys, cases = [], []
for alg in PLAN["algorithms"]:
    key, proof_key, kid = fresh_key(alg), fresh_key(alg), f"pyjwt-{alg.lower()}"
    keys.append(public_jwk(alg, key, kid=kid, alg=alg, use="sig"))
    tokens = {}
    for kind, plan in PLAN["kinds"].items():
        claims, expected = dict(plan["claims"]), {**plan["expected"], "algs": [alg]}
        headers, signer = {"typ": plan["typ"], "kid": kid}, key
        if kind == "dpop":
            headers, signer = {"typ": plan["typ"], "jwk": public_jwk(alg, proof_key)}, proof_key
            claims["ath"] = ath(tokens["access_token"])
            expected["access_token"] = tokens["access_token"]
        tokens[kind] = jwt.encode(claims, signer, algorithm=alg, headers=headers)
        cases.append({"id": f"pyjwt-{alg.lower()}-{kind}", "kind": kind, "token": tokens[kind], "expected": expected})

print(json.dumps({"library": "PyJWT", "version": jwt.__version__, "jwks": {"keys": keys}, "cases": cases}))
