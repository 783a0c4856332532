"""`wire.call`: the text of a call, as the binding passes it on."""

from __future__ import annotations

import json
import re
from typing import Any

from idjag import _native

from roles import Refusal

Json = Any


def run(config: Json, keys: Json, now: int, given: Json) -> Json:
    """`#1` stands for the number of the object that the first call made; all calls but the last must succeed."""
    made: list[int | None] = []
    last: Json = {}
    try:
        for text in given["calls"]:
            assert "err" not in last, last
            last = json.loads(_native.call(re.sub(r"#(\d)", lambda at: str(made[int(at[1]) - 1]), text)))
            made.append(last.get("handle"))
    finally:
        numbers = " ".join(str(number) for number in made if number is not None)
        _native.call(f"free\n{numbers}\n{{}}")
    if "err" in last:
        raise Refusal(last["err"]["code"], last["err"].get("oauth"))
    return {"ok": last["ok"]}
