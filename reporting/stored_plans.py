"""What was planned, as facts store it: milestones with their criteria and their dates."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from dm_portal.shell.compiled import Compiled
from engagements.models import AcceptanceCriterion, Milestone, MilestoneRevision
from reporting.figures import instant, text_instant


def as_json(*fields: str, by: str = "") -> JSONObject:
    """The columns of a row as one value; ``by`` is a person, of whom the name is taken."""
    names = {field: F(field) for field in fields}
    return JSONObject(**names, **({by: F(f"{by}__name")} if by else {}))


def stored_instant(told: str | None) -> str | None:
    """As every other instant is written."""
    return text_instant(instant(told))


@dataclass(slots=True)
class Plan:
    """An engagement's milestones with their criteria and dates, and the tracker's names."""

    rows: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {"milestones": [], "criteria": [], "revisions": []}
    )
    numbers: dict[str, int] = field(default_factory=dict)

    def add(self, row: dict[str, Any]) -> None:
        number = row["number"]
        if row["tracker_name"]:
            self.numbers[row["tracker_name"]] = number
        else:  # planned by hand: the tracker's own of that name goes before it
            self.numbers.setdefault(row["name"], number)
        told = {name: row[name] for name in ("number", "name", "outcome")}
        self.rows["milestones"].append(told | {"created_at": stored_instant(row["created_at"])})
        self.rows["criteria"] += [
            _dated(number, each, "met_at", "created_at") for each in row["its_criteria"]
        ]
        self.rows["revisions"] += [
            _dated(number, each, "changed_at") for each in row["its_revisions"]
        ]


def plans_of(engagements: Sequence[int]) -> dict[int, Plan]:
    """Milestones with their criteria and the revisions of their dates, of one statement."""
    plans = {pk: Plan() for pk in engagements}
    for row in PLANNED.rows(engagements):
        plans[row["engagement"]].add(row)
    return plans


def _planned(engagements: Any) -> QuerySet[Any, dict[str, Any]]:
    criteria = AcceptanceCriterion.objects.filter(milestone=OuterRef("pk")).order_by("number")
    revisions = MilestoneRevision.objects.filter(milestone=OuterRef("pk")).order_by("number")
    return (
        Milestone.objects.filter(engagement__in=engagements)
        .order_by("engagement_id", "number")
        .values(
            *("engagement", "number", "name", "tracker_name", "outcome", "created_at"),
            its_criteria=ArraySubquery(
                criteria.values_list(as_json("number", "statement", "met_at", "created_at"))
            ),
            its_revisions=ArraySubquery(
                revisions.values_list(
                    as_json("number", "old_on", "new_on", "reason", "changed_at", by="changed_by")
                )
            ),
        )
    )


PLANNED = Compiled(_planned)


def _dated(milestone: int, row: dict[str, Any], *instants: str) -> dict[str, Any]:
    """A row of a milestone, its instants as every other instant is written."""
    return {**row, "milestone": milestone} | {at: stored_instant(row[at]) for at in instants}
