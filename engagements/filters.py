"""What lists can be narrowed by; every choice stands in the URL."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import django_filters as filters
from django import forms
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from dm_portal.people.audit import PORTAL
from dm_portal.people.models import AuditEvent
from dm_portal.shell.forms import FormMixin
from engagements.models import (
    Blocker,
    Customer,
    Engagement,
    Milestone,
    PersonMeaning,
    Sprint,
    WorkItem,
)
from pods.models import Pod

Kind = PersonMeaning.Kind
Choices = dict[str, list[tuple[str, str]]]

# What the record calls otherwise than pages do.
NOUNS = {"report": "weekly status", "function": "who works on it", "contact": "customer's people"}
ACTS = {"parked": "failed", "retried": "tried again", "reread": "read again", "seen": "read"}

# Stands for the portal itself in the URL, where people have their references.
THE_PORTAL = "portal"


class FilterForm(FormMixin, forms.Form):
    """Native date inputs, as in every form of the portal."""


class EngagementFilter(filters.FilterSet):
    """By name, customer and state."""

    text = filters.CharFilter(label="Name or customer", method="by_text")
    customer = filters.ModelChoiceFilter(
        label="Customer",
        queryset=lambda request: Customer.objects.visible_to(request.user),
        to_field_name="ref",
        empty_label="All",
    )
    state = filters.ChoiceFilter(label="State", choices=Engagement.State.choices, empty_label="All")

    class Meta:
        model = Engagement
        fields: list[str] = []
        form = FilterForm

    def by_text(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        return rows.filter(Q(name__icontains=text) | Q(customer__name__icontains=text))


class MilestoneFilter(filters.FilterSet):
    """By name, and by whether a date is promised."""

    text = filters.CharFilter(label="Name", method="by_text")
    promised = filters.ChoiceFilter(
        label="Committed date",
        choices=[("yes", "Has one"), ("no", "Has none")],
        method="by_promised",
        empty_label="All",
    )

    class Meta:
        model = Milestone
        fields: list[str] = []
        form = FilterForm

    def by_text(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        return rows.filter(Q(name__icontains=text) | Q(tracker_name__icontains=text))

    def by_promised(self, rows: QuerySet[Any], name: str, promised: str) -> QuerySet[Any]:
        return rows.filter(committed_on__isnull=promised == "no")


class SprintFilter(filters.FilterSet):
    """By name or goal, and by whether its days are known."""

    text = filters.CharFilter(label="Name or goal", method="by_text")
    dated = filters.ChoiceFilter(
        label="Days",
        choices=[("yes", "Known"), ("no", "Not known")],
        method="by_dated",
        empty_label="All",
    )

    class Meta:
        model = Sprint
        fields: list[str] = []
        form = FilterForm

    def by_text(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        return rows.filter(Q(name__icontains=text) | Q(goal__icontains=text))

    def by_dated(self, rows: QuerySet[Any], name: str, dated: str) -> QuerySet[Any]:
        return rows.filter(starts_on__isnull=dated == "no")


class PodFilter(filters.FilterSet):
    """By name or purpose."""

    text = filters.CharFilter(label="Name or purpose", method="by_text")

    class Meta:
        model = Pod
        fields: list[str] = []
        form = FilterForm

    def by_text(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        return rows.filter(Q(name__icontains=text) | Q(purpose__icontains=text))


class WorkFilter(filters.FilterSet):
    """By everything that a list of items shows; choices are what the engagement has."""

    text = filters.CharFilter(label="Key or title", method="by_text")
    done = filters.ChoiceFilter(
        label="Done",
        choices=[
            ("no", "Open"),
            ("yes", "Done"),
            ("withdrawn", "Withdrawn"),
            ("gone", "Gone from the tracker"),
        ],
        method="by_done",
        empty_label="All",
    )
    dates = filters.ChoiceFilter(
        label="Dates",
        choices=[("impossible", "Impossible")],
        method="by_dates",
        empty_label="All",
    )
    state = filters.ChoiceFilter(label="State", field_name="state", empty_label="All")
    type = filters.ChoiceFilter(label="Type", field_name="type", empty_label="All")
    milestone = filters.ChoiceFilter(
        label="Milestone", field_name="milestones__number", empty_label="All"
    )
    sprint = filters.ChoiceFilter(label="Sprint", field_name="sprint__number", empty_label="All")
    assignee = filters.ChoiceFilter(label="Assignee", method="by_assignee", empty_label="All")

    class Meta:
        model = WorkItem
        fields: list[str] = []
        form = FilterForm

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = work_choices(engagement)
        for name in ("state", "type", "milestone", "sprint", "assignee"):
            self.filters[name].extra["choices"] = found[name]

    def by_text(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        return rows.filter(Q(key__icontains=text) | Q(title__icontains=text))

    def by_done(self, rows: Any, name: str, done: str) -> QuerySet[Any]:
        found = {
            "no": rows.open,
            "yes": rows.done,
            "withdrawn": rows.withdrawn,
            "gone": rows.gone,
        }[done]
        narrowed: QuerySet[Any] = found()
        return narrowed

    def by_assignee(self, rows: Any, name: str, assignee: str) -> QuerySet[Any]:
        found: QuerySet[Any] = rows.of_assignee(assignee)
        return found

    def by_dates(self, rows: Any, name: str, dates: str) -> QuerySet[Any]:
        found: QuerySet[Any] = rows.with_impossible_dates()
        return found


class BlockerFilter(filters.FilterSet):
    """By item, by whether it is open, and by whether it has been said what it holds up."""

    text = filters.CharFilter(label="Key", method="by_text")
    state = filters.ChoiceFilter(
        label="State",
        choices=[("open", "Open"), ("closed", "Closed"), ("taken_back", "Taken back")],
        method="by_state",
        empty_label="All",
    )
    words = filters.ChoiceFilter(
        label="Impact and who must act",
        choices=[("missing", "Not said yet")],
        method="by_words",
        empty_label="All",
    )

    class Meta:
        model = Blocker
        fields: list[str] = []
        form = FilterForm

    def by_text(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        return rows.filter(key__icontains=text)

    def by_state(self, rows: Any, name: str, state: str) -> QuerySet[Any]:
        found = {"open": rows.open, "closed": rows.closed, "taken_back": rows.taken_back}[state]
        return found()

    def by_words(self, rows: Any, name: str, words: str) -> QuerySet[Any]:
        return rows.without_words()


class HistoryFilter(filters.FilterSet):
    """By what was done, by whom, and on which days of the engagement's zone."""

    verb = filters.ChoiceFilter(label="What", field_name="verb", empty_label="Everything")
    person = filters.ChoiceFilter(label="Who", method="by_person", empty_label="Everybody")
    since = filters.DateFilter(label="From", method="by_since", widget=forms.DateInput)
    until = filters.DateFilter(label="To", method="by_until", widget=forms.DateInput)

    class Meta:
        model = AuditEvent
        fields: list[str] = []
        form = FilterForm

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(engagement.time_zone)
        found = history_choices(engagement)
        for name in ("verb", "person"):
            self.filters[name].extra["choices"] = found[name]

    def by_person(self, rows: QuerySet[Any], name: str, ref: str) -> QuerySet[Any]:
        return rows.filter(actor_ref="" if ref == THE_PORTAL else ref)

    def by_since(self, rows: QuerySet[Any], name: str, day: date) -> QuerySet[Any]:
        return rows.filter(occurred_at__gte=datetime.combine(day, time.min, tzinfo=self.zone))

    def by_until(self, rows: QuerySet[Any], name: str, day: date) -> QuerySet[Any]:
        return rows.filter(occurred_at__lte=datetime.combine(day, time.max, tzinfo=self.zone))


