"""Calendars: kept by admins, chosen by whoever works by them."""

from datetime import date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from dm_portal.people.models import WEEKDAYS, AuditEvent, User, WorkCalendar
from dm_portal.people.services import (
    change_calendar,
    choose_calendar,
    create_calendar,
    remove_calendar,
)
from dm_portal.people.working_time import OFFICE_HOURS
from dm_portal.shell.errors import Conflict, DomainError

pytestmark = pytest.mark.django_db

FIELDS: dict[str, Any] = {
    **dict.fromkeys(WEEKDAYS, ""),
    "name": "Munich",
    "time_zone": "Europe/Berlin",
    "country": "DE",
    "region": "BY",
    "monday": "09:00-17:00",
}


@pytest.fixture
def munich(admin: User) -> WorkCalendar:
    return create_calendar(by=admin, **FIELDS)


def verbs() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


def test_a_calendar_counts_what_it_says(munich: WorkCalendar) -> None:
    calendar = munich.calendar()
    assert calendar.week == (OFFICE_HOURS, *((),) * 6)
    assert calendar.holiday_name(date(2026, 6, 4)) == "Corpus Christi"
    assert munich.calendar(zone="UTC").zone == "UTC"
    assert munich.holidays_words == "Germany, Bayern"
    assert verbs() == ["calendar.created"]


def test_holidays_of_nobody_have_no_words() -> None:
    assert WorkCalendar(name="x").holidays_words == ""
    assert WorkCalendar(name="x", country="GB").holidays_words == "United Kingdom"


def test_a_change_says_what_was_before(munich: WorkCalendar, admin: User) -> None:
    change_calendar(calendar=munich, version=1, by=admin, **FIELDS | {"monday": "10:00-12:00"})
    event = AuditEvent.objects.get(verb="calendar.changed")
    assert event.before == {"monday": "09:00-17:00"}
    assert event.after == {"monday": "10:00-12:00"}


def test_since_when_nobody_works_on_other_days_is_kept(munich: WorkCalendar, admin: User) -> None:
    def since_change(**changes: str) -> datetime | None:
        version = munich.version
        change_calendar(calendar=munich, version=version, by=admin, **FIELDS | changes)
        return WorkCalendar.objects.get().days_since

    assert since_change(name="M", monday="10:00-12:00") is None
    tuesdays = since_change(tuesday="09:00-12:00")
    assert tuesdays is not None
    moved = since_change(region="BE")
    assert moved is not None
    assert moved > tuesdays


def test_a_change_of_nothing_leaves_no_trace(munich: WorkCalendar, admin: User) -> None:
    change_calendar(calendar=munich, version=1, by=admin, **FIELDS)
    assert verbs() == ["calendar.created"]


def test_the_second_editor_is_told(munich: WorkCalendar, admin: User) -> None:
    change_calendar(calendar=munich, version=1, by=admin, **FIELDS | {"name": "Bavaria"})
    with pytest.raises(Conflict):
        change_calendar(calendar=munich, version=1, by=admin, **FIELDS | {"name": "Minga"})


def test_only_a_calendar_that_nobody_has_is_removed(munich: WorkCalendar, admin: User) -> None:
    choose_calendar(person=admin, version=1, calendar=munich, by=admin)
    with pytest.raises(DomainError, match="in use"):
        remove_calendar(calendar=munich, by=admin)
    choose_calendar(person=admin, version=2, calendar=None, by=admin)
    remove_calendar(calendar=munich, by=admin)
    assert not WorkCalendar.objects.exists()
    assert verbs()[-1] == "calendar.removed"


def test_choosing_the_same_again_leaves_no_trace(munich: WorkCalendar, manager: User) -> None:
    for version in (1, 2):
        choose_calendar(person=manager, version=version, calendar=munich, by=manager)
    assert verbs() == ["calendar.created", "person.calendar_chosen"]


def test_a_customers_person_has_no_hours_here(
    munich: WorkCalendar, lead: User, admin: User
) -> None:
    with pytest.raises(DomainError, match="customer's people"):
        choose_calendar(person=lead, version=1, calendar=munich, by=admin)


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"country": "XX", "region": ""}, "country", "not known"),
        ({"country": "", "region": "BY"}, "region", "needs its country"),
        ({"region": "Catalonia"}, "region", "Germany has no region “Catalonia”. Its regions: "),
        ({"country": "VA", "region": "X"}, "region", "No regions of"),
        ({"monday": "nine"}, "monday", "not understood"),
        ({"time_zone": "Mars/Base"}, "time_zone", "not a time zone"),
        ({"monday": ""}, "__all__", "at least one weekday"),
    ],
)
def test_what_a_calendar_cannot_be_is_said(changes: dict[str, str], field: str, why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        WorkCalendar(**FIELDS | changes).full_clean()
    assert why in refused.value.message_dict[field][0]


def test_a_country_needs_no_region() -> None:
    calendar = WorkCalendar(**FIELDS | {"region": ""})
    calendar.full_clean()
    assert (calendar.region, calendar.holidays_words) == ("", "Germany")


def test_a_region_is_kept_by_its_code_and_hours_as_they_are_stored() -> None:
    calendar = WorkCalendar(**FIELDS | {"region": "bayern", "friday": "9.00 – 12.00"})
    calendar.full_clean()
    assert (calendar.region, calendar.friday) == ("BY", "09:00-12:00")


@pytest.mark.parametrize(
    ("who", "count"), [("manager", 1), ("admin", 1), ("lead", 0), ("deactivated", 0)]
)
def test_any_of_us_sees_calendars(
    munich: WorkCalendar, who: str, count: int, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(who)
    user.is_active = who != "deactivated"
    assert WorkCalendar.objects.visible_to(user).count() == count
