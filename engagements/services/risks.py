"""Risks: seen, carried, shared, and what came of them."""

from typing import Any, TypedDict, Unpack

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import DomainError
from dm_portal.shell.versions import update_version
from engagements.crew import owners_of
from engagements.models import Engagement, Milestone, Risk
from engagements.services.numbers import lock, next_number
from engagements.services.owed import NOT_OURS, require_among, require_words, share

State = Risk.State
TRANSITIONS: dict[str, tuple[str, ...]] = {
    State.OPEN: (State.HAPPENED, State.CLOSED),
    State.HAPPENED: (),
    State.CLOSED: (),
}


class RiskFields(TypedDict):
    """What may happen, how likely and how bad, and what is done about it by whom."""

    what: str
    probability: str
    impact: str
    trend: str
    mitigation: str
    owner: User
    milestone: Milestone | None


@transaction.atomic
def see_risk(*, engagement: Engagement, by: User, **fields: Unpack[RiskFields]) -> Risk:
    """Write down what may go wrong, before it does."""
    lock(engagement)
    _require_valid(engagement, fields)
    number = next_number(Risk.objects.filter(engagement=engagement))
    risk = Risk.objects.create(engagement=engagement, number=number, touched_by=by, **fields)
    record("risk.seen", risk, by=by, after=fields)
    return risk


@transaction.atomic
def change_risk(*, risk: Risk, version: int, by: User, **fields: Unpack[RiskFields]) -> Risk:
    """Say anew how it stands; what stays as it is leaves it untouched.

    Raises:
        DomainError: it happened or is closed, or a field makes no sense.
        Conflict: somebody else changed it first.
    """
    _require_open(risk)
    _require_valid(risk.engagement, fields, was=Risk.objects.get(pk=risk.pk))
    if change := update_version(risk, version=version, **fields):
        risk.touched_at, risk.touched_by = now(), by
        risk.save(update_fields=["touched_at", "touched_by"])
        record("risk.changed", risk, by=by, before=change.before, after=change.after)
    return risk


@transaction.atomic
def share_risk(*, risk: Risk, version: int, customer_text: str, by: User) -> Risk:
    """Let the customer read of a risk that concerns them, or say it in other words."""
    _require_open(risk)
    share(risk, version=version, customer_text=customer_text, by=by)
    return risk


@transaction.atomic
def settle_risk(*, risk: Risk, version: int, state: str, reason: str, by: User) -> Risk:
    """Say that it happened, or that it is none any more, and what came of it."""
    _require_open(risk)
    if state not in TRANSITIONS[risk.state]:
        raise DomainError("A risk happens, or is closed.", field="state")
    require_words(reason, "Say what came of it.", field="reason")
    ended: dict[str, Any] = {"settled_reason": reason, "settled_at": now(), "settled_by": by}
    update_version(risk, version=version, state=state, **ended)
    record(f"risk.{state}", risk, by=by, after={"reason": reason})
    return risk


def _require_open(risk: Risk) -> None:
    if not TRANSITIONS[risk.state]:
        raise DomainError(f"{risk} {_ended(risk)}: it does not change any more.")


def _ended(risk: Risk) -> str:
    return "happened" if risk.state == State.HAPPENED else "is closed"


def _require_valid(engagement: Engagement, fields: RiskFields, was: Risk | None = None) -> None:
    milestone = fields["milestone"]
    if milestone is not None and milestone.engagement_id != engagement.pk:
        raise DomainError("Choose a milestone of this engagement.", field="milestone")
    require_among(
        owners_of(engagement),
        fields["owner"],
        field="owner",
        was=was.owner_id if was else None,
        otherwise=NOT_OURS,
    )
