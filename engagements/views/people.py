"""Who works on an engagement in which function, and who of the customer reads about it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dm_portal.people.querysets import DatedQuerySet
from dm_portal.shell.clock import today
from dm_portal.shell.forms import render_form
from engagements import policies
from engagements.forms.people import ContactForm, EndForm, FunctionForm
from engagements.models import CustomerContact, EngagementFunction
from engagements.services.people import end_contact, end_function, give_function, invite_contact
from engagements.views.doors import find_engagement, posted, require
from engagements.views.pages import settings_page
from engagements.views.saving import saved
from pods.rosters import by_time


@require_http_methods(["GET", "HEAD", "POST"])
def engagement_functions(request: HttpRequest, ref: str) -> HttpResponse:
    """Who is DM, deputy, architect, tech lead or specialist, from when to when."""
    engagement = find_engagement(request, ref)
    require(policies.can_change_functions(request.user, engagement))
    form = FunctionForm(posted(request), user=request.user)
    if saved(form, give_function, engagement=engagement, by=request.user):
        return redirect("engagement_functions", ref=ref)
    rows = engagement.functions.select_related("user").order_by("starts_on", "pk")
    page = settings_page(request, engagement, "functions") | {"people": by_time(rows, today())}
    return render_form(request, "engagements/engagement_functions.html", form, **page)


@require_http_methods(["GET", "HEAD", "POST"])
def function_end(request: HttpRequest, ref: str, person: str, function: str) -> HttpResponse:
    """The last day of one person's function."""
    engagement = find_engagement(request, ref)
    require(policies.can_change_functions(request.user, engagement))
    rows = EngagementFunction.objects.filter(engagement=engagement, function=function)
    row = _not_over(rows, person)
    form = EndForm(posted(request))
    if saved(form, end_function, row=row, by=request.user):
        return redirect("engagement_functions", ref=ref)
    page = settings_page(request, engagement, "functions")
    back = reverse("engagement_functions", kwargs={"ref": ref})
    return render_form(request, "engagements/end_form.html", form, row=row, back=back, **page)


@require_http_methods(["GET", "HEAD", "POST"])
def engagement_contacts(request: HttpRequest, ref: str) -> HttpResponse:
    """The customer's people, and an invitation for one more."""
    engagement = find_engagement(request, ref)
    require(policies.can_invite_contacts(request.user, engagement))
    form = ContactForm(posted(request))
    customer = engagement.customer
    if saved(form, invite_contact, customer=customer, by=request.user):
        return redirect("engagement_contacts", ref=ref)
    rows = customer.contacts.select_related("user").order_by("starts_on", "pk")
    page = settings_page(request, engagement, "contacts") | {"people": by_time(rows, today())}
    return render_form(request, "engagements/engagement_contacts.html", form, **page)


@require_http_methods(["GET", "HEAD", "POST"])
def contact_end(request: HttpRequest, ref: str, person: str) -> HttpResponse:
    """The last day of one of the customer's people."""
    engagement = find_engagement(request, ref)
    require(policies.can_invite_contacts(request.user, engagement))
    row = _not_over(CustomerContact.objects.filter(customer=engagement.customer), person)
    form = EndForm(posted(request))
    if saved(form, end_contact, contact=row, by=request.user):
        return redirect("engagement_contacts", ref=ref)
    page = settings_page(request, engagement, "contacts")
    back = reverse("engagement_contacts", kwargs={"ref": ref})
    return render_form(request, "engagements/end_form.html", form, row=row, back=back, **page)


def _not_over(rows: DatedQuerySet, person: str) -> Any:
    """The first of a person's ``rows`` that has not ended; 404 if all have."""
    going_on = rows.filter(user__ref=person).exclude(ends_on__lte=today())
    row = going_on.select_related("user").order_by("starts_on").first()
    if row is None:
        raise Http404
    return row
