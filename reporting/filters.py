"""Filters of the lists of what was said; they stand in the URL."""

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest

from engagements.models import Ask, Engagement, Escalation, Risk
from reporting.asks import WORDS
from reporting.models import Colour, Note, Question, Report, ReportRevision


def noted_engagements(request: HttpRequest) -> QuerySet[Engagement]:
    """What a filter of notes offers: the engagements in which one has a part."""
    return Engagement.objects.of_person(request.user).order_by("name", "pk")


class ReportFilter(django_filters.FilterSet):
    """Statuses of an engagement by state: for whoever reads drafts, as the state itself is."""

    state = django_filters.ChoiceFilter(choices=Report.State, empty_label="Any state")

    class Meta:
        model = Report
        fields = ["state"]


class ArchiveFilter(django_filters.FilterSet):
    """Published statuses by what they said."""

    colour = django_filters.ChoiceFilter(label="Status", choices=Colour, empty_label="Any status")

    class Meta:
        model = ReportRevision
        fields = ["colour"]


class SharedAskFilter(django_filters.FilterSet):
    """What is needed from the customer, by how it stands."""

    state = django_filters.ChoiceFilter(
        choices=[(state.value, words) for state, words in WORDS.items()], empty_label="All"
    )

    class Meta:
        model = Ask
        fields = ["state"]


class NoteFilter(django_filters.FilterSet):
    """One's notes by what they are for, and by engagement."""

    purpose = django_filters.ChoiceFilter(
        label="For", choices=Note.Purpose, empty_label="Any purpose"
    )
    engagement = django_filters.ModelChoiceFilter(
        queryset=noted_engagements, to_field_name="ref", empty_label="Any engagement"
    )

    class Meta:
        model = Note
        fields = ["purpose", "engagement"]


class SharedEscalationFilter(django_filters.FilterSet):
    """What was raised to the customer, by how it stands."""

    state = django_filters.ChoiceFilter(choices=Escalation.State, empty_label="All")

    class Meta:
        model = Escalation
        fields = ["state"]


class SharedRiskFilter(django_filters.FilterSet):
    """The risks that concern the customer, by what came of them."""

    state = django_filters.ChoiceFilter(choices=Risk.State, empty_label="All")

    class Meta:
        model = Risk
        fields = ["state"]


class QuestionFilter(django_filters.FilterSet):
    """Questions, by whether they wait for an answer."""

    answered_at = django_filters.ChoiceFilter(
        label="State",
        choices=[("no", "Without an answer"), ("yes", "Answered")],
        empty_label="All",
        method="by_answer",
    )

    class Meta:
        model = Question
        fields = ["answered_at"]

    def by_answer(self, rows: QuerySet[Question], _: str, value: str) -> QuerySet[Question]:
        return rows.filter(answered_at__isnull=value == "no")
