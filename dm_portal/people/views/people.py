"""`/people/`: who is here, what they are, and since when."""

from datetime import date
from functools import partial
from operator import methodcaller

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dm_portal.people import policies, services
from dm_portal.people.filters import PersonFilter
from dm_portal.people.forms import PersonForm, PortalFunctionForm
from dm_portal.people.models import Invitation, PortalFunction, User
from dm_portal.people.views.answers import attempt, require
from dm_portal.shell.clock import today
from dm_portal.shell.components import Crumb
from dm_portal.shell.dates import day_words
from dm_portal.shell.errors import Conflict, DomainError
from dm_portal.shell.forms import render_form
from dm_portal.shell.lists import Column, render_list

COLUMNS = [
    Column("Name", "name", url=lambda person: reverse("person_detail", args=[person.ref])),
    Column("E-mail", "email"),
    Column("Kind", methodcaller("get_kind_display")),
    Column("Grade", lambda person: person.get_grade_display() or None),
    Column("Portal-wide", lambda person: ", ".join(person.functions_today) or None),
    Column("State", "state"),
    Column("Last signed in", "last_login", kind="instant", missing="never"),
]


@require_safe
def people_list(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    require(policies.can_list_people(request.user))
    people = User.objects.visible_to(request.user).prefetch_related("portal_functions")
    return render_list(
        request,
        "people/people_list.html",
        people,
        columns=COLUMNS,
        caption="People",
        filename="people.csv",
        filterset_class=PersonFilter,
        may_invite=policies.can_invite_internal(request.user),
    )


@require_safe
def person_detail(request: HttpRequest, ref: str) -> HttpResponse:
    person = get_object_or_404(
        User.objects.visible_to(request.user).select_related("calendar"), ref=ref
    )
    require(policies.can_list_people(request.user))
    invitations = Invitation.objects.visible_to(request.user).filter(user=person)
    may_deactivate = policies.can_deactivate(request.user, person)
    context = {
        "person": person,
        "crumbs": [Crumb("People", reverse("people_list"))],
        "functions": PortalFunction.objects.visible_to(request.user).filter(user=person),
        "invitations": invitations.select_related("invited_by"),
        "may_change": policies.can_change_person(request.user),
        "may_deactivate": may_deactivate,
        "parts": person.parts_elsewhere() if may_deactivate else [],
        "two_step": services.has_two_step(person),
    }
    return render(request, "people/person_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def person_edit(request: HttpRequest, ref: str) -> HttpResponse:
    person = _person(request, ref)
    require(policies.can_change_person(request.user))
    form = PersonForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_person(person=person, by=request.user, **form.changes())
        except Conflict:
            form.show_conflict(User.objects.get(pk=person.pk))
        else:
            messages.success(request, f"{person} is changed.")
            return redirect("person_detail", ref)
    return render_form(request, "people/person_edit.html", form, person=person)


@require_http_methods(["GET", "HEAD", "POST"])
def portal_function_create(request: HttpRequest, ref: str) -> HttpResponse:
    person = _person(request, ref)
    require(policies.can_change_portal_functions(request.user))
    form = PortalFunctionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            held = services.grant_portal_function(person=person, by=request.user, **form.changes())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{person} is {held.get_function_display()}.")
            return redirect("person_detail", ref)
    return render_form(request, "people/portal_function_create.html", form, person=person)


@require_POST
def portal_function_end(
    request: HttpRequest, ref: str, function: str, starts_on: date
) -> HttpResponse:
    """End this function today, also where its end was planned for later; call off a planned one."""
    person = _person(request, ref)
    require(policies.can_change_portal_functions(request.user))
    rows = PortalFunction.objects.visible_to(request.user).not_over().filter(user=person)
    # no two rows that are not over share function and first day: they would share that day
    held = get_object_or_404(rows, function=function, starts_on=starts_on)
    label, day = held.get_function_display(), today()
    done = f"{person} is no longer {label}."
    if held.is_planned:
        first = day_words(starts_on, today=day)
        done = f"Called off: {person} will not be {label} from {first}."
    attempt(request, partial(services.end_portal_function, held=held, by=request.user), done)
    return redirect("person_detail", ref)


@require_POST
def person_deactivation(request: HttpRequest, ref: str) -> HttpResponse:
    person = _person(request, ref)
    require(policies.can_deactivate(request.user, person))
    act = partial(services.deactivate_person, person=person, by=request.user)
    attempt(request, act, f"{person} is deactivated and signed out everywhere.")
    return redirect("person_detail", ref)


@require_POST
def person_reactivation(request: HttpRequest, ref: str) -> HttpResponse:
    person = _person(request, ref)
    require(policies.can_deactivate(request.user, person))
    act = partial(services.reactivate_person, person=person, by=request.user)
    attempt(request, act, f"{person} may come in again: an invitation is on its way.")
    return redirect("person_detail", ref)


@require_POST
def two_step_removal(request: HttpRequest, ref: str) -> HttpResponse:
    person = _person(request, ref)
    require(policies.can_change_person(request.user))
    act = partial(services.remove_two_step, person=person, by=request.user)
    attempt(request, act, f"{person} signs in with the password alone until they set it up again.")
    return redirect("person_detail", ref)


def _person(request: HttpRequest, ref: str) -> User:
    return get_object_or_404(User.objects.visible_to(request.user), ref=ref)
