"""`/leave/`: who is away when, as far as it concerns the reader; entered, moved and taken back."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dm_portal.people import policies, services
from dm_portal.people.filters import TimeOffFilter
from dm_portal.people.forms import ChangedTimeOffForm, NewTimeOffForm
from dm_portal.people.models import TimeOff
from dm_portal.people.views.answers import attempt, require
from dm_portal.people.workers import workers
from dm_portal.shell.components import Crumb
from dm_portal.shell.errors import Conflict, DomainError
from dm_portal.shell.forms import render_form
from dm_portal.shell.lists import Column, render_list


def columns(user: Any) -> list[Column]:
    """Whoever may change a row finds the way there on its name."""
    return [
        Column(
            "Person",
            "person.name",
            url=partial(_edit_url, user),
            note=lambda row: row.user.email if row.user else "",
            note_label="E-mail",
        ),
        Column("First day", "starts_on", kind="date"),
        Column("Last day", "ends_on", kind="date"),
        Column("From", lambda row: _clock(row.from_time)),
        Column("Until", lambda row: _clock(row.until_time)),
        Column("Note", lambda row: row.note or None),
        Column("State", "state"),
    ]


@require_safe
def time_off_list(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Leave, the latest first day on top."""
    require(policies.can_enter_time_off(request.user))
    return render_list(
        request,
        "people/time_off_list.html",
        _rows(request).order_by("-starts_on", "-pk"),
        columns=columns(request.user),
        caption="Leave",
        filename="leave.csv",
        filterset_class=TimeOffFilter,
        sees_all=policies.can_read_all_time_off(request.user),
        of_others=policies.can_enter_time_off_of_others(request.user),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def time_off_create(request: HttpRequest) -> HttpResponse:
    """One's own leave; for an admin, anybody's."""
    require(policies.can_enter_time_off(request.user))
    of_others = policies.can_enter_time_off_of_others(request.user)
    form = NewTimeOffForm(request.POST or None, people=workers() if of_others else ())
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data.pop("person", request.user)
        try:
            row = services.add_time_off(person=person, by=request.user, **form.changes())
        except DomainError as error:
            _refused(form, error)
        else:
            messages.success(request, f"{row}: entered.")
            return redirect("time_off_list")
    return render_form(request, "people/time_off_create.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
def time_off_edit(request: HttpRequest, ref: str) -> HttpResponse:
    """End leave earlier, move it, or find the way to take it back."""
    row = _row(request, ref)
    form = ChangedTimeOffForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_time_off(row=row, by=request.user, **form.changes())
        except Conflict:
            form.show_conflict(TimeOff.objects.get(pk=row.pk))
        except DomainError as error:
            _refused(form, error)
        else:
            messages.success(request, f"{row}: changed.")
            return redirect("time_off_list")
    stored = TimeOff.objects.select_related("user", "specialist").get(pk=row.pk)
    crumbs = [Crumb("Leave", reverse("time_off_list"))]
    page = {"row": stored, "person": stored.person, "crumbs": crumbs}
    return render_form(request, "people/time_off_edit.html", form, **page)


@require_POST
def time_off_withdrawal(request: HttpRequest, ref: str) -> HttpResponse:
    """Take leave back."""
    row = _row(request, ref)
    act = partial(services.withdraw_time_off, row=row, by=request.user)
    attempt(request, act, f"{row}: taken back, so it counts no more.")
    return redirect("time_off_list")


def _rows(request: HttpRequest) -> Any:
    return TimeOff.objects.visible_to(request.user).select_related("user", "specialist")


def _row(request: HttpRequest, ref: str) -> TimeOff:
    row = get_object_or_404(_rows(request), ref=ref)
    require(policies.can_change_time_off(request.user, row))
    return row


def _refused(form: Any, error: DomainError) -> None:
    form.add_error(error.field if error.field in form.fields else None, str(error))


def _edit_url(user: Any, row: TimeOff) -> str:
    is_open = row.withdrawn_at is None and policies.can_change_time_off(user, row)
    return reverse("time_off_edit", args=[row.ref]) if is_open else ""


def _clock(at: Any) -> str | None:
    return f"{at:%H:%M}" if at else None
