"""One key, one ID-JAG, one verification: what was installed works."""

import idjag

with idjag.SigningKey(alg="ES256", kid="smoke", random=bytes(range(1, 33))) as key:
    now = 1_700_000_000
    claims: idjag.types.IdJagClaims = {
        "iss": "https://idp.example",
        "sub": "user",
        "aud": "https://as.example",
        "client_id": "client",
        "jti": "1",
        "iat": now,
        "exp": now + 300,
    }
    token = idjag.sign_id_jag(claims=claims, signer=key)["token"]
    verified = idjag.verify_id_jag(
        token=token,
        issuer="https://idp.example",
        audience="https://as.example",
        client_id="client",
        algorithms=["ES256"],
        keys={"keys": [key.public_jwk]},
        now=now,
    )
assert verified["claims"] == claims
