"""Risks: what may go wrong, and whether it grows."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from dm_portal.shell.lists import Column, render_list
from engagements import policies
from engagements.filters_owed import RiskFilter
from engagements.forms.owed import ShareForm
from engagements.forms.risks import RiskCreateForm, RiskForm, SettleForm
from engagements.models import Engagement, Risk
from engagements.services.risks import change_risk, see_risk, settle_risk, share_risk
from engagements.views.doors import find_engagement, posted, require
from engagements.views.owed import (
    SHARED,
    Deed,
    owed_page,
    render_owed_form,
    render_row,
    stored,
)
from engagements.views.pages import url_of
from engagements.views.saving import saved

STATE = Column("State", lambda row: row.get_state_display())
PROBABILITY = Column("Probability", lambda row: row.get_probability_display())
IMPACT = Column("Impact", lambda row: row.get_impact_display())
TREND = Column("Trend", lambda row: row.get_trend_display())
OWNER = Column("Who sees to it", "owner.name")
MILESTONE = Column("Milestone", lambda row: row.milestone and row.milestone.name, missing="none")
TOUCHED = Column("Last said anew", "touched_at", kind="instant")
COLUMNS = [
    Column("What may happen", "what", url=Risk.get_absolute_url, is_long=True),
    STATE,
    PROBABILITY,
    IMPACT,
    TREND,
    OWNER,
    MILESTONE,
    TOUCHED,
]
FACTS = [
    STATE,
    PROBABILITY,
    IMPACT,
    TREND,
    Column("What we do about it", lambda row: row.mitigation or None, missing="nothing yet"),
    OWNER,
    MILESTONE,
    Column("Seen", "created_at", kind="instant"),
    Column("Last said anew", "touched_at", kind="instant", note=lambda row: f"by {row.touched_by}"),
]
SETTLED = [
    Column("What came of it", "settled_reason"),
    Column("Ended", "settled_at", kind="instant", note=lambda row: f"by {row.settled_by}"),
]


@require_safe
def risk_list(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Every risk, the open ones first."""
    engagement = find_engagement(request, ref)
    return render_list(
        request,
        "engagements/risk_list.html",
        _risks(engagement),
        columns=COLUMNS,
        caption=f"Risks of {engagement}",
        filename="risks.csv",
        filterset_class=RiskFilter,
        may_keep=policies.can_keep_owed(request.user, engagement),
        **owed_page(request, engagement, "risks"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def risk_create(request: HttpRequest, ref: str) -> HttpResponse:
    """A new risk, for us until it is shared."""
    engagement = find_engagement(request, ref)
    require(policies.can_keep_owed(request.user, engagement))
    form = RiskCreateForm(posted(request), engagement=engagement, initial={"owner": request.user})
    if risk := saved(form, see_risk, engagement=engagement, by=request.user):
        return redirect(risk)
    title = "Write down a risk"
    return render_owed_form(request, engagement, "risks", form, title=title, submit="Write it down")


@require_safe
def risk_detail(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """How it stands, what is done about it, and what the customer reads of it."""
    engagement = find_engagement(request, ref)
    risk = get_object_or_404(_risks(engagement), number=number)
    parts = [
        *FACTS,
        *(SHARED if risk.is_shared else []),
        *(SETTLED if risk.settled_at else []),
    ]
    hint = "" if risk.is_shared else "No customer reads any of this until it is shared."
    deeds = _deeds(request, risk) if risk.is_open else []
    said = risk.what
    return render_row(
        request, engagement, "risks", risk, said=said, facts=parts, deeds=deeds, hint=hint
    )


@require_http_methods(["GET", "HEAD", "POST"])
def risk_edit(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """How it stands now."""
    engagement, risk = _find(request, ref, number)
    form = RiskForm(posted(request), instance=risk, engagement=engagement)
    if saved(form, change_risk, risk=risk, by=request.user, theirs=stored(risk)):
        return redirect(risk)
    title = f"Edit risk {number}"
    return render_owed_form(
        request, engagement, "risks", form, row=risk, title=title, submit="Save"
    )


@require_http_methods(["GET", "HEAD", "POST"])
def risk_sharing(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """The words in which the customer reads it."""
    engagement, risk = _find(request, ref, number)
    require(policies.can_share_with_customer(request.user, engagement))
    form = ShareForm(posted(request), row=risk, said=risk.what)
    if saved(form, share_risk, risk=risk, by=request.user, theirs=stored(risk)):
        return redirect(risk)
    return render_owed_form(
        request,
        engagement,
        "risks",
        form,
        row=risk,
        title=f"Share risk {number} with the customer",
        submit="Share it",
        hint="They read these words, and whether it still is a risk. The rest stays ours.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def risk_settlement(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """That it happened, or is none any more."""
    engagement, risk = _find(request, ref, number)
    require(policies.can_change_shared(request.user, risk))
    form = SettleForm(posted(request), risk=risk)
    if saved(form, settle_risk, risk=risk, by=request.user):
        return redirect(risk)
    title = f"What came of risk {number}"
    return render_owed_form(
        request, engagement, "risks", form, row=risk, title=title, submit="Save"
    )


def _risks(engagement: Engagement) -> QuerySet[Risk]:
    people = ("owner", "shared_by", "settled_by", "touched_by")
    return engagement.risks.select_related("milestone", *people)


def _find(request: HttpRequest, ref: str, number: int) -> tuple[Engagement, Risk]:
    """A risk to be changed, and its engagement."""
    engagement = find_engagement(request, ref)
    risk = get_object_or_404(_risks(engagement), number=number)
    require(policies.can_keep_owed(request.user, engagement))
    return engagement, risk


def _deeds(request: HttpRequest, risk: Risk) -> list[Deed]:
    engagement, deeds = risk.engagement, []
    if policies.can_keep_owed(request.user, engagement):
        deeds.append(Deed("Edit", url_of(engagement, "risk_edit", risk), is_primary=True))
    if policies.can_change_shared(request.user, risk):
        deeds.append(Deed("What came of it", url_of(engagement, "risk_settlement", risk)))
    if policies.can_share_with_customer(request.user, engagement):
        label = "Reword it for the customer" if risk.is_shared else "Share with the customer"
        deeds.append(Deed(label, url_of(engagement, "risk_sharing", risk)))
    return deeds
