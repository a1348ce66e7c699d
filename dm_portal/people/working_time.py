"""Working time: when somebody works, and how much of it lies between two instants.

Pure arithmetic: no database and no clock. Everything is counted in whole minutes, and an instant
belongs to the minute that it falls into. A minute is working time if the clock on the wall of the
calendar's zone then shows a time within the hours of that weekday, on a day that is no holiday,
and outside all leave. So the hour that a wall clock skips in spring is nobody's working time, and
the one that it shows twice in autumn counts twice.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

from dm_portal.people.holiday_names import holidays_of
from dm_portal.shell.dates import WorkingDays
from dm_portal.shell.errors import DomainError

DAY = 24 * 60
# Offsets of all zones are whole minutes from 1972 on, and no plan reaches further than the last.
FIRST_YEAR, LAST_YEAR = 1970, 2200
# No zone has ever changed its clocks twice within this many minutes.
LOOK_EVERY = 6 * 60

# Minutes from ``first`` up to, and not including, ``end``: of a day, or since the year 1.
Span = tuple[int, int]
Week = tuple[tuple[Span, ...], ...]


class NeverWorks(DomainError):
    """The hours asked for would never be worked."""


# Hours as people write them


HOURS = re.compile(r"(\d{1,2})[:.](\d{2})\s*[-–—]\s*(\d{1,2})[:.](\d{2})")


def read_hours(text: str) -> tuple[Span, ...]:
    """The spans of one day: "09:00-12:30, 13:30-17:00"; nothing is a day off, 24:00 its end.

    Raises:
        ValueError: with what is wrong, in words.
    """
    spans = [_read_span(part.strip()) for part in re.split(r"[,;]", text) if part.strip()]
    for (_, end), (first, _) in pairwise(spans):
        if first <= end:
            raise ValueError("Write the hours of a day in their order, with a break in between.")
    return tuple(spans)


def _read_span(text: str) -> Span:
    match = HOURS.fullmatch(text)
    if match is None:
        raise ValueError(f"“{text}” is not understood: write hours such as 09:00-17:30.")
    hours = [int(number) for number in match.groups()]
    first, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if hours[1] > 59 or hours[3] > 59 or end > DAY:
        raise ValueError(f"“{text}”: a day has times from 00:00 to 24:00.")
    if first >= end:
        raise ValueError(
            f"“{text}” ends before it begins; a night is 22:00-24:00, and from 00:00 the next day."
        )
    return first, end


def hours_text(spans: Iterable[Span]) -> str:
    """Spans of a day as they are stored, and as ``read_hours`` reads them."""
    return ", ".join(f"{_clock(first)}-{_clock(end)}" for first, end in spans)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


OFFICE_HOURS: tuple[Span, ...] = ((9 * 60, 17 * 60),)


# Calendars


@dataclass(frozen=True)
class Calendar:
    """When work is done: hours by weekday on a zone's clock, but not on public holidays.

    ``week`` has seven days from Monday on, each the spans of its working hours in minutes of the
    day; ``country`` and ``region`` are codes of the holidays library, and may be empty.
    """

    zone: str
    week: Week = (OFFICE_HOURS,) * 5 + ((), ())
    country: str = ""
    region: str = ""

    def holiday_name(self, day: date) -> str:
        """What holiday the day is; empty if none."""
        return holidays_of(self.country, self.region, day.year).get(day, "")

    def is_working_day(self, day: date) -> bool:
        """Whether anybody with this calendar works on that local day."""
        return bool(self.spans(day))

    def working_days(self, years: range) -> WorkingDays:
        """The days on which somebody works; of holidays those of these years are known."""
        weekdays = frozenset(number for number, hours in enumerate(self.week) if hours)
        found = (day for year in years for day in holidays_of(self.country, self.region, year))
        return WorkingDays(weekdays, tuple(sorted({d for d in found if d.weekday() in weekdays})))

    def spans(self, day: date) -> tuple[Span, ...]:
        """The working hours of a local day, as minutes on the clock on the wall."""
        hours = self.week[day.weekday()]
        return () if hours and self.holiday_name(day) else hours

    def works_at(self, at: datetime) -> bool:
        """Whether the minute of this instant is working time, leave aside."""
        wall = at.astimezone(ZoneInfo(self.zone))
        minute = wall.hour * 60 + wall.minute
        return any(first <= minute < end for first, end in self.spans(wall.date()))

    def working_intervals(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The working hours of a local day as instants in UTC; fewer or more as clocks change."""
        walls = [_on_day(day, span) for span in self.spans(day)]
        middle = day.toordinal() * DAY
        found = _in_utc(self.zone, walls, (middle - DAY, middle + 2 * DAY))
        return tuple((_instant(first), _instant(end)) for first, end in found)

    def worked(self, year: int) -> "Worked":
        """The working minutes of one year of UTC; worked out once."""
        if year not in self._years:
            self._years[year] = Worked(self._spans_in(year))
        return self._years[year]

    @cached_property
    def _years(self) -> "dict[int, Worked]":
        return {}

    def _spans_in(self, year: int) -> list[Span]:
        first, end = _year(year)
        days = range(first // DAY - 1, end // DAY + 2)
        walls = [
            _on_day(day, span) for day in map(date.fromordinal, days) for span in self.spans(day)
        ]
        return list(_in_utc(self.zone, walls, (first, end)))


# Leave


@dataclass(frozen=True, slots=True)
class Leave:
    """Days off, the last included; or a part of one day, from one time on the wall to another."""

    first: date
    last: date
    since: time | None = None
    until: time | None = None

    @property
    def wall(self) -> Span:
        """From when to when on the clock of whoever is away, in minutes since the year 1."""
        first, last = self.first.toordinal() * DAY, self.last.toordinal() * DAY
        start = first + (_minute_of_day(self.since) if self.since else 0)
        return start, last + (_minute_of_day(self.until) if self.until else DAY)


# Schedules


class Worked:
    """Spans of working minutes in their order, and how many come before any given minute."""

    __slots__ = ("before", "ends", "spans", "starts")

    def __init__(self, spans: Sequence[Span]) -> None:
        self.spans = spans
        self.starts = [first for first, _ in spans]
        self.ends = [end for _, end in spans]
        lengths = (end - first for first, end in spans)
        self.before = list(accumulate(lengths, initial=0))

    @property
    def total(self) -> int:
        return self.before[-1]

    def until(self, minute: int) -> int:
        """Working minutes that come before this one."""
        number = bisect_right(self.starts, minute) - 1
        if number < 0:
            return 0
        return self.before[number] + min(minute, self.ends[number]) - self.starts[number]

    def at(self, minutes: int) -> int:
        """The first minute before which so many (at least 1, at most all) have been worked."""
        number = bisect_left(self.before, minutes) - 1
        return self.starts[number] + minutes - self.before[number]


@dataclass(frozen=True)
class Schedule:
    """One calendar, and the leave of whoever works by it."""

    calendar: Calendar
    leave: tuple[Leave, ...] = ()

    def working_minutes(self, start: datetime, end: datetime) -> int:
        """Working minutes from ``start`` up to ``end``; 0 where ``end`` is not later.

        Of three instants in order, those between the first and the last are the sum of the others.

        Raises:
            ValueError: an instant before 1970 or after 2200, or one without a zone.
        """
        first, last = _minute(start), _minute(end)
        if last <= first:
            return 0
        years = range(_year_of(first), _year_of(last) + 1)
        through = sum(self.worked(year).total for year in years[:-1])
        return through + self.worked(years[-1]).until(last) - self.worked(years[0]).until(first)

    def after_working_hours(self, start: datetime, hours: float) -> datetime:
        """The first instant by which so many hours have been worked; for no hours the start.

        Raises:
            ValueError: hours below 0, or as for ``working_minutes``.
            NeverWorks: there are not so many until the year 2200.
        """
        minutes = round(hours * 60)
        if minutes < 0:
            raise ValueError("Working hours count forwards.")
        first = _minute(start)
        if minutes == 0:
            return _instant(first)
        year = _year_of(first)
        minutes += self.worked(year).until(first)
        while minutes > self.worked(year).total:
            minutes -= self.worked(year).total
            year += 1
            if year > LAST_YEAR:
                raise NeverWorks("There will never be so many working hours.")
        return _instant(self.worked(year).at(minutes))

    def works_at(self, at: datetime) -> bool:
        """Whether the minute of this instant is working time."""
        minute = _minute(at)
        worked = self.worked(_year_of(minute))
        return worked.until(minute + 1) > worked.until(minute)

    def is_away(self, day: date) -> bool:
        """Whether leave takes the whole of this day."""
        whole = (each for each in self.leave if each.since is None and each.until is None)
        return any(each.first <= day <= each.last for each in whole)

    def worked(self, year: int) -> Worked:
        """The working minutes of one year of UTC, without those of the leave; worked out once."""
        if not self.leave:
            return self.calendar.worked(year)
        if year not in self._years:
            away = _in_utc(self.calendar.zone, self._walls, _year(year))
            left = _without(self.calendar.worked(year).spans, list(away))
            self._years[year] = Worked(list(left))
        return self._years[year]

    @cached_property
    def _years(self) -> dict[int, Worked]:
        return {}

    @cached_property
    def _walls(self) -> list[Span]:
        """When there is leave on the clock on the wall: in order, none touching the next."""
        merged: list[Span] = []
        for first, end in sorted(each.wall for each in self.leave):
            if merged and first <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((first, end))
        return merged


def _without(spans: Sequence[Span], away: Sequence[Span]) -> Iterator[Span]:
    """What is left of ``spans`` outside ``away``; both in order, none overlapping the next."""
    ends = [end for _, end in away]
    for first, end in spans:
        for gone_first, gone_end in away[bisect_right(ends, first) :]:
            if gone_first >= end:
                break
            if first < gone_first:
                yield first, gone_first
            first = gone_end
        if first < end:
            yield first, end


# From the clock on the wall to UTC


def _in_utc(zone: str, walls: Sequence[Span], within: Span) -> Iterator[Span]:
    """When, ``within`` a span of UTC, the clock of ``zone`` shows a time in one of ``walls``.

    ``walls`` are in order, none overlapping the next; so is what comes.
    """
    ends = [end for _, end in walls]
    for start, stop, offset in _offsets(zone, within):
        for first, end in walls[bisect_right(ends, start + offset) :]:
            if first - offset >= stop:
                break
            yield max(first - offset, start), min(end - offset, stop)


def _offsets(zone: str, within: Span) -> Iterator[tuple[int, int, int]]:
    """Pieces of a span of UTC in which the clock of ``zone`` is ``offset`` minutes ahead."""
    start, stop = within
    changes = [at for year in _years_of(within) for at in _changes(zone, year)]
    for end in [*(at for at in changes if start < at < stop), stop]:
        yield start, end, _offset(zone, start)
        start = end


@lru_cache(maxsize=4096)
def _changes(zone: str, year: int) -> tuple[int, ...]:
    """The minutes of one year of UTC in which the clock of ``zone`` is set anew."""
    first, end = _year(year)
    looks = range(first, end + 1, LOOK_EVERY)
    return tuple(
        _change_between(zone, early, late)
        for early, late in pairwise(looks)
        if _offset(zone, early) != _offset(zone, late)
    )


def _change_between(zone: str, early: int, late: int) -> int:
    """The first minute after ``early``, up to ``late``, with another offset."""
    before = _offset(zone, early)
    while late - early > 1:
        middle = (early + late) // 2
        if _offset(zone, middle) == before:
            early = middle
        else:
            late = middle
    return late


def _offset(zone: str, minute: int) -> int:
    offset = _instant(minute).astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    return offset // timedelta(minutes=1)


def _on_day(day: date, span: Span) -> Span:
    midnight = day.toordinal() * DAY
    return midnight + span[0], midnight + span[1]


def _year(year: int) -> Span:
    return date(year, 1, 1).toordinal() * DAY, date(year + 1, 1, 1).toordinal() * DAY


def _years_of(within: Span) -> range:
    return range(_year_of(within[0]), _year_of(within[1] - 1) + 1)


def _year_of(minute: int) -> int:
    return date.fromordinal(minute // DAY).year


def _minute(at: datetime) -> int:
    """The minute since the year 1, in UTC, into which an instant falls."""
    if at.tzinfo is None:
        raise ValueError("An instant without a zone is none.")
    utc = at.astimezone(UTC)
    if not FIRST_YEAR <= utc.year <= LAST_YEAR:
        raise ValueError(f"Working time is known from {FIRST_YEAR} to {LAST_YEAR}.")
    return utc.toordinal() * DAY + utc.hour * 60 + utc.minute


def _instant(minute: int) -> datetime:
    day, rest = divmod(minute, DAY)
    return datetime.combine(date.fromordinal(day), time(rest // 60, rest % 60), UTC)


def _minute_of_day(at: time) -> int:
    return at.hour * 60 + at.minute
