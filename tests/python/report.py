"""What every runner prints: a line per failure, and `N passed, N failed` at the end."""

from __future__ import annotations

import sys
import traceback
from typing import Any, Callable, NoReturn


class Tally:
    """The counts of a run."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def count(self, name: str, problem: str | None) -> None:
        """Counts a case; `problem` says why it does not hold."""
        if problem is None:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {name}: {problem}")

    def run(self, name: str, case: Callable[[], Any]) -> None:
        """Runs a case that raises when it does not hold."""
        try:
            case()
        except Exception:
            self.count(name, traceback.format_exc())
        else:
            self.count(name, None)

    def finish(self) -> NoReturn:
        """Prints the closing line and exits accordingly."""
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        sys.exit(0 if self.failed == 0 and self.passed > 0 else 1)


def difference(expected: Any, actual: Any, path: str = "") -> list[str]:
    """The members in which `actual` is not what was expected. `1`, `1.0` and `True` are three values."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        lines = []
        for name in [*expected, *(name for name in actual if name not in expected)]:
            if name not in actual:
                lines.append(f"{path}/{name}: expected {expected[name]!r}, got nothing")
            elif name not in expected:
                lines.append(f"{path}/{name}: expected nothing, got {actual[name]!r}")
            else:
                lines.extend(difference(expected[name], actual[name], f"{path}/{name}"))
        return lines
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = enumerate(zip(expected, actual))
        return [line for at, (a, b) in pairs for line in difference(a, b, f"{path}/{at}")]
    if type(expected) is type(actual) and expected == actual:
        return []
    return [f"{path}: expected {expected!r}, got {actual!r}"]
