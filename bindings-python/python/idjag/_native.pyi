def call(text: str) -> str:
    """One call as text, its answer as text."""
