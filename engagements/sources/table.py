"""CSV as it is meant: quotes closed, cells separated by one character."""

import csv
from collections.abc import Iterator

from dm_portal.shell.csv_export import unprotect
from engagements.sources.lines import Lines
from engagements.sources.refusal import CURE, FileRefused

MAX_COLUMNS = 2000
# Spreadsheets leave some; nobody could wait for the end of endless ones.
MAX_BLANK_LINES = 100_000
# What Python's csv module says, and what a person can do with.
FAULTS = {
    "unexpected end of data": "a quote is opened in the row that starts here and never closed.",
    "field larger than field limit": (
        "a cell of the row that starts here is longer than 131,072 characters. "
        "Perhaps a quote is opened in it and never closed."
    ),
    "expected after": (
        "in the row that starts here, a cell goes on after its closing quote. "
        "Write a quote inside a cell twice."
    ),
}


def table_rows(lines: Lines, separator: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it starts on, its cells apart; blank lines are left out.

    A cell that an export made safe for spreadsheets is given back as it was.

    Raises:
        FileRefused: as ``written_rows``.
    """
    for line, cells in written_rows(lines, separator):
        yield line, [unprotect(cell) if cell[:1] == "'" else cell for cell in cells]


def written_rows(lines: Lines, separator: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it starts on, its cells as they are written.

    Raises:
        FileRefused: the quotes do not add up, so that nobody knows where a row ends, or nothing but
            blank lines follows.
    """
    blank = 0
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        line = lines.start_row()
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise FileRefused(f"Line {line}: {_fault(str(error))}") from error
        if cells is None:
            return
        blank = 0 if cells else blank + 1
        if blank > MAX_BLANK_LINES:
            raise FileRefused(f"More than {MAX_BLANK_LINES:,} blank lines end in line {line}.")
        if cells:
            yield line, cells


def column_names(rows: Iterator[tuple[int, list[str]]], file: str = "file") -> list[str]:
    """The first row; ``file`` is what the file is called.

    Raises:
        FileRefused: there is none, or it cannot be one of names.
    """
    line, names = next(rows, (0, []))
    if not names:
        raise FileRefused(f"The {file} is empty.")
    if len(names) > MAX_COLUMNS:
        raise FileRefused(
            f"The {file} has {len(names):,} columns; at most {MAX_COLUMNS:,} are read."
        )
    if any("\0" in name for name in names):
        raise FileRefused(f"Line {line}: the column names hold NUL characters. {CURE}")
    return names


def _fault(message: str) -> str:
    for start, sentence in FAULTS.items():
        if start in message:
            return sentence
    return f"the row that starts here is not well-formed CSV ({message})."
