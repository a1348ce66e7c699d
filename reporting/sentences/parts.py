"""What every sentence is made of: its text, the facts it rests on, and what they stand for."""

from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]

BEYOND = "Other work"


def sentence(key: str, text: str, *facts: Row, about: str = "") -> Row:
    return {"key": key, "about": about, "text": text, "facts": list(facts)}


def fact(name: str, value: object, rows: Sequence[str] = ()) -> Row:
    """One value that a sentence says: where it stands in the figures, and the items behind it."""
    return {"name": name, "value": value, "rows": list(rows)}


def window_facts(window: Row, until: str = "to_day") -> list[Row]:
    return [
        fact("window.from_day", window["from_day"]),
        fact(f"window.{until}", window[until]),
    ]


def known_until(window: Row) -> Row:
    return fact("window.known_until_day", window["known_until_day"])
