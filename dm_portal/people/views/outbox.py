"""`/outbox/`: the letters, those that failed first to look for, and where nothing is sent, all."""

from functools import partial
from operator import methodcaller
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from dm_portal.people import letters, policies, services
from dm_portal.people.filters import MailFilter
from dm_portal.people.mail_server import away_since
from dm_portal.people.mail_words import problem_words
from dm_portal.people.models import OutgoingMail
from dm_portal.people.views.answers import attempt, require
from dm_portal.people.views.frames import framed
from dm_portal.shell.components import Crumb
from dm_portal.shell.lists import Column, render_list
from dm_portal.shell.wording import count


def _kind(mail: OutgoingMail) -> str:
    letter = letters.registered().get(mail.kind)
    return letter.label if letter else mail.kind


COLUMNS = [
    Column("Subject", "subject", url=lambda mail: reverse("outbox_detail", args=[mail.ref])),
    Column("Kind", _kind),
    Column("To", "recipient"),
    Column(
        "State",
        methodcaller("get_state_display"),
        note=lambda mail: problem_words(mail.last_error),
        note_label="Problem",
    ),
    Column("Attempts", "attempts", kind="number"),
    Column("Written", "created_at", kind="instant"),
    Column("Done", "finished_at", kind="instant", missing="not yet"),
]


@require_safe
def outbox_list(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    require(policies.can_read_outbox(request.user))
    mails = OutgoingMail.objects.visible_to(request.user)
    return render_list(
        request,
        "people/outbox_list.html",
        # the text is not for a list: it can be long, and hold a personal link
        mails.defer("text", "html"),
        columns=COLUMNS,
        caption="Mails",
        filename="mails.csv",
        filterset_class=MailFilter,
        sends=settings.EMAIL_SENDS,
        away_since=away_since(),
        tally=mails.tally(),
        problems=[(problem, problem_words(problem), n) for problem, n in mails.problems()],
    )


@require_safe
def outbox_detail(request: HttpRequest, ref: str) -> HttpResponse:
    mail = _mail(request, ref)
    context = {
        "mail": mail,
        "kind": _kind(mail),
        "problem": problem_words(mail.last_error),
        "crumbs": [Crumb("Outbox", reverse("outbox_list"))],
        "readable": _is_readable(mail),
        "parked": mail.state == OutgoingMail.State.PARKED,
        "withheld": mail.state == OutgoingMail.State.WITHHELD,
    }
    return render(request, "people/outbox_detail.html", context)


@require_safe
@framed
def outbox_html(request: HttpRequest, ref: str) -> HttpResponse:
    """The HTML of a letter, for the frame on its page."""
    mail = _mail(request, ref)
    if not mail.html or not _is_readable(mail):
        raise Http404
    return HttpResponse(mail.html)


@require_POST
def outbox_retry(request: HttpRequest, ref: str) -> HttpResponse:
    mail = _mail(request, ref)
    act = partial(services.retry_mail, mail=mail, by=request.user)
    attempt(request, act, "The mail is on its way again.")
    return redirect("outbox_detail", ref)


@require_POST
def outbox_retry_alike(request: HttpRequest) -> HttpResponse:
    """Send all mails again that failed of one thing, once it is mended."""
    require(policies.can_read_outbox(request.user))
    problem = request.POST.get("problem", "")
    act = partial(services.retry_mails, problem=problem, by=request.user)
    attempt(request, act, lambda number: f"{count(number, 'mail')} on the way again.")
    return redirect("outbox_list")


def _mail(request: HttpRequest, ref: str) -> OutgoingMail:
    mails: Any = OutgoingMail.objects.visible_to(request.user)
    return get_object_or_404(mails, ref=ref)


def _is_readable(mail: OutgoingMail) -> bool:
    """Where mails leave, a personal link is for its addressee alone, not for admins."""
    return not settings.EMAIL_SENDS or mail.kind not in services.WITH_PERSONAL_LINK
