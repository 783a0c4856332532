"""Runs every vector over the public API: `vectors.py <folder> [part of an id]`. Whole outputs are compared."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from idjag import IdJagError
from operations import OPERATIONS, Adapter
from report import Tally, difference
from roles import Refusal


def judge(adapter: Adapter, group: Any, case: Any) -> str | None:
    """Why the outcome of a case is not the expected one."""
    keys = {"sets": {}, "signers": {}, **group["keys"]}
    try:
        output = adapter(group["config"], keys, case["now"], case["input"])
    except (IdJagError, Refusal) as error:
        failure = {"code": error.code, "oauth": error.oauth}
        if case["result"] == "invalid":
            return None if failure == case["error"] else f"expected {case['error']}, got {failure}"
        return f"refused with {failure}: {error}"
    if case["result"] == "invalid":
        return f"accepted with {output!r}"
    return "\n".join(difference(case["output"], output)) or None


def main() -> None:
    folder, part = Path(sys.argv[1]), (sys.argv[2:] or [""])[0]
    tally = Tally()
    topics = [json.loads(file.read_bytes()) for file in sorted(folder.glob("*.*/*.json"))]
    found = {topic["operation"] for topic in topics}
    tally.count("every operation has an adapter", ", ".join(found - OPERATIONS.keys()) or None)
    tally.count("every adapter has an operation", ", ".join(OPERATIONS.keys() - found) or None)
    for topic in topics:
        for group in topic["groups"]:
            for case in group["tests"]:
                if part in case["id"] and topic["operation"] in OPERATIONS:
                    tally.run(case["id"], lambda: case_holds(topic, group, case))
    tally.finish()


def case_holds(topic: Any, group: Any, case: Any) -> None:
    problem = judge(OPERATIONS[topic["operation"]], group, case)
    assert problem is None, problem


if __name__ == "__main__":
    main()
