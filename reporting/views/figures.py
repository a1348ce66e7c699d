"""The figures of an engagement: of this week as of now, or as of any instant before."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from dm_portal.shell.clock import now, today
from dm_portal.shell.components import Turn
from dm_portal.shell.csv_export import csv_response
from dm_portal.shell.dates import range_words
from dm_portal.shell.lists import Column
from engagements.models import Engagement
from engagements.views.doors import find_engagement
from engagements.views.pages import engagement_page, sources_page
from engagements.views.tables import Table, table_of
from reporting import facts, weeks_csv
from reporting.forms import EARLIEST, AsOfForm
from reporting.item_lines import LISTED
from reporting.last_status import told_by_the_last
from reporting.periods import WEEK, instant_of, monday_of, week_name
from reporting.views.reports import week_starts
from reporting.week_lines import Aged
from reporting.weeks import MOMENT, Week

# So many of the oldest stand on the page, the others one click away.
OLDEST = 10

ITEM = Column("Item", "item.key", url=lambda row: row.item.url, note="item.source")
TITLE = Column("Title", "item.title", is_long=True)
AGE = Column("Age in days", "days", kind="number")
SINCE = Column("Blocked since", "since", kind="instant")
WORKING_DAYS = Column("Working days", "days", kind="number")
AT_WORK = [
    ITEM,
    TITLE,
    Column("Started", "since", kind="date"),
    AGE,
    Column("Compared", "note"),
]
STAGES = [
    Column("Milestone", "name", url=lambda row: row.url),
    Column("Committed", "committed_on", kind="date", missing="no date"),
    Column("Not started", lambda row: row.at("not_started"), kind="number"),
    Column("In progress", lambda row: row.at("in_progress"), kind="number"),
    Column("Blocked", lambda row: row.at("blocked"), kind="number"),
    Column("Open in all", "open", kind="number"),
    Column("Done", "done", kind="number"),
]


@require_safe
def figures_detail(request: HttpRequest, ref: str) -> HttpResponseBase:
    """This week so far; with ``?at=`` the week of an earlier instant, up to it."""
    engagement = find_engagement(request, ref)
    asked = AsOfForm(request.GET)
    at = asked.cleaned_data["at"] if asked.is_valid() else None
    return _figures(request, engagement, as_of=at or now(), asked=asked)


@require_safe
def figures_week(request: HttpRequest, ref: str, week: str) -> HttpResponseBase:
    """A whole week, as of its end; the running one up to now."""
    engagement = find_engagement(request, ref)
    monday = week_starts(week)
    if not EARLIEST.date() <= monday <= today(engagement.time_zone):
        raise Http404(f"Nothing is known of {week}.")
    ends_at = instant_of(monday + WEEK, time(0), ZoneInfo(engagement.time_zone))
    return _figures(request, engagement, as_of=min(ends_at, now()))


def _figures(
    request: HttpRequest, engagement: Engagement, *, as_of: datetime, asked: AsOfForm | None = None
) -> HttpResponseBase:
    """The week that holds the last moment before ``as_of``, up to it."""
    zone = ZoneInfo(engagement.time_zone)
    monday = monday_of((as_of - MOMENT).astimezone(zone).date())
    sources = sources_page(request, engagement, at=as_of)
    body = facts.collect(engagement, since=instant_of(monday, time(0), zone), as_of=as_of)
    week = Week(body, sources["source_names"])
    is_wrong = bool(asked and asked.errors)
    if request.GET.get("format") == "csv" and not is_wrong:
        return csv_response("figures.csv", weeks_csv.HEADER, weeks_csv.rows(week))
    context = engagement_page(request, engagement, "figures") | {
        "form": asked if is_wrong else AsOfForm(initial={"at": as_of}),
        "as_of": as_of,
        "name": range_words(monday, monday + timedelta(days=6), today=today(zone.key)),
        "is_over": as_of == instant_of(monday + WEEK, time(0), zone),
        "week": week,
        **sources,
        "csv_url": f"?{urlencode({**request.GET.dict(), 'format': 'csv'})}",
        **_turns(engagement, monday, week),
        **(_sections(engagement, week, as_of) if week.is_imported else {}),
    }
    status = 422 if is_wrong else 200
    return render(request, "reporting/figures_detail.html", context, status=status)


def _turns(engagement: Engagement, monday: date, week: Week) -> dict[str, Turn | None]:
    """The week before, from the first item's on; and the week after, up to this one."""
    first, last = week.first_day, monday_of(today(engagement.time_zone))
    return {
        "earlier": _turn(engagement, monday - WEEK, last) if first and first < monday else None,
        "later": _turn(engagement, monday + WEEK, last) if monday < last else None,
    }


def _turn(engagement: Engagement, monday: date, last: date) -> Turn:
    words = range_words(monday, monday + timedelta(days=6), today=today(engagement.time_zone))
    if monday == last:
        return Turn(words, reverse("figures_detail", args=[engagement.ref]))
    return Turn(words, reverse("figures_week", args=[engagement.ref, week_name(monday)]))


def _sections(engagement: Engagement, week: Week, as_of: datetime) -> dict[str, Any]:
    """What the sections show, each list once."""
    told = told_by_the_last(engagement, as_of=as_of)
    blockers, at_work, plans = week.blockers(), week.at_work, week.plans()
    # without cycle times there is nothing to compare an age with
    columns = AT_WORK if any(each.note for each in at_work) else AT_WORK[:-1]
    is_open = [week.by_stage(), *(plan for plan in plans if plan.open)]
    return {
        "moved": [each for each in week.moved() if each.number],
        "unmoved": week.unmoved(),
        "told_until": told.since if told else None,
        "late": week.late(told) if told else [],
        "impossible": week.impossible(),
        "moved_plans": [plan for plan in plans if plan.moves],
        "sprint": [each for each in week.sprint() if each.number],
        "blockers": _blockers(engagement, blockers[:LISTED]),
        "oldest": table_of("In progress, the oldest first", columns, at_work[:OLDEST]),
        "younger": table_of("In progress, the younger ones", columns, at_work[OLDEST:LISTED]),
        "open_plans": table_of("Items by milestone and stage", STAGES, is_open),
        "done_plans": table_of(
            "Milestones without open items", STAGES, [plan for plan in plans if not plan.open]
        ),
    }


def _blockers(engagement: Engagement, blocked: list[Aged]) -> Table:
    """Each leads to its item, and by its beginning to its own page; one statement."""
    begun = engagement.blockers.told().filter(opened_at__in=[each.since for each in blocked])
    pages = {
        (row.source.number, row.key, row.opened_at): row.get_absolute_url()
        for row in begun.select_related("engagement", "source")
    }
    since = replace(SINCE, url=lambda row: pages.get(row.blocker, ""))
    columns = [ITEM, TITLE, since, WORKING_DAYS]
    return table_of("Blocked, the oldest first", columns, blocked)
