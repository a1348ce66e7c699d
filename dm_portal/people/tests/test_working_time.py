"""Working time, case by case; test_working_time_oracle.py holds it to a count by the minute."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from dm_portal.people.working_time import (
    Calendar,
    Leave,
    NeverWorks,
    Schedule,
    hours_text,
    read_hours,
)

pytestmark = pytest.mark.every_zone

BERLIN = ZoneInfo("Europe/Berlin")
GERMAN = Calendar("Europe/Berlin", country="DE", region="BY")
NIGHTS = tuple(((0, 24 * 60),) for _ in range(7))


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN)


def days_off(first: date, last: date) -> Schedule:
    return Schedule(GERMAN, (Leave(first, last),))


# Hours as they are typed


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("9:00-17:30", "09:00-17:30"),
        ("09.00 – 12.30; 13:30—17:00", "09:00-12:30, 13:30-17:00"),
        ("22:00-24:00", "22:00-24:00"),
        (" ", ""),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, stored: str) -> None:
    assert hours_text(read_hours(typed)) == stored


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("nine to five", "is not understood"),
        ("09:60-17:00", "a day has times from 00:00 to 24:00"),
        ("09:00-17:61", "a day has times from 00:00 to 24:00"),
        ("09:00-24:01", "a day has times from 00:00 to 24:00"),
        ("22:00-06:00", "ends before it begins"),
        ("09:00-09:00", "ends before it begins"),
        ("13:00-17:00, 09:00-12:00", "in their order"),
        ("09:00-12:00, 12:00-17:00", "with a break in between"),
    ],
)
def test_hours_that_make_no_sense_say_why(typed: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_hours(typed)


# Days


def test_a_holiday_has_a_name_and_no_hours() -> None:
    day = date(2026, 6, 4)
    assert GERMAN.holiday_name(day) == "Corpus Christi"
    assert not GERMAN.is_working_day(day)
    assert GERMAN.working_intervals(day) == ()


def test_a_holiday_elsewhere_is_a_working_day() -> None:
    day = date(2026, 6, 4)
    north = Calendar("Europe/Berlin", country="DE", region="HH")
    assert north.holiday_name(day) == ""
    assert north.is_working_day(day)


def test_a_weekend_is_no_working_day() -> None:
    assert not GERMAN.is_working_day(date(2026, 6, 6))


def test_a_day_has_its_intervals_in_utc() -> None:
    hours = ((9 * 60, 12 * 60), (13 * 60, 17 * 60))
    calendar = Calendar("Asia/Kathmandu", (hours,) * 7)
    assert calendar.working_intervals(date(2026, 6, 1)) == (
        (datetime(2026, 6, 1, 3, 15, tzinfo=UTC), datetime(2026, 6, 1, 6, 15, tzinfo=UTC)),
        (datetime(2026, 6, 1, 7, 15, tzinfo=UTC), datetime(2026, 6, 1, 11, 15, tzinfo=UTC)),
    )


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Pacific/Apia", date(2011, 12, 30), 0),
        ("Pacific/Kiritimati", date(2026, 1, 1), 24),
    ],
)
def test_a_day_is_as_long_as_its_clock_says(zone: str, day: date, hours: float) -> None:
    intervals = Calendar(zone, NIGHTS).working_intervals(day)
    assert sum((end - start).total_seconds() for start, end in intervals) == hours * 3600


# Between two instants


def test_a_week_has_its_hours_without_holidays() -> None:
    # Corpus Christi is the Thursday
    assert Schedule(GERMAN).working_minutes(berlin(2026, 6, 1), berlin(2026, 6, 8)) == 4 * 8 * 60


def test_nothing_lies_between_an_instant_and_an_earlier_one() -> None:
    assert Schedule(GERMAN).working_minutes(berlin(2026, 6, 2, 12), berlin(2026, 6, 2, 11)) == 0


def test_whole_minutes_add_up() -> None:
    seconds = ((0, 50), (1, 20), (2, 10))
    first, second, third = (berlin(2026, 6, 2, 11, *each) for each in seconds)
    count = Schedule(GERMAN).working_minutes
    assert count(first, second) + count(second, third) == count(first, third) == 2


def test_years_add_up() -> None:
    count = Schedule(GERMAN).working_minutes
    turns = [berlin(year, 12, 29, 10) for year in range(2023, 2028)]
    parts = [count(start, end) for start, end in pairwise(turns)]
    assert count(turns[0], turns[-1]) == sum(parts)


def test_leave_takes_whole_days_and_parts() -> None:
    schedule = Schedule(
        GERMAN,
        (
            Leave(date(2026, 6, 8), date(2026, 6, 9)),
            Leave(date(2026, 6, 10), date(2026, 6, 10), time(13), None),
            Leave(date(2026, 6, 11), date(2026, 6, 11), None, time(11)),
            Leave(date(2026, 6, 11), date(2026, 6, 11), time(10), time(12)),
        ),
    )
    week = berlin(2026, 6, 8), berlin(2026, 6, 13)
    assert schedule.working_minutes(*week) == (0 + 0 + 4 + 5 + 8) * 60


def test_a_day_of_leave_is_away_from_midnight_to_midnight() -> None:
    day = date(2026, 6, 8)
    schedule = Schedule(Calendar("Europe/Berlin", NIGHTS), (Leave(day, day),))
    assert schedule.working_minutes(berlin(2026, 6, 8), berlin(2026, 6, 9)) == 0
    assert schedule.working_minutes(berlin(2026, 6, 7, 23), berlin(2026, 6, 9, 1)) == 120


def test_leave_in_the_middle_leaves_both_ends() -> None:
    noon = Schedule(GERMAN, (Leave(date(2026, 6, 8), date(2026, 6, 8), time(12), time(13)),))
    assert noon.working_minutes(berlin(2026, 6, 8, 11), berlin(2026, 6, 8, 14)) == 120
    assert noon.after_working_hours(berlin(2026, 6, 8, 11), 2) == berlin(2026, 6, 8, 14)


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 6, 1),  # noqa: DTZ001 (that is the point)
        datetime(1969, 1, 1, tzinfo=UTC),
        datetime(2202, 1, 1, tzinfo=UTC),
    ],
)
def test_an_instant_without_sense_is_refused(at: datetime) -> None:
    with pytest.raises(ValueError, match=r"zone|known from"):
        Schedule(GERMAN).working_minutes(at, at)


# From an instant on


def test_hours_run_over_the_night_and_the_weekend() -> None:
    after = Schedule(GERMAN).after_working_hours(berlin(2026, 6, 5, 15), 4)
    assert after == berlin(2026, 6, 8, 11)


def test_hours_end_with_the_day_that_they_fill() -> None:
    assert Schedule(GERMAN).after_working_hours(berlin(2026, 6, 2, 13), 4) == berlin(2026, 6, 2, 17)


def test_hours_run_into_the_next_year() -> None:
    after = Schedule(GERMAN).after_working_hours(berlin(2026, 12, 31, 16), 2)
    assert after == berlin(2027, 1, 4, 10)


def test_hours_that_fill_the_year_end_with_it() -> None:
    after = Schedule(GERMAN).after_working_hours(berlin(2026, 12, 31, 16), 1)
    assert after == berlin(2026, 12, 31, 17)


def test_no_hours_are_over_at_once() -> None:
    assert Schedule(GERMAN).after_working_hours(berlin(2026, 6, 6, 3), 0) == berlin(2026, 6, 6, 3)


def test_hours_below_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="forwards"):
        Schedule(GERMAN).after_working_hours(berlin(2026, 6, 2), -1)


def test_who_never_works_again_is_said() -> None:
    retired = days_off(date(2026, 6, 1), date(2200, 12, 31))
    with pytest.raises(NeverWorks):
        retired.after_working_hours(berlin(2026, 6, 2), 1)


# At an instant


def test_works_at_says_whether_the_minute_counts() -> None:
    schedule = Schedule(GERMAN)
    at = [berlin(2026, 6, 2, 8, 59), berlin(2026, 6, 2, 9), berlin(2026, 6, 2, 17)]
    assert [schedule.works_at(each) for each in at] == [False, True, False]


def test_whole_days_of_leave_are_days_away() -> None:
    schedule = days_off(date(2026, 6, 8), date(2026, 6, 9))
    days = [date(2026, 6, day) for day in (7, 8, 9, 10)]
    assert [schedule.is_away(day) for day in days] == [False, True, True, False]


def test_a_morning_off_is_no_day_away() -> None:
    day = date(2026, 6, 8)
    assert not Schedule(GERMAN, (Leave(day, day, None, time(12)),)).is_away(day)


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham"]
)
def test_a_calendar_works_as_who_has_no_leave(zone: str) -> None:
    """On both sides of a change of clocks, at the edges of a night and of a day."""
    calendar = Calendar(zone, (((0, 3 * 60), (22 * 60, 24 * 60)), ((9 * 60, 12 * 60),)) * 3 + ((),))
    schedule, at = Schedule(calendar), datetime(2026, 10, 1, tzinfo=UTC)
    while at < datetime(2026, 10, 28, tzinfo=UTC):
        assert calendar.works_at(at) == schedule.works_at(at)
        at += timedelta(minutes=15)


def test_a_calendar_rests_on_holidays() -> None:
    assert not GERMAN.works_at(berlin(2026, 12, 25, 10))
    assert GERMAN.works_at(berlin(2026, 12, 28, 10))
