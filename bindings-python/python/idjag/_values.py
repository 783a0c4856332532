"""From Python values to JSON text: what JSON can say, and nothing that merely looks like it.

No method of a caller's object is run: subclasses are read through the methods of `dict`, `list`, `bytes`, `int` and so on.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from json.encoder import JSONEncoder
from math import isfinite
from typing import Any

from ._catalog import BYTES, DOCUMENTS
from ._errors import IdJagError, invalid_argument

# Below the core's own cap, so that a cycle ends here.
_MAX_DEPTH = 60
_WHOLE = range(-(2**63), 2**64)

_encode = JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")).encode


def to_json(value: object, at: str = "") -> str:
    """`value` as JSON; `argument_invalid` where it is none."""
    try:
        return _encode(_plain(value, "", at, 0))
    except IdJagError:
        raise
    except Exception:  # Changed by another thread meanwhile, or deeper than the caller's stack has room for.
        raise invalid_argument(at, "a value that can be read is expected") from None


def _plain(value: Any, name: str, at: str, depth: int) -> Any:
    kind = type(value)
    if issubclass(kind, str):
        return _text(value, at)
    if value is None or value is True or value is False:
        return value
    if issubclass(kind, int):
        number = int.__pos__(value)
        if number not in _WHOLE:
            raise invalid_argument(at, "the number is too large")
        return number
    if issubclass(kind, float):
        fraction = float.__pos__(value)
        if not isfinite(fraction):
            raise invalid_argument(at, "a finite number is expected")
        return fraction
    if issubclass(kind, (bytes, bytearray, memoryview)):
        return _bytes(_copied(value), name, at)
    if depth > _MAX_DEPTH:
        raise invalid_argument(at[:80], "the value is nested too deeply")
    if issubclass(kind, dict):
        return _members(value, at, depth)
    if issubclass(kind, (list, tuple)):
        items = list.__iter__(value) if issubclass(kind, list) else tuple.__iter__(value)
        return [_plain(item, name, f"{at}/{index}", depth + 1) for index, item in enumerate(items)]
    raise invalid_argument(at, "a value of JSON is expected")


def _members(value: dict[Any, Any], at: str, depth: int) -> dict[str, Any]:
    members = {}
    for key, member in list(dict.items(value)):
        if not issubclass(type(key), str):
            raise invalid_argument(at, "the names of members are strings")
        key = _text(key, at)
        if key in members:
            raise invalid_argument(at, "a member is given twice")
        if key == "body" and issubclass(type(member), (bytes, bytearray, memoryview)):
            member = _copied(member)
            try:
                # As text it is far shorter, and the core takes the same bytes from it.
                member = member.decode()
            except UnicodeDecodeError:
                # The core has a member of its own for bytes.
                key = "body_bytes"
        members[key] = _plain(member, key, f"{at}/{key}", depth + 1)
    return members


def _text(value: str, at: str) -> str:
    if not str.isascii(value):
        try:
            return str.encode(value).decode()
        except UnicodeEncodeError:
            # The place may itself hold what cannot be written.
            raise invalid_argument(ascii(at)[1:-1], "text without surrogates is expected") from None
    # A plain string, also of an enumeration or another subclass.
    return value if type(value) is str else "".join(str.__iter__(value))


def _copied(value: Any) -> bytes:
    """The bytes themselves, whatever a subclass says that it is made of."""
    kind = type(value)
    if kind is memoryview:
        return memoryview.tobytes(value)
    return bytes((bytes if issubclass(kind, bytes) else bytearray).__getitem__(value, slice(None)))


def _bytes(value: bytes, name: str, at: str) -> str:
    if name in BYTES:
        return urlsafe_b64encode(value).rstrip(b"=").decode()
    if name in DOCUMENTS:
        try:
            return value.decode()
        except UnicodeDecodeError:
            raise invalid_argument(at, "UTF-8 is expected") from None
    raise invalid_argument(at, "text is expected, not bytes")
