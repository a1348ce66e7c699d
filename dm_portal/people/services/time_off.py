"""Leave: entered by an admin for anybody, or by whoever is away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, TypedDict, Unpack

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import TimeOff, User
from dm_portal.people.working_time import FIRST_YEAR, LAST_YEAR
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict, DomainError
from dm_portal.shell.versions import update_version

KNOWN = "This leave is entered already."


class Days(TypedDict):
    """From which day to which, the last included; times only for a part of one day."""

    starts_on: date
    ends_on: date
    from_time: time | None
    until_time: time | None


@dataclass(frozen=True, slots=True)
class Planned:
    """One line of a file: somebody (a user or a specialist) and when they are away."""

    person: Any
    days: Days
    note: str = ""


@transaction.atomic
def add_time_off(*, person: Any, note: str, by: User, **days: Unpack[Days]) -> TimeOff:
    """Enter leave of a user or a specialist.

    Raises:
        DomainError: days that make no sense, somebody who is not one of us, or known already.
    """
    row = TimeOff(**_whose(person), **days, note=note, added_at=now(), added_by=by)
    require_sense(days)
    _lock(row)
    _require_new(row)
    row.save()
    record("time_off.added", row, by=by, after={**days, "note": note})
    return row


@transaction.atomic
def change_time_off(
    *, row: TimeOff, version: int, note: str, by: User, **days: Unpack[Days]
) -> TimeOff:
    """Change from when to when somebody is away; an end of today ends it now.

    Raises:
        Conflict: somebody else changed or took it back first.
        DomainError: as for ``add_time_off``.
    """
    require_sense(days)
    _lock(row)
    if TimeOff.objects.filter(pk=row.pk, withdrawn_at__isnull=False).exists():
        raise Conflict("Somebody else has taken this leave back.")
    changed = TimeOff(pk=row.pk, user_id=row.user_id, specialist_id=row.specialist_id, **days)
    _require_new(changed)
    if change := update_version(row, version=version, note=note, **days):
        record("time_off.changed", row, by=by, before=change.before, after=change.after)
    return row


@transaction.atomic
def withdraw_time_off(*, row: TimeOff, by: User) -> None:
    """Take leave back: it counts no more, and stays on the record.

    Raises:
        Conflict: somebody else did so first.
    """
    counting = TimeOff.objects.counting().filter(pk=row.pk)
    if not counting.update(withdrawn_at=now(), withdrawn_by=by):
        raise Conflict("Somebody else has taken this leave back already.")
    record("time_off.withdrawn", row, by=by)


@transaction.atomic
def import_time_off(*, planned: Sequence[Planned], file_name: str, by: User) -> int:
    """Enter what a file says, all of it or nothing; what is known already stays as it is.

    Returns how many entries are new.

    Raises:
        DomainError: a line makes no sense, or is of somebody who is not one of us.
    """
    rows = []
    for line in planned:
        require_sense(line.days)
        whose = _whose(line.person)
        rows.append(TimeOff(**whose, **line.days, note=line.note, added_at=now(), added_by=by))
    _lock(*rows)
    known = _known(rows)
    new = [row for key, row in {_key(row): row for row in rows}.items() if key not in known]
    TimeOff.objects.bulk_create(new)
    if new:
        record("time_off.imported", by, by=by, after={"added": len(new), "file": file_name})
    return len(new)


def known_already(planned: Sequence[Planned]) -> list[bool]:
    """Of each line whether this leave is entered already, or stands in an earlier line."""
    rows = [TimeOff(**_whose(line.person), **line.days) for line in planned]
    known = _known(rows)
    found = []
    for row in rows:
        found.append(_key(row) in known)
        known.add(_key(row))
    return found


def require_sense(days: Days) -> None:
    """Refuse days and times that nobody can mean.

    Raises:
        DomainError: with the field that is wrong.
    """
    for name in ("starts_on", "ends_on"):
        if not FIRST_YEAR <= days[name].year < LAST_YEAR:
            raise DomainError(f"Choose a day from {FIRST_YEAR} to {LAST_YEAR - 1}.", field=name)
    if days["ends_on"] < days["starts_on"]:
        raise DomainError("The last day cannot be before the first.", field="ends_on")
    since, until = days["from_time"], days["until_time"]
    if since == time(0):
        raise DomainError("Leave it empty from the beginning of the day.", field="from_time")
    if until == time(0):
        raise DomainError("Leave it empty for the rest of the day.", field="until_time")
    if (since or until) is not None and days["starts_on"] != days["ends_on"]:
        raise DomainError("Times are for a part of one day.", field="from_time")
    if since is not None and until is not None and until <= since:
        raise DomainError("It cannot end before it begins.", field="until_time")


def _whose(person: Any) -> dict[str, Any]:
    """The columns that say whose it is; a specialist who signs in is their user."""
    if not isinstance(person, User) and person.user is None:
        return {"specialist": person}
    user = person if isinstance(person, User) else person.user
    if not user.is_internal:
        raise DomainError(f"{user} is one of a customer's people.", field="person")
    if user.deactivated_at is not None:
        raise DomainError(f"{user} has been deactivated.", field="person")
    return {"user": user}


def _lock(*rows: TimeOff) -> None:
    """Let two who enter leave of the same people at once wait for each other, in one order."""
    model: Any = TimeOff._meta.get_field("specialist").related_model
    tables: tuple[tuple[Any, str], ...] = ((User, "user_id"), (model, "specialist_id"))
    for table, field in tables:
        if pks := _keys(rows, field):
            whose = table.objects.filter(pk__in=pks).order_by("pk")
            list(whose.select_for_update(no_key=True, of=("self",)))


def _keys(rows: Sequence[TimeOff], field: str) -> set[int]:
    return {getattr(row, field) for row in rows} - {None}


def _require_new(row: TimeOff) -> None:
    if _key(row) in _known([row]):
        raise DomainError(KNOWN, field="starts_on")


Key = tuple[int | None, int | None, date, date, time | None, time | None]


def _key(row: TimeOff) -> Key:
    """What makes leave the same leave."""
    days = (row.starts_on, row.ends_on, row.from_time, row.until_time)
    return (row.user_id, row.specialist_id, *days)


def _known(rows: Sequence[TimeOff]) -> set[Key]:
    """The keys of what is entered already for the people of ``rows``, but of no row itself."""
    users, specialists = _keys(rows, "user_id"), _keys(rows, "specialist_id")
    entered = TimeOff.objects.counting().of_people(users=users, specialists=specialists)
    return {_key(row) for row in entered.exclude(pk__in=_keys(rows, "pk"))}
