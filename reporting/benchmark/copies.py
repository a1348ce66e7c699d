"""Make many of one: rows of models that hang together, copied by the database itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import ForeignKey, Model


@dataclass(frozen=True)
class Kind:
    """Rows of one model that are copied: those for which ``where`` holds, with ``set`` columns.

    Both are SQL in which ``t`` is the row and ``n`` the number of the copy, from 1 on.
    """

    model: type[Model]
    where: str
    set: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Span:
    """Where the keys of the rows of a model begin, how far they reach, where new ones begin."""

    first: int
    length: int
    base: int

    def moved(self, column: str) -> str:
        """The key that the copy has of what ``column`` names."""
        return f"{self.base} + (n - 1) * {self.length} + (t.{column} - {self.first})"


def among(column: str, table: str, where: str, named: str = "id") -> str:
    """That a row's ``column`` is one of what ``named`` is in the rows of a table."""
    return f"t.{column} IN (SELECT {named} FROM {table} WHERE {where})"  # noqa: S608


def multiply(kinds: Iterable[Kind], times: int) -> None:
    """Copy rows so many times, with each copy naming the copies of what the row names.

    Kinds come in the order in which they name each other. One statement for each.
    """
    spans: dict[type[Model], Span] = {}
    with connection.cursor() as cursor:
        for kind in kinds:
            span = _span(cursor, kind)
            if span is not None:
                spans[kind.model] = span
                _copy(cursor, kind, spans, times)


def _span(cursor: Any, kind: Kind) -> Span | None:
    table = kind.model._meta.db_table
    cursor.execute(f"SELECT min(t.id), max(t.id) FROM {table} AS t WHERE {kind.where}")  # noqa: S608
    first, last = cursor.fetchone()
    if first is None:
        return None
    cursor.execute(f"SELECT max(id) + 1 FROM {table}")  # noqa: S608
    return Span(first, last - first + 1, cursor.fetchone()[0])


def _copy(cursor: Any, kind: Kind, spans: Mapping[type[Model], Span], times: int) -> None:
    meta = kind.model._meta
    values = {str(each.column): f"t.{each.column}" for each in meta.local_concrete_fields}
    for each in meta.local_concrete_fields:
        if isinstance(each, ForeignKey) and each.related_model in spans:
            values[str(each.column)] = spans[each.related_model].moved(str(each.column))
    values |= {"id": spans[kind.model].moved("id"), **kind.set}
    columns = ", ".join(f'"{name}"' for name in values)
    cursor.execute(
        f"INSERT INTO {meta.db_table} ({columns}) "  # noqa: S608
        f"SELECT {', '.join(values.values())} "
        f"FROM {meta.db_table} AS t CROSS JOIN generate_series(1, %s) AS copy(n) "
        f"WHERE {kind.where}",
        [times],
    )
    cursor.execute(
        "SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT max(id) FROM "  # noqa: S608
        f"{meta.db_table}))",
        [meta.db_table],
    )
