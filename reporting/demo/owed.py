"""What is owed in the demo world: each act by the portal's own services, on its day.

Days count from an engagement's first day, which is a Monday. Which act is when: ``owed_plans``.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from dm_portal.people.models import User
from dm_portal.shell.clock import now
from engagements.models import Action, Ask, Commitment, Engagement, Escalation, Milestone, Risk
from engagements.services.actions import finish_action, plan_action
from engagements.services.asks import answer_ask, make_ask, share_ask, withdraw_ask
from engagements.services.commitments import make_commitment, record_fulfilment
from engagements.services.escalations import (
    acknowledge_escalation,
    raise_escalation,
    resolve_escalation,
    share_escalation,
)
from engagements.services.risks import change_risk, see_risk, settle_risk, share_risk
from reporting.demo.people import Cast


@dataclass(frozen=True)
class Desk:
    """Where an act takes place: one engagement, its DM, and everybody."""

    engagement: Engagement
    dm: User
    cast: Cast

    def day(self, number: int) -> date:
        return self.engagement.starts_on + timedelta(days=number)

    def person(self, key: str) -> User:
        return self.cast[key] if key else self.dm


class Act(Protocol):
    """Something that somebody does on a day."""

    def play(self, desk: Desk) -> None: ...


@dataclass(frozen=True)
class Asks:
    """The DM needs something of the customer; with ``text`` the customer reads it at once."""

    question: str
    needed_day: int
    without_answer: str
    text: str = ""
    recommendation: str = ""
    options: str = ""
    of: str = "lead"

    def play(self, desk: Desk) -> None:
        ask = make_ask(
            engagement=desk.engagement,
            question=self.question,
            options=self.options,
            recommendation=self.recommendation,
            without_answer=self.without_answer,
            asked_of=desk.person(self.of),
            owner=desk.dm,
            needed_by=desk.day(self.needed_day),
            by=desk.dm,
        )
        if self.text:
            share_ask(ask=ask, version=ask.version, customer_text=self.text, by=desk.dm)


@dataclass(frozen=True)
class Answers:
    """One of the customer's people answers the ask of that number."""

    number: int
    answer: str
    by: str = "lead"

    def play(self, desk: Desk) -> None:
        ask = Ask.objects.get(engagement=desk.engagement, number=self.number)
        answer_ask(ask=ask, version=ask.version, answer=self.answer, by=desk.person(self.by))


@dataclass(frozen=True)
class Withdraws:
    """The DM needs the answer no more."""

    number: int
    reason: str

    def play(self, desk: Desk) -> None:
        ask = Ask.objects.get(engagement=desk.engagement, number=self.number)
        withdraw_ask(ask=ask, version=ask.version, reason=self.reason, by=desk.dm)


@dataclass(frozen=True)
class Sees:
    """The DM sees a risk; with ``text`` the customer reads of it."""

    what: str
    probability: str
    impact: str
    mitigation: str
    trend: str = "steady"
    milestone: str = ""
    text: str = ""

    def play(self, desk: Desk) -> None:
        milestones = Milestone.objects.filter(engagement=desk.engagement, name=self.milestone)
        risk = see_risk(
            engagement=desk.engagement,
            what=self.what,
            probability=self.probability,
            impact=self.impact,
            trend=self.trend,
            mitigation=self.mitigation,
            owner=desk.dm,
            milestone=milestones.first(),
            by=desk.dm,
        )
        if self.text:
            share_risk(risk=risk, version=risk.version, customer_text=self.text, by=desk.dm)


@dataclass(frozen=True)
class Tends:
    """The DM says anew where a risk tends."""

    number: int
    trend: str

    def play(self, desk: Desk) -> None:
        risk = Risk.objects.get(engagement=desk.engagement, number=self.number)
        change_risk(
            risk=risk,
            version=risk.version,
            what=risk.what,
            probability=risk.probability,
            impact=risk.impact,
            trend=self.trend,
            mitigation=risk.mitigation,
            owner=risk.owner,
            milestone=risk.milestone,
            by=desk.dm,
        )


@dataclass(frozen=True)
class Settles:
    """A risk happens, or is closed."""

    number: int
    state: str
    reason: str

    def play(self, desk: Desk) -> None:
        risk = Risk.objects.get(engagement=desk.engagement, number=self.number)
        settle_risk(
            risk=risk, version=risk.version, state=self.state, reason=self.reason, by=desk.dm
        )


@dataclass(frozen=True)
class Plans:
    """An action for somebody by a day."""

    what: str
    due_day: int
    origin: str
    owner: str = ""

    def play(self, desk: Desk) -> None:
        plan_action(
            engagement=desk.engagement,
            what=self.what,
            owner=desk.person(self.owner),
            due_on=desk.day(self.due_day),
            origin=self.origin,
            by=desk.dm,
        )


@dataclass(frozen=True)
class Does:
    """The action of that number is done by whoever had it."""

    number: int

    def play(self, desk: Desk) -> None:
        action = Action.objects.select_related("owner").get(
            engagement=desk.engagement, number=self.number
        )
        finish_action(action=action, version=action.version, is_done=True, by=action.owner)


@dataclass(frozen=True)
class Promises:
    """The DM promises something that is no milestone, or moves such a promise."""

    promise: str
    due_day: int
    said_in: str
    to: str = "lead"
    instead_of: str = ""

    def play(self, desk: Desk) -> None:
        make_commitment(
            engagement=desk.engagement,
            promise=self.promise,
            made_to=desk.person(self.to).name,
            said_on=desk.engagement.day_of(now()),
            due_on=desk.day(self.due_day),
            said_in=self.said_in,
            supersedes=_promise(desk, self.instead_of) if self.instead_of else None,
            by=desk.dm,
        )


@dataclass(frozen=True)
class Fulfils:
    """A promise is fulfilled on the day of the act."""

    promise: str

    def play(self, desk: Desk) -> None:
        record_fulfilment(
            commitment=_promise(desk, self.promise),
            fulfilled_on=desk.engagement.day_of(now()),
            note="",
            by=desk.dm,
        )


@dataclass(frozen=True)
class Raises:
    """Somebody else must decide; with ``text`` the customer reads of it."""

    what: str
    level: int
    decider: str
    answer_day: int
    text: str = ""

    def play(self, desk: Desk) -> None:
        escalation = raise_escalation(
            engagement=desk.engagement,
            what=self.what,
            level=self.level,
            decider=desk.person(self.decider),
            answer_by=desk.day(self.answer_day),
            by=desk.dm,
        )
        if self.text:
            share_escalation(
                escalation=escalation,
                version=escalation.version,
                customer_text=self.text,
                by=desk.dm,
            )


@dataclass(frozen=True)
class Acknowledges:
    """Whoever decides has it in hand."""

    number: int

    def play(self, desk: Desk) -> None:
        found = _escalation(desk, self.number)
        acknowledge_escalation(escalation=found, version=found.version, by=found.decider)


@dataclass(frozen=True)
class Resolves:
    """What was decided."""

    number: int
    resolution: str

    def play(self, desk: Desk) -> None:
        found = _escalation(desk, self.number)
        resolve_escalation(
            escalation=found, version=found.version, resolution=self.resolution, by=found.decider
        )


def _promise(desk: Desk, words: str) -> Commitment:
    """The promise of these words that stands."""
    rows = Commitment.objects.filter(engagement=desk.engagement, promise=words)
    return rows.not_superseded().get()


def _escalation(desk: Desk, number: int) -> Escalation:
    found: Escalation = Escalation.objects.select_related("decider", "engagement").get(
        engagement=desk.engagement, number=number
    )
    return found
