__all__ = ["call", "verify_bearer"]

def call(text: str) -> str:
    """One call as text, its answer as text."""

def verify_bearer(
    objects: tuple[int, int, int], token: str, context: str | None, now: float, number_will_do: bool
) -> int | str:
    """`resource_server.verify_bearer` as plain arguments: the answer of a call with the number of the token beside it, or
    that number alone where the token is known and a number will do."""
