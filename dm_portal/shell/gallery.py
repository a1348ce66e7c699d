"""`/gallery/`: every component in every state, with the arguments it takes."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dm_portal.shell.clock import now, today
from dm_portal.shell.components import Basis, ConflictRow, Crumb, Sentence, Shape, Tab, Turn
from dm_portal.shell.forms import ConflictPanel, PortalForm, VersionedForm
from dm_portal.shell.lists import Column, Listing, PageLinks
from dm_portal.shell.pictures import (
    Bars,
    BarWeek,
    BurnUp,
    BurnUpWeek,
    Law,
    LawWeek,
    Timeline,
    TimelineMilestone,
)
from dm_portal.shell.templatetags.portal import register

SECTIONS = {
    "status": "Status, dates and figures",
    "places": "Where one is",
    "words": "What is said to the reader",
    "tables": "Lists and tables",
    "forms": "Forms",
    "work": "Long work and actions",
    "pictures": "Pictures",
}


@require_safe
def gallery(request: HttpRequest, allowed: Callable[[Any], bool]) -> HttpResponse:
    """The gallery, for whom ``allowed`` says so: the roof passes the policy in."""
    if not allowed(request.user):
        raise PermissionDenied
    context = {"sections": SECTIONS, "tags": signatures(), **examples(request)}
    return render(request, "shell/gallery.html", context)


@dataclass(frozen=True, slots=True)
class Signature:
    """A component's tag as one writes it, and the first line of what it says about itself."""

    name: str
    arguments: str
    summary: str


def signatures() -> list[Signature]:
    """The tags of ``{% load portal %}`` in alphabetical order, read from their functions."""
    return [_signature(name) for name in sorted(register.tags)]


def _signature(name: str) -> Signature:
    function = inspect.unwrap(register.tags[name])
    hidden = {"context", "content"}
    parameters = inspect.signature(function).parameters.values()
    shown = [_argument(each) for each in parameters if each.name not in hidden]
    summary = (inspect.getdoc(function) or "").split("\n\n")[0].replace("\n", " ")
    return Signature(name, " ".join(shown), summary)


def _argument(parameter: inspect.Parameter) -> str:
    if parameter.default is not parameter.empty:
        return f"{parameter.name}={parameter.default!r}"
    return f"{parameter.name}=…" if parameter.kind is parameter.KEYWORD_ONLY else parameter.name


class SampleForm(VersionedForm):
    """One field of every kind."""

    name = forms.CharField(help_text="As the customer says it.")
    email = forms.EmailField(label="E-mail address")
    due_on = forms.DateField(label="Committed date", required=False)
    starts_at = forms.DateTimeField(label="Starts at", required=False)
    size = forms.DecimalField(label="Planned size", help_text="In items.", required=False)
    outcome = forms.CharField(label="Outcome statement", widget=forms.Textarea, required=False)
    unit = forms.ChoiceField(choices=[("items", "Items"), ("points", "Points"), ("days", "Days")])
    colour = forms.ChoiceField(
        label="Your call",
        widget=forms.RadioSelect,
        choices=[(shape.value, shape.word) for shape in (Shape.ON_TRACK, Shape.AT_RISK)],
    )
    days = forms.MultipleChoiceField(
        label="Working days",
        widget=forms.CheckboxSelectMultiple,
        choices=[("mon", "Monday"), ("tue", "Tuesday"), ("wed", "Wednesday")],
        required=False,
    )
    confirm = forms.BooleanField(label="I have told the customer", required=False)
    file = forms.FileField(help_text="CSV, at most 20 MB.", required=False)


class SampleFilter(PortalForm):
    """A filter as a list shows it."""

    search = forms.CharField(label="Name contains", required=False)
    status = forms.ChoiceField(
        choices=[("", "All"), *[(shape.value, shape.word) for shape in Shape]], required=False
    )


