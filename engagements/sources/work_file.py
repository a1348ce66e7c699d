"""A tracker's file, from its bytes to rows in the portal's own words."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from itertools import chain
from zoneinfo import ZoneInfo

from dm_portal.shell.csv_export import unprotect
from engagements.sources.changelog import is_changelog
from engagements.sources.intervals import read_intervals
from engagements.sources.layouts import Layout, laid_out, recognise
from engagements.sources.lines import Lines
from engagements.sources.maps import FileMap
from engagements.sources.refusal import FileRefused
from engagements.sources.rows import Row, read_row
from engagements.sources.table import column_names, table_rows, written_rows

CHANGELOG = (
    "This is a changelog: it tells changes of items, not the items. Bring it along with the "
    "export of the same items, as their changelog (--changelog at the command line)."
)


class WorkFile:
    """A work CSV, a Jira export, or a file that a map describes; memory does not grow with it.

    ``blocks`` are its bytes in any pieces; instants without an offset are read in ``zone``, and
    what is done after ``now`` is noted. ``by`` is the map that came with it; without one, the
    first of the ``known`` maps counts whose columns it has, then what its columns say themselves.

    Raises:
        FileRefused: at once for what its first row tells, while iterating for the rest.
    """

    def __init__(
        self,
        blocks: Iterable[bytes],
        *,
        zone: tzinfo,
        now: datetime,
        by: FileMap | None = None,
        known: Sequence[FileMap] = (),
    ) -> None:
        pieces = iter(blocks)
        first = next(pieces, b"")
        by = by or _fitting(first, known)
        self.zone = ZoneInfo(by.zone) if by and by.zone else zone
        self._now = now
        self._lines = Lines(chain([first], pieces))
        self._mark = by.mark if by else ","
        self._rows = table_rows(self._lines, self._mark)
        self.rows_read = self.other_teams = 0
        header = column_names(self._rows)
        self.layout: Layout = laid_out(by, header) if by else _recognised(header)

    @property
    def bytes_read(self) -> int:
        return self._lines.bytes_read

    def skim(self) -> None:
        """Go through the rows that are left for what refuses the file, not for what they say.

        ``rows_read`` and ``other_teams`` count them; it takes a fraction of the time of reading.
        """
        if self.layout.map and self.layout.map.teams:
            for _ in self._mine():
                pass
        else:
            for _ in written_rows(self._lines, self._mark):
                self.rows_read += 1

    def __iter__(self) -> Iterator[Row]:
        """The items; ``rows_read`` counts the rows up to the last one given."""
        by = self.layout.map
        if by and by.rows == "intervals":
            yield from read_intervals(self.layout, self._mine(), zone=self.zone, now=self._now)
            return
        for line, cells in self._mine():
            yield read_row(self.layout, line, cells, zone=self.zone, now=self._now)

    def _mine(self) -> Iterator[tuple[int, list[str]]]:
        """The rows, but those of other teams; these are counted."""
        by = self.layout.map
        places = self.layout.places.get("team", ()) if by and by.teams else ()
        for line, cells in self._rows:
            self.rows_read += 1
            if by and any(
                place < len(cells) and cells[place].strip() not in by.teams for place in places
            ):
                self.other_teams += 1
            else:
                yield line, cells


def _recognised(header: Sequence[str]) -> Layout:
    """The layout that the column names tell.

    Raises:
        FileRefused: there is none, or it is a changelog's: each change would be an item of its own.
    """
    if is_changelog(header):
        raise FileRefused(CHANGELOG)
    return recognise(header)


def _fitting(first: bytes, known: Sequence[FileMap]) -> FileMap | None:
    """The map that names only columns which the file has, told by the file's first line."""
    if not known:
        return None
    line = next(Lines([first]), "")
    for each in known:
        try:
            header = next(csv.reader([line], delimiter=each.mark, strict=True), [])
        except csv.Error:
            continue
        if each.fits([unprotect(cell) for cell in header]):
            return each
    return None
