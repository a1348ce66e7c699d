"""What the pages of everything that is owed share: their tabs, one row, and a form about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dm_portal.shell.clock import now
from dm_portal.shell.components import Crumb, Tab
from dm_portal.shell.forms import render_form
from dm_portal.shell.lists import Column
from dm_portal.shell.wording import count
from engagements.calendars import working_days_of
from engagements.models import Engagement
from engagements.views.pages import engagement_page, url_of
from engagements.views.records import acts_of

# Name of the section, its label, its route.
SECTIONS = (
    ("asks", "Asks", "ask_list"),
    ("risks", "Risks", "risk_list"),
    ("actions", "Actions", "action_list"),
    ("commitments", "Commitments", "commitment_list"),
    ("escalations", "Escalations", "escalation_list"),
    ("questions", "Questions", "question_list"),
)
SHARED = [
    Column("The customer reads", "customer_text"),
    Column("Shared", "shared_at", kind="instant", note=lambda row: f"by {row.shared_by}"),
]
WITHDRAWN = [
    Column("Withdrawn because", "withdrawal_reason"),
    Column("Withdrawn", "withdrawn_at", kind="instant", note=lambda row: f"by {row.withdrawn_by}"),
]


@dataclass(frozen=True, slots=True)
class Deed:
    """What the reader may do with a row: a page to go to or, with ``sends``, a button."""

    label: str
    url: str
    is_primary: bool = False
    sends: Mapping[str, Any] = field(default_factory=dict)


def owed_page(
    request: HttpRequest, engagement: Engagement, section: str, *crumbs: Crumb
) -> dict[str, Any]:
    """The context of ``engagements/owed_base.html``; ``section`` names the list that is open."""
    return engagement_page(request, engagement, "owed", *crumbs) | {
        "sections": [
            Tab(label, url_of(engagement, route), name == section)
            for name, label, route in SECTIONS
        ]
    }


def render_row(
    request: HttpRequest,
    engagement: Engagement,
    section: str,
    row: Any,
    *,
    said: str,
    facts: Sequence[Column],
    deeds: Sequence[Deed],
    hint: str = "",
) -> HttpResponse:
    """The page of one row: what it says, what is known of it, and what was done to it."""
    context = owed_page(request, engagement, section, _list_crumb(engagement, section)) | {
        "row": row,
        "said": said,
        "facts": [column.cell(row) for column in facts],
        "deeds": deeds,
        "hint": hint,
        "acts": acts_of(request, engagement, row),
    }
    return render(request, "engagements/owed_detail.html", context)


def render_owed_form(
    request: HttpRequest,
    engagement: Engagement,
    section: str,
    form: BaseForm,
    *,
    title: str,
    submit: str,
    row: Any = None,
    hint: str = "",
) -> HttpResponse:
    """The page of a form about one row, or about a new one."""
    listed = _list_crumb(engagement, section)
    crumbs = [listed] if row is None else [listed, Crumb(str(row), row.get_absolute_url())]
    page = owed_page(request, engagement, section, *crumbs)
    page |= {"title": title, "submit": submit, "hint": hint, "back": crumbs[-1].url}
    return render_form(request, "engagements/owed_form.html", form, **page)


def today_of(engagement: Engagement) -> date:
    """The day that it is there."""
    return engagement.day_of(now())


def overdue_words(engagement: Engagement, day: date, today: date) -> str:
    """ "3 working days overdue" of a day that has passed, also over a weekend or a holiday."""
    days = working_days_of(engagement, today=today).count(day, today)
    return f"{count(days, 'working day')} overdue" if days else "overdue"


def stored(row: Any) -> Callable[[], Any]:
    """Reads a row anew, for whoever wrote over something else."""
    return lambda: type(row).objects.get(pk=row.pk)


def _list_crumb(engagement: Engagement, section: str) -> Crumb:
    label, route = next((label, route) for name, label, route in SECTIONS if name == section)
    return Crumb(label, url_of(engagement, route))
