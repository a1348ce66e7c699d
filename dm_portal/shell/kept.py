"""Querysets that are built and compiled once in a process, and asked often.

To build and compile one with a few subqueries takes Django longer than the database takes to
answer it, and pages ask for the same ones, of another engagement or person each time.
"""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Prefetch, QuerySet, prefetch_related_objects
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

from dm_portal.shell.clock import now, pretending, today

# A stand-in for each kind of value that is given later, each told from the others and from whatever
# querysets compare with otherwise. Every column can hold such numbers: else Django asks nothing.
STAND_INS: dict[type, Callable[[int], Any]] = {
    int: lambda number: 31_901 + number,
    list: lambda number: [31_901 + number],
    str: lambda number: f"\x02{number}",
    date: lambda number: date(1, 1, number + 1),
    datetime: lambda number: datetime(1, 1, number + 1, tzinfo=UTC),
}
# While a queryset is built it is this instant, so that the clock is asked anew each time.
THEN = datetime(1, 7, 1, tzinfo=UTC)
# Late on that day: where it is another one by now, it was not UTC's that was asked for.
LATE = THEN.replace(hour=23, minute=59, second=59)
CLOCK: dict[str, Callable[[], Any]] = {repr(THEN): now, repr(THEN.date()): today}


class Kept:
    """Rows of a queryset that is built once, and asked with other values each time.

    ``make`` gets a stand-in for each value by its name, of the kind that is given: int, str, date,
    datetime, or list for ids (``ids_in``). It compares columns with them, and with ``now()`` and
    ``today()``, as they are: a day that it works out, or that of a zone, is given, too. Rows are
    what the queryset itself would give.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], **kinds: type) -> None:
        self._make = make
        self._stand_ins = {
            name: STAND_INS[kind](number) for number, (name, kind) in enumerate(kinds.items())
        }
        self._built: _Built | None = None

    def rows(self, **values: Any) -> list[Any]:
        """One statement, and one for each of its ``prefetch_related``."""
        built = self._built = self._built or self._build()
        given = list(built.parameters)
        for place, name in built.places:
            given[place] = CLOCK[name]() if name in CLOCK else values[name]
        rows = built.rows(given)
        if lookups := built.queryset._prefetch_related_lookups:
            prefetch_related_objects(rows, *lookups)
        return rows

    def first(self, **values: Any) -> Any:
        """The first of the rows, if there is any: ``make`` says that it wants no more."""
        return next(iter(self.rows(**values)), None)

    def _compiled(self, at: datetime) -> tuple[Any, "_KeptCompiler", str, Sequence[Any]]:
        with pretending(at):
            queryset = self._make(**self._stand_ins)
            compiler = _KeptCompiler(queryset.query, connection, queryset.db)
            return queryset, compiler, *compiler.as_sql()

    def _build(self) -> "_Built":
        queryset, compiler, sql, parameters = self._compiled(THEN)
        names = {repr(stand_in): name for name, stand_in in self._stand_ins.items()}
        names |= {each: each for each in CLOCK}
        # a queryset of its own would keep the stand-ins
        if any(isinstance(each, Prefetch) for each in queryset._prefetch_related_lookups):
            raise ValueError("A kept queryset prefetches by names only.")
        for each, late in zip(parameters, self._compiled(LATE)[-1], strict=True):
            is_of_then = isinstance(each, date) and each.year == THEN.year
            is_worked_out = is_of_then and repr(each) not in names
            if is_worked_out or (type(each) is date and each != late):
                raise ValueError("A kept queryset works out a day; it must be given.")
        numbered = enumerate(map(repr, parameters))
        places = tuple((place, names[each]) for place, each in numbered if each in names)
        return _Built(queryset, compiler, sql, tuple(parameters), places)


def ids_in(ids: list[int]) -> RawSQL:
    """What ``__in`` compares with where the ids come later: however many, the statement is one."""
    return RawSQL("SELECT unnest(%s::bigint[])", [ids], output_field=BigIntegerField())


class _KeptCompiler(SQLCompiler):
    """Django's own, which tells what was compiled before once ``told`` is set."""

    told: tuple[str, Sequence[Any]] | None = None

    def as_sql(self, *args: Any, **options: Any) -> Any:
        return self.told or super().as_sql(*args, **options)


@dataclass(frozen=True)
class _Built:
    """A compiled queryset, and the places of its parameters that are given later, by name."""

    queryset: Any
    compiler: _KeptCompiler
    sql: str
    parameters: tuple[Any, ...]
    places: tuple[tuple[int, str], ...]

    def rows(self, parameters: Sequence[Any]) -> list[Any]:
        """Made into objects as Django makes them; the compiler knows which column is what."""
        compiler = copy(self.compiler)
        compiler.connection, compiler.told = connection, (self.sql, tuple(parameters))
        query = _But(self.queryset.query, get_compiler=lambda *_args, **_options: compiler)
        return list(self.queryset._iterable_class(_But(self.queryset, query=query)))


class _But:
    """A thing as it is, but for some of its attributes."""

    def __init__(self, thing: Any, **others: Any) -> None:
        self.__dict__ |= others | {"_thing": thing}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._thing, name)
