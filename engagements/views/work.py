"""The work, as the tracker tells it: the list with its filter, and one item with its history."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from dm_portal.shell.clock import now
from dm_portal.shell.components import Crumb
from dm_portal.shell.lists import Column, Listing, build_list, render_list
from engagements import policies
from engagements.filters import WorkFilter
from engagements.freshness import Freshness
from engagements.item_history import Line, item_history
from engagements.models import WorkItem
from engagements.undecided import Undecided
from engagements.views.assignees import ASSIGNEE, name_of, note_in_full
from engagements.views.doors import find_engagement
from engagements.views.pages import engagement_page, sources_page, url_of


def item_url(item: WorkItem) -> str:
    """Where one item is shown; needs its engagement and source read with it."""
    place = {"ref": item.engagement.ref, "number": item.source.number, "key": item.key}
    return reverse("work_detail", kwargs=place)


# So many instants of an item's history stand on a page; the newest has half as many or more.
LINES = 50


def of_all(part: int, whole: int) -> str | None:
    """ "6 of 8"; None where there is nothing to count."""
    return f"{part} of {whole}" if whole else None


def first_told(item: Any) -> str:
    """What its created date is in truth, where no file tells one; needs ``with_created_told``."""
    return "" if item.created_told else "first told of"


KEY = Column("Key", "key", url=item_url)
TITLE = Column("Title", "title", is_long=True)
STATE = Column("State", "state")
CREATED = Column("Created", "created_at", kind="instant", note=first_told)
DONE = Column(
    "Done",
    "done_at",
    kind="instant",
    missing="not done",
    note=lambda item: "open until then" if item.is_to_be_done else "",
)

COLUMNS = [
    KEY,
    TITLE,
    Column("Type", "type"),
    STATE,
    Column("Milestones", lambda row: ", ".join(row.milestone_names)),
    Column("Sprint", lambda row: row.sprint.name if row.sprint else None),
    ASSIGNEE,
    CREATED,
    DONE,
]
CSV_COLUMNS = [
    *COLUMNS,
    Column("Assignee in the tracker", "assignee"),
    Column("Created is", first_told),
]
ITEM_COLUMNS = [KEY, TITLE, STATE, ASSIGNEE, CREATED, DONE]


@require_safe
def work_list(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Every item of the engagement, the newest first."""
    engagement = find_engagement(request, ref)
    rows = engagement.work_items.select_related("engagement", "source").with_milestone_names()
    sources = sources_page(request, engagement, at=now())
    is_csv = request.GET.get("format") == "csv"
    return render_list(
        request,
        "engagements/work_list.html",
        rows.with_assignees().with_created_told(),
        columns=_columns(CSV_COLUMNS if is_csv else COLUMNS, sources["sources"]),
        caption=f"Work of {engagement}",
        filename="work.csv",
        filterset_class=partial(WorkFilter, engagement=engagement),
        **engagement_page(request, engagement, "work"),
        **sources,
    )


def _columns(columns: Sequence[Column], sources: Sequence[Freshness]) -> list[Column]:
    """The same: a state says so where nobody has decided what it means, or the item is gone from
    the tracker; a key of which source it is, where there are several.
    """
    undecided = {(each.number, state) for each in sources for state in each.undecided.states}

    def note(item: WorkItem) -> str:
        if item.gone_at:
            return "gone from the tracker"
        return "not decided yet" if (item.source.number, item.state) in undecided else ""

    changed = {STATE: replace(STATE, note=note)}
    if len(sources) > 1:
        changed[KEY] = replace(KEY, note="source", note_label="Source")
    return [changed.get(each, each) for each in columns]


@require_safe
def work_detail(request: HttpRequest, ref: str, number: int, key: str) -> HttpResponse:
    """One item as it is known, and everything that happened to it."""
    engagement = find_engagement(request, ref)
    items = engagement.work_items.select_related("engagement", "source", "sprint")
    items = items.with_assignees()
    item = get_object_or_404(items, source__number=number, key=key)
    crumb = Crumb("Work", url_of(engagement, "work_list"))
    history = item_history(item)
    context = engagement_page(request, engagement, "work", crumb) | {
        "item": item,
        "history": history,
        "undecided": [_undecided(request, item, history.undecided)],
        "lines": _page(request, history.lines),
        "assignee": name_of(item),
        "assignee_note": note_in_full(item),
        "milestones": item.milestones.all(),
        "blockers": engagement.blockers.told().filter(source=item.source_id, key=item.key),
    }
    return render(request, "engagements/work_detail.html", context)


def _undecided(request: HttpRequest, item: WorkItem, states: Sequence[str]) -> Undecided:
    may_import = policies.can_import_work(request.user, item.engagement)
    return Undecided.of(item.source, states, engagement=item.engagement, may_import=may_import)


def _page(request: HttpRequest, lines: Sequence[Line]) -> Page[Line]:
    """The part of a history that the URL asks for; the newest, unless it asks for another."""
    pages = Paginator(lines, LINES, orphans=LINES // 2)
    return pages.get_page(request.GET.get("page", pages.num_pages))


def items_listing(request: HttpRequest, items: QuerySet[WorkItem], *, caption: str) -> Listing:
    """Items of a milestone or a sprint, open ones first, a page of them."""
    rows = items.select_related("engagement", "source").with_assignees().with_created_told()
    rows = rows.order_by("-done_at", "-created_at", "-pk")
    return build_list(request, rows, columns=ITEM_COLUMNS, caption=caption, filename="items.csv")
