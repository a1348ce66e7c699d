"""CSV that a spreadsheet shows as text: a cell that looks like a formula is never run.

A string that begins like a formula, or like one that was already made safe, gets a ``'`` in
front; reading takes exactly one away again, so that every string survives the round trip.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

from django.http import StreamingHttpResponse

FORMULA = re.compile(r"'*[=+\-@\t\r]")
SAFE_FORMULA = re.compile(r"'+[=+\-@\t\r]")


def protect(text: str) -> str:
    """``text`` as it may stand in a cell."""
    return f"'{text}" if FORMULA.match(text) else text


def unprotect(cell: str) -> str:
    """The text that ``protect`` was given; any other cell is returned as it is."""
    return cell[1:] if SAFE_FORMULA.match(cell) else cell


def cell_text(value: object) -> str:
    """A value as CSV text: ISO dates, instants in UTC with ``Z``, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    # a negative number is a number, not a formula
    return str(value) if isinstance(value, int | float) else protect(str(value))


class _Echo:
    """A file that hands back what is written to it, for ``csv.writer`` in a stream."""

    def write(self, line: str) -> str:
        return line


def csv_lines(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The lines of a CSV file, one at a time: memory does not grow with the rows."""
    writer = csv.writer(_Echo())
    yield writer.writerow([protect(label) for label in header])
    for row in rows:
        yield writer.writerow([cell_text(value) for value in row])


def csv_response(
    filename: str, header: Iterable[str], rows: Iterable[Iterable[object]]
) -> StreamingHttpResponse:
    """A download; ``filename`` is plain ASCII and comes from the code, never from a user."""
    response = StreamingHttpResponse(
        csv_lines(header, rows), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
