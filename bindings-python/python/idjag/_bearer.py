"""Bearer tokens that the core knows: what it told about them is kept here, read, by the number it gave each.

Nothing is decided here. Each time the core says whether the token holds now; a number only names what it said before.
"""

from __future__ import annotations

from json import JSONDecoder
from typing import Any

from ._errors import of_answer
from ._native import verify_bearer as _ask

# What numbers leave by this is a place, of which only the greatest number is known any more.
_PLACES = 65_536
# Any time that the core takes.
_TIMES = 2**53

# Without the search for spaces around the value: the core writes none.
_read = JSONDecoder().raw_decode

OPERATION = "resource_server.verify_bearer"


class _Told:
    """What was told about one token, to be copied for everybody who asks again."""

    __slots__ = ("claims", "inner_claims", "inner_record", "number", "record", "scopes")

    def __init__(self, number: int, answer: str) -> None:
        told = _told(answer)["ok"]
        self.number = number
        self.claims, self.scopes, self.record = told["claims"], told["scopes"], told["record"]
        self.inner_claims, self.inner_record = _inner(self.claims), _inner(self.record)

    def again(self, now: float) -> dict[str, Any]:
        """The same about the present."""
        claims, record = self.claims.copy(), self.record.copy()
        for name in self.inner_claims:
            claims[name] = _copy(claims[name])
        for name in self.inner_record:
            record[name] = _copy(record[name])
        record["time"] = int(now)
        return {"claims": claims, "scopes": self.scopes.copy(), "record": record}


def _told(text: str) -> dict[str, Any]:
    """The envelope of an answer, the record put back into it."""
    envelope, end = _read(text)
    if "ok" in envelope:
        envelope["ok"]["record"] = _read(text, end + 1)[0]
    return envelope  # type: ignore[no-any-return]


def _inner(value: dict[str, Any]) -> list[str]:
    return [name for name, member in value.items() if isinstance(member, (dict, list))]


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(member) for name, member in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


Places = dict[int, _Told | tuple[int, str]]
"""What one resource server told, by place: the number and the text of an answer, or what was read of it."""


def verify(
    told: Places, objects: tuple[int, int, int], token: Any, context: Any, now: Any
) -> dict[str, Any] | None:
    """The answer; `None` where the arguments are not plain, and the call by JSON says what is wrong with them."""
    if type(token) is not str or not token.isascii() or (type(now) is not float and type(now) is not int):
        return None
    if not 0 <= now < _TIMES or not (context is None or (type(context) is str and context.isascii())):
        return None
    answer = _ask(objects, token, context, now, True)
    if type(answer) is int:
        known = told.get(answer % _PLACES)
        if type(known) is _Told and known.number == answer:
            return known.again(now)
        if type(known) is tuple and known[0] == answer:
            read = told[answer % _PLACES] = _Told(*known)
            return read.again(now)
        answer = _ask(objects, token, context, now, False)
    text = str(answer)
    envelope = _told(text)
    if "err" in envelope:
        raise of_answer(envelope["err"])
    number = envelope.get("number")
    if number is not None:
        told[number % _PLACES] = (number, text)
    return envelope["ok"]  # type: ignore[no-any-return]
