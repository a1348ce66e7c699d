"""Whom the customer's lead names to answer for them."""

from dataclasses import dataclass
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dm_portal.shell.clock import today
from dm_portal.shell.dates import day_words
from dm_portal.shell.errors import DomainError
from dm_portal.shell.forms import render_form
from engagements import policies
from engagements.forms.people import DelegateForm
from engagements.models import CustomerContact, Engagement
from engagements.services.people import end_delegate, name_delegate
from engagements.views.doors import posted, require
from engagements.views.saving import saved
from reporting import statuses
from reporting.views.asks import find_readable

# Whether an address is refused tells that somebody is known by it: nobody asks that of many.
TRIED_MUCH = "That is much for one day: your delivery manager can invite more."


@dataclass(frozen=True, slots=True)
class Delegate:
    """Somebody who answers for the lead: since when, and whether they have come in yet."""

    name: str
    email: str
    since: str
    has_come: bool
    end_url: str


@require_http_methods(["GET", "HEAD", "POST"])
def status_delegates(request: HttpRequest, ref: str) -> HttpResponse:
    """Who answers for the lead, and an invitation for one more."""
    engagement = find_readable(request, ref)
    require(policies.can_name_delegates(request.user, engagement))
    form = DelegateForm(posted(request))
    if form.is_bound and not ratelimit.consume(request, action="name_delegate"):
        form.add_error(None, TRIED_MUCH)
    elif contact := saved(form, name_delegate, engagement=engagement, by=request.user):
        messages.success(request, f"{contact.user.email} is invited to answer for you.")
        return redirect("status_delegates", ref=ref)
    page: dict[str, Any] = {"place": statuses.place_of(engagement, request.user)}
    page["delegates"] = [_delegate(row, engagement) for row in _delegates(request, engagement)]
    return render_form(request, "status/delegates.html", form, **page)


@require_POST
def status_delegate_removal(request: HttpRequest, ref: str, person: str) -> HttpResponse:
    """Somebody answers for the lead no more; they cannot come in from now on."""
    engagement = find_readable(request, ref)
    require(policies.can_name_delegates(request.user, engagement))
    contact = get_object_or_404(_delegates(request, engagement), user__ref=person)
    try:
        end_delegate(engagement=engagement, contact=contact, by=request.user)
        messages.success(request, f"{contact.user.name} does not answer for you any more.")
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("status_delegates", ref=ref)


def _delegates(request: HttpRequest, engagement: Engagement) -> Any:
    rows = CustomerContact.objects.visible_to(request.user).filter(customer=engagement.customer_id)
    delegates = rows.filter(kind=CustomerContact.Kind.DELEGATE).select_related("user")
    return delegates.order_by("user__name", "pk")


def _delegate(row: CustomerContact, engagement: Engagement) -> Delegate:
    here = today(engagement.time_zone)
    return Delegate(
        name=row.user.name,
        email=row.user.email,
        since=day_words(row.starts_on, today=here),
        has_come=not row.user.is_invited,
        end_url=reverse("status_delegate_removal", args=[engagement.ref, row.user.ref]),
    )
