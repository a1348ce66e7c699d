"""`/calendars/`: working hours and public holidays that many share, and who works by which."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dm_portal.people import policies, services
from dm_portal.people.forms import CalendarForm, ChosenCalendarForm, NewCalendarForm
from dm_portal.people.holiday_names import holidays_of
from dm_portal.people.models import TimeOff, User, WorkCalendar
from dm_portal.people.schedules import schedule_of
from dm_portal.people.views.answers import require
from dm_portal.people.working_time import Calendar, hours_text
from dm_portal.shell.clock import today
from dm_portal.shell.components import Crumb
from dm_portal.shell.errors import Conflict, DomainError
from dm_portal.shell.forms import render_form
from dm_portal.shell.lists import Column, render_list

NEXT_HOLIDAYS = 6

COLUMNS = [
    Column("Name", "name", url=WorkCalendar.get_absolute_url),
    Column("Time zone", "time_zone"),
    Column("Hours a week", "hours_a_week"),
    Column("Public holidays", "holidays_words", missing="none"),
    Column("Used by", "use_count", kind="number"),
]


@require_safe
def calendar_list(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """All calendars, for any of us."""
    require(policies.can_list_calendars(request.user))
    return render_list(
        request,
        "people/calendar_list.html",
        WorkCalendar.objects.visible_to(request.user).with_use_count().order_by("name"),
        columns=COLUMNS,
        caption="Working hours",
        filename="calendars.csv",
        may_keep=policies.can_keep_calendars(request.user),
    )


@require_safe
def calendar_detail(request: HttpRequest, ref: str) -> HttpResponse:
    """The hours of the next seven days, the next holidays, and who works by it."""
    row = _calendar(request, ref)
    day = today(row.time_zone)
    context = {
        "calendar": row,
        "crumbs": [Crumb("Working hours", reverse("calendar_list"))],
        "week": _week(row.calendar(), day),
        "holidays": _next_holidays(row, day),
        "users": _users(request, row),
        "may_keep": policies.can_keep_calendars(request.user),
    }
    return render(request, "people/calendar_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_create(request: HttpRequest) -> HttpResponse:
    """A new calendar."""
    require(policies.can_keep_calendars(request.user))
    form = NewCalendarForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        calendar = services.create_calendar(by=request.user, **form.changes())
        messages.success(request, f"{calendar} can be chosen now.")
        return redirect(calendar)
    return render_form(request, "people/calendar_create.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Change a calendar for all who work by it."""
    row = _calendar(request, ref)
    require(policies.can_keep_calendars(request.user))
    form = CalendarForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_calendar(calendar=row, by=request.user, **form.changes())
        except Conflict:
            form.show_conflict(_calendar(request, ref))
        else:
            messages.success(request, f"{row} is changed for everybody who has it.")
            return redirect(row)
    return render_form(request, "people/calendar_edit.html", form, calendar=row)


@require_POST
def calendar_removal(request: HttpRequest, ref: str) -> HttpResponse:
    """Remove a calendar that nobody has."""
    row = _calendar(request, ref)
    require(policies.can_keep_calendars(request.user))
    try:
        services.remove_calendar(calendar=row, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("calendar_detail", ref)
    messages.success(request, f"{row} is removed.")
    return redirect("calendar_list")


@require_http_methods(["GET", "HEAD", "POST"])
def person_calendar(request: HttpRequest, ref: str) -> HttpResponse:
    """By which calendar somebody works: chosen by themselves, or by an admin."""
    person = get_object_or_404(User.objects.visible_to(request.user), ref=ref)
    require(policies.can_choose_calendar(request.user, person))
    form = ChosenCalendarForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        choose = partial(services.choose_calendar, person=person, by=request.user)
        try:
            choose(**form.changes())
        except Conflict:
            form.show_conflict(User.objects.get(pk=person.pk))
        else:
            messages.success(request, "The working hours are saved.")
            return redirect("person_calendar", ref)
    stored = User.objects.select_related("calendar").get(pk=person.pk)
    crumbs = [
        Crumb("People", reverse("people_list")),
        Crumb(person.name, reverse("person_detail", args=[ref])),
    ]
    context = {"person": stored, "is_own": person.pk == request.user.pk, "crumbs": crumbs}
    context |= _time_of(stored)
    return render_form(request, "people/person_calendar.html", form, **context)


def _calendar(request: HttpRequest, ref: str) -> WorkCalendar:
    return get_object_or_404(WorkCalendar.objects.visible_to(request.user), ref=ref)


def _time_of(person: User) -> dict[str, Any]:
    """The next week of somebody, and leave that is not over."""
    calendar = schedule_of(person).calendar
    day = today(calendar.zone)
    leave = TimeOff.objects.of_people(users=[person.pk]).counting().filter(ends_on__gte=day)
    return {
        "zone": calendar.zone,
        "week": _week(calendar, day),
        "leave": leave.select_related("user", "specialist"),
    }


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of the example: its hours in words, or why there are none."""

    day: date
    words: str
    is_off: bool


def _week(calendar: Calendar, first: date) -> list[DayLine]:
    days = (first + timedelta(days=number) for number in range(7))
    return [_day_line(calendar, day) for day in days]


def _day_line(calendar: Calendar, day: date) -> DayLine:
    hours = hours_text(calendar.spans(day)).replace("-", "–")
    name = calendar.holiday_name(day)
    return DayLine(day, hours or name or "off", is_off=not hours)


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday that is to come; ``is_working`` if it would have been a working day."""

    day: date
    name: str
    is_working: bool


def _next_holidays(row: WorkCalendar, day: date) -> list[Holiday]:
    """The next public holidays, from ``day`` on, this year and the next."""
    week = row.calendar().week
    found = [
        Holiday(on, name, bool(week[on.weekday()]))
        for year in (day.year, day.year + 1)
        for on, name in holidays_of(row.country, row.region, year).items()
        if on >= day
    ]
    return found[:NEXT_HOLIDAYS]


@dataclass(frozen=True, slots=True)
class UserGroup:
    """Who of one kind works by a calendar: those that the reader may see, and how many more."""

    label: str
    names: list[str]
    more: int


def _users(request: HttpRequest, row: WorkCalendar) -> list[UserGroup]:
    return [group for group in _user_groups(request, row) if group.names or group.more]


def _user_groups(request: HttpRequest, row: WorkCalendar) -> Iterator[UserGroup]:
    for rows in row.in_use():
        seen = [str(each) for each in rows.visible_to(request.user)]
        is_person = rows.model is User
        label = "People" if is_person else str(rows.model._meta.verbose_name_plural).capitalize()
        yield UserGroup(label, seen, rows.count() - len(seen))
