"""Leave of many people as CSV: as the list downloads it, or as somebody wrote it."""

import csv
import io
from datetime import date, time

from dm_portal.people.leave_files.told import MAX_LINES, LeaveFileRefused, Span, Told
from dm_portal.shell.csv_export import unprotect

# What a heading may be called, in small letters; the first is what the list's download says.
HEADINGS = {
    "person": ("person", "name"),
    "email": ("e-mail", "email"),
    "first": ("first day", "first_day", "from day", "start"),
    "last": ("last day", "last_day", "to day", "end"),
    "since": ("from", "from time"),
    "until": ("until", "until time"),
    "note": ("note",),
    "state": ("state",),
}
TAKEN_BACK = "taken back"
NO_TABLE = (
    "The file is neither a calendar (ICS) nor a CSV with the columns Person or E-mail, First day "
    "and Last day."
)


def read_table(content: bytes) -> list[Told]:
    """The lines of a CSV; empty ones are passed over.

    Raises:
        LeaveFileRefused: it is no text, has not the columns, or too many lines.
    """
    rows = _rows(_text(content))
    columns = _columns(rows[0]) if rows else {}
    if not {"first", "last"} <= set(columns) or not {"person", "email"} & set(columns):
        raise LeaveFileRefused(NO_TABLE)
    if len(rows) > MAX_LINES + 1:
        raise LeaveFileRefused(f"The file has more than {MAX_LINES} lines: split it.")
    lines = enumerate(rows[1:], start=2)
    return [_told(number, row, columns) for number, row in lines if any(map(str.strip, row))]


def _text(content: bytes) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise LeaveFileRefused(
            "The file is no text in UTF-8 or UTF-16: save it as “CSV UTF-8”."
        ) from error


def _rows(text: str) -> list[list[str]]:
    heading = text.partition("\n")[0]
    separator = max(",;\t", key=heading.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise LeaveFileRefused(f"The file is no CSV that can be read: {error}.") from error


def _columns(headings: list[str]) -> dict[str, int]:
    """Where each column that is known stands; others are passed over."""
    said = [heading.strip().casefold() for heading in headings]
    return {
        name: said.index(word)
        for name, words in HEADINGS.items()
        for word in reversed(words)
        if word in said
    }


def _told(number: int, row: list[str], columns: dict[str, int]) -> Told:
    cells = {name: _cell(row, at) for name, at in columns.items()}
    where = f"Line {number}"
    who = cells.get("email") or cells.get("person", "")
    if any("\0" in cell for cell in cells.values()):
        return Told(where, reason="It holds a NUL character, which no text has.")
    if cells.get("state", "").casefold() == TAKEN_BACK:
        return Told(where, who, reason="It was taken back.", left_out=True)
    note = cells.get("note", "")
    if len(note) > 120:
        return Told(where, who, reason="The note has more than 120 characters.")
    try:
        return Told(where, who, (_span(cells),), note)
    except ValueError as error:
        return Told(where, who, reason=str(error))


def _cell(row: list[str], at: int) -> str:
    return unprotect(row[at].strip()) if at < len(row) else ""


def _span(cells: dict[str, str]) -> Span:
    first = _day(cells["first"], "First day")
    last = _day(cells["last"], "Last day") if cells["last"] else first
    since, until = _time(cells.get("since", "")), _time(cells.get("until", ""))
    return Span(first, last, since, until)


def _day(text: str, heading: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{heading} is “{text[:40]}”: write a day such as 2026-11-27.") from error


def _time(text: str) -> time | None:
    if not text:
        return None
    try:
        found = time.fromisoformat(text.zfill(5))
    except ValueError as error:
        raise ValueError(f"“{text[:40]}” is no time: write one such as 13:30.") from error
    if found.tzinfo is not None or found.second or found.microsecond:
        raise ValueError(f"“{text[:40]}” is no time: write one such as 13:30.")
    return found
