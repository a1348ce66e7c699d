"""Asks: what we need from the customer, and what they answered."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from dm_portal.shell.lists import Column, render_list
from engagements import policies
from engagements.filters_owed import AskFilter
from engagements.forms.asks import AskCreateForm, AskForm
from engagements.forms.owed import ShareForm, WordsForm
from engagements.models import Ask, Engagement
from engagements.services.asks import change_ask, make_ask, share_ask, withdraw_ask
from engagements.views.doors import find_engagement, posted, require
from engagements.views.owed import (
    SHARED,
    WITHDRAWN,
    Deed,
    overdue_words,
    owed_page,
    render_owed_form,
    render_row,
    stored,
    today_of,
)
from engagements.views.pages import url_of
from engagements.views.saving import saved


def remark(ask: Ask) -> str:
    """What matters of an open ask besides its day: that nobody was asked yet, or it is late."""
    today = today_of(ask.engagement)
    late = overdue_words(ask.engagement, ask.needed_by, today) if ask.is_overdue(today) else ""
    unshared = "not shared yet" if ask.is_open and not ask.is_shared else ""
    return ", ".join(each for each in (late, unshared) if each)


STATE = Column("State", lambda row: row.get_state_display(), note=remark, note_label="Remark")
ASKED_OF = Column("From whom", "asked_of.name")
NEEDED_BY = Column("Needed by", "needed_by", kind="date")
OWNER = Column("Who sees to it", "owner.name")
COLUMNS = [
    Column("What we need", "question", url=Ask.get_absolute_url, is_long=True),
    STATE,
    ASKED_OF,
    NEEDED_BY,
    OWNER,
]
FACTS = [
    STATE,
    ASKED_OF,
    NEEDED_BY,
    OWNER,
    Column("Options", lambda row: row.options or None, missing="none named"),
    Column("What we recommend", lambda row: row.recommendation or None, missing="nothing yet"),
    Column("Without an answer", "without_answer"),
]
ANSWERED = [
    Column("Answer", "answer"),
    Column("Answered", "answered_at", kind="instant", note=lambda row: f"by {row.answered_by}"),
]


@require_safe
def ask_list(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Every ask, the open ones first, the nearest day before the others."""
    engagement = find_engagement(request, ref)
    return render_list(
        request,
        "engagements/ask_list.html",
        _asks(engagement),
        columns=COLUMNS,
        caption=f"Asks of {engagement}",
        filename="asks.csv",
        filterset_class=AskFilter,
        may_keep=policies.can_keep_owed(request.user, engagement),
        **owed_page(request, engagement, "asks"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def ask_create(request: HttpRequest, ref: str) -> HttpResponse:
    """A new ask, for us until it is shared."""
    engagement = find_engagement(request, ref)
    require(policies.can_keep_owed(request.user, engagement))
    form = AskCreateForm(posted(request), engagement=engagement, initial={"owner": request.user})
    if ask := saved(form, make_ask, engagement=engagement, by=request.user):
        return redirect(ask)
    return render_owed_form(request, engagement, "asks", form, title="Ask", submit="Write it down")


@require_safe
def ask_detail(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """What is needed from whom, what the customer reads of it, and their answer."""
    engagement = find_engagement(request, ref)
    ask = get_object_or_404(_asks(engagement), number=number)
    parts = [
        *FACTS,
        *(SHARED if ask.is_shared else []),
        *(ANSWERED if ask.answered_at else []),
        *(WITHDRAWN if ask.withdrawn_at else []),
    ]
    hint = "" if ask.is_shared else "No customer reads any of this until it is shared."
    deeds = _deeds(request, ask) if ask.is_open else []
    said = ask.question
    return render_row(
        request, engagement, "asks", ask, said=said, facts=parts, deeds=deeds, hint=hint
    )


@require_http_methods(["GET", "HEAD", "POST"])
def ask_edit(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """What is needed, from whom and by when."""
    engagement, ask = _find(request, ref, number)
    form = AskForm(posted(request), instance=ask, engagement=engagement)
    if saved(form, change_ask, ask=ask, by=request.user, theirs=stored(ask)):
        return redirect(ask)
    hint = "But for what we need and who of us sees to it, the customer reads the change at once."
    return render_owed_form(
        request,
        engagement,
        "asks",
        form,
        row=ask,
        title=f"Edit ask {number}",
        submit="Save",
        hint=hint if ask.is_shared else "",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def ask_sharing(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """The words in which the customer reads it."""
    engagement, ask = _find(request, ref, number)
    require(policies.can_share_with_customer(request.user, engagement))
    form = ShareForm(posted(request), row=ask, said=ask.question)
    if saved(form, share_ask, ask=ask, by=request.user, theirs=stored(ask)):
        return redirect(ask)
    return render_owed_form(
        request,
        engagement,
        "asks",
        form,
        row=ask,
        title=f"Share ask {number} with the customer",
        submit="Share it",
        hint="They also read the options, what we recommend, the day, and what follows.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def ask_withdrawal(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Why it is needed no more."""
    engagement, ask = _find(request, ref, number)
    form = WordsForm(posted(request), row=ask, name="reason", label="Why")
    if saved(form, withdraw_ask, ask=ask, by=request.user):
        return redirect(ask)
    return render_owed_form(
        request,
        engagement,
        "asks",
        form,
        row=ask,
        title=f"Withdraw ask {number}",
        submit="Withdraw it",
        hint="The customer reads that it is withdrawn; the reason stays ours."
        if ask.is_shared
        else "No customer has read of it.",
    )


def _asks(engagement: Engagement) -> QuerySet[Ask]:
    people = ("asked_of", "owner", "shared_by", "answered_by", "withdrawn_by")
    return engagement.asks.select_related(*people)


def _find(request: HttpRequest, ref: str, number: int) -> tuple[Engagement, Ask]:
    """An ask to be changed, and its engagement."""
    engagement = find_engagement(request, ref)
    ask = get_object_or_404(_asks(engagement), number=number)
    require(policies.can_change_shared(request.user, ask))
    return engagement, ask


def _deeds(request: HttpRequest, ask: Ask) -> list[Deed]:
    engagement, deeds = ask.engagement, []
    if policies.can_share_with_customer(request.user, engagement):
        label = "Reword it for the customer" if ask.is_shared else "Share with the customer"
        deeds.append(Deed(label, url_of(engagement, "ask_sharing", ask), not ask.is_shared))
    if policies.can_change_shared(request.user, ask):
        deeds.append(Deed("Edit", url_of(engagement, "ask_edit", ask)))
        deeds.append(Deed("Withdraw", url_of(engagement, "ask_withdrawal", ask)))
    return deeds
