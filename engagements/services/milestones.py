"""Milestones: what is promised, for when, and how one tells that it is there."""

from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import DomainError
from dm_portal.shell.versions import update_version
from engagements.models import AcceptanceCriterion, Engagement, Milestone, MilestoneRevision
from engagements.services.commitments import commit_to_milestone
from engagements.services.days import require_meant
from engagements.services.numbers import lock, next_number
from engagements.services.rebuilding import hold_work, rebuild_work


class MilestoneFields(TypedDict):
    """What a milestone is; its committed date is ``commit_date``'s."""

    name: str
    outcome: str
    tracker_name: str
    planned_size: Decimal | None


class CriterionFields(TypedDict):
    """What must hold, and how one finds out."""

    statement: str
    verification: str


@transaction.atomic
def create_milestone(
    *,
    engagement: Engagement,
    committed_on: date | None = None,
    reason: str = "",
    by: User,
    **fields: Unpack[MilestoneFields],
) -> Milestone:
    """Plan a milestone; with a date it is promised at once, for the reason given."""
    lock(engagement)
    number = next_number(Milestone.objects.filter(engagement=engagement))
    milestone = Milestone(engagement=engagement, number=number, **fields)
    _require_own_tracker_name(milestone)
    milestone.save()
    record("milestone.created", milestone, by=by, after={"outcome": milestone.outcome})
    if committed_on:
        commit_date(milestone=milestone, version=1, committed_on=committed_on, reason=reason, by=by)
    return milestone


@transaction.atomic
def change_milestone(
    *, milestone: Milestone, version: int, by: User, **fields: Unpack[MilestoneFields]
) -> Milestone:
    """Change what a milestone is.

    Where its name in the tracker changes, the items are worked out anew: whose they are follows
    from what their tracker calls it.
    """
    was = Milestone.objects.values_list("tracker_name", flat=True).get(pk=milestone.pk)
    if fields["tracker_name"] == was:
        return write_milestone(milestone=milestone, version=version, by=by, **fields)
    hold_work(milestone.engagement)
    write_milestone(milestone=milestone, version=version, by=by, **fields)
    rebuild_work(engagement=milestone.engagement, by=by)
    return milestone


def write_milestone(
    *, milestone: Milestone, version: int, by: User, **fields: Unpack[MilestoneFields]
) -> Milestone:
    """Change it and leave its items as they are: for whoever works them out anew afterwards."""
    lock(milestone.engagement)
    milestone.tracker_name = fields["tracker_name"]
    _require_own_tracker_name(milestone)
    if change := update_version(milestone, version=version, **fields):
        record("milestone.changed", milestone, by=by, before=change.before, after=change.after)
    return milestone


@transaction.atomic
def commit_date(
    *,
    milestone: Milestone,
    version: int,
    committed_on: date | None,
    reason: str,
    by: User,
    probability: Decimal | None = None,
) -> MilestoneRevision:
    """Promise a date, move it, or withdraw it (``None``): the only way a date changes.

    The revision keeps old, new, why, who and when for ever, and the commitment that it is with
    the ``probability`` of being kept, from 0 to 1, if one is known. A date in the past is
    allowed: what was promised before the portal knew of it is entered with its reason.

    Raises:
        DomainError: the date is the one already committed, or no reason is given.
        Conflict: somebody else changed the milestone first.
    """
    require_meant({"committed_on": committed_on})
    if not reason.strip():
        raise DomainError("A date never moves without a reason.", field="reason")
    lock(milestone.engagement)
    change = update_version(milestone, version=version, committed_on=committed_on)
    if not change:
        raise DomainError("That is the date already committed.", field="committed_on")
    revision = MilestoneRevision.objects.create(
        milestone=milestone,
        number=next_number(MilestoneRevision.objects.filter(milestone=milestone)),
        old_on=change.before["committed_on"],
        new_on=committed_on,
        reason=reason,
        changed_at=now(),
        changed_by=by,
    )
    commit_to_milestone(revision, probability=probability, by=by)
    after = {"committed_on": committed_on, "reason": reason}
    record(_date_verb(revision), milestone, by=by, before=change.before, after=after)
    return revision


@transaction.atomic
def add_criterion(
    *, milestone: Milestone, by: User, **fields: Unpack[CriterionFields]
) -> AcceptanceCriterion:
    """Agree on one more thing that must hold for the milestone to be accepted."""
    Milestone.objects.order_by().select_for_update(no_key=True).get(pk=milestone.pk)
    number = next_number(AcceptanceCriterion.objects.filter(milestone=milestone))
    criterion = AcceptanceCriterion.objects.create(milestone=milestone, number=number, **fields)
    record("criterion.added", criterion, by=by, after=fields)
    return criterion


@transaction.atomic
def change_criterion(
    *, criterion: AcceptanceCriterion, version: int, by: User, **fields: Unpack[CriterionFields]
) -> AcceptanceCriterion:
    """Reword a criterion that is not met: what was found met is not reworded afterwards."""
    if criterion.met_at is not None:
        raise DomainError("This criterion is met. To reword it, first say that it is not.")
    if change := update_version(criterion, version=version, **fields):
        record("criterion.changed", criterion, by=by, before=change.before, after=change.after)
    return criterion


@transaction.atomic
def judge_criterion(
    *, criterion: AcceptanceCriterion, version: int, is_met: bool, by: User
) -> AcceptanceCriterion:
    """Say that a criterion is met, or that it is not after all."""
    if is_met == (criterion.met_at is not None):
        return criterion
    met = {"met_at": now(), "met_by": by} if is_met else {"met_at": None, "met_by": None}
    update_version(criterion, version=version, **met)
    record("criterion.met" if is_met else "criterion.not_met", criterion, by=by)
    return criterion


def _date_verb(revision: MilestoneRevision) -> str:
    if revision.old_on is None:
        return "milestone.date_committed"
    return "milestone.date_withdrawn" if revision.new_on is None else "milestone.date_moved"


def _require_own_tracker_name(milestone: Milestone) -> None:
    """One version of the tracker is one milestone. Needs the engagement's lock."""
    same = Milestone.objects.filter(
        engagement_id=milestone.engagement_id, tracker_name=milestone.tracker_name
    ).exclude(pk=milestone.pk)
    if milestone.tracker_name and (other := same.first()):
        raise DomainError(f"{other} already stands for that name.", field="tracker_name")
