"""Canaries: random words, one per text field of one row, by which a leak names itself."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models

# Fields that hold a code, a hash, a name that the database or a rule needs as it is, or numbers.
# Everything else that can hold text gets a canary.
NOT_TEXT = {
    *("ref", "password", "sha256", "token_hash", "time_zone", "dedup_key", "message_id"),
    *("verb", "target_kind", "target_ref", "actor_ref", "customer_ref", "engagement_ref"),
    *("category", "week", "inputs", "law", "engagements", "choices", "place"),
}
TEXT = ("CharField", "TextField", "EmailField", "JSONField")

# The first letters of every canary: what a page may not hold can be searched for at once.
MARK = "zqx"
LENGTH = 14
# What stands around a canary where there is room: markup that a page must escape, and the
# beginning of a formula that a spreadsheet must not run.
AROUND = ("=<\"'", ">")
ROOM = 40

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a canary was put: whose it is, the field, and a word for the row where it matters."""

    side: str
    field: str
    row: str = ""

    def __str__(self) -> str:
        return f"{self.field} of {self.side}{f' ({self.row})' if self.row else ''}"


class Canaries:
    """Every canary of a world and where it sits."""

    def __init__(self) -> None:
        self.origins: dict[str, Origin] = {}

    def new(self, side: str, field: str, row: str = "") -> str:
        word = MARK + secrets.token_hex(8)[: LENGTH - len(MARK)]
        self.origins[word] = Origin(side, field, row)
        return word

    def fill(self, row: Row, side: str, note: str = "", *, keep: tuple[str, ...] = ()) -> Row:
        """Put a canary of its own into every text field of ``row`` but those to ``keep``."""
        for field in text_fields(type(row)):
            if field.name not in keep:
                word = self.new(side, field_label(field), note)
                setattr(row, field.attname, _shaped(field, word))
        return row

    def found_in(self, text: str) -> set[Origin]:
        """The origins of all canaries in a page, whatever the case they are printed in."""
        return {self.origins[word] for word in _words(text.lower()) if word in self.origins}


def field_label(field: "models.Field[Any, Any]") -> str:
    return f"{field.model._meta.label}.{field.name}"


def text_fields(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """The fields of a model that may hold words of people."""
    return [
        field
        for field in model._meta.concrete_fields
        if field.get_internal_type() in TEXT and not field.choices and field.name not in NOT_TEXT
    ]


def hostile(word: str) -> str:
    """The canary as somebody would type it who means harm."""
    return word.join(AROUND)


def bare(text: object) -> str:
    """The canary in a text."""
    return next(_words(str(text)))


def _shaped(field: "models.Field[Any, Any]", word: str) -> Any:
    if isinstance(field, models.EmailField):
        return f"{word}@people.example"
    if isinstance(field, models.JSONField):
        return [hostile(word)] if field.default is list else {"title": hostile(word)}
    return word if field.max_length and field.max_length < ROOM else hostile(word)


def _words(text: str) -> Iterator[str]:
    at = text.find(MARK)
    while at >= 0:
        yield text[at : at + LENGTH]
        at = text.find(MARK, at + 1)
