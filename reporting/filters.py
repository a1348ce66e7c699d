"""Filters of the lists of what was said; they stand in the URL."""

import django_filters

from engagements.models import Ask
from reporting.asks import WORDS
from reporting.models import Colour, Report, ReportRevision


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
