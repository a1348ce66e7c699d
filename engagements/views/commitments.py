"""Commitments: what was promised, and what came of it."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dm_portal.shell.lists import Column, render_list
from dm_portal.shell.wording import count
from engagements import policies
from engagements.calendars import working_days_of
from engagements.filters_owed import CommitmentFilter
from engagements.forms.commitments import CommitmentForm, FulfilmentForm
from engagements.models import Commitment, CustomerContact, Engagement, thresholds_of
from engagements.querysets import CommitmentQuerySet
from engagements.services.commitments import make_commitment, record_fulfilment
from engagements.views.doors import find_engagement, posted, require
from engagements.views.owed import Deed, owed_page, render_owed_form, render_row, today_of
from engagements.views.pages import url_of
from engagements.views.saving import saved


def notice(commitment: Any) -> str:
    """How long before its day a promise was replaced: "12 working days of notice"."""
    state = commitment.state
    if state not in REPLACED:
        return ""
    today = today_of(commitment.engagement)
    worked = working_days_of(commitment.engagement, today=today)
    days = count(worked.count(commitment.moved_on, commitment.due_on), "working day")
    if state == Commitment.State.MOVED_LATE:
        return f"{days} before; notice is {thresholds_of(commitment.engagement).notice_days}"
    return f"{days} of notice" if state == Commitment.State.MOVED else f"{days} before"


REPLACED = (Commitment.State.MOVED, Commitment.State.MOVED_LATE, Commitment.State.WITHDRAWN)


def where(commitment: Commitment) -> str:
    """Where it was said."""
    if commitment.revision is not None:
        return f"The date of {commitment.revision.milestone}"
    places = (commitment.ask, commitment.week and f"Status {commitment.week}", commitment.said_in)
    return ", ".join(str(place) for place in places if place)


def where_url(commitment: Commitment) -> str:
    """The page of where it was said, if it is one of ours."""
    engagement = commitment.engagement
    if commitment.revision is not None:
        return url_of(engagement, "milestone_detail", commitment.revision.milestone)
    if commitment.ask is not None:
        return url_of(engagement, "ask_detail", commitment.ask)
    week = {"ref": engagement.ref, "week": commitment.week}
    return reverse("report_edit", kwargs=week) if commitment.week else ""


STATE = Column(
    "State", lambda row: Commitment.State(row.state).label, note=notice, note_label="Notice"
)
MADE_TO = Column("To whom", "made_to")
SAID_ON = Column("Said on", "said_on", kind="date")
DUE = Column("Due", "due_on", kind="date", missing="taken back")
WHERE = Column("Where", where, url=where_url)
COLUMNS = [
    Column("What was promised", "promise", url=Commitment.get_absolute_url, is_long=True),
    STATE,
    MADE_TO,
    SAID_ON,
    DUE,
    WHERE,
]
FACTS = [
    STATE,
    MADE_TO,
    SAID_ON,
    WHERE,
    DUE,
    Column("Fulfilled on", "fulfilled_on", kind="date", missing="not yet"),
    Column(
        "Probability known then",
        lambda row: None if row.probability is None else f"{row.probability * 100:.0f} %",
        missing="none known",
    ),
    Column(
        "Instead of",
        lambda row: row.supersedes and str(row.supersedes),
        url=lambda row: row.supersedes.get_absolute_url() if row.supersedes else "",
        missing="nothing",
    ),
    Column(
        "Replaced by",
        lambda row: next(iter(_later(row)), None),
        url=lambda row: next((each.get_absolute_url() for each in _later(row)), ""),
        missing="nothing",
    ),
    Column("Written down", "recorded_at", kind="instant", note=lambda row: f"by {row.recorded_by}"),
]


@require_safe
def commitment_list(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Every promise, the last day first."""
    engagement = find_engagement(request, ref)
    return render_list(
        request,
        "engagements/commitment_list.html",
        _commitments(engagement),
        columns=COLUMNS,
        caption=f"Commitments of {engagement}",
        filename="commitments.csv",
        filterset_class=CommitmentFilter,
        may_keep=policies.can_keep_owed(request.user, engagement),
        **owed_page(request, engagement, "commitments"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def commitment_create(request: HttpRequest, ref: str) -> HttpResponse:
    """A promise, or one instead of another."""
    engagement = find_engagement(request, ref)
    require(policies.can_keep_owed(request.user, engagement))
    initial = _initial(request, engagement)
    form = CommitmentForm(posted(request), engagement=engagement, initial=initial)
    if commitment := saved(form, make_commitment, engagement=engagement, by=request.user):
        return redirect(commitment)
    return render_owed_form(
        request,
        engagement,
        "commitments",
        form,
        title="Write down a commitment",
        submit="Write it down",
        hint="It is kept for ever as you write it. Dates of milestones come by themselves.",
    )


@require_safe
def commitment_detail(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """What was promised, where, and what came of it."""
    engagement = find_engagement(request, ref)
    commitment = get_object_or_404(_commitments(engagement), number=number)
    return render_row(
        request,
        engagement,
        "commitments",
        commitment,
        said=commitment.promise,
        facts=FACTS,
        deeds=_deeds(request, commitment),
        hint="A commitment is never edited. One that moves is a further one.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def commitment_fulfilment(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """The day on which it was fulfilled."""
    engagement = find_engagement(request, ref)
    commitment = get_object_or_404(_commitments(engagement), number=number)
    require(policies.can_keep_owed(request.user, engagement))
    told = commitment.fulfilled_on
    initial = {"fulfilled_on": told or today_of(engagement)}
    form = FulfilmentForm(posted(request), is_told=told is not None, initial=initial)
    if saved(form, record_fulfilment, commitment=commitment, by=request.user):
        return redirect(commitment)
    return render_owed_form(
        request,
        engagement,
        "commitments",
        form,
        row=commitment,
        title=f"What came of commitment {number}",
        submit="Save",
    )


def _commitments(engagement: Engagement) -> CommitmentQuerySet:
    today = today_of(engagement)
    rows = engagement.commitments.with_standing(
        zone=ZoneInfo(engagement.time_zone),
        today=today,
        worked=working_days_of(engagement, today=today),
        notice=thresholds_of(engagement).notice_days,
    )
    found: CommitmentQuerySet = rows.select_related(
        "revision__milestone",
        "ask",
        "supersedes__engagement",
        "superseded_by__engagement",
        "recorded_by",
    )
    return found


def _later(commitment: Any) -> list[Commitment]:
    """The promise that replaced it, if one did."""
    return [commitment.superseded_by] if commitment.moved_on else []


def _initial(request: HttpRequest, engagement: Engagement) -> dict[str, Any]:
    """Said today to the customer's lead; instead of which, the address may say."""
    contacts = CustomerContact.objects.holding().filter(customer=engagement.customer_id)
    leads = contacts.filter(kind=CustomerContact.Kind.LEAD).select_related("user")
    return {
        "said_on": today_of(engagement),
        "made_to": next((lead.user.name for lead in leads[:1]), engagement.customer.name),
        "supersedes": request.GET.get("instead_of"),
    }


def _deeds(request: HttpRequest, commitment: Any) -> list[Deed]:
    engagement = commitment.engagement
    stands = commitment.due_on is not None and commitment.moved_on is None
    if not stands or not policies.can_keep_owed(request.user, engagement):
        return []
    deeds = [Deed("What came of it", url_of(engagement, "commitment_fulfilment", commitment))]
    if commitment.revision is not None:
        url = url_of(engagement, "milestone_date", commitment.revision.milestone)
    else:
        url = f"{url_of(engagement, 'commitment_create')}?instead_of={commitment.number}"
    return [*deeds, Deed("Move it", url)]
