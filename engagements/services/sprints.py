"""Sprints: planned here, or named by the tracker and given their dates here."""

from datetime import date
from typing import TypedDict, Unpack

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.errors import DomainError
from dm_portal.shell.versions import update_version
from engagements.models import Engagement, Sprint, WorkEvent
from engagements.services.days import require_meant
from engagements.services.numbers import lock, next_number


class SprintFields(TypedDict):
    """What a sprint is for; ``ends_on`` is its last day. Both days, or none."""

    name: str
    goal: str
    starts_on: date | None
    ends_on: date | None


@transaction.atomic
def create_sprint(*, engagement: Engagement, by: User, **fields: Unpack[SprintFields]) -> Sprint:
    """Plan a sprint."""
    lock(engagement)
    number = next_number(Sprint.objects.filter(engagement=engagement))
    sprint = Sprint(engagement=engagement, number=number, **fields)
    _require_valid(sprint)
    sprint.save()
    record("sprint.created", sprint, by=by, after=fields)
    return sprint


@transaction.atomic
def change_sprint(
    *, sprint: Sprint, version: int, by: User, **fields: Unpack[SprintFields]
) -> Sprint:
    """Change a sprint, or give one that the tracker named its dates.

    Raises:
        DomainError: a field makes no sense, or a tracker knows the sprint by its name.
        Conflict: somebody else changed the sprint first.
    """
    lock(sprint.engagement)
    if fields["name"] != sprint.name:
        _require_own_name(sprint)
    for name, value in fields.items():
        setattr(sprint, name, value)
    _require_valid(sprint)
    if change := update_version(sprint, version=version, **fields):
        record("sprint.changed", sprint, by=by, before=change.before, after=change.after)
    return sprint


def _require_own_name(sprint: Sprint) -> None:
    """What a tracker has named so stays found by that name, in what is known and in what comes."""
    told = WorkEvent.objects.filter(source__engagement=sprint.engagement_id)
    if told.name_sprint(sprint.name):
        raise DomainError(
            f"Its tracker calls it {sprint.name}: rename it there, and the next file brings it.",
            field="name",
        )


def _require_valid(sprint: Sprint) -> None:
    """Both days in order, or none; a name of its own. Needs the engagement's lock."""
    require_meant({"starts_on": sprint.starts_on, "ends_on": sprint.ends_on})
    if (sprint.starts_on is None) != (sprint.ends_on is None):
        missing = "starts_on" if sprint.starts_on is None else "ends_on"
        raise DomainError("Give both days, or neither.", field=missing)
    if sprint.starts_on and sprint.ends_on and sprint.ends_on < sprint.starts_on:
        raise DomainError("The last day cannot be before the first.", field="ends_on")
    same = Sprint.objects.filter(engagement_id=sprint.engagement_id, name=sprint.name)
    if same.exclude(pk=sprint.pk).exists():
        raise DomainError("Another sprint of this engagement has this name.", field="name")
