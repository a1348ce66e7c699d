"""A tracker's changelog: one row for each change of one field of one item."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import lru_cache
from operator import itemgetter

from engagements.sources import cells
from engagements.sources.cells import plain
from engagements.sources.changes import Change
from engagements.sources.layouts import MAX_NAME
from engagements.sources.lines import Lines
from engagements.sources.refusal import FileRefused
from engagements.sources.rows import CENT, LIMITS, MAX_MILESTONE
from engagements.sources.table import column_names, table_rows, written_rows

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "key": ("key", "issue_key"),
    "at": ("created", "created_at", "changed", "changed_at", "at", "date"),
    "field": ("field",),
    "came": ("from", "from_string", "old", "old_value"),
    "became": ("to", "to_string", "new", "new_value"),
}
# The fields that the portal follows, by the names that trackers give them.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "state": ("status", "state"),
    "milestone": ("fix_version", "fix_version_s", "fix_versions", "milestone"),
    "sprint": ("sprint",),
    "size": ("story_points", "story_point_estimate", "size"),
    "assignee": ("assignee",),
    "flag": ("flagged", "flag"),
    "due": ("duedate", "due_date", "due"),
}
FIELD_OF = {name: field for field, names in FIELDS.items() for name in names}
# Far more than a person makes, and no more than the database can put in order.
MAX_AT_ONCE = 1000
LONGEST = LIMITS | {"milestone": MAX_MILESTONE, "size": 40, "due": 40}


class Changelog:
    """The changes of a file, one by one; memory does not grow with it.

    ``blocks`` are its bytes in any pieces; instants without an offset are read in ``zone``.

    Raises:
        FileRefused: at once for what its first row tells, while iterating for the rest.
    """

    def __init__(self, blocks: Iterable[bytes], *, zone: tzinfo) -> None:
        self._zone = zone
        self._lines = Lines(blocks)
        self._rows = table_rows(self._lines)
        header = column_names(self._rows, "changelog")
        self._width = len(header)
        places = _places(header)
        self._cells = itemgetter(*(places[column] for column in COLUMNS))
        self._at: tuple[str, datetime] | None = None
        self._places_taken: dict[str, int] = {}

    @property
    def bytes_read(self) -> int:
        return self._lines.bytes_read

    def skim(self) -> None:
        """Go through the rows that are left for what refuses the file, not for what they say."""
        for _ in written_rows(self._lines):
            pass

    def __iter__(self) -> Iterator[Change]:
        for line, row in self._rows:
            yield self._read(line, row)

    def _read(self, line: int, row: Sequence[str]) -> Change:
        if len(row) != self._width:
            reason = f"The row has {len(row)} cells, the header {self._width}."
            return Change(line, "", "", reason=reason)
        key, at, name, came, became = map(str.strip, self._cells(row))
        field = _field_of(name)
        if not field:
            return Change(line, "", _shown(name, MAX_NAME))
        if reason := _fault(key, field, came, became):
            return Change(line, _shown(key), name, reason=reason)
        try:
            instant = cells.instant(at, self._zone)
            came, became = _kept(field, came), _kept(field, became)
        except cells.BadCell as error:
            words = f"The change of {_shown(name)} on {_shown(at)}"
            return Change(line, key, name, reason=f"{words} cannot be read: it {error}.")
        place = self._next(key, instant, field)
        if place >= MAX_AT_ONCE:
            reason = (
                f"The item has more than {MAX_AT_ONCE:,} changes of its {field} at one instant."
            )
            return Change(line, key, name, reason=reason)
        return Change(line, key, name, field, instant, came, became, place)

    def _next(self, key: str, at: datetime, field: str) -> int:
        """The place among the changes of this field of this item at this instant."""
        if self._at != (key, at):
            self._at, self._places_taken = (key, at), {}
        place = self._places_taken.get(field, 0)
        self._places_taken[field] = place + 1
        return place


@lru_cache(maxsize=20)
def _field_of(name: str) -> str:
    """The field of this name; empty for one that nobody follows. Each comes up over and over."""
    return FIELD_OF.get(plain(name), "")


def _kept(field: str, text: str) -> str:
    """What a row of an export would hold instead.

    Raises:
        BadCell: not a size.
    """
    if field == "size" and text:
        return str(cells.size(text).quantize(CENT))
    if field == "sprint":  # trackers list an item's sprints; it is in the last one
        return text.rsplit(",", 1)[-1].strip()
    return text


def _shown(text: str, most: int = 60) -> str:
    """Part of a cell, as the database keeps it."""
    return text[:most].replace("\0", "\N{SYMBOL FOR NULL}")


def is_changelog(header: Sequence[str]) -> bool:
    """Whether these are the names of a changelog's columns, whatever else there is."""
    names = {plain(name) for name in header}
    return all(names.intersection(aliases) for aliases in COLUMNS.values())


def _places(header: Sequence[str]) -> dict[str, int]:
    """Where each column is.

    Raises:
        FileRefused: one of them is missing, or there twice.
    """
    names = [plain(name) for name in header]
    found = {
        column: next((names.index(alias) for alias in aliases if alias in names), None)
        for column, aliases in COLUMNS.items()
    }
    missing = [COLUMNS[column][0] for column, place in found.items() if place is None]
    if missing:
        raise FileRefused(
            "This is no changelog: it needs the columns key, created, field, from and to. "
            f"Missing: {', '.join(missing)}."
        )
    for place in found.values():
        if place is not None and names.count(names[place]) > 1:
            count = names.count(names[place])
            raise FileRefused(f"The column {header[place]} is there {count} times; keep one.")
    return {column: place for column, place in found.items() if place is not None}


def _fault(key: str, field: str, came: str, became: str) -> str:
    """Why a change cannot be kept; empty if it can."""
    if not key:
        return "The key is empty."
    if len(key) > LIMITS["key"]:
        return f"The key is longer than {LIMITS['key']} characters."
    if "\0" in key or "\0" in came or "\0" in became:
        return "It holds a NUL character, which cannot be kept."
    if max(len(came), len(became)) > LONGEST[field]:
        return f"The {field} is longer than {LONGEST[field]} characters."
    return ""
