"""Short tables of dated rows, which stack on a phone as lists do."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dm_portal.shell.lists import Cell, Column
from pods.rosters import ByTime


@dataclass(frozen=True, slots=True)
class Table:
    """Every row of a short list: no pages, no filter, no CSV."""

    caption: str
    columns: Sequence[Column]
    rows: list[list[Cell]]


def table_of(caption: str, columns: Sequence[Column], rows: Iterable[Any]) -> Table:
    """``rows`` as ``columns`` show them."""
    return Table(caption, columns, [[column.cell(row) for column in columns] for row in rows])


def tables_by_time(
    rows: ByTime[Any], columns: Sequence[Column], *, end_url: Callable[[Any], str] | None = None
) -> dict[str, Table]:
    """``now``, ``planned`` and ``past``; what is not over gets a link to its end, if asked."""
    open_columns = columns
    if end_url:
        open_columns = [*columns, Column("Action", lambda row: "End", url=end_url)]
    return {
        "now": table_of("Today", open_columns, rows.now),
        "planned": table_of("Planned", open_columns, rows.planned),
        "past": table_of("Before", columns, rows.past),
    }


FROM = Column("From", "starts_on", kind="date")
UNTIL = Column("Until (not including)", "ends_on", kind="date", missing="open")
