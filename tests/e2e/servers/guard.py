"""One of many resource servers with the same name that hold tokens against what was revoked, on one Redis."""

from __future__ import annotations

from typing import Any

from redis.asyncio import Redis
from tell import opened, serve, settings

import idjag
from idjag import asgi, revocations

told = settings()
keys = idjag.KeySet(issuer=told["issuer"], jwks=told["jwks"], algorithms=["ES256"])


async def passed(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"passed"})


guard = asgi.Guard(
    passed,
    idjag.ResourceServer(
        resource=told["resource"],
        authorization_servers=[{"issuer": told["issuer"]}],
        initial_scope="rows:read",
        revocation="required",
    ),
    keys=lambda issuer, kid: keys,
    revocations=revocations.RedisStore(Redis.from_url(told["redis"])),
)
listener, origin = opened()
serve(guard, listener, {"origin": origin})
