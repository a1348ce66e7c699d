"""Which weeks owe a status, and when each opens and is due. Pure: no database, no clock.

Weeks are local ISO weeks, named by their Monday. Instants are in UTC.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS = time(9)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
SATURDAY = 6


@dataclass(frozen=True)
class Rhythm:
    """When an engagement reports: its zone, its ISO weekday and hour, its first and last day."""

    zone: ZoneInfo
    weekday: int
    hour: time
    reporting_from: date
    ends_on: date | None = None


@dataclass(frozen=True)
class Week:
    """One local week: its Monday, the local day on which its status is due, when its draft
    appears and when the status is due."""

    starts_on: date
    due_on: date
    opens_at: datetime
    due_at: datetime


def due(rhythm: Rhythm, *, at: datetime, known: Collection[date] = ()) -> list[Week]:
    """The weeks that have opened by ``at`` and are not among the ``known`` Mondays, in order.

    Asking by what is missing, not by what came last, makes it the same after a month of silence,
    after many askings at once, and after the first week has been moved back.
    """
    return [_week(rhythm, monday) for monday in _mondays(rhythm, at) if monday not in known]


def count_due(rhythm: Rhythm, *, at: datetime) -> int:
    """How many weeks have opened by ``at``: the length of ``due`` with none known."""
    first, last = monday_of(rhythm.reporting_from), _last_monday(rhythm, at)
    return max(0, (last - first) // WEEK + 1)


def monday_of(day: date) -> date:
    """The first day of the ISO week that contains ``day``."""
    return day - timedelta(days=day.weekday())


def week_name(day: date) -> str:
    """The ISO week of a day: ``2012-W32``."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def monday_named(week: str) -> date:
    """The Monday of ``2012-W32``.

    Raises:
        ValueError: no calendar has such a week.
    """
    return date.fromisocalendar(int(week[:4]), int(week[-2:]), 1)


def instant_of(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """The instant at which the wall clock of ``zone`` shows this date and hour.

    An hour that does not exist moves forward by what was skipped; one that exists twice is the
    first. That is what RFC 5545 (3.3.5) says of calendars too.
    """
    return datetime.combine(day, hour, tzinfo=zone).replace(fold=0).astimezone(UTC)


def working_day_before(day: date, zone: ZoneInfo) -> date:
    """The last Monday to Friday before ``day``; a day that the zone skipped is none."""
    before = day - DAY
    while before.isoweekday() >= SATURDAY or not _exists(before, zone):
        before -= DAY
    return before


def _week(rhythm: Rhythm, monday: date) -> Week:
    due_on = monday + timedelta(days=rhythm.weekday - 1)
    opens_on = working_day_before(due_on, rhythm.zone)
    return Week(
        starts_on=monday,
        due_on=due_on,
        opens_at=instant_of(opens_on, OPENS, rhythm.zone),
        due_at=instant_of(due_on, rhythm.hour, rhythm.zone),
    )


def _mondays(rhythm: Rhythm, at: datetime) -> Iterator[date]:
    monday, last = monday_of(rhythm.reporting_from), _last_monday(rhythm, at)
    while monday <= last:
        yield monday
        monday += WEEK


def _last_monday(rhythm: Rhythm, at: datetime) -> date:
    """The last week that has opened by ``at``, or the engagement's last week before that."""
    # What is due on a Monday opens in the week before: look one week ahead.
    monday = monday_of(at.astimezone(rhythm.zone).date()) + WEEK
    while _week(rhythm, monday).opens_at > at:
        monday -= WEEK
    return min(monday, monday_of(rhythm.ends_on)) if rhythm.ends_on else monday


def _exists(day: date, zone: ZoneInfo) -> bool:
    """Pacific/Apia had no 30 December 2011."""
    return instant_of(day, OPENS, zone).astimezone(zone).date() == day
