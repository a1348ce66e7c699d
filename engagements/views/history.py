"""What was done to an engagement, by whom and when, in sentences."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from dm_portal.people.audit import changes_in_words, sentence
from dm_portal.people.models import AuditEvent
from dm_portal.shell.lists import Column, render_list
from engagements import policies
from engagements.filters import HistoryFilter, in_words
from engagements.views.doors import find_engagement, require
from engagements.views.pages import engagement_page


def changes(event: AuditEvent) -> str:
    """Field by field what was before and after, as it is stored: for the CSV."""
    fields = [*event.before, *(name for name in event.after if name not in event.before)]
    return "; ".join(_change(name, event.before, event.after) for name in fields)


def _change(name: str, before: dict[str, Any], after: dict[str, Any]) -> str:
    label = name.replace("_", " ")
    if name not in before:
        return f"{label}: {_said(after[name])}"
    if name not in after:
        return f"{label}: {_said(before[name])}"
    return f"{label}: {_said(before[name])} → {_said(after[name])}"


def _said(value: Any) -> str:
    return "nothing" if value in (None, "") else str(value)


def note(event: AuditEvent) -> str:
    """What was changed, where something was there before: all of it is in the CSV."""
    return changes_in_words(event) if event.before else ""


COLUMNS = [
    Column("What", sentence, note=note),
    Column("When", "occurred_at", kind="instant"),
]
CSV_COLUMNS = [
    Column("When", "occurred_at", kind="instant"),
    Column("Who", "actor_name"),
    Column("Act", lambda event: in_words(event.verb)),
    Column("What", sentence),
    Column("Changes", changes),
    Column("From where", "origin"),
]


@require_safe
def engagement_history(request: HttpRequest, ref: str) -> HttpResponseBase:
    """The record of one engagement, the newest first."""
    engagement = find_engagement(request, ref)
    require(policies.can_read_history(request.user, engagement))
    return render_list(
        request,
        "engagements/engagement_history.html",
        AuditEvent.objects.of_engagement(engagement.ref),
        columns=CSV_COLUMNS if request.GET.get("format") == "csv" else COLUMNS,
        caption=f"History of {engagement}",
        filename="history.csv",
        filterset_class=partial(HistoryFilter, engagement=engagement),
        **engagement_page(request, engagement, "history"),
    )
