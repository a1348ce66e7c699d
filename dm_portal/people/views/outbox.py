"""`/outbox/`: the letters, those that failed first to look for, and where nothing is sent, all."""

from functools import partial
from operator import methodcaller

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from dm_portal.people import policies, services
from dm_portal.people.filters import MailFilter
from dm_portal.people.models import OutgoingMail
from dm_portal.people.views.answers import attempt, require
from dm_portal.shell.components import Crumb
from dm_portal.shell.lists import Column, render_list

COLUMNS = [
    Column("Subject", "subject", url=lambda mail: reverse("outbox_detail", args=[mail.ref])),
    Column("To", "recipient"),
    Column("State", methodcaller("get_state_display")),
    Column("Attempts", "attempts", kind="number"),
    Column("Written", "created_at", kind="instant"),
    Column("Done", "finished_at", kind="instant", missing="not yet"),
]


@require_safe
def outbox_list(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    require(policies.can_read_outbox(request.user))
    # the text is not for a list: it can be long, and hold a personal link
    mails = OutgoingMail.objects.visible_to(request.user).defer("text", "html")
    return render_list(
        request,
        "people/outbox_list.html",
        mails,
        columns=COLUMNS,
        caption="Mails",
        filename="mails.csv",
        filterset_class=MailFilter,
        sends=settings.EMAIL_SENDS,
    )


@require_safe
def outbox_detail(request: HttpRequest, ref: str) -> HttpResponse:
    mail = get_object_or_404(OutgoingMail.objects.visible_to(request.user), ref=ref)
    context = {
        "mail": mail,
        "crumbs": [Crumb("Outbox", reverse("outbox_list"))],
        # Where mails leave, a personal link is for its addressee alone, not for admins.
        "readable": not settings.EMAIL_SENDS or mail.kind not in services.WITH_PERSONAL_LINK,
        "parked": mail.state == OutgoingMail.State.PARKED,
    }
    return render(request, "people/outbox_detail.html", context)


@require_POST
def outbox_retry(request: HttpRequest, ref: str) -> HttpResponse:
    mail = get_object_or_404(OutgoingMail.objects.visible_to(request.user), ref=ref)
    act = partial(services.retry_mail, mail=mail, by=request.user)
    attempt(request, act, "The mail is on its way again.")
    return redirect("outbox_detail", ref)
