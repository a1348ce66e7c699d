"""Commitments: what was promised, what replaced it, and what came of it. None is ever edited."""

from datetime import date
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import DomainError
from engagements.models import Ask, Commitment, Engagement, Fulfilment, MilestoneRevision
from engagements.services.days import require_meant
from engagements.services.numbers import lock, next_number


class CommitmentFields(TypedDict):
    """What was promised to whom; ``due_on`` is None where an earlier promise is taken back."""

    promise: str
    made_to: str
    said_on: date
    due_on: date | None
    supersedes: Commitment | None
    said_in: str


@transaction.atomic
def make_commitment(
    *,
    engagement: Engagement,
    ask: Ask | None = None,
    week: str = "",
    probability: Decimal | None = None,
    by: User,
    **fields: Unpack[CommitmentFields],
) -> Commitment:
    """Write down what was promised, or what is promised instead of an earlier promise.

    It was said in a status (``week``), with an ask, or where ``said_in`` says. ``probability`` is
    what was known then of the day being kept, from 0 to 1.

    Raises:
        DomainError: a day makes no sense, or the earlier promise cannot be replaced.
    """
    lock(engagement)
    _require_valid(engagement, fields)
    commitment = _write(engagement, by, ask=ask, week=week, probability=probability, **fields)
    earlier = commitment.supersedes
    before = {"promise": earlier.promise} if earlier else {}
    verb = "commitment.made" if commitment.due_on else "commitment.taken_back"
    record(verb, commitment, by=by, before=before, after=_told(fields))
    return commitment


def commit_to_milestone(
    revision: MilestoneRevision, *, probability: Decimal | None, by: User
) -> Commitment:
    """The commitment that a revision of a milestone's date is, whose act is on the record.

    Needs the engagement's lock.
    """
    milestone = revision.milestone
    engagement = milestone.engagement
    earlier = Commitment.objects.filter(revision__milestone=milestone).not_superseded().first()
    return _write(
        engagement,
        by,
        revision=revision,
        probability=probability,
        promise=milestone.name,
        made_to=engagement.customer.name,
        said_on=engagement.day_of(revision.changed_at),
        due_on=revision.new_on,
        supersedes=earlier,
        said_in="",
    )


@transaction.atomic
def record_fulfilment(
    *, commitment: Commitment, fulfilled_on: date | None, note: str, by: User
) -> Fulfilment:
    """Say on which day a promise was fulfilled; None: it is not, after all. The last word counts.

    Raises:
        DomainError: the day is yet to come or before the promise, or another one replaced it.
    """
    engagement = commitment.engagement
    lock(engagement)
    require_meant({"fulfilled_on": fulfilled_on})
    if fulfilled_on is not None and fulfilled_on > engagement.day_of(now()):
        raise DomainError("That day is yet to come.", field="fulfilled_on")
    if fulfilled_on is not None and fulfilled_on < commitment.said_on:
        raise DomainError("It was promised after that day.", field="fulfilled_on")
    if commitment.due_on is None or _is_superseded(commitment):
        raise DomainError(f"{commitment} no longer stands.")
    said = {"fulfilled_on": fulfilled_on, "note": note}
    fulfilment = Fulfilment.objects.create(
        commitment=commitment, recorded_at=now(), recorded_by=by, **said
    )
    verb = "commitment.fulfilled" if fulfilled_on else "commitment.not_fulfilled"
    record(verb, commitment, by=by, after=said)
    return fulfilment


def _write(engagement: Engagement, by: User, **fields: Any) -> Commitment:
    number = next_number(Commitment.objects.filter(engagement=engagement))
    return Commitment.objects.create(
        engagement=engagement, number=number, recorded_at=now(), recorded_by=by, **fields
    )


def _told(fields: CommitmentFields) -> dict[str, Any]:
    """What the record keeps of it; what was left empty is left out."""
    return {name: value for name, value in fields.items() if value not in ("", None)}


def _require_valid(engagement: Engagement, fields: CommitmentFields) -> None:
    said_on, due_on, earlier = fields["said_on"], fields["due_on"], fields["supersedes"]
    require_meant({"said_on": said_on, "due_on": due_on})
    if said_on > engagement.day_of(now()):
        raise DomainError("That day is yet to come.", field="said_on")
    if due_on is not None and due_on < said_on:
        raise DomainError("It was due before it was said.", field="due_on")
    if due_on is None and earlier is None:
        raise DomainError("Give the day, or the promise that is taken back.", field="due_on")
    if earlier is not None:
        _require_replaceable(engagement, earlier)
        if said_on < earlier.said_on:
            raise DomainError("The earlier promise was made after that day.", field="said_on")


def _require_replaceable(engagement: Engagement, earlier: Commitment) -> None:
    """One that stands and was not fulfilled, of this engagement; a milestone's date moves on the
    milestone's page.
    """
    if earlier.engagement_id != engagement.pk or earlier.revision_id is not None:
        raise DomainError("Choose a promise that was written down here.", field="supersedes")
    if _is_superseded(earlier):
        raise DomainError("Another promise replaced that one already.", field="supersedes")
    last = earlier.fulfilments.order_by("-pk").first()
    if last is not None and last.fulfilled_on is not None:
        raise DomainError("That promise was fulfilled: it does not move.", field="supersedes")


def _is_superseded(commitment: Commitment) -> bool:
    return Commitment.objects.filter(supersedes=commitment).exists()
