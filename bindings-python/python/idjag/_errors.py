"""The one exception of this package."""

from __future__ import annotations

from typing import Any

from ._catalog import ERRORS


class IdJagError(Exception):
    """Everything that is refused: a token, a request, a policy, an argument."""

    def __init__(
        self,
        code: str,
        message: str | None = None,
        *,
        detail: str | None = None,
        oauth: str | None = None,
        response: dict[str, Any] | None = None,
        record: dict[str, Any] | None = None,
        faults: list[dict[str, Any]] | None = None,
    ) -> None:
        message = ERRORS.get(code, code) if message is None else message
        if detail is not None and detail not in message:
            message = f"{message}: {detail}"
        super().__init__(message)
        self.code = code
        self.detail = detail
        self.oauth = oauth
        self.response = response
        self.status: int | None = None if response is None else response["status"]
        self.record = record
        self.faults = faults

    def __reduce__(self) -> tuple[Any, ...]:
        # By default an exception is unpickled from its message alone.
        return (_again, (self.code, self.args[0], {name: value for name, value in vars(self).items() if name in _KEPT}))


_KEPT = frozenset(("detail", "oauth", "response", "record", "faults"))


def _again(code: str, message: str, rest: dict[str, Any]) -> IdJagError:
    return IdJagError(code, message, **rest)


def of_answer(err: dict[str, Any]) -> IdJagError:
    """The exception for the `err` of a call."""
    return IdJagError(
        err["code"],
        err["message"],
        detail=err.get("detail"),
        oauth=err.get("oauth"),
        response=err.get("http"),
        record=err.get("record"),
        faults=err.get("faults"),
    )


def invalid_argument(path: str, expected: str) -> IdJagError:
    """An argument is not what is expected at `path`."""
    return IdJagError("argument_invalid", detail=f"{path}: {expected}")


def used_up(what: str) -> IdJagError:
    """An object cannot be used in this way, or not any more."""
    return IdJagError("handle_invalid", detail=what)
