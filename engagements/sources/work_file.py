"""A tracker's file, from its bytes to rows in the portal's words."""

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo

from engagements.sources.layouts import Layout, recognise
from engagements.sources.lines import Lines
from engagements.sources.refusal import FileRefused
from engagements.sources.rows import Row, read_row
from engagements.sources.table import table_rows


class WorkFile:
    """A work CSV or a Jira export; memory does not grow with the file.

    ``blocks`` are its bytes in any pieces; instants without an offset are read in ``zone``, and
    what is done after ``now`` is noted.

    Raises:
        FileRefused: at once for what its first row tells, while iterating for the rest.
    """

    def __init__(self, blocks: Iterable[bytes], *, zone: tzinfo, now: datetime) -> None:
        self._zone = zone
        self._now = now
        self._lines = Lines(blocks)
        self._rows = table_rows(self._lines)
        _, header = next(self._rows, (0, None))
        if header is None:
            raise FileRefused("The file is empty.")
        self.layout: Layout = recognise(header)

    @property
    def bytes_read(self) -> int:
        return self._lines.bytes_read

    def __iter__(self) -> Iterator[Row]:
        for line, cells in self._rows:
            yield read_row(self.layout, line, cells, zone=self._zone, now=self._now)
