"""The customer's pages. What is published is served as it was stored; reading it is noted."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dm_portal.shell.clock import now
from dm_portal.shell.components import Shape
from dm_portal.shell.lists import Column, render_list
from engagements.asking import AskedBy
from reporting import dates_file, live, shared, statuses
from reporting.filters import ArchiveFilter
from reporting.models import ReportRevision
from reporting.querysets import ReportRevisionQuerySet
from reporting.services.receipts import record_receipts
from reporting.views.reports import week_cell, week_plainly, week_starts
from reporting.wording import capital


def _remarks(row: ReportRevision) -> str:
    """ "Corrected, reconstructed": what a line in the archive says besides its headline."""
    remarks = {"corrected": row.number > 1, "reconstructed": row.reconstructed_on is not None}
    withdrawal = statuses.withdrawal_of(row)
    if withdrawal is not None:
        remarks[f"withdrawn on {withdrawal.day}, because: {withdrawal.reason}"] = True
    return capital(", ".join(name for name, is_so in remarks.items() if is_so))


ARCHIVE = [
    Column(
        "Week",
        lambda row: week_cell(row.report),
        url=statuses.url_of,
        plain=lambda row: week_plainly(row.report),
    ),
    Column("Status", lambda row: Shape(row.colour), kind="shape"),
    Column(
        "Headline",
        "headline",
        note=_remarks,
        note_label="Remarks",
    ),
    Column("Published", "published_at", kind="instant"),
]


@require_safe
def status_index(request: HttpRequest) -> HttpResponse:
    """The engagements that one reads of; a customer with one only is led straight to it."""
    cards = statuses.cards(request.user)
    if request.user.is_customer and len(cards) == 1:
        return redirect(cards[0].url)
    return render(request, "status/index.html", {"cards": cards})


@require_safe
def status_detail(request: HttpRequest, ref: str) -> HttpResponse:
    """The last published status, under what was said since; before the first, when it comes."""
    engagement = READABLE.first(request.user, ref=ref)
    if engagement is None:
        raise Http404
    timezone.activate(ZoneInfo(engagement.time_zone))
    here = {"engagement": engagement.pk}
    revision = NEWEST.first(request.user, **here)
    updates = (
        UPDATES_AFTER.rows(request.user, after=revision.facts.as_of, **here)
        if revision
        else UPDATES.rows(request.user, **here)
    )
    if revision is None:
        _note_reading(request, updates)
        page = statuses.first_page_of(engagement, user=request.user, updates=updates)
        return render(request, "status/first.html", {"page": page, "place": page.place})
    return _read_latest(request, revision, updates)


@require_safe
def status_weekly(request: HttpRequest, ref: str, week: str) -> HttpResponse:
    """What was first published of a week, for ever; a correction is linked."""
    return status_revision(request, ref, week, 1)


@require_safe
def status_revision(request: HttpRequest, ref: str, week: str, number: int) -> HttpResponse:
    """One revision of a week."""
    asked = {"ref": ref, "starts_on": week_starts(week), "number": number}
    revision = OF_WEEK.first(request.user, **asked)
    if revision is None:
        raise Http404
    return _read(request, revision)


@require_safe
def status_update(request: HttpRequest, ref: str, update: int) -> HttpResponse:
    """What was first said in an update, for ever; a correction is linked."""
    return status_update_revision(request, ref, update, 1)


@require_safe
def status_update_revision(
    request: HttpRequest, ref: str, update: int, number: int
) -> HttpResponse:
    """One revision of an update."""
    revision = get_object_or_404(
        _revisions(request.user),
        report__engagement__ref=ref,
        report__update_number=update,
        number=number,
    )
    return _read(request, revision)


@require_safe
def status_archive(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Every week and every update that was published, as it stands today."""
    engagements = statuses.readable(request.user).select_related("customer")
    engagement = get_object_or_404(engagements, ref=ref)
    timezone.activate(ZoneInfo(engagement.time_zone))
    revisions = _revisions(request.user).filter(report__engagement=engagement)
    return render_list(
        request,
        "status/archive.html",
        revisions.standing().last_said_first().defer("html", "text"),
        columns=ARCHIVE,
        caption="Published statuses",
        filename="published-statuses.csv",
        filterset_class=ArchiveFilter,
        place=statuses.place_of(engagement, request.user),
    )


@require_safe
def status_calendar(request: HttpRequest, ref: str) -> HttpResponse:
    """Committed dates of the last status, and days by which answers are needed, as a calendar."""
    engagement = get_object_or_404(statuses.readable(request.user), ref=ref)
    said = _revisions(request.user).filter(report__engagement=engagement).in_force()
    said = said.newest_first().first()
    plan = said.text.get("plan", []) if said else []
    rows = shared.rows_of(engagement, request.user)
    body = dates_file.calendar_of(engagement.name, ref, plan, rows, now())
    headers = {"Content-Disposition": 'attachment; filename="dates.ics"'}
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)


def _revisions(user: Any) -> ReportRevisionQuerySet:
    revisions = ReportRevision.objects.visible_to(user).defer("facts__body")
    with_all = ("report__engagement__customer", "report__period", "facts")
    return revisions.select_related(*with_all, "retraction__retracted_by")


def _of_engagement(user: Any, engagement: int) -> ReportRevisionQuerySet:
    return _revisions(user).filter(report__engagement=engagement)


def _updates(user: Any, engagement: int) -> ReportRevisionQuerySet:
    """What was said between statuses, as last corrected; the last first."""
    return _of_engagement(user, engagement).updates().standing().last_said_first()


READABLE = AskedBy(
    lambda user, ref: statuses.readable(user).select_related("customer").filter(ref=ref), ref=str
)
NEWEST = AskedBy(
    lambda user, engagement: _of_engagement(user, engagement).newest_first()[:1], engagement=int
)
UPDATES = AskedBy(_updates, engagement=int)
UPDATES_AFTER = AskedBy(
    lambda user, engagement, after: _updates(user, engagement).filter(facts__as_of__gt=after),
    engagement=int,
    after=datetime,
)
OF_WEEK = AskedBy(
    lambda user, ref, starts_on, number: _revisions(user).filter(
        report__engagement__ref=ref, report__period__starts_on=starts_on, number=number
    ),
    ref=str,
    starts_on=date,
    number=int,
)


def _note_reading(request: HttpRequest, revisions: Sequence[ReportRevision]) -> None:
    """Whoever asks for the page reads it; who only looks whether it is there does not."""
    if request.method == "GET":
        record_receipts(revisions=revisions, user=request.user)


def _read(request: HttpRequest, revision: ReportRevision) -> HttpResponse:
    """The stored page. That a customer's person opened it is noted; ours leave nothing."""
    _note_reading(request, [revision])
    near = statuses.around(revision, user=request.user)
    page = statuses.page_of(revision, near, user=request.user)
    return render(request, "status/detail.html", {"page": page, "place": page.place})


def _read_latest(
    request: HttpRequest, revision: ReportRevision, updates: Sequence[ReportRevision]
) -> HttpResponse:
    """The stored page of the last status, and beside it what is live; noted in the same way."""
    shown, user = [*updates, revision], request.user
    _note_reading(request, shown)
    before = live.before(shown, user=user)
    near = statuses.Around(earlier=before.week_before)
    page = statuses.page_of(revision, near, user=user, updates=updates)
    beside = live.live_of(revision, updates, before, user=user)
    return render(
        request, "status/detail.html", {"page": page, "place": page.place, "live": beside}
    )
