"""Engagements: begun, changed, paused, closed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, NotRequired, TypedDict, Unpack

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User, WorkCalendar
from dm_portal.shell.clock import now, today
from dm_portal.shell.dates import day_words
from dm_portal.shell.errors import DomainError
from dm_portal.shell.versions import update_version
from engagements.models import Customer, Engagement, EngagementFunction
from engagements.policies import can_begin_for
from engagements.services.customers import create_customer
from engagements.services.days import require_meant
from engagements.services.milestones import add_criterion, create_milestone
from engagements.services.people import give_function
from pods.models import Pod

State = Engagement.State

# From each state, where it may go. Closing ends the weeks that owe a status, not the reading.
TRANSITIONS: dict[str, tuple[str, ...]] = {
    State.ACTIVE: (State.PAUSED, State.CLOSED),
    State.PAUSED: (State.ACTIVE, State.CLOSED),
    State.CLOSED: (State.ACTIVE,),
}
VERBS: dict[str, str] = {
    State.ACTIVE: "engagement.resumed",
    State.PAUSED: "engagement.paused",
    State.CLOSED: "engagement.closed",
}


class EngagementFields(TypedDict):
    """What is agreed of an engagement, and when it plans and reports."""

    name: str
    outcome: str
    in_scope: str
    out_of_scope: str
    depends_on: str
    unit: str
    sprint_days: int
    time_zone: str
    status_weekday: int
    status_hour: time
    starts_on: date
    ends_on: date | None
    reporting_from: date
    calendar: NotRequired[WorkCalendar | None]
    holiday_rule: NotRequired[str]
    review_day: NotRequired[int]


# What decides when a status or a review is due.
RHYTHM = frozenset(
    {"time_zone", "status_weekday", "status_hour", "holiday_rule", "review_day", "calendar"}
)


@dataclass(frozen=True, slots=True)
class PlannedMilestone:
    """A milestone to begin with. Without ``committed_on`` it is known, not promised.

    ``criteria`` are pairs: the statement, and how it is verified.
    """

    name: str
    outcome: str = ""
    committed_on: date | None = None
    reason: str = ""
    criteria: Sequence[tuple[str, str]] = ()


@transaction.atomic
def create_engagement(
    *,
    customer: Customer | str,
    pods: Collection[Pod] = (),
    milestones: Sequence[PlannedMilestone] = (),
    by: User,
    **fields: Unpack[EngagementFields],
) -> Engagement:
    """Begin an engagement; ``by`` is its delivery manager from today on.

    ``customer`` as a text is the name of a new one.

    Raises:
        DomainError: the days cannot be, or ``by`` may not begin one for this customer.
    """
    _require_valid_days(fields)
    if isinstance(customer, str):
        customer = create_customer(name=customer, by=by)
    elif not can_begin_for(by, customer):
        raise DomainError(f"Ask whoever plans the work for {customer}.", field="customer")
    engagement = Engagement.objects.create(
        customer=customer, created_at=now(), created_by=by, **fields
    )
    engagement.pods.set(pods)
    record("engagement.created", engagement, by=by, after=_told(fields, pods))
    dm = EngagementFunction.Function.DM
    give_function(engagement=engagement, user=by, function=dm, starts_on=today(), by=by)
    for planned in milestones:
        _begin_with(planned, engagement=engagement, by=by)
    return engagement


@transaction.atomic
def change_engagement(
    *,
    engagement: Engagement,
    version: int,
    pods: Collection[Pod],
    by: User,
    **fields: Unpack[EngagementFields],
) -> Engagement:
    """Change what is agreed of an engagement, and which pods do the work.

    A new due day or hour holds for whatever has not opened yet.
    """
    _require_valid_days(fields)
    others = set(engagement.pods.all()) != set(pods)
    before_pods = _names(engagement.pods.all())
    change = update_version(engagement, version=version, touch=others, **fields)
    before, after = dict(change.before), dict(change.after)
    if others:
        engagement.pods.set(pods)
        before["pods"], after["pods"] = before_pods, _names(pods)
    if after:
        record("engagement.changed", engagement, by=by, before=before, after=after)
    if RHYTHM & after.keys():
        _begin_rhythm(engagement)
    return engagement


@transaction.atomic
def change_state(
    *, engagement: Engagement, version: int, state: str, reason: str, by: User
) -> Engagement:
    """Pause, resume or close an engagement, and say why. Resumed, it reports from this week on.

    Raises:
        DomainError: it cannot go there from where it is, or would be active after its last day.
    """
    before = Engagement.objects.values_list("state", flat=True).get(pk=engagement.pk)
    if state not in TRANSITIONS[before]:
        raise DomainError(
            f"{engagement} is {State(before).label.lower()}: "
            f"it cannot become {State(state).label.lower()}.",
            field="state",
        )
    changes: dict[str, Any] = {"state": state}
    if state == State.ACTIVE:
        changes["reporting_from"] = _reports_again_from(engagement)
    change = update_version(engagement, version=version, **changes)
    after = {**change.after, "reason": reason}
    record(VERBS[state], engagement, by=by, before=change.before, after=after)
    if state == State.ACTIVE:
        _begin_rhythm(engagement)
    return engagement


def _begin_rhythm(engagement: Engagement) -> None:
    """From now on it reports by what is decided now: nothing is late by that alone."""
    engagement.rhythm_since = now()
    engagement.save(update_fields=["rhythm_since"])


def _reports_again_from(engagement: Engagement) -> date:
    """The weeks at rest owe no status: reporting begins again with this one."""
    here = today(engagement.time_zone)
    first = max(engagement.reporting_from, here)
    if engagement.ends_on is not None and engagement.ends_on < first:
        last = day_words(engagement.ends_on, today=here)
        raise DomainError(f"Its last day was {last}: change that first.")
    return first


def _begin_with(planned: PlannedMilestone, *, engagement: Engagement, by: User) -> None:
    milestone = create_milestone(
        engagement=engagement,
        name=planned.name,
        outcome=planned.outcome,
        tracker_name="",
        planned_size=None,
        committed_on=planned.committed_on,
        reason=planned.reason,
        by=by,
    )
    for statement, verification in planned.criteria:
        add_criterion(milestone=milestone, statement=statement, verification=verification, by=by)


def _require_valid_days(fields: EngagementFields) -> None:
    starts_on, ends_on = fields["starts_on"], fields["ends_on"]
    reporting_from = fields["reporting_from"]
    require_meant({"starts_on": starts_on, "ends_on": ends_on, "reporting_from": reporting_from})
    if ends_on is None:
        return
    if ends_on < starts_on:
        raise DomainError("The last day cannot be before the first.", field="ends_on")
    if ends_on < reporting_from:
        raise DomainError(
            "It ends before that day: no status would ever be due.", field="reporting_from"
        )


def _names(pods: Collection[Pod]) -> str:
    return ", ".join(sorted(pod.name for pod in pods))


def _told(fields: EngagementFields, pods: Collection[Pod]) -> dict[str, Any]:
    """What a new engagement was given; what stayed empty is left out."""
    given = {**fields, "pods": _names(pods)}
    return {name: value for name, value in given.items() if value not in ("", None)}
