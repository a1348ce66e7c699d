"""Which weeks are due, and when, against an oracle that walks the wall clock step by step."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reporting import periods
from reporting.periods import Month, Rhythm, Week

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


@dataclass(frozen=True)
class Holidays:
    """Every so manieth day, and a fortnight off in each of these months."""

    every: int
    months: frozenset[int] = frozenset()

    def __call__(self, day: date) -> bool:
        return day.toordinal() % self.every == 0 or (day.month in self.months and day.day <= 14)


plain = st.builds(
    Rhythm,
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    weekday=st.integers(1, 7),
    hour=hours,
    reporting_from=days,
    ends_on=st.none(),
    review_day=st.integers(1, 15),
)
rhythms = plain | st.builds(
    replace,
    plain,
    rest_weekdays=st.frozensets(st.integers(1, 7), max_size=6),
    is_holiday=st.builds(Holidays, st.integers(2, 30), st.frozensets(st.integers(1, 12))),
    holiday_rule=st.sampled_from(["before", "after", "stays"]),
)


def walk(
    zone: ZoneInfo, first: datetime, last: datetime, step: timedelta = STEP
) -> Iterator[tuple[datetime, datetime]]:
    """Every step from ``first`` to ``last``, with what the wall clock shows."""
    while first <= last:
        yield first, first.astimezone(zone).replace(tzinfo=None)
        first += step


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


def is_free(rhythm: Rhythm, day: date) -> bool:
    return day.isoweekday() in rhythm.rest_weekdays or rhythm.is_holiday(day)


def lived(zone: ZoneInfo, first: date, last: date) -> list[date]:
    """The days from ``first`` to ``last`` that the clocks of the zone have shown."""
    start, end = (datetime.combine(day, time(12), tzinfo=UTC) for day in (first, last))
    shown = {each.date() for _, each in walk(zone, start - 2 * DAY, end + 2 * DAY, DAY / 4)}
    return sorted(day for day in shown if first <= day <= last)


def slow_due_on(rhythm: Rhythm, monday: date) -> date:
    week = [monday + number * DAY for number in range(7)]
    [due_on] = [day for day in week if day.isoweekday() == rhythm.weekday]
    if not rhythm.is_holiday(due_on) or rhythm.holiday_rule == "stays":
        return due_on
    there = lived(rhythm.zone, week[0], week[-1])
    working = [day for day in there if not is_free(rhythm, day)]
    earlier = [day for day in working if day < due_on][-1:]
    later = [day for day in working if day > due_on][:1]
    wanted = earlier + later if rhythm.holiday_rule == "before" else later + earlier
    return [*wanted, due_on][0]


def slow_instants(rhythm: Rhythm, due_on: date) -> tuple[datetime, datetime]:
    there = lived(rhythm.zone, due_on - 7 * DAY, due_on - DAY)
    opens_on = [there[-1], *(day for day in there if not is_free(rhythm, day))][-1]
    return (
        slow_instant(opens_on, time(9), rhythm.zone),
        slow_instant(due_on, rhythm.hour, rhythm.zone),
    )


def slow_week(rhythm: Rhythm, monday: date) -> Week:
    due_on = slow_due_on(rhythm, monday)
    return Week(monday, due_on, *slow_instants(rhythm, due_on))


def slow_month(rhythm: Rhythm, first: date) -> Month:
    month_after = first + 45 * DAY
    every = [month_after.replace(day=1) + number * DAY for number in range(31)]
    month = [day for day in every if day.month == month_after.month]
    there = lived(rhythm.zone, month[0], month[-1])
    working = [day for day in there if not is_free(rhythm, day)]
    due_on = [month[-1], *working][: rhythm.review_day + 1][-1]
    return Month(first, due_on, *slow_instants(rhythm, due_on))


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


def slow_due_months(rhythm: Rhythm, at: datetime) -> list[Month]:
    day, months = rhythm.reporting_from, {}
    while day <= at.date() + DAY:
        if day.replace(day=1) not in months:
            months[day.replace(day=1)] = slow_month(rhythm, day.replace(day=1))
        day += DAY
    return [month for month in months.values() if month.opens_at <= at]


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


@settings(max_examples=60)
@given(rhythm=rhythms, days_later=st.integers(0, 100), minute=st.integers(0, 24 * 60))
@example(Rhythm(ZoneInfo("Pacific/Apia"), 5, time(15), date(2011, 11, 1), review_day=15), 62, 0)
@example(Rhythm(BERLIN, 5, time(15), date(2028, 1, 31), review_day=5), 40, 0)
def test_months_are_those_of_the_oracle(rhythm: Rhythm, days_later: int, minute: int) -> None:
    start = datetime.combine(rhythm.reporting_from, time(0), tzinfo=UTC)
    at = start + timedelta(days=days_later, minutes=minute)
    assert periods.due_months(rhythm, at=at) == slow_due_months(rhythm, at)


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
def test_none_opens_before_the_one_before_it(rhythm: Rhythm) -> None:
    at = datetime.combine(rhythm.reporting_from, time(0), tzinfo=UTC) + timedelta(days=400)
    for due, _ in ASKING:
        for earlier, later in pairwise(due(rhythm, at=at)):
            assert later.starts_on > earlier.starts_on
            assert later.opens_at >= earlier.opens_at
            assert later.due_at > earlier.due_at
            assert later.opens_at < later.due_at


@given(rhythm=plain)
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


@pytest.mark.every_zone
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


@pytest.mark.every_zone
def test_an_hour_that_does_not_exist_moves_forward() -> None:
    at = periods.instant_of(date(2026, 3, 29), time(2, 30), BERLIN)
    assert at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert at.astimezone(BERLIN).time() == time(3, 30)


@pytest.mark.every_zone
def test_an_hour_that_exists_twice_is_the_first() -> None:
    for hour in (time(2, 30), time(2, 30, fold=1)):
        at = periods.instant_of(date(2026, 10, 25), hour, BERLIN)
        assert at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.every_zone
def test_week_53_and_the_turn_of_the_year() -> None:
    rhythm = Rhythm(BERLIN, 5, time(15), date(2026, 12, 28))
    weeks = periods.due(rhythm, at=datetime(2027, 1, 8, tzinfo=UTC))
    assert [week.starts_on.isocalendar()[:2] for week in weeks] == [(2026, 53), (2027, 1)]
    assert weeks[0].due_at == datetime(2027, 1, 1, 14, tzinfo=UTC)


def test_nothing_is_due_after_the_last_day() -> None:
    rhythm = Rhythm(BERLIN, 5, time(15), date(2026, 11, 2), ends_on=date(2026, 11, 9))
    weeks = periods.due(rhythm, at=datetime(2027, 1, 1, tzinfo=UTC))
    assert [week.starts_on for week in weeks] == [date(2026, 11, 2), date(2026, 11, 9)]
    months = periods.due_months(rhythm, at=datetime(2027, 2, 1, tzinfo=UTC))
    assert [month.starts_on for month in months] == [date(2026, 11, 1)]


@pytest.mark.every_zone
def test_leap_days_belong_to_their_week_and_month() -> None:
    rhythm = Rhythm(BERLIN, 2, time(15), date(2028, 2, 28))  # on Tuesdays, and that is the 29th
    [week, *_] = periods.due(rhythm, at=datetime(2028, 3, 7, 8, tzinfo=UTC))
    assert week.due_on == date(2028, 2, 29)
    [month] = periods.due_months(rhythm, at=datetime(2028, 3, 7, 8, tzinfo=UTC))
    assert (month.starts_on, month.due_on) == (date(2028, 2, 1), date(2028, 3, 7))


# What is due on a holiday

EASTER = date(2026, 4, 3), date(2026, 4, 6)


def due_in(monday: date, **changes: Any) -> tuple[date, date]:
    """On which day of Berlin the status of a week opens, and on which it is due."""
    rhythm = replace(Rhythm(BERLIN, 5, time(15), monday, ends_on=monday), **changes)
    [week] = periods.due(rhythm, at=datetime(2030, 1, 1, tzinfo=UTC))
    return week.opens_at.astimezone(BERLIN).date(), week.due_on


@pytest.mark.every_zone
@pytest.mark.parametrize(
    ("rule", "opens_on", "due_on"), [("before", 1, 2), ("after", 1, 2), ("stays", 2, 3)]
)
def test_good_friday(rule: str, opens_on: int, due_on: int) -> None:
    """After it comes a weekend, and then another week: the nearest day is the one before."""
    found = due_in(date(2026, 3, 30), is_holiday=EASTER.__contains__, holiday_rule=rule)
    assert found == (date(2026, 4, opens_on), date(2026, 4, due_on))


@pytest.mark.parametrize("rule", ["before", "after"])
def test_easter_monday_opens_before_the_holidays(rule: str) -> None:
    easter = {"is_holiday": EASTER.__contains__, "holiday_rule": rule, "weekday": 1}
    assert due_in(date(2026, 4, 6), **easter) == (date(2026, 4, 2), date(2026, 4, 7))


@pytest.mark.parametrize(("rule", "due_on"), [("before", 23), ("after", 26), ("stays", 25)])
def test_christmas_by_the_rule(rule: str, due_on: int) -> None:
    """Where people work on Saturdays, too, so that there is a day after."""
    eve, day = date(2026, 12, 24), date(2026, 12, 25)
    days = {"is_holiday": {eve, day}.__contains__, "rest_weekdays": frozenset()}
    found = due_in(date(2026, 12, 21), **days, holiday_rule=rule)
    assert found[1] == date(2026, 12, due_on)


def test_a_week_without_a_working_day_keeps_its_day_and_opens_before_it() -> None:
    week = {date(2026, 12, 28) + number * DAY for number in range(7)}
    assert due_in(date(2026, 12, 28), is_holiday=week.__contains__) == (
        date(2026, 12, 25),
        date(2027, 1, 1),
    )


def test_after_a_fortnight_without_a_working_day_it_opens_the_day_before() -> None:
    def closed(day: date) -> bool:
        return date(2026, 12, 19) <= day <= date(2027, 1, 3)

    found = due_in(date(2026, 12, 28), is_holiday=closed)
    assert found == (date(2026, 12, 31), date(2027, 1, 1))


def test_a_day_of_rest_that_was_chosen_stays() -> None:
    assert due_in(date(2026, 11, 16), weekday=7) == (date(2026, 11, 20), date(2026, 11, 22))


def test_holidays_are_no_working_days_of_a_month() -> None:
    new_year = {date(2027, 1, 1), date(2027, 1, 6)}
    rhythm = Rhythm(BERLIN, 5, time(15), date(2026, 12, 1), is_holiday=new_year.__contains__)
    [month] = periods.due_months(rhythm, at=datetime(2027, 1, 11, 8, tzinfo=UTC))
    assert (month.starts_on, month.due_on) == (date(2026, 12, 1), date(2027, 1, 11))


# What was decided anew after it would have been due

WEDNESDAY = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changed_at", "due_on"),
    [
        (WEDNESDAY - 3 * DAY, 16),  # on Sunday: Monday is still to come
        (WEDNESDAY, 20),
        (WEDNESDAY + 3 * DAY, 22),  # on Saturday: no working day is left
        (WEDNESDAY + 5 * DAY, 16),  # the week is over: it is as it would have been
    ],
)
def test_a_week_is_not_late_by_a_new_due_day(changed_at: datetime, due_on: int) -> None:
    found = due_in(date(2026, 11, 16), weekday=1, changed_at=changed_at)
    assert found[1] == date(2026, 11, due_on)


@pytest.mark.parametrize(("changed_on", "due_on"), [(3, 4), (4, 7), (2, 3), (31, 3)])
def test_a_month_is_not_late_by_a_new_due_day(changed_on: int, due_on: int) -> None:
    """Due on Thursday the 3rd at 15:00 in Berlin; decided at 15:30 of these days."""
    month = 12 if changed_on < 31 else 10
    changed_at = datetime(2026, month, changed_on, 14, 30, tzinfo=UTC)
    rhythm = Rhythm(BERLIN, 5, time(15), date(2026, 11, 1), review_day=3, changed_at=changed_at)
    [found, *_] = periods.due_months(rhythm, at=datetime(2026, 12, 31, tzinfo=UTC))
    assert found.due_on == date(2026, 12, due_on)
