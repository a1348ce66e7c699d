"""Actions: planned, done, or withdrawn."""

from datetime import date
from typing import Any, TypedDict, Unpack

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import DomainError
from dm_portal.shell.versions import update_version
from engagements.crew import owners_of
from engagements.models import Action, Engagement
from engagements.services.days import require_meant
from engagements.services.numbers import lock, next_number
from engagements.services.owed import NOT_OURS, require_among, require_words


class ActionFields(TypedDict):
    """Who does what by when; ``owner`` is a person of the engagement."""

    what: str
    owner: User
    due_on: date


@transaction.atomic
def plan_action(
    *,
    engagement: Engagement,
    origin: str = Action.Origin.HAND,
    by: User,
    **fields: Unpack[ActionFields],
) -> Action:
    """Say who does what by when; ``origin`` is what it comes from."""
    lock(engagement)
    _require_valid(engagement, fields)
    number = next_number(Action.objects.filter(engagement=engagement))
    action = Action.objects.create(engagement=engagement, number=number, origin=origin, **fields)
    record("action.planned", action, by=by, after={**fields, "origin": origin})
    return action


@transaction.atomic
def change_action(
    *, action: Action, version: int, by: User, **fields: Unpack[ActionFields]
) -> Action:
    """Change an open action.

    Raises:
        DomainError: it is done or withdrawn, or a field makes no sense.
        Conflict: somebody else changed it first.
    """
    _require_open(action)
    _require_valid(action.engagement, fields, was=Action.objects.get(pk=action.pk))
    if change := update_version(action, version=version, **fields):
        record("action.changed", action, by=by, before=change.before, after=change.after)
    return action


@transaction.atomic
def finish_action(*, action: Action, version: int, is_done: bool, by: User) -> Action:
    """Say that it is done, or that it is not after all."""
    if is_done == (action.done_at is not None):
        return action
    if action.withdrawn_at is not None:
        raise DomainError(f"{action} is withdrawn.")
    done: dict[str, Any] = {"done_at": now(), "done_by": by}
    update_version(action, version=version, **done if is_done else dict.fromkeys(done))
    record("action.done" if is_done else "action.not_done", action, by=by)
    return action


@transaction.atomic
def withdraw_action(*, action: Action, version: int, reason: str, by: User) -> Action:
    """Do it no more, and say why."""
    _require_open(action)
    require_words(reason, "Say why it is withdrawn.", field="reason")
    gone: dict[str, Any] = {"withdrawal_reason": reason, "withdrawn_at": now(), "withdrawn_by": by}
    update_version(action, version=version, **gone)
    record("action.withdrawn", action, by=by, after={"reason": reason})
    return action


def _require_open(action: Action) -> None:
    if not action.is_open:
        raise DomainError(f"{action} is {action.state}: it does not change any more.")


def _require_valid(engagement: Engagement, fields: ActionFields, was: Action | None = None) -> None:
    require_meant({"due_on": fields["due_on"]})
    require_among(
        owners_of(engagement),
        fields["owner"],
        field="owner",
        was=was.owner_id if was else None,
        otherwise=NOT_OURS,
    )
