"""Files of which a row is one stay of an item in a state: put together to the item."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import groupby, islice
from typing import NamedTuple

from engagements.sources import cells
from engagements.sources.layouts import Layout
from engagements.sources.rows import AS_IS, Row, read_row, written

MAX_DAYS = 200 * 366
EARLIEST = 1971
# More than any item went through; as many are held at once.
MAX_STAYS = 1000
MAX_CELL = 200
# By how much a report is the later for each stay that it tells of an item: of two that are told to
# the same day, that with more. As close rows are taken to be of one instant, and not closer.
APART = timedelta(milliseconds=1)


class Stay(NamedTuple):
    """What is kept of one row of the file, beside the others of its item."""

    line: int
    state: str
    days: str
    until: str


def read_intervals(
    layout: Layout, rows: Iterable[tuple[int, list[str]]], *, zone: tzinfo, now: datetime
) -> Iterator[Row]:
    """The items of the file, each from the rows that follow each other with its key.

    The last stay ends at the item's last move, and each other when the next begins. It is so as
    of its export, where the file tells when that was, or else as of its last move. Both may be
    told to the day: of two reports of one day, that with more stays is the later. An item is
    refused as a whole where one of its rows cannot be read: the others would be dated wrong.
    """
    place = layout.places["key"][0]
    for _, group in groupby(rows, key=lambda row: _key(row[1], place)):
        yield _item(layout, islice(group, MAX_STAYS + 1), zone, now)


def _key(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _item(
    layout: Layout, rows: Iterable[tuple[int, list[str]]], zone: tzinfo, now: datetime
) -> Row:
    stays = []
    for line, cells_of_row in rows:
        row = read_row(layout, line, cells_of_row, zone=zone, now=now)
        if row.reason:
            return row
        stays.append(_stay(layout, line, cells_of_row))
    try:
        begins, until = _dated(layout, stays, zone)
    except _BadStay as bad:
        return row._replace(line=bad.line, reason=str(bad))
    past = [at for at in (row.latest, until) if at and at <= now]
    told = [[stay.state, written(at)] for stay, at in zip(stays, begins, strict=True)]
    return row._replace(
        line=stays[0].line,
        data=row.data | {"created_at": written(begins[0]), "stays": told},
        updated_at=max(row.updated_at or until, until) + APART * len(stays),
        latest=max(past, default=None),
    )


def _stay(layout: Layout, line: int, row: Sequence[str]) -> Stay:
    """What is longer than ``MAX_CELL`` is no number and no day, as little as its beginning."""
    state, days, until = (
        row[layout.places[field][0]].strip()[:MAX_CELL] for field in ("state", "days", "until")
    )
    return Stay(line, state, days, until)


class _BadStay(ValueError):
    """A row without which the item cannot be dated; the message is for people."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def _dated(layout: Layout, stays: Sequence[Stay], zone: tzinfo) -> tuple[list[datetime], datetime]:
    """When each stay began, and when the last one ended.

    Raises:
        _BadStay: a duration or the day of the last move cannot be read.
    """
    by = layout.map or AS_IS
    if len(stays) > MAX_STAYS:
        raise _BadStay(stays[0].line, f"The item has more than {MAX_STAYS:,} rows.")
    last = stays[-1]
    try:
        until = cells.instant(last.until, zone, dates=by.dates)
    except cells.BadCell as error:
        raise _BadStay(last.line, f"The day of the last move {error}.") from error
    # days by the clock on the wall: that it is put on or back makes none of them shorter
    begins, at = [until], until.astimezone(zone).replace(tzinfo=None)
    for stay in reversed(stays):
        try:
            days = cells.size(stay.days, decimal=by.decimal)
        except cells.BadCell as error:
            raise _BadStay(stay.line, f"The number of days {error}.") from error
        if days > MAX_DAYS or (at := at - timedelta(days=float(days))).year < EARLIEST:
            raise _BadStay(stay.line, "The number of days is too large to be one.")
        # an instant in the hour that the clocks leave out is one after it
        begins.append(min(at.replace(tzinfo=zone).astimezone(UTC), begins[-1]))
    return begins[:0:-1], until
