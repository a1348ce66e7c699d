"""When the people of the demo world work: two places, their holidays, and who is away."""

from datetime import date, timedelta

from dm_portal.people.models import User, WorkCalendar
from dm_portal.people.services import add_time_off, choose_calendar, create_calendar
from dm_portal.people.services.calendars import CalendarFields
from dm_portal.shell.clock import today
from pods.models import Specialist
from reporting.demo.people import Cast

OFFICE, SHORT = "09:00-12:30, 13:30-17:30", "09:00-12:30, 13:30-16:00"
# Of the cast; the rest have chosen none yet.
IN_ENGLAND = ("dm", "deputy", "architect")
IN_GERMANY = ("other_dm", "director")


def keep_hours(cast: Cast) -> dict[str, WorkCalendar]:
    """Two calendars, by the zones of the engagements that they are for."""
    admin = cast["admin"]
    england = create_calendar(by=admin, **_fields("England", "Europe/London", "GB", "ENG"))
    germany = create_calendar(by=admin, **_fields("Berlin", "Europe/Berlin", "DE", "BE"))
    for keys, calendar in ((IN_ENGLAND, england), (IN_GERMANY, germany)):
        for key in keys:
            _choose(cast[key], calendar)
    return {"Europe/London": england, "Europe/Copenhagen": germany}


def send_away(cast: Cast, name: str, *, first: date) -> None:
    """Leave of somebody in a pod, for a working week."""
    add_time_off(
        person=Specialist.objects.get(name=name),
        starts_on=first,
        ends_on=first + timedelta(days=4),
        from_time=None,
        until_time=None,
        note="Family holiday",
        by=cast["admin"],
    )


def next_monday() -> date:
    """The Monday after this week."""
    day = today()
    return day + timedelta(days=7 - day.weekday())


def _choose(person: User, calendar: WorkCalendar) -> None:
    choose_calendar(person=person, version=person.version, calendar=calendar, by=person)


def _fields(name: str, zone: str, country: str, region: str) -> CalendarFields:
    return CalendarFields(
        name=name,
        time_zone=zone,
        monday=OFFICE,
        tuesday=OFFICE,
        wednesday=OFFICE,
        thursday=OFFICE,
        friday=SHORT,
        saturday="",
        sunday="",
        country=country,
        region=region,
    )
