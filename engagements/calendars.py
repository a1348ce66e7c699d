"""The days and hours of an engagement: those of its calendar, on its own clock.

An ``engagement`` is read with its ``calendar``, else that costs a statement.
"""

from datetime import date
from functools import lru_cache
from typing import Any

from dm_portal.people.schedules import NOBODYS
from dm_portal.people.working_time import Calendar, Week
from dm_portal.shell.dates import WorkingDays

# Holidays of so long ago count at most.
MOST_YEARS = 10


def calendar_of(engagement: Any) -> Calendar:
    """Its working days and hours; its own time zone stands above that of the calendar.

    Without a calendar: Monday to Friday from 9 to 17, without holidays.
    """
    zone = engagement.time_zone
    if engagement.calendar is None:
        return Calendar(zone, NOBODYS.week)
    return engagement.calendar.calendar(zone=zone)


def working_days_of(engagement: Any, *, today: date) -> WorkingDays:
    """The days on which it works, as one counts them ``today``."""
    return working_days_by(calendar_of(engagement), starts_on=engagement.starts_on, today=today)


def working_days_by(calendar: Calendar, *, starts_on: date, today: date) -> WorkingDays:
    """Of an engagement that began then and works by this calendar.

    Holidays are those from the year before it began, ten years ago at most, to the second after
    today's: nothing that is counted lies further off.
    """
    first = max(min(starts_on.year, today.year) - 1, today.year - MOST_YEARS)
    return _worked(calendar.week, calendar.country, calendar.region, first, today.year + 2)


@lru_cache(maxsize=512)
def _worked(week: Week, country: str, region: str, first: int, last: int) -> WorkingDays:
    """Many rows of a list ask for the same; the clock on the wall matters to none."""
    return Calendar("", week, country, region).working_days(range(first, last + 1))
