"""Calendars that many share, and who works by which."""

from typing import TypedDict, Unpack

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User, WorkCalendar
from dm_portal.people.models.working_time import WEEKDAYS
from dm_portal.shell.clock import now
from dm_portal.shell.errors import DomainError
from dm_portal.shell.versions import Change, update_version


class CalendarFields(TypedDict):
    """What a calendar says: hours as text for each weekday, holidays by codes."""

    name: str
    time_zone: str
    monday: str
    tuesday: str
    wednesday: str
    thursday: str
    friday: str
    saturday: str
    sunday: str
    country: str
    region: str


@transaction.atomic
def create_calendar(*, by: User | None, **fields: Unpack[CalendarFields]) -> WorkCalendar:
    """Add a calendar that people and engagements may then choose."""
    calendar = WorkCalendar.objects.create(**fields)
    record("calendar.created", calendar, by=by, after=fields)
    return calendar


@transaction.atomic
def change_calendar(
    *, calendar: WorkCalendar, version: int, by: User, **fields: Unpack[CalendarFields]
) -> WorkCalendar:
    """Change hours, zone or holidays: clocks of all who work by it count so from now on.

    Nothing becomes late by other working days alone: since when they hold is noted.

    Raises:
        Conflict: somebody else changed it since ``version``.
    """
    change = update_version(calendar, version=version, **fields)
    if change:
        record("calendar.changed", calendar, by=by, before=change.before, after=change.after)
    if _moves_free_days(change):
        calendar.days_since = now()
        calendar.save(update_fields=["days_since"])
    return calendar


def _moves_free_days(change: Change) -> bool:
    """Whether nobody works on other days now: other holidays, or another weekday off."""
    return any(
        name in ("country", "region") or (name in WEEKDAYS and "" in (before, change.after[name]))
        for name, before in change.before.items()
    )


@transaction.atomic
def remove_calendar(*, calendar: WorkCalendar, by: User) -> None:
    """Remove a calendar by which nobody works.

    Raises:
        DomainError: somebody does.
    """
    # who chooses it at this moment waits for us, or we for them
    stored = WorkCalendar.objects.select_for_update().get(pk=calendar.pk)
    if any(rows.exists() for rows in stored.in_use()):
        raise DomainError(f"{calendar} is in use: let all who have it choose another first.")
    record("calendar.removed", calendar, by=by)
    stored.delete()


@transaction.atomic
def choose_calendar(*, person: User, version: int, calendar: WorkCalendar | None, by: User) -> None:
    """Say by which calendar somebody works; None: by nobody's, from 9 to 17.

    Raises:
        Conflict: somebody else changed the person since ``version``.
        DomainError: it is one of a customer's people.
    """
    if not person.is_internal:
        raise DomainError(f"{person} is one of a customer's people.")
    change = update_version(person, version=version, calendar=calendar)
    if change:
        record("person.calendar_chosen", person, by=by, before=change.before, after=change.after)
