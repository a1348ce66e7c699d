"""Dates in words: an ordinary day, its neighbours, other years, other zones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dm_portal.shell import dates

pytestmark = pytest.mark.every_zone

TODAY = date(2026, 11, 23)
BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY_AFTERNOON = datetime(2026, 11, 13, 14, 0, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 13), "Fri 13 Nov"),
        (date(2027, 1, 1), "Fri 1 Jan 2027"),
        (date(2025, 12, 31), "Wed 31 Dec 2025"),
    ],
)
def test_a_day_says_its_year_when_it_is_another(day: date, words: str) -> None:
    assert dates.day_words(day, today=TODAY) == words


def test_an_instant_is_told_on_the_wall_clock_of_its_zone() -> None:
    assert dates.instant_words(FRIDAY_AFTERNOON, zone=BERLIN, today=TODAY) == "Fri 13 Nov, 15:00"
    assert (
        dates.instant_title(FRIDAY_AFTERNOON, zone=BERLIN)
        == "2026-11-13 15:00:27 Europe/Berlin (UTC+01:00)"
    )


def test_an_instant_is_on_the_day_of_its_zone() -> None:
    """Late on New Year's Eve in UTC it is next year in Chatham."""
    late = datetime(2026, 12, 31, 12, 0, tzinfo=UTC)
    zone = ZoneInfo("Pacific/Chatham")
    assert dates.instant_words(late, zone=zone, today=TODAY) == "Fri 1 Jan 2027, 01:45"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 12, 2), date(2026, 12, 8), "2–8 Dec"),
        (date(2026, 11, 30), date(2026, 12, 4), "30 Nov – 4 Dec"),
        (date(2026, 12, 30), date(2027, 1, 4), "30 Dec 2026 – 4 Jan 2027"),
        (date(2027, 1, 4), date(2027, 2, 5), "4 Jan – 5 Feb 2027"),
        (date(2026, 12, 2), date(2026, 12, 2), "Wed 2 Dec"),
    ],
)
def test_a_range_says_nothing_twice(first: date, last: date, words: str) -> None:
    assert dates.range_words(first, last, today=TODAY) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (2, "in 2 days"),
        (20, "in 20 days"),
        (21, "in 3 weeks"),
        (-83, "12 weeks ago"),
        (84, "in 3 months"),
        (-700, "23 months ago"),
        (740, "in 2 years"),
    ],
)
def test_how_far_a_day_is(days: int, words: str) -> None:
    assert dates.relative_words(TODAY + timedelta(days=days), today=TODAY) == words


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-3), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=2), "2 days ago"),
    ],
)
def test_how_fresh_an_instant_is(age: timedelta, words: str) -> None:
    assert dates.age_words(FRIDAY_AFTERNOON, now=FRIDAY_AFTERNOON + age) == words


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), 0),
        (date(2026, 11, 20), date(2026, 11, 22), 0),  # Friday to Sunday
        (date(2026, 11, 20), date(2026, 11, 23), 1),
        (date(2026, 11, 21), date(2026, 11, 23), 1),
        (date(2026, 11, 16), date(2026, 11, 20), 4),
        (date(2026, 11, 20), date(2026, 11, 19), 0),
    ],
)
def test_working_days(first: date, last: date, days: int) -> None:
    assert dates.working_days(first, last) == days


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-10, 400))
def test_working_days_as_counted_one_by_one(first: date, days: int) -> None:
    each = [first + timedelta(days=number) for number in range(1, days + 1)]
    counted = sum(day.isoweekday() <= 5 for day in each)
    assert dates.working_days(first, first + timedelta(days=days)) == counted