@dataclass(frozen=True)
class SampleRow:
    """An engagement as a list shows it."""

    name: str
    customer: str
    shape: str
    due_on: Any
    open_items: int | None


COLUMNS = [
    Column("Engagement", "name", url=lambda row: "#tables", note="customer"),
    Column("Status", "shape", kind="shape"),
    Column("Next milestone", "due_on", kind="date", missing="no date committed"),
    Column("Open items", "open_items", kind="number", missing="not known"),
]


class SampleListing(Listing):
    """A list whose filter is not a FilterSet: the gallery reads no database."""

    filter_form = SampleFilter()  # type: ignore[assignment]


def sample_listing(rows: list[SampleRow], *, filtered: bool = False) -> Listing:
    page = Paginator(rows, 3).get_page(1)
    return SampleListing(
        caption="Engagements",
        columns=COLUMNS,
        queryset=None,  # type: ignore[arg-type]  # only the CSV reads it
        page=page,
        filename="engagements.csv",
        links=PageLinks("", "?page=2" if page.has_next() else ""),
        csv_url="?format=csv",
        filtered=filtered,
    )


def sample_rows() -> list[SampleRow]:
    day = today()
    return [
        SampleRow("Refund service", "Meridian Bank", "off_track", day + timedelta(days=3), 41),
        SampleRow("Self-service returns", "Halden Retail", "at_risk", day + timedelta(days=24), 17),
        SampleRow("Claims intake", "Nordwind Insurance", "on_track", day + timedelta(days=53), 8),
        SampleRow("Data platform", "Aster Energy", "not_known", None, None),
    ]


def sample_forms() -> dict[str, object]:
    typed = {"name": "", "email": "mara@", "unit": "days", "version": "3"}
    wrong = SampleForm({f"wrong-{name}": value for name, value in typed.items()}, prefix="wrong")
    theirs = SampleForm(initial={"name": "Refunds, second phase", "version": 4}, prefix="theirs")
    theirs.conflict = ConflictPanel(
        "Jon Aalto", now(), [ConflictRow("Name", "Refunds and disputes", "Refunds, second phase")]
    )
    locked = SampleForm(initial={"name": "Refund service", "version": 4}, prefix="locked")
    for field in locked.fields.values():
        field.disabled = True
    fresh = SampleForm(initial={"version": 1}, prefix="fresh")
    return {"form_wrong": wrong, "form_theirs": theirs, "form_locked": locked, "form_fresh": fresh}


def examples(request: HttpRequest) -> dict[str, object]:
    """What the sections of the gallery show; no database is read."""
    day = today()
    return {
        "shapes": list(Shape),
        "day": day + timedelta(days=10),
        "last_year": day - timedelta(days=400),
        "later": day + timedelta(days=16),
        "instant_now": now(),
        "an_hour_ago": now() - timedelta(minutes=64),
        "crumbs": [Crumb("Engagements", "#places"), Crumb("Refund service", "#places")],
        "tab_items": [
            Tab("Overview", "#places", current=True),
            Tab("Milestones", "#places", count=4),
            Tab("Work", "#places", count=412),
            Tab("Reports", "#places"),
        ],
        "week_before": Turn("9–15 Nov", "#places"),
        "week_after": Turn("23–29 Nov", "#places"),
        "basis_lines": sample_basis(),
        "sentences": [
            Sentence("Release 2.1 will probably miss Mon 30 Nov.", "off_track", "#words", "3 days"),
            Sentence("The bank's test system has been down since Tuesday.", "at_risk"),
            Sentence("Two criteria were met this week.", "on_track"),
            Sentence("Review times are not known: no source.", "not_known"),
        ],
        "listing": sample_listing(sample_rows()),
        "listing_empty": sample_listing([]),
        "listing_nothing": sample_listing([], filtered=True),
        "long_page": Paginator(range(739), 25).get_page(3),
        **sample_forms(),
        **sample_pictures(),
    }


