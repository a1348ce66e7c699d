"""Which weeks are due, and when, against an oracle that walks the wall clock step by step."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reporting import periods
from reporting.periods import Rhythm, Week

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Pacific/Honolulu",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Atlantic/Azores",
    "Pacific/Chatham",
    "UTC",
]
# Every offset and every change of clocks of these zones is a multiple of it.
STEP = timedelta(minutes=15)
DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
ASKING = [(periods.due, periods.lacks_week), (periods.due_months, periods.lacks_month)]

hours = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
gaps = st.sets(st.integers(0, 20))
days = st.dates(date(2011, 1, 1), date(2030, 12, 31))
rhythms = st.builds(
    Rhythm,
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    weekday=st.integers(1, 7),
    hour=hours,
    reporting_from=days,
    ends_on=st.none(),
)


def walk(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Every step from ``first`` to ``last``, with what the wall clock shows."""
    while first <= last:
        yield first, first.astimezone(zone).replace(tzinfo=None)
        first += STEP


def slow_instant(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """The oracle: look at the clock until it shows this hour; if it jumps over it, so do we."""
    wanted = datetime.combine(day, hour)
    start = datetime.combine(day, time(0), tzinfo=UTC) - 2 * DAY
    before, jump = None, timedelta(0)
    for instant, shown in walk(zone, start, start + 5 * DAY):
        if before is not None and before < wanted < shown and shown - before > STEP:
            jump = shown - before - STEP
        if shown == wanted + jump:
            return instant
        before = shown
    raise AssertionError(f"{zone} never shows {wanted}")


def slow_week(rhythm: Rhythm, monday: date) -> Week:
    due_on = monday
    while due_on.isoweekday() != rhythm.weekday:
        due_on += DAY
    midday = datetime.combine(due_on, time(12), tzinfo=UTC)
    lived = {shown.date() for _, shown in walk(rhythm.zone, midday - 8 * DAY, midday)}
    opens_on = max(day for day in lived if day < due_on and day.isoweekday() <= 5)
    return Week(
        starts_on=monday,
        due_on=due_on,
        opens_at=slow_instant(opens_on, time(9), rhythm.zone),
        due_at=slow_instant(due_on, rhythm.hour, rhythm.zone),
    )


def slow_due(rhythm: Rhythm, at: datetime) -> list[Week]:
    """The oracle: every day is looked at, and its week asked whether it has opened."""
    weeks = {}
    day = rhythm.reporting_from
    while day <= at.date() + 14 * DAY:
        year, number, _ = day.isocalendar()
        monday = date.fromisocalendar(year, number, 1)
        if monday not in weeks and (rhythm.ends_on is None or monday <= rhythm.ends_on):
            weeks[monday] = slow_week(rhythm, monday)
        day += DAY
    return [week for week in weeks.values() if week.opens_at <= at]


@settings(max_examples=400)
@given(rhythm=rhythms, days_later=st.integers(0, 30), minute=st.integers(0, 24 * 60))
# Apia had no Friday 30 December 2011: due on it, due after it, opening on it
@example(Rhythm(ZoneInfo("Pacific/Apia"), 5, time(15), date(2011, 12, 26)), 7, 0)
@example(Rhythm(ZoneInfo("Pacific/Apia"), 6, time(8), date(2011, 12, 26)), 7, 0)
# hours that do not exist, and hours that exist twice
@example(Rhythm(BERLIN, 7, time(2, 30), date(2026, 3, 23)), 7, 0)
@example(Rhythm(BERLIN, 7, time(2, 30), date(2026, 10, 19)), 7, 0)
@example(Rhythm(ZoneInfo("Australia/Lord_Howe"), 7, time(2, 15), date(2026, 9, 28)), 7, 0)
@example(Rhythm(ZoneInfo("America/Sao_Paulo"), 7, time(0), date(2018, 10, 29)), 7, 0)
@example(Rhythm(ZoneInfo("Atlantic/Azores"), 7, time(0, 30), date(2026, 3, 23)), 7, 0)
def test_weeks_are_those_of_the_oracle(rhythm: Rhythm, days_later: int, minute: int) -> None:
    start = datetime.combine(rhythm.reporting_from, time(0), tzinfo=UTC)
    at = start + timedelta(days=days_later, minutes=minute)
    assert periods.due(rhythm, at=at) == slow_due(rhythm, at)


@given(rhythm=rhythms, days_later=st.integers(-30, 800), lasts=st.integers(-20, 400), more=gaps)
def test_what_lacks_nothing_owes_nothing(
    rhythm: Rhythm, days_later: int, lasts: int, more: set[int]
) -> None:
    """By the count of what is there and the newest of it, with any gaps, or none."""
    at = datetime.combine(rhythm.reporting_from, time(12), tzinfo=UTC) + days_later * DAY
    ending = replace(rhythm, ends_on=rhythm.reporting_from + lasts * DAY)
    for each, (due, lacks) in product((rhythm, ending), ASKING):
        owed = [span.starts_on for span in due(each, at=at)]
        there = [day for number, day in enumerate(owed) if number not in more]
        newest = there[-1] if there else None
        assert lacks(each, at=at, count=len(there), newest=newest) == (len(there) < len(owed))


@given(rhythm=rhythms)
def test_every_week_opens_before_it_is_due_and_after_the_last_opened(rhythm: Rhythm) -> None:
    at = datetime.combine(rhythm.reporting_from, time(0), tzinfo=UTC) + timedelta(days=400)
    weeks = periods.due(rhythm, at=at)
    assert all(week.opens_at < week.due_at for week in weeks)
    for earlier, later in pairwise(weeks):
        assert later.starts_on - earlier.starts_on == timedelta(days=7)
        assert earlier.opens_at < later.opens_at
        assert earlier.due_at < later.due_at


@given(rhythm=rhythms, gone=gaps)
def test_what_is_missing_is_what_is_due(rhythm: Rhythm, gone: set[int]) -> None:
    at = datetime.combine(rhythm.reporting_from, time(0), tzinfo=UTC) + timedelta(days=140)
    weeks = periods.due(rhythm, at=at)
    missing = [week for number, week in enumerate(weeks) if number in gone]
    known = {week.starts_on for week in weeks} - {week.starts_on for week in missing}
    assert periods.due(rhythm, at=at, known=known) == missing


def test_the_draft_opens_the_working_day_before_at_nine() -> None:
    friday = Rhythm(BERLIN, 5, time(15), date(2026, 11, 16))
    [week] = periods.due(friday, at=datetime(2026, 11, 20, tzinfo=UTC))
    assert week == Week(
        starts_on=date(2026, 11, 16),
        due_on=date(2026, 11, 20),
        opens_at=datetime(2026, 11, 19, 8, tzinfo=UTC),
        due_at=datetime(2026, 11, 20, 14, tzinfo=UTC),
    )


@pytest.mark.parametrize(("weekday", "opens_on"), [(1, 13), (6, 20), (7, 20)])
def test_a_draft_never_opens_on_a_weekend(weekday: int, opens_on: int) -> None:
    rhythm = Rhythm(BERLIN, weekday, time(15), date(2026, 11, 16))
    opens_at = datetime(2026, 11, opens_on, 8, tzinfo=UTC)
    assert periods.due(rhythm, at=opens_at - timedelta(microseconds=1)) == []
    [week] = periods.due(rhythm, at=opens_at)
    assert week.starts_on == date(2026, 11, 16)


def test_an_hour_that_does_not_exist_moves_forward() -> None:
    at = periods.instant_of(date(2026, 3, 29), time(2, 30), BERLIN)
    assert at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert at.astimezone(BERLIN).time() == time(3, 30)


def test_an_hour_that_exists_twice_is_the_first() -> None:
    for hour in (time(2, 30), time(2, 30, fold=1)):
        at = periods.instant_of(date(2026, 10, 25), hour, BERLIN)
        assert at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_week_53_and_the_turn_of_the_year() -> None:
    rhythm = Rhythm(BERLIN, 5, time(15), date(2026, 12, 28))
    weeks = periods.due(rhythm, at=datetime(2027, 1, 8, tzinfo=UTC))
    assert [week.starts_on.isocalendar()[:2] for week in weeks] == [(2026, 53), (2027, 1)]
    assert weeks[0].due_at == datetime(2027, 1, 1, 14, tzinfo=UTC)


def test_nothing_is_due_after_the_last_day() -> None:
    rhythm = Rhythm(BERLIN, 5, time(15), date(2026, 11, 2), ends_on=date(2026, 11, 9))
    weeks = periods.due(rhythm, at=datetime(2027, 1, 1, tzinfo=UTC))
    assert [week.starts_on for week in weeks] == [date(2026, 11, 2), date(2026, 11, 9)]
