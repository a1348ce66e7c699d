"""What was done to an engagement, by whom and when, in sentences."""

from functools import partial

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from dm_portal.people.audit import changes, note, sentence
from dm_portal.shell.lists import Column, render_list
from engagements import policies
from engagements.filters import HistoryFilter, history_of, in_words
from engagements.views.doors import find_engagement, require
from engagements.views.pages import engagement_page

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
    """The record of one engagement and its customer's people, the newest first."""
    engagement = find_engagement(request, ref)
    require(policies.can_read_history(request.user, engagement))
    return render_list(
        request,
        "engagements/engagement_history.html",
        history_of(engagement),
        columns=CSV_COLUMNS if request.GET.get("format") == "csv" else COLUMNS,
        caption=f"History of {engagement}",
        filename="history.csv",
        filterset_class=partial(HistoryFilter, engagement=engagement),
        **engagement_page(request, engagement, "history"),
    )