def sample_basis() -> list[Basis]:
    left_out = (Sentence("3 refused rows", url="#status"), Sentence("1 state not decided yet"))
    late = "11 days old, promised: at most 7"
    eleven_days_ago = now() - timedelta(days=11)
    partly = Sentence("14 of 60 open items are known as of Mon 23 Nov", url="#status")
    sheet = Basis("Team sheet", "team.csv", "#status", eleven_days_ago, "Asia/Kolkata", late)
    return [
        Basis("Jira export", "jira.csv", "#status", now(), "Europe/Berlin", left_out=left_out),
        replace(sheet, partly=partly),
    ]


def sample_pictures() -> dict[str, object]:
    """Pictures with nothing, one point, an ordinary number, and many."""
    day = today()
    named = [
        TimelineMilestone("2.0 Checkout", Shape.ON_TRACK, _in(-24), done_on=_in(-25)),
        TimelineMilestone("2.1 Refunds", Shape.OFF_TRACK, _in(7), original_on=_in(-7)),
        TimelineMilestone(
            "2.2 Disputes that the bank's own staff can answer without asking us",
            Shape.AT_RISK,
            _in(7),
        ),
        TimelineMilestone("3.0 Reporting", Shape.ON_TRACK, _in(67)),
        TimelineMilestone("3.1 Archive", Shape.NOT_KNOWN),
        TimelineMilestone("3.2 Exports", Shape.NOT_KNOWN, _in(81), word="0 of 8 items done"),
    ]
    return {
        "timeline_some": Timeline("some", "Milestones of Refund service", day, named),
        "timeline_one": Timeline("one", "Milestones of Claims intake", day, named[1:2]),
        "timeline_none": Timeline("none", "Milestones of Data platform", day, []),
        "timeline_many": Timeline(
            "many",
            "Forty milestones",
            day,
            [TimelineMilestone(f"{n}.0", list(Shape)[n % 3], _in(n * 21 - 300)) for n in range(40)],
        ),
        "burn_some": sample_burn_up(
            "burn-some", weeks=16, committed_on=_in(21), expected=(_in(18), _in(32))
        ),
        "burn_one": sample_burn_up("burn-one", weeks=1, committed_on=_in(2)),
        "burn_none": sample_burn_up("burn-none", weeks=0),
        "burn_many": sample_burn_up("burn-many", weeks=40),
        "bars_some": sample_bars("bars-some", weeks=12),
        "bars_one": sample_bars("bars-one", weeks=1),
        "bars_none": sample_bars("bars-none", weeks=0),
        "bars_many": sample_bars("bars-many", weeks=40),
        "law_some": sample_law("law-some", weeks=16, committed_on=_in(40)),
        "law_one": sample_law("law-one", weeks=1),
    }


def _in(days: int) -> date:
    return today() + timedelta(days=days)


def sample_burn_up(name: str, *, weeks: int, **ahead: Any) -> BurnUp:
    states = [
        BurnUpWeek(_in(-7 * (weeks - 1 - n)), 38 + n // 3 * 2, min(n * 3, 44)) for n in range(weeks)
    ]
    return BurnUp(name, f"Items over {weeks} weeks", "items", today(), states, **ahead)


def sample_bars(name: str, *, weeks: int) -> Bars:
    numbers = [BarWeek(_in(-7 * (weeks - n)), n * 5 % 7) for n in range(weeks)]
    return Bars(name, f"Finished in {weeks} weeks", "items", "finished", today(), numbers)


def sample_law(name: str, *, weeks: int, committed_on: date | None = None) -> Law:
    chances = [LawWeek(_in(7 * n), 1 - 0.75**n) for n in range(1, weeks + 1)]
    first, last = _in(min(17, 7 * weeks)), _in(min(46, 7 * weeks))
    return Law(name, f"Done within {weeks} weeks", today(), chances, first, last, committed_on)
