"""Makes what has to be secret: `signing-key.json`, and a client's secret with the digest for `clients.json`."""

from __future__ import annotations

import json
import os
import secrets

import idjag


def main() -> None:
    key = idjag.SigningKey(alg="ES256", kid=secrets.token_hex(4), random=secrets.token_bytes(32))
    # Readable by this user alone; a key that is there already is not overwritten.
    descriptor = os.open("signing-key.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(key.dangerous_export()["jwk"], file)
    secret = secrets.token_urlsafe(32)
    print(f"client_secret: {secret}")
    print(f"client_secret_sha256: {idjag.digest_client_secret(client_secret=secret)['sha256']}")


if __name__ == "__main__":
    main()
