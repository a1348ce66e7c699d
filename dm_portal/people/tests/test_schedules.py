"""Whose calendar and whose leave count, and how many statements that takes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from dm_portal.people.models import TimeOff, User, WorkCalendar
from dm_portal.people.schedules import (
    NOBODYS,
    after_working_hours,
    schedule_of,
    schedules_of,
    working_minutes,
)
from dm_portal.people.working_time import Leave
from dm_portal.shell.clock import now
from pods.models import Specialist

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 6, 8)
DAY = datetime(2026, 6, 8, tzinfo=UTC), datetime(2026, 6, 9, tzinfo=UTC)


@pytest.fixture
def london() -> WorkCalendar:
    return WorkCalendar.objects.create(
        name="London", time_zone="Europe/London", country="GB", region="ENG"
    )


def away(by: User, **whose: Any) -> TimeOff:
    values = {"starts_on": MONDAY, "ends_on": MONDAY, "added_at": now(), "added_by": by}
    return TimeOff.objects.create(**values | whose)


def test_who_chose_no_calendar_works_by_nobodys(manager: User) -> None:
    assert schedule_of(manager).calendar == NOBODYS
    assert working_minutes(DAY, manager) == 8 * 60


def test_a_user_works_by_their_calendar(manager: User, london: WorkCalendar) -> None:
    User.objects.update(calendar=london)
    assert schedule_of(manager).calendar == london.calendar()
    start = datetime(2026, 6, 8, 7, tzinfo=UTC)
    assert after_working_hours(start, 1, manager) == datetime(2026, 6, 8, 9, tzinfo=UTC)


def test_a_specialist_who_signs_in_is_one_person(specialist: User, london: WorkCalendar) -> None:
    """Their calendar and leave are found from either side, the user's calendar first."""
    worker = specialist.specialist
    Specialist.objects.update(calendar=london)
    assert schedule_of(specialist).calendar == schedule_of(worker).calendar == london.calendar()
    User.objects.update(calendar=WorkCalendar.objects.create(name="Here"))
    assert schedule_of(worker).calendar == schedule_of(specialist).calendar == NOBODYS
    away(specialist, specialist=worker)
    away(specialist, user=specialist, starts_on=date(2026, 6, 1))
    both = (Leave(date(2026, 6, 1), MONDAY), Leave(MONDAY, MONDAY))
    assert schedule_of(worker).leave == schedule_of(specialist).leave == both


def test_a_specialist_who_does_not_sign_in_has_leave_of_their_own(manager: User) -> None:
    worker = Specialist.objects.create(name="Sol")
    away(manager, specialist=worker)
    assert working_minutes(DAY, worker) == 0


def test_leave_that_was_taken_back_counts_no_more(manager: User) -> None:
    away(manager, user=manager, withdrawn_at=now(), withdrawn_by=manager)
    assert schedule_of(manager).leave == ()


def test_a_schedule_is_counted_by_as_it_is(manager: User) -> None:
    schedule = schedule_of(manager)
    assert working_minutes(DAY, schedule) == 8 * 60


def test_nobody_has_no_schedule() -> None:
    assert schedules_of([]) == {}


def test_what_is_no_person_has_no_schedule_here(london: WorkCalendar) -> None:
    with pytest.raises(TypeError, match="is no person"):
        working_minutes(DAY, london)


@pytest.mark.parametrize("count", [1, 3])
def test_the_schedules_of_many_take_three_statements(
    manager: User, django_assert_num_queries: CaptureQueriesContext, count: int
) -> None:
    workers = [Specialist.objects.create(name=f"S{number}") for number in range(count)]
    Specialist.objects.update(calendar=WorkCalendar.objects.create(name="Here"))
    for worker in workers:
        away(manager, specialist=worker)
    with django_assert_num_queries(3):
        found = schedules_of(workers)
    assert all(found[worker.pk].working_minutes(*DAY) == 0 for worker in workers)


def test_whoever_has_the_same_calendar_shares_it(manager: User, other_manager: User) -> None:
    User.objects.update(calendar=WorkCalendar.objects.create(name="Here"))
    one, other = schedules_of([manager, other_manager]).values()
    assert one.calendar is other.calendar


def test_only_leave_of_the_days_asked_for_touches_them(manager: User) -> None:
    row = away(manager, user=manager)
    day = timedelta(days=1)
    assert list(TimeOff.objects.touching(MONDAY - day, MONDAY)) == [row]
    assert not TimeOff.objects.touching(MONDAY + day, MONDAY + 2 * day)
    found = [
        schedules_of([manager], days=(MONDAY + number * day, MONDAY + number * day))
        for number in (-1, 0, 1)
    ]
    assert [bool(each[manager.pk].leave) for each in found] == [False, True, False]
