"""What is owed, as rows for tests of who reads and lists them."""

from datetime import timedelta
from typing import Any

from dm_portal.shell.clock import now, today
from engagements.models import (
    Action,
    Ask,
    Commitment,
    Engagement,
    Escalation,
    Fulfilment,
    Risk,
)

SOON = timedelta(days=3)


def owe(engagement: Engagement, *, number: int, **shared: Any) -> None:
    """An ask, a risk and an escalation, each shared where it is said so."""
    by, day = engagement.created_by, today() + SOON
    place = {"engagement": engagement, "number": number}
    Ask.objects.create(
        question="Which bank?",
        without_answer="2.1 waits",
        asked_of=by,
        owner=by,
        needed_by=day,
        **place,
        **shared,
    )
    Risk.objects.create(what="The bank is late", owner=by, touched_by=by, **place, **shared)
    Escalation.objects.create(
        what="Nobody decides",
        level=2,
        decider=by,
        answer_by=day,
        raised_by=by,
        **place,
        **shared,
    )


def promise(engagement: Engagement) -> Commitment:
    """A promise, what came of it, and an action."""
    by, day = engagement.created_by, today() + SOON
    Action.objects.create(engagement=engagement, number=1, what="Call", owner=by, due_on=day)
    said = {"recorded_at": now(), "recorded_by": by}
    made = Commitment.objects.create(
        engagement=engagement,
        number=1,
        promise="A stand-in for tests",
        made_to="Lena Lead",
        said_on=today(),
        said_in="Mail",
        due_on=day,
        **said,
    )
    Fulfilment.objects.create(commitment=made, fulfilled_on=today(), **said)
    return made
