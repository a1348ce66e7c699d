"""Fields that stand for words of a tracker, whatever else is imported meanwhile."""

import hashlib


def field_of(kind: str, word: str) -> str:
    """The name of the field of a word: always the same, and safe for a form."""
    return f"{kind}_{hashlib.sha256(word.encode()).hexdigest()[:16]}"
