"""The rows that are shared with a customer, of every kind, as one reader may see them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject

from dm_portal.people.models import AuditEvent
from engagements.asking import AskedBy
from engagements.models import Ask, CustomerContact, Engagement, Escalation, Risk
from engagements.policies import ANSWERING
from reporting.since import Thing

# How a row that is not over is called in each kind.
OPEN = frozenset({"open", "raised", "acknowledged"})

Row = dict[str, Any]
OF_ASKS = ("options", "recommendation", "without_answer")
# What a reader sees of a row, by the name under which the record of a change has it.
READ_AS = {
    "customer_text": "text",
    "needed_by": "due_on",
    "answer_by": "due_on",
    "asked_of": "person",
    "decider": "person",
}


class SharedRow(NamedTuple):
    """One of them, as all are read in one statement.

    ``ended_at`` is when it came to its ``state``, ``taken_at`` when somebody took it in hand;
    ``person`` is asked or decides, ``is_theirs``: one of the customer's. ``earlier`` is what it
    said before each change, the last change first. The rest is of asks.
    """

    kind: str
    number: int
    text: str
    state: str
    shared_at: datetime
    ended_at: datetime | None
    taken_at: datetime | None
    due_on: date | None
    person: str
    is_theirs: bool
    version: int
    options: str
    recommendation: str
    without_answer: str
    may_answer: bool
    earlier: list[Row]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def thing(self) -> Thing:
        return Thing(self.kind, self.number)

    def state_at(self, at: datetime) -> str:
        """The state to which it had come by an instant; empty while it was as it began."""
        if self.ended_at is not None and self.ended_at <= at:
            return self.state
        return "acknowledged" if self.taken_at is not None and self.taken_at <= at else ""

    def said_at(self, at: datetime) -> Row:
        """What a reader saw of it at an instant: as it is said now, later changes undone."""
        due_on = self.due_on.isoformat() if self.due_on else None
        said = {"text": self.text, "due_on": due_on, "person": self.person}
        said |= {name: getattr(self, name) for name in OF_ASKS}
        for change in self.earlier:
            if datetime.fromisoformat(change["at"]) <= at:
                break
            before = {READ_AS.get(name, name): was for name, was in change["before"].items()}
            said |= {name: was for name, was in before.items() if name in said}
        return said | {"state": self.state_at(at)}


def rows_of(engagement: Engagement, user: Any) -> list[SharedRow]:
    """All of an engagement that this reader may see, in the order in which they are needed.

    One statement, however many rows of however many kinds.
    """
    rows = ROWS.rows(user, engagement=engagement.pk, customer=engagement.customer_id)
    found = [SharedRow(*values) for values in rows]
    return sorted(found, key=lambda row: (row.due_on or date.max, row.number))


def at(rows: Iterable[SharedRow], instant: datetime) -> dict[Thing, Row]:
    """How they stood at an instant, and what they said then; those that were shared by then."""
    return {row.thing: row.said_at(instant) for row in rows if row.shared_at <= instant}


def _rows(user: Any, engagement: int, customer: int) -> Any:
    asks = Ask.objects.visible_to(user).shared().filter(engagement=engagement)
    raised = Escalation.objects.visible_to(user).shared().filter(engagement=engagement)
    risks = Risk.objects.visible_to(user).shared().filter(engagement=engagement)
    return _asks(asks, customer, user).union(_raised(raised), _risks(risks), all=True)


ROWS = AskedBy(_rows, engagement=int, customer=int)


def _asks(rows: Any, customer: int, user: Any) -> Any:
    answering = CustomerContact.objects.holding().filter(
        customer=customer, user=user.pk, kind__in=ANSWERING
    )
    return _columns(
        rows,
        "ask",
        ended_at=Coalesce("answered_at", "withdrawn_at"),
        due_on=F("needed_by"),
        person=F("asked_of__name"),
        version=F("version"),
        options=F("options"),
        recommendation=F("recommendation"),
        without_answer=F("without_answer"),
        may_answer=Exists(answering),
    )


def _raised(rows: Any) -> Any:
    return _columns(
        rows,
        "escalation",
        ended_at=F("resolved_at"),
        taken_at=F("acknowledged_at"),
        due_on=F("answer_by"),
        person=F("decider__name"),
        is_theirs=ExpressionWrapper(Q(decider__kind="customer"), BooleanField()),
    )


def _risks(rows: Any) -> Any:
    return _columns(rows, "risk", ended_at=F("settled_at"))


def _columns(rows: Any, kind: str, **columns: Any) -> Any:
    """The columns of ``SharedRow``, alike for each kind."""
    no_instant, nothing = Value(None, DateTimeField()), Value("")
    no = ExpressionWrapper(Value(False), BooleanField())
    changes = AuditEvent.objects.filter(
        engagement_ref=OuterRef("engagement__ref"),
        target_kind=f"engagements.{kind}",
        target_ref=Concat(
            OuterRef("engagement__ref"), Value("/"), Cast(OuterRef("number"), CharField())
        ),
        verb__in=[f"{kind}.changed", f"{kind}.reworded"],
    )
    told = JSONObject(at="occurred_at", before="before")
    given: dict[str, Any] = {
        "ended_at": no_instant,
        "taken_at": no_instant,
        "due_on": Value(None, DateField()),
        "person": nothing,
        "is_theirs": no,
        "version": Value(0),
        "options": nothing,
        "recommendation": nothing,
        "without_answer": nothing,
        "may_answer": no,
        "earlier": ArraySubquery(changes.order_by("-occurred_at", "-pk").values_list(told)),
    }
    own = (F(name) for name in ("number", "customer_text", "state", "shared_at"))
    return rows.order_by().values_list(Value(kind), *own, *(given | columns).values())
