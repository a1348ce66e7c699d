"""Who works on an engagement in which function, and who of the customer reads about it."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dm_portal.people.models import User
from dm_portal.people.querysets import DatedQuerySet
from dm_portal.shell.clock import today
from dm_portal.shell.forms import render_form
from dm_portal.shell.lists import Column
from engagements import policies
from engagements.forms.people import ContactForm, EndForm, FunctionForm
from engagements.models import CustomerContact, EngagementFunction
from engagements.services.people import end_contact, end_function, give_function, invite_contact
from engagements.views.doors import find_engagement, posted, require
from engagements.views.pages import settings_page
from engagements.views.saving import saved
from engagements.views.tables import FROM, UNTIL, tables_by_time
from pods.rosters import by_time

FUNCTIONS = [
    Column("Person", "user.name", note=lambda row: _access(row.user)),
    Column("Function", lambda row: row.get_function_display()),
    FROM,
    UNTIL,
]
CONTACTS = [
    Column("Person", "user.name", note=lambda row: _access(row.user)),
    Column("As", lambda row: row.get_kind_display()),
    Column("E-mail", "user.email"),
    FROM,
    UNTIL,
]


@require_http_methods(["GET", "HEAD", "POST"])
def engagement_functions(request: HttpRequest, ref: str) -> HttpResponse:
    """Who is DM, deputy, architect, tech lead or specialist, from when to when."""
    engagement = find_engagement(request, ref)
    require(policies.can_change_functions(request.user, engagement))
    form = FunctionForm(posted(request), user=request.user)
    if saved(form, give_function, engagement=engagement, by=request.user):
        return redirect("engagement_functions", ref=ref)
    rows = engagement.functions.select_related("user").order_by("starts_on", "pk")
    tables = tables_by_time(by_time(rows, today()), FUNCTIONS, end_url=partial(_function_end, ref))
    page = settings_page(request, engagement, "functions") | {"people": tables}
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
    if contact := saved(form, invite_contact, customer=customer, by=request.user):
        messages.success(request, _letter_words(contact))
        return redirect("engagement_contacts", ref=ref)
    rows = customer.contacts.select_related("user").order_by("starts_on", "pk")
    tables = tables_by_time(by_time(rows, today()), CONTACTS, end_url=partial(_contact_end, ref))
    page = settings_page(request, engagement, "contacts") | {"people": tables}
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


def _function_end(ref: str, row: EngagementFunction) -> str:
    place = {"ref": ref, "person": row.user.ref, "function": row.function}
    return reverse("function_end", kwargs=place)


def _contact_end(ref: str, row: CustomerContact) -> str:
    return reverse("contact_end", kwargs={"ref": ref, "person": row.user.ref})


def _letter_words(contact: CustomerContact) -> str:
    """Where the invitation is: who sent it cannot look into the outbox."""
    if settings.EMAIL_SENDS:
        return f"An invitation is on its way to {contact.user.email}."
    written = f"The invitation to {contact.user.email} is written."
    return f"{written} This portal sends no mail: an admin finds the letter in the outbox."


def _access(user: User) -> str:
    """Why somebody who has a row here cannot come in, if so."""
    if user.deactivated_at is not None:
        return "deactivated"
    return "invited, has not come yet" if user.is_invited else ""


def _not_over(rows: DatedQuerySet, person: str) -> Any:
    """The first of a person's ``rows`` that has not ended; 404 if all have."""
    going_on = rows.filter(user__ref=person).exclude(ends_on__lte=today())
    row = going_on.select_related("user").order_by("starts_on").first()
    if row is None:
        raise Http404
    return row
