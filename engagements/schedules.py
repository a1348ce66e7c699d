"""When an engagement works: the hours and holidays of its calendar, on its own clock."""

from dm_portal.people.schedules import NOBODYS
from dm_portal.people.working_time import Calendar, Schedule
from engagements.models import Engagement


def calendar_of(engagement: Engagement) -> Calendar:
    """Its working days and hours; its own time zone stands above that of the calendar.

    Without a calendar: Monday to Friday from 9 to 17, without holidays.
    """
    zone = engagement.time_zone
    if engagement.calendar is None:
        return Calendar(zone, NOBODYS.week)
    return engagement.calendar.calendar(zone=zone)


def engagement_schedule(engagement: Engagement) -> Schedule:
    """What ``working_minutes`` and ``after_working_hours`` take for an engagement."""
    return Schedule(calendar_of(engagement))
