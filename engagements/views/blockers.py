"""Blockers: opened and closed by the tracker; here one says what they hold up, and who must act."""

from dataclasses import replace
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dm_portal.shell.clock import now
from dm_portal.shell.components import Crumb
from dm_portal.shell.forms import render_form
from dm_portal.shell.lists import Column, render_list
from engagements import policies
from engagements.filters import BlockerFilter
from engagements.forms.blockers import BlockerForm
from engagements.models import Blocker, Engagement
from engagements.services.blockers import describe_blocker
from engagements.views.doors import find_engagement, posted, require
from engagements.views.pages import engagement_page, sources_page, url_of
from engagements.views.records import acts_of
from engagements.views.saving import saved
from engagements.views.tables import Table, table_of

OPENED = Column("Blocked from", "opened_at", kind="instant")
CLOSED = Column("Until", "closed_at", kind="instant", missing="no end told")
# One that was taken back never was: it has no age.
AGE = Column("Working days", lambda row: row.age if row.is_told else None, kind="number")
IMPACT = Column("Impact", lambda row: row.impact or None, missing="not said yet")
OWNER = Column("Who must act", lambda row: row.owner or None, missing="nobody named")
COLUMNS = [
    Column(
        "Item",
        "key",
        url=Blocker.get_absolute_url,
        note=lambda row: row.title or "",
        note_label="Title",
        is_long=True,
    ),
    Column("State", lambda row: row.state.capitalize()),
    AGE,
    IMPACT,
    OWNER,
    OPENED,
    CLOSED,
]
TIMES = [replace(OPENED, url=Blocker.get_absolute_url), CLOSED, AGE, IMPACT, OWNER]


@require_safe
def blocker_list(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Every blocker: open ones first, the oldest before the others; then the last closed."""
    engagement = find_engagement(request, ref)
    return render_list(
        request,
        "engagements/blocker_list.html",
        engagement.blockers.with_titles(),
        columns=COLUMNS,
        caption=f"Blockers of {engagement}",
        filename="blockers.csv",
        filterset_class=BlockerFilter,
        **engagement_page(request, engagement, "blockers"),
        **sources_page(request, engagement, at=now()),
    )


@require_safe
def blocker_detail(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """What it holds up, who must act, and every time in which its item was blocked."""
    engagement = find_engagement(request, ref)
    blocker = get_object_or_404(engagement.blockers.with_titles(), number=number)
    context = engagement_page(request, engagement, "blockers", _list_crumb(engagement)) | {
        "blocker": blocker,
        "times": _times(blocker),
        "acts": acts_of(request, engagement, blocker),
        "item_url": _item_url(blocker),
        "may_describe": policies.can_describe_blockers(request.user, engagement),
    }
    return render(request, "engagements/blocker_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def blocker_edit(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Its impact and its owner."""
    engagement = find_engagement(request, ref)
    blockers = engagement.blockers.with_titles()
    blocker = get_object_or_404(blockers, number=number)
    require(policies.can_describe_blockers(request.user, engagement))
    back = url_of(engagement, "blocker_detail", blocker)
    crumbs = (_list_crumb(engagement), Crumb(str(blocker), back))
    page = engagement_page(request, engagement, "blockers", *crumbs)
    page |= {"blocker": blocker, "back": back}
    form = BlockerForm(posted(request), instance=blocker)
    if saved(
        form,
        describe_blocker,
        blocker=blocker,
        by=request.user,
        theirs=partial(get_object_or_404, blockers, number=number),
    ):
        return redirect("blocker_detail", ref=ref, number=number)
    return render_form(request, "engagements/blocker_form.html", form, **page)


def _list_crumb(engagement: Engagement) -> Crumb:
    return Crumb("Blockers", url_of(engagement, "blocker_list"))


def _item_url(blocker: Blocker) -> str:
    """Where its item is shown; empty where no export names it any more."""
    place = {"ref": blocker.engagement.ref, "number": blocker.source.number, "key": blocker.key}
    return reverse("work_detail", kwargs=place) if blocker.title is not None else ""


def _times(blocker: Blocker) -> Table:
    """Every time in which the item was blocked."""
    of_item = Blocker.objects.told().filter(source=blocker.source_id, key=blocker.key)
    rows = of_item.select_related("engagement__calendar").order_by("-opened_at")
    return table_of("The last time first", TIMES, rows)