def work_choices(engagement: Engagement) -> Choices:
    """What the items of an engagement can be told apart by. One statement."""
    items = WorkItem.objects.filter(engagement=engagement).order_by()
    words = [
        _choices(name, items.exclude(**{name: ""}), F(name), F(name)) for name in ("state", "type")
    ]
    numbered = [
        _choices(name, rows.order_by(), Cast("number", TextField()), F("name"))
        for name, rows in (
            ("milestone", Milestone.objects.filter(engagement=engagement).listed()),
            ("sprint", Sprint.objects.filter(engagement=engagement)),
        )
    ]
    people = assignee_choices(items)
    return _grouped(words[0].union(*words[1:], *numbered, *people))


def assignee_choices(items: QuerySet[WorkItem]) -> list[QuerySet[Any]]:
    """Whom items are assigned to, as lists call them: those who were decided to be somebody, and
    those of whom nothing was. What is assigned to an ignored name is nobody's.
    """
    mine = {"source": OuterRef("source"), "assignee": OuterRef("name")}
    decided = PersonMeaning.objects.order_by().filter(Exists(items.filter(**mine)))
    bots, ours = (decided.filter(kind=kind) for kind in (Kind.BOT, Kind.SPECIALIST))
    others = {"source": OuterRef("source"), "name": OuterRef("assignee")}
    undecided = items.exclude(assignee="").exclude(Exists(PersonMeaning.objects.filter(**others)))
    return [
        _choices("assignee", undecided, F("assignee"), F("assignee")),
        _choices("assignee", ours, F("specialist__name"), F("specialist__name")),
        _choices("assignee", bots, F("name"), Concat(F("name"), Value(" (bot)"))),
    ]


def history_of(engagement: Engagement) -> QuerySet[AuditEvent]:
    """What was done to an engagement, and to the customer and its people; to no other work."""
    customer = engagement.customer.ref
    return AuditEvent.objects.of_engagement(engagement.ref, customer=customer)


def history_choices(engagement: Engagement) -> Choices:
    """What was ever done to an engagement, and by whom. One statement."""
    events = history_of(engagement).order_by()
    people = events.exclude(actor_ref="").annotate(kind=Value("person", TextField()))
    found = _grouped(
        _choices("verb", events, F("verb"), F("verb")).union(
            people.values_list("kind", "actor_ref").annotate(label=Max("actor_name"))
        )
    )
    found["verb"] = [(verb, in_words(verb)) for verb, _ in found["verb"]]
    found["person"].append((THE_PORTAL, PORTAL))
    return found


def in_words(verb: str) -> str:
    """A verb of the record as a choice: ``milestone.date_moved`` is "Milestone: date moved"."""
    noun, _, act = verb.replace("_", " ").partition(".")
    return f"{NOUNS.get(noun, noun).capitalize()}: {ACTS.get(act, act)}"


def _choices(name: str, rows: QuerySet[Any], value: Any, label: Any) -> QuerySet[Any]:
    """(name, value, label) of ``rows``, each once."""
    kind = Value(name, output_field=TextField())
    return rows.values_list(kind, Cast(value, TextField()), Cast(label, TextField())).distinct()


def _grouped(rows: Iterable[tuple[str, str, str]]) -> Choices:
    found: Choices = defaultdict(list)
    for name, value, label in sorted(rows, key=lambda row: (row[2].casefold(), row[1])):
        found[name].append((value, label))
    return found
