"""What is owed, as facts store it: what is shared with the customer, in the words for them.

Of asks, escalations and risks nothing else leaves the database; what was promised to the customer
is theirs to read.
"""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import Coalesce, JSONObject

from engagements.models import Ask, Commitment, Escalation, Fulfilment, Risk
from reporting.stored_plans import stored_instant

Row = dict[str, Any]

OWED = ("asks", "escalations", "risks", "commitments")
INSTANTS = ("asked_at", "raised_at", "shared_at", "recorded_at", "ended_at")


def owed() -> dict[str, ArraySubquery]:
    """By name, what is owed of each engagement: to be read with it, in the same statement."""
    rows = (_asks(), _escalations(), _risks(), _commitments())
    return dict(zip(OWED, rows, strict=True))


def as_stored(rows: list[Row]) -> list[Row]:
    """Their instants as every other instant is written."""
    return [_stored(row) for row in rows]


def _stored(row: Row) -> Row:
    instants = {name: stored_instant(row[name]) for name in INSTANTS if name in row}
    if "fulfilled" in row:
        said = [[stored_instant(each["at"]), each["on"]] for each in row["fulfilled"]]
        return row | instants | {"fulfilled": said}
    return row | instants


def _of_engagement(rows: QuerySet[Any], **values: Any) -> ArraySubquery:
    mine = rows.filter(engagement=OuterRef("pk")).order_by("number")
    return ArraySubquery(mine.values_list(JSONObject(number="number", **values)))


def _asks() -> ArraySubquery:
    return _of_engagement(
        Ask.objects.shared(),
        text="customer_text",
        to="asked_of__name",
        needed_by="needed_by",
        without_answer="without_answer",
        state="state",
        asked_at="shared_at",
        ended_at=Coalesce("answered_at", "withdrawn_at"),
    )


def _escalations() -> ArraySubquery:
    return _of_engagement(
        Escalation.objects.shared(),
        text="customer_text",
        level="level",
        to="decider__name",
        to_kind="decider__kind",
        answer_by="answer_by",
        raised_at="raised_at",
        shared_at="shared_at",
        ended_at="resolved_at",
    )


def _risks() -> ArraySubquery:
    return _of_engagement(
        Risk.objects.shared(),
        text="customer_text",
        milestone="milestone__number",
        state="state",
        shared_at="shared_at",
        ended_at="settled_at",
    )


def _commitments() -> ArraySubquery:
    """Each with what was said of its fulfilment, the last last."""
    said = Fulfilment.objects.filter(commitment=OuterRef("pk")).order_by("pk")
    fulfilled = said.values_list(JSONObject(at="recorded_at", on="fulfilled_on"))
    return _of_engagement(
        Commitment.objects.all(),
        promise="promise",
        made_to="made_to",
        said_on="said_on",
        due_on="due_on",
        supersedes="supersedes__number",
        milestone="revision__milestone__number",
        recorded_at="recorded_at",
        fulfilled=ArraySubquery(fulfilled),
    )
