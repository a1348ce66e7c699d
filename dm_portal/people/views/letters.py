"""`/outbox/letters/`: what each kind of letter looks like, by an example that is made up."""

from operator import attrgetter

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from dm_portal.people import composing, letters, policies
from dm_portal.people.own_letters import SOMEBODY
from dm_portal.people.views.answers import require
from dm_portal.people.views.frames import framed
from dm_portal.shell.components import Crumb


@require_safe
def letter_kinds(request: HttpRequest) -> HttpResponse:
    require(policies.can_read_outbox(request.user))
    known = sorted(letters.registered().values(), key=attrgetter("category.label", "label"))
    crumbs = [Crumb("Outbox", reverse("outbox_list"))]
    return render(request, "people/letter_kinds.html", {"letters": known, "crumbs": crumbs})


@require_safe
def letter_example(request: HttpRequest, kind: str) -> HttpResponse:
    require(policies.can_read_outbox(request.user))
    letter = _letter(kind)
    crumbs = [
        Crumb("Outbox", reverse("outbox_list")),
        Crumb("How letters look", reverse("letter_kinds")),
    ]
    context = {"letter": letter, "written": _example(letter), "crumbs": crumbs}
    return render(request, "people/letter_example.html", context)


@require_safe
@framed
def letter_html(request: HttpRequest, kind: str) -> HttpResponse:
    require(policies.can_read_outbox(request.user))
    return HttpResponse(_example(_letter(kind)).html)


def _letter(kind: str) -> letters.Letter:
    try:
        return letters.registered()[kind]
    except KeyError as error:
        raise Http404 from error


def _example(letter: letters.Letter) -> composing.Written:
    path = reverse("account_unsubscribe", args=["example"])
    values = {
        "recipient": SOMEBODY.email,
        "category": letter.category,
        "unsubscribe_url": "" if letter.category.always_comes else settings.BASE_URL + path,
    }
    return composing.compose(letter.kind, values | dict(letter.example()))
