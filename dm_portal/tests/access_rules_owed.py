"""The access table's part on what is owed."""

from typing import Any

from dm_portal.shell.clock import today
from dm_portal.tests.access_matrix import CREW, LEADERS, PLANNERS, Rule, act, form, page
from dm_portal.tests.access_rules_engagements import SEES, within
from dm_portal.tests.world import World


def asked(world: World) -> dict[str, Any]:
    people = {"asked_of": world.ours.people["lead"].ref, "owner": world.actors["manager"].ref}
    words = {"question": "Which bank?", "without_answer": "2.1 waits"}
    return {**words, **people, "needed_by": today(), "version": 1}


def seen(world: World) -> dict[str, Any]:
    levels = {"probability": "low", "impact": "high", "trend": "rising"}
    words = {"what": "The bank is late", "owner": world.actors["manager"].ref}
    return {**words, **levels, "milestone": "", "version": 1}


def planned(world: World) -> dict[str, Any]:
    owner = world.actors["manager"].ref
    return {"what": "Call the bank", "owner": owner, "due_on": today(), "version": 1}


def promised(world: World) -> dict[str, Any]:
    days = {"said_on": today(), "due_on": today()}
    return {"promise": "A stand-in", "made_to": "Lena", "said_in": "Mail", **days}


def raised(world: World) -> dict[str, Any]:
    decider = world.actors["director"].ref
    return {
        "what": "No bank",
        "level": 2,
        "decider": decider,
        "answer_by": today(),
        "version": 1,
    }


def words(**typed: str) -> Any:
    """A form of few words about a row as it is."""
    return lambda world: {**typed, "version": 1}


FIRST = within(number=1)
OWED: dict[str, Rule] = {
    "ask_list": page(SEES, at=within()),
    "ask_create": form(SEES, PLANNERS, at=within(), data=asked),
    "ask_detail": page(SEES, at=FIRST),
    "ask_edit": form(SEES, PLANNERS, at=FIRST, data=asked),
    "ask_sharing": form(SEES, LEADERS, at=FIRST, data=words(customer_text="Which?")),
    "ask_withdrawal": form(SEES, PLANNERS, at=FIRST, data=words(reason="Found")),
    "risk_list": page(SEES, at=within()),
    "risk_create": form(SEES, PLANNERS, at=within(), data=seen),
    "risk_detail": page(SEES, at=FIRST),
    "risk_edit": form(SEES, PLANNERS, at=FIRST, data=seen),
    "risk_sharing": form(SEES, LEADERS, at=FIRST, data=words(customer_text="Late")),
    "risk_settlement": form(SEES, PLANNERS, at=FIRST, data=words(state="closed", reason="Over")),
    "action_list": page(SEES, at=within()),
    "action_create": form(SEES, PLANNERS, at=within(), data=planned),
    "action_detail": page(SEES, at=FIRST),
    "action_edit": form(SEES, PLANNERS, at=FIRST, data=planned),
    "action_completion": act(SEES, PLANNERS, at=FIRST, data=words(is_done="yes")),
    "action_withdrawal": form(SEES, PLANNERS, at=FIRST, data=words(reason="Moot")),
    "commitment_list": page(SEES, at=within()),
    "commitment_create": form(SEES, PLANNERS, at=within(), data=promised),
    "commitment_detail": page(SEES, at=FIRST),
    "commitment_fulfilment": form(
        SEES, PLANNERS, at=FIRST, data=lambda w: {"fulfilled_on": today()}
    ),
    "escalation_list": page(SEES, at=within()),
    "escalation_create": form(SEES, CREW, at=within(), data=raised),
    "escalation_detail": page(SEES, at=FIRST),
    "escalation_edit": form(SEES, PLANNERS, at=FIRST, data=raised),
    "escalation_sharing": form(
        SEES, LEADERS, at=within(number=2), data=words(customer_text="Raised")
    ),
    "escalation_acknowledgement": act(SEES, PLANNERS, at=FIRST, data=words()),
    "escalation_resolution": form(SEES, PLANNERS, at=FIRST, data=words(resolution="The first")),
}
