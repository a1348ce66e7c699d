"""Who is reminded before whom, and on which day, case by case; others are random."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dm_portal.people.categories import Rhythm
from dm_portal.people.working_time import Calendar, Leave, Schedule
from reporting.reminding import OVERDUE, SOON, Look, Owed, Person, reminders

OFFICE = Schedule(Calendar("Europe/Berlin"))
DAY = timedelta(days=1)

# Before a day off

LONG_DAYS = Schedule(Calendar("Europe/Berlin", (((9 * 60, 18 * 60),),) * 4 + ((), (), ())))
DUE = datetime(2026, 11, 20, 14, tzinfo=UTC)  # Friday, 15:00 in Berlin
THURSDAY = datetime(2026, 11, 19, 8, tzinfo=UTC)  # 9:00 in Berlin


@pytest.mark.parametrize("rhythm", [Rhythm.DAILY, Rhythm.WEEKLY])
def test_what_is_due_on_a_day_off_is_told_on_the_day_before(rhythm: Rhythm) -> None:
    """Nine hours are left then, and the next digest would come on Monday."""
    person = Person(1, LONG_DAYS, rhythm)
    seen = {1: Look(THURSDAY.date(), begins_week=True)}
    owed = Owed(1, THURSDAY, DUE, [[person]])
    assert list(reminders(owed, at=THURSDAY, looks=seen)) == [(person, SOON)]


@pytest.mark.parametrize(
    ("hour", "is_told"),
    [(10, True), (12, True), (13, False)],
)
def test_the_next_digest_leaves_half_a_day(hour: int, is_told: bool) -> None:
    """Due on Monday in Berlin, with two days off before."""
    due = datetime(2026, 11, 23, hour - 1, tzinfo=UTC)
    person = Person(1, Schedule(Calendar("Europe/Berlin")), Rhythm.DAILY)
    owed = Owed(1, THURSDAY, due, [[person]])
    looks = {1: Look(date(2026, 11, 20), begins_week=False)}
    assert bool(list(reminders(owed, at=THURSDAY + DAY, looks=looks))) is is_told


@pytest.mark.parametrize(
    ("rhythm", "at", "is_told"),
    [
        (Rhythm.DAILY, THURSDAY + timedelta(hours=1), True),
        (Rhythm.DAILY, THURSDAY + timedelta(hours=10), False),
        (Rhythm.WEEKLY, THURSDAY + timedelta(hours=1), False),
        (Rhythm.NEVER, THURSDAY + timedelta(hours=1), False),
    ],
)
def test_what_opens_after_the_last_digest_is_told_while_there_is_time(
    rhythm: Rhythm, at: datetime, is_told: bool
) -> None:
    person = Person(1, LONG_DAYS, rhythm)
    owed = Owed(1, THURSDAY + timedelta(minutes=30), DUE, [[person]])
    assert bool(list(reminders(owed, at=at, looks={}))) is is_told


def test_whoever_hears_again_before_it_is_due_waits_for_that() -> None:
    person = Person(1, OFFICE, Rhythm.DAILY)
    owed = Owed(1, THURSDAY, DUE, [[person]])
    assert list(reminders(owed, at=THURSDAY + timedelta(hours=1), looks={})) == []


# Nobody before the one in front of them

LUNCH = Schedule(
    Calendar("Europe/Berlin", (((9 * 60, 12 * 60), (13 * 60, 17 * 60)),) * 5 + ((), ()))
)
NOON = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)  # Monday, 12:30: the DM is at lunch
HOUR = timedelta(hours=1)


def heard(line: list[list[Person]], ticks: list[datetime]) -> dict[int, datetime]:
    """When each is told that it is overdue, by key."""
    told: dict[tuple[int, str], datetime] = {}
    for at in ticks:
        owed = Owed(1, DUE - DAY, DUE, line, told)
        told |= {(each.key, step): at for each, step in reminders(owed, at=at, looks={})}
    return {key: at for (key, _), at in told.items()}


def after_a_stop() -> list[datetime]:
    return [NOON + number * HOUR / 2 for number in range(60)]


def test_while_the_manager_is_at_lunch_neither_deputy_nor_architect_is_told() -> None:
    line = [[Person(1, LUNCH)], [Person(2, OFFICE)], [Person(3, OFFICE)]]
    monday, tuesday = datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC)
    told = {1: monday + 12 * HOUR, 2: tuesday + 8 * HOUR, 3: tuesday + 12 * HOUR}
    assert heard(line, after_a_stop()) == told


def test_while_the_deputy_is_at_lunch_the_architect_is_not_told() -> None:
    line = [[Person(1, OFFICE)], [Person(2, LUNCH)], [Person(3, OFFICE)]]
    told = {(1, OVERDUE): DUE}
    owed = Owed(1, DUE - DAY, DUE, line, told)
    assert list(reminders(owed, at=NOON, looks={})) == []


def test_whoever_wants_no_reminders_is_waited_for_by_nobody() -> None:
    never = Person(1, OFFICE, Rhythm.NEVER)
    line = [[never], [Person(2, OFFICE)], [Person(3, OFFICE)]]
    assert heard(line, [NOON, NOON + HOUR]) == {2: NOON}


def test_whoever_is_told_once_a_day_is_waited_for() -> None:
    line = [[Person(1, OFFICE, Rhythm.DAILY)], [Person(2, OFFICE)]]
    assert heard(line, after_a_stop()) == {}


def test_of_two_managers_one_who_was_told_is_enough() -> None:
    line = [[Person(1, OFFICE), Person(2, LUNCH)], [Person(3, OFFICE)]]
    assert heard(line, [NOON]) == {1: NOON}
    owed = Owed(1, DUE - DAY, DUE, line, {(1, OVERDUE): DUE})
    assert [each.key for each, _ in reminders(owed, at=NOON, looks={})] == [3]


def test_whoever_is_on_leave_is_waited_for_by_nobody() -> None:
    away = Schedule(LUNCH.calendar, (Leave(NOON.date(), NOON.date()),))
    line = [[Person(1, away)], [Person(2, OFFICE)]]
    assert heard(line, [NOON]) == {2: NOON}
