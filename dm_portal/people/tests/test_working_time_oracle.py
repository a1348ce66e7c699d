"""Working time against a count by the minute, its laws, and its speed.

The whole run, longer spans and other seeds, is .ci/working_time.py.
"""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from dm_portal.people.tests.oracle import DAY, Case, cases, differences
from dm_portal.people.working_time import Calendar, Leave, Schedule

SEED = 20261130
CALLS = 100_000
# seconds; a third of it where two processors had eight processes to serve
BOUND = 3


@pytest.mark.no_cover
def test_two_thousand_schedules_are_counted_as_minute_by_minute() -> None:
    chance = random.Random(SEED)
    found = [
        words
        for case in cases(SEED, 2000, longest=DAY * 3 / 4)
        for words in differences(case, chance)
    ]
    assert found == []


def without_weekends(case: Case) -> Schedule:
    """The same calendar and leave, with nobody at work on Saturdays and Sundays."""
    calendar = case.schedule.calendar
    return replace(case.schedule, calendar=replace(calendar, week=(*calendar.week[:5], (), ())))


def test_adding_a_weekend_never_adds_time() -> None:
    for case in cases(SEED + 1, 300, longest=5 * DAY):
        schedule = without_weekends(case)
        zone = ZoneInfo(schedule.calendar.zone)
        day = case.end.astimezone(zone).date()
        friday = day + (4 - day.weekday()) % 7 * DAY
        saturday, monday = (
            datetime.combine(friday + days * DAY, time(), zone).astimezone(UTC) for days in (1, 3)
        )
        without = schedule.working_minutes(case.start, saturday)
        assert schedule.working_minutes(case.start, monday) == without


def test_parts_add_up_to_the_whole() -> None:
    for case in cases(SEED + 2, 300, longest=40 * DAY):
        middle = case.start + (case.end - case.start) / 3
        count = case.schedule.working_minutes
        parts = count(case.start, middle) + count(middle, case.end)
        assert parts == count(case.start, case.end)


def test_what_was_worked_is_over_when_it_was_worked() -> None:
    for case in cases(SEED + 3, 300, longest=40 * DAY):
        schedule = case.schedule
        if any(schedule.calendar.week) and not schedule.leave:
            after = schedule.after_working_hours(case.start, 7.5)
            assert schedule.working_minutes(case.start, after) == 450
            assert schedule.works_at(after - timedelta(minutes=1))


@pytest.mark.no_cover
def test_a_hundred_thousand_questions_take_less_than_three_seconds() -> None:
    leave = tuple(Leave(date(2026, month, 3), date(2026, month, 9)) for month in range(1, 13))
    schedule = Schedule(Calendar("Europe/Berlin", country="DE", region="BE"), leave)
    start = datetime(2025, 1, 1, tzinfo=UTC)
    began = perf_counter()
    for number in range(CALLS // 2):
        at = start + timedelta(minutes=17 * number)
        schedule.working_minutes(at, at + timedelta(days=9))
        schedule.after_working_hours(at, 4)
    assert perf_counter() - began < BOUND
