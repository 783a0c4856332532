"""The Python identity provider: `ExchangeEndpoint` under uvicorn, made of the installed wheel."""

from __future__ import annotations

import base64
import sys
from typing import Any

from python import LOOPBACK, record
from serving import serve

import idjag
from idjag import asgi, replay


def make(told: dict[str, Any], issuer: str) -> tuple[Any, dict[str, Any]]:
    token_endpoint = f"{issuer}/token"
    records = {client["client_id"]: record(client) for client in told["clients"]}
    key = told["signing_key"]
    signer = idjag.SigningKey(alg="ES256", kid=key["kid"], random=base64.urlsafe_b64decode(key["d"] + "="))
    app = asgi.ExchangeEndpoint(
        idjag.IdentityProvider(issuer=issuer, token_endpoint=token_endpoint, **LOOPBACK),
        metadata={
            "issuer": issuer,
            "token_endpoint": token_endpoint,
            "jwks_uri": f"{issuer}/jwks",
            "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic", "client_secret_post"],
            "dpop_signing_alg_values_supported": ["ES256"],
            **LOOPBACK,
        },
        jwks=idjag.KeySet(issuer=issuer, jwks={"keys": [signer.public_jwk]}, algorithms=["ES256"], **LOOPBACK),
        signer=signer,
        policy=policy(told, list(records)),
        clients=records.get,
        users=lambda user, audience, client_id: (
            {"subject": told["subject"], "groups": ["staff"]} if user["subject"] == told["subject"] else None
        ),
        store=replay.MemoryStore(),
        on_error=lambda error: print(repr(error), file=sys.stderr),
    )
    return app, {"client_id_there": "agent-there"}


def policy(told: dict[str, Any], client_ids: list[str]) -> idjag.Policy:
    server = {
        "id": "data",
        "issuer": told["audience"],
        "resources": [told["resource"]],
        "client_ids": {"agent": "agent-there"},
        "scope_sets": {"usual": told["scope"].split(), "never": [told["excess_scope"]]},
    }
    rule = {
        "id": "usual",
        "effect": "permit",
        "apps": {"ids": ["agent"]},
        "servers": {"ids": ["data"]},
        "subjects": {"groups_any": ["staff"]},
        "scopes": ["@usual"],
    }
    apps = [{"id": "agent", "client_ids": client_ids, "status": "approved"}]
    return idjag.Policy(document={"version": 1, "apps": apps, "servers": [server], "rules": [rule]})


if __name__ == "__main__":
    serve(make)
