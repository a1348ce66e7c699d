"""Escalations: raised in one sentence, acknowledged, resolved."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dm_portal.shell.lists import Column, render_list
from engagements import policies
from engagements.filters_owed import EscalationFilter
from engagements.forms.escalations import AcknowledgeForm, EscalationCreateForm, EscalationForm
from engagements.forms.owed import ShareForm, WordsForm
from engagements.models import Engagement, Escalation
from engagements.services.escalations import (
    acknowledge_escalation,
    change_escalation,
    raise_escalation,
    resolve_escalation,
    share_escalation,
)
from engagements.views.doors import find_engagement, posted, require
from engagements.views.owed import (
    SHARED,
    Deed,
    overdue_words,
    owed_page,
    render_owed_form,
    render_row,
    stored,
    today_of,
)
from engagements.views.pages import url_of
from engagements.views.saving import back_to, saved


def _remark(escalation: Escalation) -> str:
    today = today_of(escalation.engagement)
    if not escalation.is_overdue(today):
        return ""
    return overdue_words(escalation.engagement, escalation.answer_by, today)


STATE = Column("State", lambda row: row.get_state_display(), note=_remark, note_label="Remark")
LEVEL = Column("Level", lambda row: row.get_level_display())
DECIDER = Column("Who decides", "decider.name")
ANSWER_BY = Column("Answer by", "answer_by", kind="date")
RAISED = Column("Raised", "raised_at", kind="instant", note=lambda row: f"by {row.raised_by}")
COLUMNS = [
    Column("What it is", "what", url=Escalation.get_absolute_url, is_long=True),
    STATE,
    LEVEL,
    DECIDER,
    ANSWER_BY,
]
FACTS = [STATE, LEVEL, DECIDER, ANSWER_BY, RAISED]
READ = [Column("They read that it is", lambda row: f"Raised to {row.raised_to}"), *SHARED]
ACKNOWLEDGED = [
    Column(
        "Acknowledged",
        "acknowledged_at",
        kind="instant",
        note=lambda row: f"by {row.acknowledged_by}",
    )
]
RESOLVED = [
    Column("What was decided", "resolution"),
    Column("Resolved", "resolved_at", kind="instant", note=lambda row: f"by {row.resolved_by}"),
]


@require_safe
def escalation_list(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Every escalation, the open ones first, the highest before the others."""
    engagement = find_engagement(request, ref)
    return render_list(
        request,
        "engagements/escalation_list.html",
        _escalations(engagement),
        columns=COLUMNS,
        caption=f"Escalations of {engagement}",
        filename="escalations.csv",
        filterset_class=EscalationFilter,
        may_raise=policies.can_raise_escalation(request.user, engagement),
        **owed_page(request, engagement, "escalations"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def escalation_create(request: HttpRequest, ref: str) -> HttpResponse:
    """A sentence, and who decides by when."""
    engagement = find_engagement(request, ref)
    require(policies.can_raise_escalation(request.user, engagement))
    form = EscalationCreateForm(posted(request), engagement=engagement)
    if escalation := saved(form, raise_escalation, engagement=engagement, by=request.user):
        return redirect(escalation)
    title = "Escalate"
    return render_owed_form(
        request, engagement, "escalations", form, title=title, submit="Raise it"
    )


@require_safe
def escalation_detail(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Who decides what by when, and what was decided."""
    engagement = find_engagement(request, ref)
    escalation = get_object_or_404(_escalations(engagement), number=number)
    parts = [
        *FACTS,
        *(READ if escalation.is_shared else []),
        *(ACKNOWLEDGED if escalation.acknowledged_at else []),
        *(RESOLVED if escalation.resolved_at else []),
    ]
    return render_row(
        request,
        engagement,
        "escalations",
        escalation,
        said=escalation.what,
        facts=parts,
        deeds=_deeds(request, escalation) if escalation.is_open else [],
        hint="" if escalation.is_shared else "No customer reads any of this.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def escalation_edit(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Its words, its level, who decides, by when."""
    engagement, escalation = _find(request, ref, number)
    require(policies.can_change_shared(request.user, escalation))
    form = EscalationForm(posted(request), instance=escalation, engagement=engagement)
    theirs = stored(escalation)
    if saved(form, change_escalation, escalation=escalation, by=request.user, theirs=theirs):
        return redirect(escalation)
    title = f"Edit escalation {number}"
    return render_owed_form(
        request, engagement, "escalations", form, row=escalation, title=title, submit="Save"
    )


@require_http_methods(["GET", "HEAD", "POST"])
def escalation_sharing(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """The words in which the customer reads it."""
    engagement, escalation = _find(request, ref, number)
    require(policies.can_share_with_customer(request.user, engagement))
    form = ShareForm(posted(request), row=escalation, said=escalation.what)
    theirs = stored(escalation)
    if saved(form, share_escalation, escalation=escalation, by=request.user, theirs=theirs):
        return redirect(escalation)
    return render_owed_form(
        request,
        engagement,
        "escalations",
        form,
        row=escalation,
        title=f"Share escalation {number} with the customer",
        submit="Share it",
        hint=f"They read these words under “Raised to {escalation.raised_to}”, and by when an "
        "answer is needed. Its level and what was decided stay ours.",
    )


@require_POST
def escalation_acknowledgement(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Somebody has it in hand."""
    _, escalation = _find(request, ref, number)
    require(policies.can_settle_escalation(request.user, escalation))
    form = AcknowledgeForm(request.POST)
    if not saved(form, acknowledge_escalation, escalation=escalation, by=request.user):
        for refused in form.errors.values():
            messages.error(request, refused[0])
    return back_to(request, escalation)


@require_http_methods(["GET", "HEAD", "POST"])
def escalation_resolution(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """What was decided."""
    engagement, escalation = _find(request, ref, number)
    require(policies.can_settle_escalation(request.user, escalation))
    label = "What was decided, in one sentence"
    form = WordsForm(posted(request), row=escalation, name="resolution", label=label)
    if saved(form, resolve_escalation, escalation=escalation, by=request.user):
        return redirect(escalation)
    title = f"Resolve escalation {number}"
    return render_owed_form(
        request, engagement, "escalations", form, row=escalation, title=title, submit="Resolve it"
    )


def _escalations(engagement: Engagement) -> QuerySet[Escalation]:
    people = ("decider", "raised_by", "shared_by", "acknowledged_by", "resolved_by")
    return engagement.escalations.select_related(*people)


def _find(request: HttpRequest, ref: str, number: int) -> tuple[Engagement, Escalation]:
    engagement = find_engagement(request, ref)
    return engagement, get_object_or_404(_escalations(engagement), number=number)


def _deeds(request: HttpRequest, escalation: Escalation) -> list[Deed]:
    engagement, deeds = escalation.engagement, []
    if policies.can_settle_escalation(request.user, escalation):
        if escalation.state == Escalation.State.RAISED:
            sent, url = {"version": escalation.version}, "escalation_acknowledgement"
            deeds.append(Deed("Acknowledge", url_of(engagement, url, escalation), sends=sent))
        deeds.append(Deed("Resolve", url_of(engagement, "escalation_resolution", escalation)))
    if policies.can_change_shared(request.user, escalation):
        deeds.append(Deed("Edit", url_of(engagement, "escalation_edit", escalation)))
    may_share = policies.can_share_with_customer(request.user, engagement)
    if may_share and escalation.level >= Escalation.Level.L2:
        label = "Reword it for the customer" if escalation.is_shared else "Share with the customer"
        deeds.append(Deed(label, url_of(engagement, "escalation_sharing", escalation)))
    return deeds
