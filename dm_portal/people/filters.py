"""Filters of the lists of people, mails and records: what is chosen stands in the URL."""

from datetime import date
from operator import itemgetter
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from dm_portal.people import audit, letters
from dm_portal.people.models import OutgoingMail, PortalFunction, TimeOff, User

DATE = forms.DateInput(attrs={"type": "date"})


class PersonFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Name or address", method="find")
    kind = django_filters.ChoiceFilter(choices=User.Kind.choices, empty_label="Everybody")
    state = django_filters.ChoiceFilter(
        label="State",
        method="in_state",
        choices=[("active", "Active"), ("invited", "Invited"), ("deactivated", "Deactivated")],
        empty_label="Any",
    )
    function = django_filters.ChoiceFilter(
        label="Function",
        method="holding",
        choices=PortalFunction.Function.choices,
        empty_label="Any",
    )

    class Meta:
        model = User
        fields = ()

    def find(self, rows: QuerySet[User], _name: str, words: str) -> QuerySet[User]:
        return rows.filter(Q(name__icontains=words) | Q(email__icontains=words))

    def in_state(self, rows: Any, _name: str, state: str) -> QuerySet[User]:
        return rows.in_state(state)

    def holding(self, rows: Any, _name: str, function: str) -> QuerySet[User]:
        return rows.holding_portal_function(function)


def _kinds() -> list[tuple[str, str]]:
    """Every kind of letter that this version writes, by what it is called."""
    kinds = ((letter.kind, letter.label) for letter in letters.registered().values())
    return sorted(kinds, key=itemgetter(1))


class MailFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=OutgoingMail.State.choices, empty_label="Any")
    kind = django_filters.ChoiceFilter(choices=_kinds, empty_label="Any")
    recipient = django_filters.CharFilter(label="To", lookup_expr="icontains")

    class Meta:
        model = OutgoingMail
        fields = ()


class TimeOffFilter(django_filters.FilterSet):
    """Leave of somebody, on any day from one to another; what was taken back only if asked for."""

    q = django_filters.CharFilter(label="Name", method="find")
    first = django_filters.DateFilter(
        label="Away on or after", field_name="ends_on", lookup_expr="gte", widget=DATE
    )
    last = django_filters.DateFilter(
        label="Away on or before", field_name="starts_on", lookup_expr="lte", widget=DATE
    )
    state = django_filters.ChoiceFilter(
        label="State",
        method="in_state",
        choices=[("counting", "Counts"), ("withdrawn", "Taken back")],
        empty_label="Any",
    )

    class Meta:
        model = TimeOff
        fields = ()

    def find(self, rows: QuerySet[TimeOff], _name: str, words: str) -> QuerySet[TimeOff]:
        of_user = Q(user__name__icontains=words) | Q(user__email__icontains=words)
        return rows.filter(of_user | Q(specialist__name__icontains=words))

    def in_state(self, rows: QuerySet[TimeOff], _name: str, state: str) -> QuerySet[TimeOff]:
        return rows.filter(withdrawn_at__isnull=state == "counting")


def _nouns() -> list[tuple[str, str]]:
    """What the record speaks of: the first half of every registered verb."""
    nouns = sorted({verb.partition(".")[0] for verb in audit.registered()})
    return [(noun, noun.replace("_", " ").capitalize()) for noun in nouns]


class AuditFilter(django_filters.FilterSet):
    actor = django_filters.CharFilter(label="Who", field_name="actor_name", lookup_expr="icontains")
    target = django_filters.CharFilter(
        label="What", field_name="target_label", lookup_expr="icontains"
    )
    about = django_filters.ChoiceFilter(
        label="About", method="of_noun", choices=_nouns, empty_label="Everything"
    )
    since = django_filters.DateFilter(label="From", method="from_day", widget=DATE)
    until = django_filters.DateFilter(label="Before", method="before_day", widget=DATE)

    def of_noun(self, rows: Any, _name: str, noun: str) -> Any:
        return rows.filter(verb__startswith=f"{noun}.")

    def from_day(self, rows: Any, _name: str, day: date) -> Any:
        return rows.filter(occurred_at__date__gte=day)

    def before_day(self, rows: Any, _name: str, day: date) -> Any:
        return rows.filter(occurred_at__date__lt=day)
