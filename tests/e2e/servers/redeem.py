"""One of many authorization servers with the same name, keys and Redis: an ID-JAG becomes an access token, once."""

from __future__ import annotations

from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from tell import opened, serve, settings, tell

import idjag
from idjag import asgi, replay

told = settings()
issuer, client = told["issuer"], told["client"]
signer = idjag.SigningKey(jwk=told["key"])
idp_keys = idjag.KeySet(issuer=told["idp"], jwks=told["jwks"], algorithms=["ES256"])
registration: Any = {
    "client_id": client["id"],
    "token_endpoint_auth_method": "client_secret_basic",
    "client_secret_sha256": [idjag.digest_client_secret(client_secret=client["secret"])["sha256"]],
}
pool = BlockingConnectionPool.from_url(
    told["redis"],
    max_connections=64,
    timeout=10,
    socket_timeout=10,
    socket_connect_timeout=5,
    retry=Retry(NoBackoff(), 1),
)
endpoint = asgi.RedeemEndpoint(
    idjag.ResourceAuthorizationServer(
        issuer=issuer,
        token_endpoint=f"{issuer}/token",
        trusted_issuers=[{"issuer": told["idp"]}],
        resources=[{"id": told["resource"], "scopes": "rows:read"}],
    ),
    metadata={"issuer": issuer, "token_endpoint": f"{issuer}/token", "jwks_uri": f"{issuer}/jwks"},
    jwks=idjag.KeySet(issuer=issuer, jwks={"keys": [signer.public_jwk]}, algorithms=["ES256"]),
    signer=signer,
    keys=lambda issuer, kid: idp_keys,
    clients=lambda client_id: registration if client_id == client["id"] else None,
    accounts=lambda claims: {"subject": claims["sub"]},
    # Long: on a machine that is busy with other things, slow is not dead.
    store=replay.RedisStore(Redis(connection_pool=pool), timeout=10),
    on_record=lambda record: tell({"record": record}),
)
listener, origin = opened()
serve(endpoint, listener, {"origin": origin})
