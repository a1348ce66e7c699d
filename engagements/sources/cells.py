"""What one cell says: an instant, a size, names."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

MAX_SIZE = Decimal("9999999.99")
NUMBER = re.compile(r"\d{1,30}(\.\d{1,30})?", re.ASCII)
# How a date reads whose day or month comes first.
SUCH_AS = {"day first": "23/11/2026", "month first": "11/23/2026"}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Jira's "dd/MMM/yy h:mm a", and what its administrators make of it
JIRA_INSTANT = re.compile(
    r"(\d{1,2})/([a-z]{3})/(\d{4}|\d{2})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?(?: ([ap]m))?)?",
    re.ASCII | re.IGNORECASE,
)
# A date whose day and month are both numbers: only a map tells which comes first.
NUMBERS = re.compile(
    r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})"
    r"(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([ap]m))?)?",
    re.ASCII | re.IGNORECASE,
)


class BadCell(ValueError):
    """The cell cannot be read; the message goes on from the name of its column."""


def instant(text: str, zone: tzinfo, *, dates: str = "iso") -> datetime:
    """An instant in UTC, from ISO 8601 or Jira's own form; without an offset, in ``zone``.

    ``dates`` "day first" or "month first" reads dates such as 05/06/2026 too. A date alone is its
    first moment there. Where clocks are put back, the first of two hours.

    Raises:
        BadCell: not an instant, or not one between 1970 and 2200.
    """
    try:
        at = _iso_instant(text) or _other_instant(text, zone, dates)
    except ValueError as error:
        such_as = SUCH_AS.get(dates, "2026-11-23 or 2026-11-23T15:00:00+01:00")
        raise BadCell(f"is not a date such as {such_as}") from error
    # A day within the bounds, so that no time zone moves an instant out of the calendar.
    if not 1970 < at.year < 2200:
        raise BadCell("is not between the years 1971 and 2199")
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _iso_instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _other_instant(text: str, zone: tzinfo, dates: str) -> datetime:
    """No text that is one of these is one of ISO 8601.

    Raises:
        ValueError: not an instant.
    """
    found = _jira_instant(text, zone)
    if found is None and dates in SUCH_AS:
        found = _of_numbers(text, zone, dates)
    if found is None:
        raise ValueError("not an instant")
    return found


def _jira_instant(text: str, zone: tzinfo) -> datetime | None:
    found = JIRA_INSTANT.fullmatch(text)
    if not found:
        return None
    day, month, year, hour, minute, second, half = found.groups(default="")
    if month.lower() not in MONTHS:
        raise ValueError("no such month")
    return datetime(
        int(year) if len(year) == 4 else 2000 + int(year),
        MONTHS.index(month.lower()) + 1,
        int(day),
        _hour(int(hour or 0), half.lower()),
        int(minute or 0),
        int(second or 0),
        tzinfo=zone,
    )


def _of_numbers(text: str, zone: tzinfo, dates: str) -> datetime | None:
    found = NUMBERS.fullmatch(text)
    if not found:
        return None
    first, second, year, hour, minute, seconds, half = found.groups(default="")
    day, month = (first, second) if dates == "day first" else (second, first)
    return datetime(
        int(year) if len(year) == 4 else 2000 + int(year),
        int(month),
        int(day),
        _hour(int(hour or 0), half.lower()),
        int(minute or 0),
        int(seconds or 0),
        tzinfo=zone,
    )


def _hour(hour: int, half: str) -> int:
    """The hour of 24; ``half`` is am, pm or empty."""
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError("no such hour")
    return hour % 12 + (12 if half == "pm" else 0)


def size(text: str, *, decimal: str = "point") -> Decimal:
    """A size, with all its decimals; ``decimal`` is what stands before these, point or comma.

    Raises:
        BadCell: not a plain number, negative, or too large to be one.
    """
    if decimal == "comma":
        text = text.replace(",", ".")
    if not NUMBER.fullmatch(text):
        raise BadCell("is not a number such as 3 or 0.5")
    number = Decimal(text)
    if number > MAX_SIZE:
        raise BadCell(f"is larger than {MAX_SIZE}")
    return number


def names(cells: Iterable[str]) -> list[str]:
    """The names in cells of comma-separated names: each once, in the order of their letters."""
    found = {name.strip() for cell in cells for name in cell.split(",")}
    return sorted(found - {""})


def plain(name: str) -> str:
    """A column's name in small letters and underscores: "Fix Version/s" is "fix_version_s"."""
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")
