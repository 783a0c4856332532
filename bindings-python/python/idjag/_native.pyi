__all__ = ["call"]

def call(text: str) -> str:
    """One call as text, its answer as text."""
