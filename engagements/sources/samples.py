"""The beginning of a file, for whoever makes a map of it: its columns, and how it seems written."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, tzinfo
from itertools import islice

from dm_portal.shell.csv_export import unprotect
from engagements.sources.cells import plain
from engagements.sources.encodings import in_utf8
from engagements.sources.layouts import JIRA, WORK_CSV
from engagements.sources.lines import Lines
from engagements.sources.maps import OF_INTERVALS, OF_ITEMS, SEPARATORS, FileMap
from engagements.sources.refusal import FileRefused
from engagements.sources.rows import Row
from engagements.sources.table import table_rows
from engagements.sources.work_file import WorkFile

MAX_BYTES = 48 * 1024
MAX_COLUMNS = 200
# Further names by which columns are known; what is only guessed is shown before it counts.
OFTEN: Mapping[str, tuple[str, ...]] = {
    "key": ("id", "issue", "nr", "number", "ticket", "item"),
    "title": ("name", "summary", "description"),
    "state": ("status", "state", "column"),
    "size": ("sp", "points", "story_points", "estimate"),
    "team": ("team", "devteam", "dev_team", "squad"),
    "days": ("days", "daysinstatus", "days_in_status", "days_in_state"),
    "until": ("until", "end", "last_move"),
    "seen_at": ("observationdate", "observation_date", "exported", "exported_at", "as_of"),
    "updated_at": ("lastmove", "last_move", "changed"),
    "done_at": ("finished", "closed", "completed"),
}


class Sample:
    """``content`` is the beginning of a file; its last line may be cut.

    What is kept of it is in UTF-8.

    Raises:
        FileRefused: it cannot be read as text.
    """

    def __init__(self, content: bytes) -> None:
        _, blocks = in_utf8([content[:MAX_BYTES]])
        begun = b"".join(blocks)
        whole, end, _ = begun[:MAX_BYTES].rpartition(b"\n")
        is_cut = max(len(content), len(begun)) > MAX_BYTES and end
        self.content = whole + end if is_cut else begun[:MAX_BYTES]
        self._first = next(Lines([content[:MAX_BYTES]]), "")

    def header(self, separator: str) -> list[str]:
        """The names of the columns, each once, without those that have none."""
        cells = next(csv.reader([self._first], delimiter=SEPARATORS[separator]), [])
        names = (unprotect(cell) for cell in cells)
        return list(dict.fromkeys(name for name in names if name.strip()))[:MAX_COLUMNS]

    def separator(self) -> str:
        """The one that gives the most columns."""
        return max(SEPARATORS, key=lambda name: len(self.header(name)))

    def columns(self, separator: str, rows: str) -> dict[str, str]:
        """Which column seems to hold what."""
        by_plain = {plain(name): name for name in reversed(self.header(separator))}
        found = {}
        for field in OF_ITEMS if rows == "items" else OF_INTERVALS:
            aliases = (field, *OFTEN.get(field, ()), *WORK_CSV.get(field, ()), *JIRA.get(field, ()))
            name = next((by_plain[alias] for alias in aliases if alias in by_plain), "")
            if name:
                found[field] = name
        return found

    def keys(self) -> set[str]:
        """The keys of its rows, as far as these can be told apart; empty if no column seems so."""
        separator = self.separator()
        name = self.columns(separator, self.rows()).get("key", "")
        header = next(csv.reader([self._first], delimiter=SEPARATORS[separator]), [])
        if not name:
            return set()
        place = [unprotect(cell) for cell in header].index(name)
        return {cells[place].strip() for cells in self._cells(separator) if len(cells) > place}

    def _cells(self, separator: str) -> Iterator[list[str]]:
        """The rows after the first. What is wrong with them is said where a map reads them."""
        rows = table_rows(Lines([self.content]), SEPARATORS[separator])
        with suppress(FileRefused):
            yield from (cells for _, cells in islice(rows, 1, None))

    def rows(self) -> str:
        """Whether its rows seem to be stays in a state: then they tell their days."""
        return "intervals" if "days" in self.columns(self.separator(), "intervals") else "items"

    def read(self, by: FileMap, *, zone: tzinfo, now: datetime, count: int) -> Sequence[Row]:
        """The first items, as the map reads them.

        Raises:
            FileRefused: the map does not fit, or no row can be told from the next.
        """
        return list(islice(WorkFile([self.content], zone=zone, now=now, by=by), count))
