"""Whose time is counted: the schedules of people, read with their calendars and their leave.

``working_minutes`` and ``after_working_hours`` are what every clock of the portal counts by. Who
asks for many reads their schedules once, with ``schedules_of``, in a constant number of statements.

A person is a ``User`` or a ``Specialist``. A specialist who signs in is one person: the calendar
that they chose as a user counts, and leave counts whichever way it was entered. Who has no
calendar works by ``NOBODYS``.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Model

from dm_portal.people.models import TimeOff, User, WorkCalendar
from dm_portal.people.working_time import Calendar, Leave, Schedule
from dm_portal.shell.relations import related

# Monday to Friday from 9 to 17 without holidays, in the zone that engagements have at first.
NOBODYS = Calendar("Europe/Berlin")

# The first and the last.
Days = tuple[date, date]


def working_minutes(between: tuple[datetime, datetime], person: Model | Schedule) -> int:
    """How many minutes somebody works between two instants; 0 where the second is not later."""
    return _schedule(person).working_minutes(*between)


def after_working_hours(start: datetime, hours: float, person: Model | Schedule) -> datetime:
    """The first instant by which somebody has worked so many hours from ``start`` on.

    Raises:
        NeverWorks: they never will.
    """
    return _schedule(person).after_working_hours(start, hours)


def schedule_of(person: Model) -> Schedule:
    """The calendar and the leave of one user or specialist."""
    return schedules_of([person])[person.pk]


def schedules_of(people: Sequence[Model], *, days: Days | None = None) -> dict[int, Schedule]:
    """The schedules of users, or of specialists, by primary key: three statements for any number.

    Whoever has the same calendar shares what was worked out of it. With ``days`` they hold for
    those alone: leave on others is not read.
    """
    calendars, leave = calendars_of(people), leave_of(people, days=days)
    return {pk: Schedule(calendar, leave.get(pk, ())) for pk, calendar in calendars.items()}


def calendars_of(people: Sequence[Model]) -> dict[int, Calendar]:
    """The calendars of users, or of specialists, by primary key; two statements."""
    if not people:
        return {}
    chosen = _chosen_by(people)
    rows = WorkCalendar.objects.filter(pk__in=set(chosen.values()))
    calendars: dict[int | None, Calendar] = {row.pk: row.calendar() for row in rows}
    return {person.pk: calendars.get(chosen.get(person.pk), NOBODYS) for person in people}


def leave_of(people: Sequence[Model], *, days: Days | None = None) -> dict[int, tuple[Leave, ...]]:
    """The leave of each that was not taken back, in its order; on any of ``days``, if given.

    Who has none is missing.
    """
    if not people:
        return {}
    pks = [person.pk for person in people]
    if isinstance(people[0], User):
        rows, whose = TimeOff.objects.of_people(users=pks), ("user", "specialist__user")
    else:
        rows, whose = TimeOff.objects.of_people(specialists=pks), ("specialist", "user__specialist")
    if days is not None:
        rows = rows.touching(*days)
    found: dict[int, tuple[Leave, ...]] = defaultdict(tuple)
    told = rows.counting().values_list(*whose, "starts_on", "ends_on", "from_time", "until_time")
    for own, other, *when in told:
        found[own or other] += (Leave(*when),)
    return found


def _schedule(person: Model | Schedule) -> Schedule:
    return person if isinstance(person, Schedule) else schedule_of(person)


def _chosen_by(people: Sequence[Model]) -> dict[int, int | None]:
    """The calendar of each, by primary keys: the user's before the specialist's."""
    is_user = isinstance(people[0], User)
    model: Any = User if is_user else related(User, "specialist")
    if not isinstance(people[0], model):
        raise TypeError(f"{people[0]!r} is no person: what has a schedule of its own gives that.")
    fields = ("calendar", "specialist__calendar") if is_user else ("user__calendar", "calendar")
    rows = model.objects.filter(pk__in=[person.pk for person in people])
    return {pk: first or second for pk, first, second in rows.values_list("pk", *fields)}
