"""Statements that are built once in a process, and asked often.

To build one with a dozen subqueries takes Django longer than the database takes to answer it.
"""
# ruff: noqa: S608 (put together from what Django wrote; values are parameters)

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, QuerySet
from django.db.models.expressions import RawSQL

# Where the ids stand that are asked for, until they are known.
PLACE = [-1]


class Compiled:
    """Rows of ``make``, which gets what its filter compares with by ``__in``: the ids asked for.

    What ``make`` gives must name its columns by ``values``, hold for every call alike, and have no
    other parameter that is a list.
    """

    def __init__(self, make: Callable[[RawSQL], QuerySet[Any, dict[str, Any]]]) -> None:
        self._make = make
        self._built: tuple[str, tuple[Any, ...]] | None = None

    def rows(self, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
        """One statement; days and instants are ISO 8601, as everywhere in JSON."""
        sql, parameters = self._build()
        given = [list(ids) if each == PLACE else each for each in parameters]
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            for (row,) in cursor:
                yield json.loads(row)

    def _build(self) -> tuple[str, tuple[Any, ...]]:
        if self._built is None:
            ids = RawSQL("SELECT unnest(%s::bigint[])", [PLACE], output_field=BigIntegerField())
            sql, parameters = self._make(ids).query.sql_with_params()
            self._built = f"SELECT to_jsonb(told) FROM ({sql}) AS told", parameters
        return self._built
