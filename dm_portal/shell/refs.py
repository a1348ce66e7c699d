"""Public references: random, so that neither order nor count can be read from a URL."""

import base64
import secrets

REF_LENGTH = 10
REF_PATTERN = r"[a-z2-7]{10}"


def new_ref() -> str:
    """Ten characters of lower-case base32: 50 random bits."""
    return base64.b32encode(secrets.token_bytes(7)).decode().lower()[:REF_LENGTH]


class RefConverter:
    """Path converter ``<ref:ref>``."""

    regex = REF_PATTERN

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class WeekConverter:
    """Path converter ``<week:week>`` for an ISO week such as ``2026-W47``."""

    regex = r"\d{4}-W\d{2}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
