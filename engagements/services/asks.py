"""What we need from the customer: asked, shared, answered by them, or withdrawn."""

from datetime import date
from typing import Any, TypedDict, Unpack

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import DomainError
from dm_portal.shell.versions import update_version
from engagements import policies
from engagements.crew import contacts_of, owners_of
from engagements.models import Ask, Engagement
from engagements.services.days import require_meant
from engagements.services.numbers import lock, next_number
from engagements.services.owed import NOT_OURS, NOT_THEIRS, require_among, require_words, share

State = Ask.State
TRANSITIONS: dict[str, tuple[str, ...]] = {
    State.OPEN: (State.ANSWERED, State.WITHDRAWN),
    State.ANSWERED: (),
    State.WITHDRAWN: (),
}


# As the customer reads it, who calls it no ask.
ENDED: dict[str, str] = {
    State.ANSWERED: "This was answered already.",
    State.WITHDRAWN: "This is no longer needed.",
}


class AskFields(TypedDict):
    """What is needed from whom by when; ``owner`` is one of us, ``asked_of`` one of theirs."""

    question: str
    options: str
    recommendation: str
    without_answer: str
    asked_of: User
    owner: User
    needed_by: date


@transaction.atomic
def make_ask(*, engagement: Engagement, by: User, **fields: Unpack[AskFields]) -> Ask:
    """Write down what is needed. The customer reads it when it is shared, not before."""
    lock(engagement)
    _require_valid(engagement, fields)
    number = next_number(Ask.objects.filter(engagement=engagement))
    ask = Ask.objects.create(engagement=engagement, number=number, **fields)
    record("ask.made", ask, by=by, after=fields)
    return ask


@transaction.atomic
def change_ask(*, ask: Ask, version: int, by: User, **fields: Unpack[AskFields]) -> Ask:
    """Change an open ask; of one that is shared the customer reads the change at once.

    Raises:
        DomainError: it is answered or withdrawn, or a field makes no sense.
        Conflict: somebody else changed it first.
    """
    _require_open(ask)
    _require_valid(ask.engagement, fields, was=Ask.objects.get(pk=ask.pk))
    if change := update_version(ask, version=version, **fields):
        record("ask.changed", ask, by=by, before=change.before, after=change.after)
    return ask


@transaction.atomic
def share_ask(*, ask: Ask, version: int, customer_text: str, by: User) -> Ask:
    """Put an ask before the customer, or say it in other words."""
    _require_open(ask)
    share(ask, version=version, customer_text=customer_text, by=by)
    return ask


@transaction.atomic
def answer_ask(*, ask: Ask, version: int, answer: str, by: User) -> Ask:
    """The customer's answer, by their lead or a delegate: kept for ever as it is given.

    Raises:
        DomainError: it is no longer open, was not shared, or they may not answer for the customer.
        Conflict: the ask was changed meanwhile: what they answered is not what they read.
    """
    if ask.state in ENDED:
        raise DomainError(ENDED[ask.state])
    if not ask.is_shared or not policies.can_answer_asks(by, ask.engagement):
        raise DomainError("This is not yours to answer.")
    require_words(answer, "Write your answer.", field="answer")
    given: dict[str, Any] = {"answer": answer, "answered_at": now(), "answered_by": by}
    update_version(ask, version=version, state=State.ANSWERED, **given)
    record("ask.answered", ask, by=by, after={"answer": answer})
    return ask


@transaction.atomic
def withdraw_ask(*, ask: Ask, version: int, reason: str, by: User) -> Ask:
    """Need it no more; whoever was asked reads that it is withdrawn, and the reason stays ours."""
    _require_open(ask)
    require_words(reason, "Say why it is withdrawn.", field="reason")
    done: dict[str, Any] = {"withdrawal_reason": reason, "withdrawn_at": now(), "withdrawn_by": by}
    update_version(ask, version=version, state=State.WITHDRAWN, **done)
    record("ask.withdrawn", ask, by=by, after={"reason": reason})
    return ask


def _require_open(ask: Ask) -> None:
    if not TRANSITIONS[ask.state]:
        raise DomainError(
            f"{ask} is {ask.get_state_display().lower()}: it does not change any more."
        )


def _require_valid(engagement: Engagement, fields: AskFields, was: Ask | None = None) -> None:
    require_meant({"needed_by": fields["needed_by"]})
    require_among(
        contacts_of(engagement),
        fields["asked_of"],
        field="asked_of",
        was=was.asked_of_id if was else None,
        otherwise=NOT_THEIRS,
    )
    require_among(
        owners_of(engagement),
        fields["owner"],
        field="owner",
        was=was.owner_id if was else None,
        otherwise=NOT_OURS,
    )
