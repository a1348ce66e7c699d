"""What is owed in a world: of each kind one that no customer reads, and where it can be shared one
that is.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dm_portal.people.models import User
from dm_portal.shell.clock import now, today
from engagements.models import (
    Action,
    Ask,
    Commitment,
    Escalation,
    Fulfilment,
    Milestone,
    MilestoneRevision,
    Risk,
)

if TYPE_CHECKING:
    from dm_portal.tests.world import Side

DAY = timedelta(days=1)
# What stays empty until something has come to its end.
OF_ENDS = ("answer", "withdrawal_reason", "settled_reason", "resolution")


def owe(side: "Side", manager: User) -> None:
    shared = {"shared_at": now(), "shared_by": manager}
    _asks(side, manager, shared)
    _risks(side, manager, shared)
    _actions(side, manager)
    _escalations(side, manager, shared)
    _commitments(side, manager)


def _asks(side: "Side", manager: User, shared: dict[str, Any]) -> None:
    asked = {
        "engagement": side.engagement,
        "asked_of": side.people["delegate"],
        "owner": manager,
        "needed_by": today() + 3 * DAY,
    }
    side.add(Ask(number=1, **asked), "kept", keep=OF_ENDS)
    side.add(Ask(number=2, **asked, **shared), "shared", keep=OF_ENDS)
    by = side.people["delegate"]
    answered = {"state": "answered", "answered_at": now(), "answered_by": by}
    ended = Ask(number=3, **asked, **shared, **answered)
    side.add(ended, "answered", keep=("withdrawal_reason",))
    gone = {"state": "withdrawn", "withdrawn_at": now(), "withdrawn_by": manager}
    side.add(Ask(number=4, **asked, **shared, **gone), "withdrawn", keep=("answer",))


def _risks(side: "Side", manager: User, shared: dict[str, Any]) -> None:
    seen = {"engagement": side.engagement, "owner": manager, "touched_by": manager}
    side.add(Risk(number=1, **seen), "kept", keep=OF_ENDS)
    threatened = Risk(number=2, milestone=side.one(Milestone), **seen, **shared)
    side.add(threatened, "shared", keep=OF_ENDS)
    over = {"state": "closed", "settled_at": now(), "settled_by": manager}
    side.add(Risk(number=3, **seen, **over), "over")


def _actions(side: "Side", manager: User) -> None:
    due = {"engagement": side.engagement, "owner": manager, "due_on": today() + 3 * DAY}
    side.add(Action(number=1, **due), keep=OF_ENDS)
    side.add(Action(number=2, done_at=now(), done_by=manager, **due), keep=OF_ENDS)
    side.add(Action(number=3, withdrawn_at=now(), withdrawn_by=manager, **due))


def _escalations(side: "Side", manager: User, shared: dict[str, Any]) -> None:
    raised = {
        "engagement": side.engagement,
        "decider": side.people["architect"],
        "answer_by": today() + 3 * DAY,
        "raised_by": manager,
    }
    side.add(Escalation(number=1, **raised), "kept", keep=OF_ENDS)
    side.add(Escalation(number=2, level=2, **raised, **shared), "shared", keep=OF_ENDS)
    over = {"state": "resolved", "resolved_at": now(), "resolved_by": manager}
    side.add(Escalation(number=3, **raised, **over))


def _commitments(side: "Side", manager: User) -> None:
    """One by hand, and those of a milestone's dates."""
    said = {"engagement": side.engagement, "recorded_at": now(), "recorded_by": manager}
    by_hand = Commitment(number=1, said_on=today(), due_on=today() + 9 * DAY, **said)
    side.add(Fulfilment(commitment=side.add(by_hand, keep=OF_ENDS), **_recorded(manager)))
    before = None
    dates = [row for row in side.rows if isinstance(row, MilestoneRevision)]
    for number, revision in enumerate(dates, start=2):
        day = {"said_on": today(), "due_on": revision.new_on}
        row = Commitment(number=number, revision=revision, supersedes=before, **day, **said)
        before = side.add(row, keep=OF_ENDS)


def _recorded(manager: User) -> dict[str, Any]:
    return {"recorded_at": now(), "recorded_by": manager}
