"""Dates as people say them. Pure functions: the date of today is always an argument."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import dateformat

DAYS_UNTIL_WEEKS = 21
DAYS_UNTIL_MONTHS = 84
DAYS_PER_MONTH = 30.44
MONTHS_UNTIL_YEARS = 24
MONDAY_TO_FRIDAY = frozenset(range(5))  # as date.weekday counts


def day_words(day: date, *, today: date) -> str:
    """ "Fri 13 Nov", with the year only when it is not this one."""
    return dateformat.format(day, "D j M" if day.year == today.year else "D j M Y")


def instant_words(at: datetime, *, zone: ZoneInfo, today: date) -> str:
    """ "Fri 13 Nov, 15:00" on the wall clock of ``zone``."""
    local = at.astimezone(zone)
    return f"{day_words(local.date(), today=today)}, {local:%H:%M}"


def instant_title(at: datetime, *, zone: ZoneInfo) -> str:
    """The exact instant and zone: "2026-11-13 15:00:27 Europe/Berlin (UTC+01:00)"."""
    local = at.astimezone(zone)
    offset = local.strftime("%z")
    return f"{local:%Y-%m-%d %H:%M:%S} {zone.key} (UTC{offset[:3]}:{offset[3:5]})"


def range_words(first: date, last: date, *, today: date) -> str:
    """ "2–8 Dec", "30 Nov – 4 Dec", "30 Dec 2026 – 4 Jan 2027"; one day is said as a day."""
    if first == last:
        return day_words(first, today=today)
    year = "" if first.year == last.year == today.year else " Y"
    end = dateformat.format(last, "j M" + year)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    start_year = year if first.year != last.year else ""
    return f"{dateformat.format(first, 'j M' + start_year)} – {end}"


def relative_words(day: date, *, today: date) -> str:
    """ "today", "tomorrow", "in 3 days", "5 weeks ago": calendar days, not working days."""
    days = (day - today).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if days in near:
        return near[days]
    words = _count_words(abs(days))
    return f"in {words}" if days > 0 else f"{words} ago"


def _count_words(days: int) -> str:
    months = round(days / DAYS_PER_MONTH)
    if days < DAYS_UNTIL_WEEKS:
        return f"{days} days"
    if days < DAYS_UNTIL_MONTHS:
        return f"{round(days / 7)} weeks"
    if months < MONTHS_UNTIL_YEARS:
        return f"{months} months"
    return f"{round(days / 365.25)} years"


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Which days are worked: those of some weekdays, but for those that are ``off``, in order.

    ``off`` holds days of those weekdays alone, so that each takes one day away.
    """

    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    off: tuple[date, ...] = ()

    def __contains__(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.off

    def count(self, first: date, last: date) -> int:
        """How many come after ``first``, up to and with ``last``; 0 where that is not later."""
        days = (last - first).days
        if days <= 0:
            return 0
        weeks, rest = divmod(days, 7)
        over = ((first.weekday() + number) % 7 for number in range(1, rest + 1))
        plain = len(self.weekdays) * weeks + sum(day in self.weekdays for day in over)
        return plain - bisect_right(self.off, last) + bisect_right(self.off, first)


def working_days(first: date, last: date) -> int:
    """How many days from Monday to Friday come after ``first``, up to and with ``last``.

    Nothing is known here of holidays and leave; 0 where ``last`` is not later.
    """
    return WorkingDays().count(first, last)


def age_words(at: datetime, *, now: datetime) -> str:
    """How fresh something is: "just now", "4 minutes ago", "2 hours ago", "3 days ago".

    An instant in the future (a clock ahead of ours) reads "just now".
    """
    age = now - at
    if age < timedelta(minutes=1):
        return "just now"
    if age < timedelta(hours=1):
        return _plural(int(age.total_seconds() // 60), "minute")
    if age < timedelta(days=1):
        return _plural(int(age.total_seconds() // 3600), "hour")
    if age.days == 1:
        return "1 day ago"
    return f"{_count_words(age.days)} ago"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'} ago"
