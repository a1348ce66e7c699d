"""What is owed: asks, risks, actions, commitments, escalations."""

from typing import Any

from dm_portal.shell.clock import today
from dm_portal.tests.world import DAY, World
from engagements.models import Action, Ask, Commitment, Escalation, Risk
from engagements.services import actions, asks, commitments, escalations, risks


def dm(world: World) -> Any:
    return world.actors["manager"]


def fresh(world: World, model: type[Any], number: int) -> Any:
    """A row of ours as it is stored: acts before this one changed what the world holds of it."""
    return model.objects.get(engagement=world.ours.engagement, number=number)


def ask(world: World, number: int) -> dict[str, Any]:
    return {"ask": fresh(world, Ask, number), "version": 1}


def risk(world: World) -> dict[str, Any]:
    return {"risk": fresh(world, Risk, 1), "version": 1, "by": dm(world)}


def action(world: World) -> dict[str, Any]:
    return {"action": fresh(world, Action, 1), "version": 1, "by": dm(world)}


def escalation(world: World, number: int = 1) -> dict[str, Any]:
    row = fresh(world, Escalation, number)
    return {"escalation": row, "version": 1, "by": dm(world)}


def asked(world: World) -> dict[str, Any]:
    return {
        "question": "Which bank?",
        "options": "",
        "recommendation": "",
        "without_answer": "2.1 waits",
        "asked_of": world.ours.people["lead"],
        "owner": dm(world),
        "needed_by": today() + DAY,
    }


def seen(world: World) -> dict[str, Any]:
    levels = {"probability": "low", "impact": "high", "trend": "rising"}
    words = {"what": "The bank is late", "mitigation": ""}
    return {**words, **levels, "owner": dm(world), "milestone": None}


def planned(world: World) -> dict[str, Any]:
    return {"what": "Call the bank", "owner": dm(world), "due_on": today() + DAY}


def raised(world: World) -> dict[str, Any]:
    decider = world.actors["director"]
    return {"what": "No bank", "level": 2, "decider": decider, "answer_by": today() + DAY}


def promised() -> dict[str, Any]:
    days = {"said_on": today(), "due_on": today() + DAY}
    return {
        "promise": "A stand-in",
        "made_to": "Lena",
        "said_in": "Mail",
        "supersedes": None,
        **days,
    }


ACTS: dict[Any, Any] = {
    asks.make_ask: lambda w: asks.make_ask(engagement=w.ours.engagement, by=dm(w), **asked(w)),
    asks.change_ask: lambda w: asks.change_ask(by=dm(w), **ask(w, 1), **asked(w)),
    asks.share_ask: lambda w: asks.share_ask(customer_text="Which?", by=dm(w), **ask(w, 1)),
    asks.answer_ask: lambda w: asks.answer_ask(
        answer="The first", by=w.ours.people["lead"], **ask(w, 2)
    ),
    asks.withdraw_ask: lambda w: asks.withdraw_ask(reason="Found", by=dm(w), **ask(w, 1)),
    risks.see_risk: lambda w: risks.see_risk(engagement=w.ours.engagement, by=dm(w), **seen(w)),
    risks.change_risk: lambda w: risks.change_risk(**risk(w), **seen(w)),
    risks.share_risk: lambda w: risks.share_risk(customer_text="Late", **risk(w)),
    risks.settle_risk: lambda w: risks.settle_risk(state="closed", reason="Over", **risk(w)),
    actions.plan_action: lambda w: actions.plan_action(
        engagement=w.ours.engagement, by=dm(w), **planned(w)
    ),
    actions.change_action: lambda w: actions.change_action(**action(w), **planned(w)),
    actions.finish_action: lambda w: actions.finish_action(is_done=True, **action(w)),
    actions.withdraw_action: lambda w: actions.withdraw_action(reason="Moot", **action(w)),
    commitments.make_commitment: lambda w: commitments.make_commitment(
        engagement=w.ours.engagement, by=dm(w), **promised()
    ),
    commitments.record_fulfilment: lambda w: commitments.record_fulfilment(
        commitment=fresh(w, Commitment, 1), fulfilled_on=today(), note="", by=dm(w)
    ),
    escalations.raise_escalation: lambda w: escalations.raise_escalation(
        engagement=w.ours.engagement, by=dm(w), **raised(w)
    ),
    escalations.change_escalation: lambda w: escalations.change_escalation(
        **escalation(w), **raised(w)
    ),
    escalations.share_escalation: lambda w: escalations.share_escalation(
        customer_text="Raised", **escalation(w, 2)
    ),
    escalations.acknowledge_escalation: lambda w: escalations.acknowledge_escalation(
        **escalation(w)
    ),
    escalations.resolve_escalation: lambda w: escalations.resolve_escalation(
        resolution="The first", **escalation(w)
    ),
}
READY: dict[Any, Any] = {}
