"""What the lists of what is owed can be narrowed by."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils import timezone

from dm_portal.shell.clock import today
from engagements.filters import FilterForm
from engagements.models import Action, Ask, Commitment, Escalation, Risk

OVERDUE = ("overdue", "Overdue")


class OwedFilter(filters.FilterSet):
    """By its words, and by how it stands; days are those of the engagement's zone."""

    words = "what"

    text = filters.CharFilter(label="Text", method="by_text")

    def by_text(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        return rows.filter(**{f"{self.words}__icontains": text})

    def by_state(self, rows: Any, name: str, state: str) -> QuerySet[Any]:
        if state == "overdue":
            late: QuerySet[Any] = rows.overdue(today(timezone.get_current_timezone_name()))
            return late
        return self.in_state(rows, state)

    def in_state(self, rows: Any, state: str) -> QuerySet[Any]:
        found: QuerySet[Any] = rows.filter(state=state)
        return found


class AskFilter(OwedFilter):
    words = "question"

    state = filters.ChoiceFilter(
        label="State", choices=[OVERDUE, *Ask.State.choices], method="by_state", empty_label="All"
    )

    class Meta:
        model = Ask
        fields: list[str] = []
        form = FilterForm


class RiskFilter(OwedFilter):
    state = filters.ChoiceFilter(
        label="State", choices=Risk.State.choices, method="by_state", empty_label="All"
    )
    trend = filters.ChoiceFilter(label="Trend", choices=Risk.Trend.choices, empty_label="All")

    class Meta:
        model = Risk
        fields: list[str] = []
        form = FilterForm


class ActionFilter(OwedFilter):
    state = filters.ChoiceFilter(
        label="State",
        choices=[
            OVERDUE,
            ("open", "Open"),
            ("done", "Done"),
            ("withdrawn", "Withdrawn"),
        ],
        method="by_state",
        empty_label="All",
    )

    class Meta:
        model = Action
        fields: list[str] = []
        form = FilterForm

    def in_state(self, rows: Any, state: str) -> QuerySet[Any]:
        found = {"open": rows.open, "done": rows.done, "withdrawn": rows.withdrawn}[state]
        narrowed: QuerySet[Any] = found()
        return narrowed


class EscalationFilter(OwedFilter):
    state = filters.ChoiceFilter(
        label="State",
        choices=[OVERDUE, ("open", "Open"), *Escalation.State.choices],
        method="by_state",
        empty_label="All",
    )
    level = filters.ChoiceFilter(label="Level", choices=Escalation.Level.choices, empty_label="All")

    class Meta:
        model = Escalation
        fields: list[str] = []
        form = FilterForm

    def in_state(self, rows: Any, state: str) -> QuerySet[Any]:
        found: QuerySet[Any] = rows.open() if state == "open" else rows.filter(state=state)
        return found


class CommitmentFilter(OwedFilter):
    words = "promise"

    state = filters.ChoiceFilter(
        label="State", choices=Commitment.State.choices, method="by_state", empty_label="All"
    )

    class Meta:
        model = Commitment
        fields: list[str] = []
        form = FilterForm
