"""`/leave/import/`: leave from a table or a calendar, seen before it is entered."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dm_portal.people import policies, services
from dm_portal.people.forms import LeaveFileForm, LeavePreviewForm
from dm_portal.people.leave_files import LeaveFileRefused, is_calendar, read_leave_file
from dm_portal.people.leave_previews import People, Preview, opened, preview
from dm_portal.people.schedules import schedule_of
from dm_portal.people.views.answers import require
from dm_portal.people.workers import workers
from dm_portal.shell.clock import today
from dm_portal.shell.components import Crumb
from dm_portal.shell.errors import DomainError
from dm_portal.shell.forms import render_form
from dm_portal.shell.wording import count


@require_http_methods(["GET", "HEAD", "POST"])
def leave_import(request: HttpRequest) -> HttpResponse:
    """Choose a file; then see what it would do."""
    require(policies.can_enter_time_off(request.user))
    people = _people(request)
    of_others = policies.can_enter_time_off_of_others(request.user)
    form = LeaveFileForm(
        request.POST or None, request.FILES or None, people=people if of_others else ()
    )
    if request.method == "POST" and form.is_valid():
        try:
            found = _read(request, form, people)
        except LeaveFileRefused as refused:
            form.add_error(refused.field or "file", str(refused))
        else:
            page = {"preview": found, "crumbs": _crumbs(), "form": _button(request, found)}
            return render(request, "people/leave_preview.html", page)
    return render_form(request, "people/leave_import.html", form, crumbs=_crumbs())


@require_POST
def leave_import_application(request: HttpRequest) -> HttpResponse:
    """Enter what was seen to be new."""
    require(policies.can_enter_time_off(request.user))
    form = LeavePreviewForm(request.POST)
    sealed = form.cleaned_data["seen"] if form.is_valid() else ""
    try:
        file_name, planned = opened(sealed, user=request.user, people=People(_people(request)))
        added = services.import_time_off(planned=planned, file_name=file_name, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("leave_import")
    messages.success(request, f"{count(added, 'time')} of leave from {file_name} entered.")
    return redirect("time_off_list")


def _people(request: HttpRequest) -> list[Any]:
    """Whose leave the reader may enter."""
    if policies.can_enter_time_off_of_others(request.user):
        return workers()
    return [request.user]


def _read(request: HttpRequest, form: LeaveFileForm, people: list[Any]) -> Preview:
    file, content = form.cleaned_data["file"], form.cleaned_data["file"].read()
    person = form.cleaned_data.get("person") or _oneself(request)
    if is_calendar(content) and person is None:
        raise LeaveFileRefused("Choose whose calendar it is.", field="person")
    zone = schedule_of(person).calendar.zone if person else "UTC"
    only = form.cleaned_data["only"]
    told = read_leave_file(content, zone=zone, today=today(zone), only=only)
    return preview(told, file_name=file.name, people=People(people), person=person)


def _oneself(request: HttpRequest) -> Any | None:
    """Whoever may enter only their own leave need not say whose it is."""
    return None if policies.can_enter_time_off_of_others(request.user) else request.user


def _button(request: HttpRequest, found: Preview) -> LeavePreviewForm:
    return LeavePreviewForm(initial={"seen": found.sealed(request.user)})


def _crumbs() -> list[Crumb]:
    return [Crumb("Leave", reverse("time_off_list"))]
