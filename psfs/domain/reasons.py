"""When a reason that was chosen from a list is not enough in itself."""

OTHER = "other"
"""The choice «Anna» in every list of reasons (P2, B5)."""


def lacks_words(reason: str, words: str) -> bool:
    """Whether `reason` says nothing without words beside it, and there are none: «Anna» of what? (P2, B5)."""
    return reason == OTHER and not words.strip()
