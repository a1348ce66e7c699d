"""Escalations: raised in one sentence, acknowledged, and resolved in another."""

from datetime import date
from typing import Any, TypedDict, Unpack

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import DomainError
from dm_portal.shell.versions import update_version
from engagements.crew import deciders_of
from engagements.models import Engagement, Escalation
from engagements.services.days import require_meant
from engagements.services.numbers import lock, next_number
from engagements.services.owed import require_among, require_words, share

State = Escalation.State
TRANSITIONS: dict[str, tuple[str, ...]] = {
    State.RAISED: (State.ACKNOWLEDGED, State.RESOLVED),
    State.ACKNOWLEDGED: (State.RESOLVED,),
    State.RESOLVED: (),
}
AMONG_US = "What stays among us (L0 and L1) no customer reads."
NOBODY = "Choose somebody who works on this engagement, of the customer, or a director."


class EscalationFields(TypedDict):
    """One sentence, how far up it goes, who decides, and by when an answer is needed."""

    what: str
    level: int
    decider: User
    answer_by: date


@transaction.atomic
def raise_escalation(
    *, engagement: Engagement, by: User, **fields: Unpack[EscalationFields]
) -> Escalation:
    """Say in one sentence what somebody else must decide."""
    lock(engagement)
    _require_valid(engagement, fields)
    number = next_number(Escalation.objects.filter(engagement=engagement))
    escalation = Escalation.objects.create(
        engagement=engagement, number=number, raised_by=by, **fields
    )
    record("escalation.raised", escalation, by=by, after=fields)
    return escalation


@transaction.atomic
def change_escalation(
    *, escalation: Escalation, version: int, by: User, **fields: Unpack[EscalationFields]
) -> Escalation:
    """Change one that is not resolved: its words, its level, who decides, or by when.

    Raises:
        DomainError: it is resolved, a field makes no sense, or what a customer reads would be
            said to stay among us.
        Conflict: somebody else changed it first.
    """
    _require(escalation, State.RESOLVED)
    _require_valid(escalation.engagement, fields, was=Escalation.objects.get(pk=escalation.pk))
    if escalation.is_shared and fields["level"] < Escalation.Level.L2:
        raise DomainError("The customer reads of it: it cannot be lower than L2.", field="level")
    if change := update_version(escalation, version=version, **fields):
        record("escalation.changed", escalation, by=by, before=change.before, after=change.after)
    return escalation


@transaction.atomic
def share_escalation(
    *, escalation: Escalation, version: int, customer_text: str, by: User
) -> Escalation:
    """Tell the customer that it was raised to them, or say it in other words."""
    _require(escalation, State.RESOLVED)
    if escalation.level < Escalation.Level.L2:
        raise DomainError(AMONG_US)
    share(escalation, version=version, customer_text=customer_text, by=by)
    return escalation


@transaction.atomic
def acknowledge_escalation(*, escalation: Escalation, version: int, by: User) -> Escalation:
    """Say that somebody has it in hand."""
    _require(escalation, State.ACKNOWLEDGED)
    seen: dict[str, Any] = {"acknowledged_at": now(), "acknowledged_by": by}
    update_version(escalation, version=version, state=State.ACKNOWLEDGED, **seen)
    record("escalation.acknowledged", escalation, by=by)
    return escalation


@transaction.atomic
def resolve_escalation(
    *, escalation: Escalation, version: int, resolution: str, by: User
) -> Escalation:
    """Say what was decided, also of one that nobody acknowledged before."""
    _require(escalation, State.RESOLVED)
    require_words(resolution, "Say what was decided.", field="resolution")
    decided: dict[str, Any] = {"resolution": resolution, "resolved_at": now(), "resolved_by": by}
    update_version(escalation, version=version, state=State.RESOLVED, **decided)
    record("escalation.resolved", escalation, by=by, after={"resolution": resolution})
    return escalation


def _require(escalation: Escalation, state: Escalation.State) -> None:
    """Refuse where it cannot get into ``state`` any more."""
    if state not in TRANSITIONS[escalation.state]:
        raise DomainError(f"{escalation} is {escalation.get_state_display().lower()} already.")


def _require_valid(
    engagement: Engagement, fields: EscalationFields, was: Escalation | None = None
) -> None:
    require_meant({"answer_by": fields["answer_by"]})
    require_among(
        deciders_of(engagement),
        fields["decider"],
        field="decider",
        was=was.decider_id if was else None,
        otherwise=NOBODY,
    )
