"""What is needed from the customer, as they read and answer it."""

from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dm_portal.shell.forms import render_form
from dm_portal.shell.lists import Column, render_list
from engagements import policies
from engagements.models import Ask, Engagement
from engagements.services.asks import answer_ask
from engagements.views.saving import saved
from reporting import statuses
from reporting.asks import WORDS, ask_page, shared_asks
from reporting.filters import SharedAskFilter
from reporting.forms import AnswerForm

COLUMNS = [
    Column(
        "What is needed",
        "customer_text",
        url=lambda row: reverse("status_ask", args=[row.engagement.ref, row.number]),
        is_long=True,
    ),
    Column("State", lambda row: WORDS[Ask.State(row.state)]),
    Column("From", "asked_of.name"),
    Column("By", "needed_by", kind="date"),
    Column("Answer", lambda row: row.answer or None, missing="none yet", is_long=True),
]


@require_safe
def status_ask_list(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Everything that is needed from the customer, and all that they ever answered."""
    engagement = find_readable(request, ref)
    return render_list(
        request,
        "status/ask_list.html",
        shared_asks(engagement, request.user),
        columns=COLUMNS,
        caption="Needed from you",
        filename="needed-from-you.csv",
        filterset_class=SharedAskFilter,
        may_name=policies.can_name_delegates(request.user, engagement),
        place=statuses.place_of(engagement, request.user),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def status_ask(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """One ask, and the answer of whoever answers for the customer."""
    engagement = find_readable(request, ref)
    ask = get_object_or_404(shared_asks(engagement, request.user), number=number)
    if request.method != "POST":
        return _page(request, ask, AnswerForm(ask=ask))
    if not policies.can_answer_asks(request.user, engagement):
        raise PermissionDenied
    form = AnswerForm(request.POST, ask=ask)
    if saved(form, answer_ask, ask=ask, by=request.user, theirs=partial(_stored, ask)):
        messages.success(request, "Your answer is kept as you gave it.")
        return _back(request, ask)
    return _page(request, ask, form)


def _back(request: HttpRequest, ask: Ask) -> HttpResponse:
    """To where it was answered: on the page of the status, or on its own."""
    if request.POST.get("back") == "status":
        return redirect("status_detail", ref=ask.engagement.ref)
    return redirect("status_ask", ref=ask.engagement.ref, number=ask.number)


def _page(request: HttpRequest, ask: Ask, form: AnswerForm) -> HttpResponse:
    page = ask_page(ask, user=request.user)
    return render_form(request, "status/ask.html", form, page=page, place=page.place)


def _stored(ask: Ask) -> dict[str, Any]:
    """What stands there by now, for whoever answered what was changed meanwhile."""
    ask.refresh_from_db()
    return {"row": ask, "answer": ask.answer, "version": ask.version}


def find_readable(request: HttpRequest, ref: str) -> Engagement:
    """An engagement whose statuses one may read; its pages are read by its own clock."""
    engagements = statuses.readable(request.user).select_related("customer")
    engagement = get_object_or_404(engagements, ref=ref)
    timezone.activate(ZoneInfo(engagement.time_zone))
    return engagement
