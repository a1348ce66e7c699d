"""Which weeks owe a status and which months a review, and when each opens and is due. Pure: no
database, no clock.

Weeks are local ISO weeks, named by their Monday; months are named by their first day. Instants
are in UTC.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

OPENS = time(9)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
WEEKEND = frozenset({6, 7})
# What moves when a status would be due on a holiday; ``Engagement.HolidayRule`` has the words.
BEFORE, AFTER, STAYS = "before", "after", "stays"


def no_holiday(day: date) -> bool:
    """Where no calendar of holidays is known."""
    return False


@dataclass(frozen=True)
class Rhythm:
    """When an engagement reports: its zone, its ISO weekday and hour, its first and last day.

    ``rest_weekdays`` (ISO) and the days of ``is_holiday`` are free; ``holiday_rule`` says where a
    status goes that would be due on a holiday. A monthly review is due on the working day
    ``review_day`` of the next month. ``changed_at`` is when any of this was last decided anew.
    """

    zone: ZoneInfo
    weekday: int
    hour: time
    reporting_from: date
    ends_on: date | None = None
    rest_weekdays: frozenset[int] = WEEKEND
    is_holiday: Callable[[date], bool] = no_holiday
    holiday_rule: str = BEFORE
    review_day: int = 5
    changed_at: datetime | None = None

    def works_on(self, day: date) -> bool:
        """Neither a day of rest nor a holiday; and it exists: Pacific/Apia had no 30 December
        2011.
        """
        is_free = day.isoweekday() in self.rest_weekdays or self.is_holiday(day)
        return not is_free and _exists(day, self.zone)


@dataclass(frozen=True)
class Span:
    """A stretch of local days: the first of them, the local day on which what is said of it is
    due, when its draft appears and when it is due.
    """

    starts_on: date
    due_on: date
    opens_at: datetime
    due_at: datetime


class Week(Span):
    """One local week; its status is due on one of its own days."""


class Month(Span):
    """One local month; its review is due in the month after."""


def due(rhythm: Rhythm, *, at: datetime, known: Collection[date] = ()) -> list[Week]:
    """The weeks that have opened by ``at`` and are not among the ``known`` Mondays, in order.

    Asking by what is missing, not by what came last, makes it the same after a month of silence,
    after many askings at once, and after the first week has been moved back.
    """
    first, last = monday_of(rhythm.reporting_from), _last_monday(rhythm, at)
    return [_week(rhythm, each) for each in _mondays(first, last) if each not in known]


def due_months(rhythm: Rhythm, *, at: datetime, known: Collection[date] = ()) -> list[Month]:
    """The months whose review has opened by ``at``, as ``due`` tells of weeks."""
    first, last = month_of(rhythm.reporting_from), _last_month(rhythm, at)
    return [_month(rhythm, each) for each in _months(first, last) if each not in known]


def lacks_week(rhythm: Rhythm, *, at: datetime, count: int, newest: date | None) -> bool:
    """Whether any week may be missing where ``count`` are there, of which ``newest`` is the last.

    Counted is from the first week of the rhythm on. Cheaper than ``due``: it needs no list.
    """
    first, last = monday_of(rhythm.reporting_from), _last_monday(rhythm, at)
    return (max(last, newest or last) - first) // WEEK + 1 > count


def lacks_month(rhythm: Rhythm, *, at: datetime, count: int, newest: date | None) -> bool:
    """Whether any month may be missing, as ``lacks_week`` tells of weeks."""
    first, last = month_of(rhythm.reporting_from), _last_month(rhythm, at)
    last = max(last, newest or last)
    return 12 * (last.year - first.year) + last.month - first.month + 1 > count


def monday_of(day: date) -> date:
    """The first day of the ISO week that contains ``day``."""
    return day - timedelta(days=day.weekday())


def month_of(day: date) -> date:
    """The first day of the month that contains ``day``."""
    return day.replace(day=1)


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


def working_day_before(day: date, rhythm: Rhythm) -> date:
    """The last working day of the seven before ``day``; where all are free, the day before."""
    before = [each for each in reversed(_days(day - WEEK, day - DAY)) if _exists(each, rhythm.zone)]
    return next(_working(rhythm, before), before[0])


def _week(rhythm: Rhythm, monday: date) -> Week:
    sunday = monday + 6 * DAY
    due_on = _off_a_holiday(rhythm, monday + timedelta(days=rhythm.weekday - 1))
    if left := _left_after_change(rhythm, due_on, sunday):
        due_on = left[-1]
    return Week(monday, due_on, *_instants(rhythm, due_on))


def _month(rhythm: Rhythm, first: date) -> Month:
    """Due in the next month: on its working day ``review_day``, on the last where it has fewer."""
    start = _next_month(first)
    end = _next_month(start) - DAY
    due_on = [end, *islice(_working(rhythm, _days(start, end)), rhythm.review_day)][-1]
    if left := _left_after_change(rhythm, due_on, end):
        due_on = left[0]
    return Month(first, due_on, *_instants(rhythm, due_on))


def _instants(rhythm: Rhythm, due_on: date) -> tuple[datetime, datetime]:
    opens_on = working_day_before(due_on, rhythm)
    return (
        instant_of(opens_on, OPENS, rhythm.zone),
        instant_of(due_on, rhythm.hour, rhythm.zone),
    )


def _off_a_holiday(rhythm: Rhythm, day: date) -> date:
    """Where a status goes that would be due on this day: never out of its week.

    Where the rule finds no working day on its side, it is the nearest on the other; in a week
    without any the day stays. A day of rest that was chosen to report on stays, too.
    """
    if rhythm.holiday_rule == STAYS or not rhythm.is_holiday(day):
        return day
    monday = monday_of(day)
    before = next(_working(rhythm, reversed(_days(monday, day - DAY))), None)
    after = next(_working(rhythm, _days(day + DAY, monday + 6 * DAY)), None)
    return (after or before or day) if rhythm.holiday_rule == AFTER else (before or after or day)


def _left_after_change(rhythm: Rhythm, due_on: date, last: date) -> list[date]:
    """The days up to ``last`` to which it goes if its day had passed when the rhythm was changed;
    none where it had not: nothing becomes late by a change of the day on which it is due.
    """
    changed = rhythm.changed_at
    if changed is None or instant_of(due_on, rhythm.hour, rhythm.zone) > changed:
        return []
    hour, zone = rhythm.hour, rhythm.zone
    days = [day for day in _days(due_on, last) if instant_of(day, hour, zone) > changed]
    return list(_working(rhythm, days)) or days


def _working(rhythm: Rhythm, days: Iterable[date]) -> Iterator[date]:
    """The working days among these, in their order."""
    return filter(rhythm.works_on, days)


def _days(first: date, last: date) -> list[date]:
    """Every day from ``first`` to ``last``; none where that is before it."""
    return [first + number * DAY for number in range((last - first) // DAY + 1)]


def _mondays(monday: date, last: date) -> Iterator[date]:
    while monday <= last:
        yield monday
        monday += WEEK


def _months(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first = _next_month(first)


def _last_monday(rhythm: Rhythm, at: datetime) -> date:
    """The last week that has opened by ``at``, or the engagement's last week before that."""
    # No draft opens more than seven days before it is due, so in the week before at the earliest.
    monday = monday_of(at.astimezone(rhythm.zone).date()) + WEEK
    while _week(rhythm, monday).opens_at > at:
        monday -= WEEK
    return min(monday, monday_of(rhythm.ends_on)) if rhythm.ends_on else monday


def _last_month(rhythm: Rhythm, at: datetime) -> date:
    """The last month whose review has opened by ``at``, or the engagement's last before that."""
    first = month_of(at.astimezone(rhythm.zone).date())
    while _month(rhythm, first).opens_at > at:
        first = month_of(first - DAY)
    return min(first, month_of(rhythm.ends_on)) if rhythm.ends_on else first


def _next_month(first: date) -> date:
    return month_of(first + timedelta(days=31))


def _exists(day: date, zone: ZoneInfo) -> bool:
    return instant_of(day, OPENS, zone).astimezone(zone).date() == day
