"""Public references: random, so that neither order nor count can be read from a URL."""

import base64
import secrets
from datetime import date

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


class DayConverter:
    """Path converter ``<day:day>`` for a calendar day such as ``2026-11-27``."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)  # a ValueError, as for 2026-02-30, is no match

    def to_url(self, value: date) -> str:
        return value.isoformat()
