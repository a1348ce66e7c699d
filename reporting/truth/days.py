"""The days that a text names: "Fri 13 Nov", "13 November 2026", "Nov 13", "2026-11-13"."""

import re
from calendar import monthrange
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAY = (
    r"(?:(?P<{}>mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b[.,]?\s+"
    r"(?:the\s+)?)?"
)
_YEAR = r"(?:,?\s+(?P<{}>\d{{4}})\b)?"
_DAY = r"(?P<{}>\d{{1,2}})(?:st|nd|rd|th)?"
_FIRST = _WEEKDAY.format("w1") + _DAY.format("d1") + rf"\s+(?:of\s+)?(?P<m1>{_MONTH})"
_SECOND = _WEEKDAY.format("w2") + rf"(?P<m2>{_MONTH})\s+" + _DAY.format("d2") + r"\b(?!\s*%)"
DAY = re.compile(
    rf"(?<![\w.,]){_FIRST}{_YEAR.format('y1')}|(?<![\w-]){_SECOND}{_YEAR.format('y2')}"
    r"|(?<![\w-])(?P<iso>\d{4}-\d{2}-\d{2})(?![\w-])",
    re.IGNORECASE,
)
# before a day: "13 and", "2–"
FIRST_OF_TWO = re.compile(r"(?<![\w.,-])(\d{1,2})\s*(?:–|-|and|to)\s*$", re.IGNORECASE)
# and no further before it
NEAR = 40


@dataclass(frozen=True, slots=True)
class Named:
    """A day where a text names it: from ``start`` up to ``end``.

    ``weekday`` is what the text calls it (0 is Monday), None where it does not.
    """

    day: date
    weekday: int | None
    start: int
    end: int
    words: str

    @property
    def is_on_its_weekday(self) -> bool:
        return self.weekday is None or self.day.weekday() == self.weekday


def days_in(text: str, *, today: date) -> Iterator[Named]:
    """The days that ``text`` names; without a year the one that is nearest to ``today``.

    What no calendar has ("31 Jun") is no day.
    """
    for found in DAY.finditer(text):
        day = _day(found, today)
        start = found.start()
        first = FIRST_OF_TWO.search(text, max(start - NEAR, 0), start)
        if day is not None and first:
            with suppress(ValueError):
                earlier = day.replace(day=int(first[1]))
                yield Named(earlier, None, first.start(1), first.end(1), first[1])
        if day is not None:
            weekday = found["w1"] or found["w2"]
            named = _WEEKDAYS.index(weekday[:3].lower()) if weekday else None
            yield Named(day, named, found.start(), found.end(), found[0].rstrip(".,"))


def _day(found: re.Match[str], today: date) -> date | None:
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"])
        number, month = int(found["d1"] or found["d2"]), found["m1"] or found["m2"]
        of_year = _MONTHS.index(month[:3].lower()) + 1
        if year := found["y1"] or found["y2"]:
            return date(int(year), of_year, number)
        years = [today.year - 1, today.year, today.year + 1]
        return min(_in_years(years, of_year, number), key=lambda day: abs(day - today))
    except ValueError:
        return None


def _in_years(years: list[int], month: int, number: int) -> list[date]:
    """That day in those of the years that have it; ValueError where none does."""
    days = [date(year, month, number) for year in years if 0 < number <= monthrange(year, month)[1]]
    if not days:
        raise ValueError("no such day")
    return days
