"""Who is reminded when, and whose digest is due, over random calendars, leave and outages.

Working time is counted anew here, in quarters of an hour as the clock on the wall shows them.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dm_portal.people.categories import Rhythm
from dm_portal.people.working_time import Calendar, Leave, Schedule
from reporting.reminding import (
    OVERDUE,
    SOON,
    SOON_HOURS,
    Look,
    Owed,
    Person,
    comes_now,
    look,
    reminders,
)

START = datetime(2026, 10, 19, tzinfo=UTC)  # a Monday; both hemispheres set their clocks near it
QUARTER = timedelta(minutes=15)
SLOTS = 80 * 24 * 4
ZONES = [
    *("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Pacific/Chatham"),
    *("Australia/Lord_Howe", "Pacific/Honolulu", "UTC"),
]
HOURS = [
    (),
    ((9 * 60, 17 * 60),),
    ((8 * 60, 12 * 60), (13 * 60, 16 * 60 + 30)),
    ((18 * 60, 24 * 60),),
    ((0, 6 * 60),),
    ((10 * 60, 10 * 60 + 30),),
]


class Wall:
    """A schedule read off the clock on the wall, quarter by quarter."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.zone = ZoneInfo(schedule.calendar.zone)

    @cached_property
    def works(self) -> list[bool]:
        return [self._works(START + slot * QUARTER) for slot in range(SLOTS)]

    def day(self, slot: int) -> date:
        return (START + slot * QUARTER).astimezone(self.zone).date()

    def is_away(self, slot: int) -> bool:
        day = self.day(slot)
        return any(each.first <= day <= each.last for each in self.schedule.leave)

    def minutes(self, first: int, end: int) -> int:
        return 15 * sum(self.works[first:end])

    def _works(self, at: datetime) -> bool:
        local = at.astimezone(self.zone)
        minute = 60 * local.hour + local.minute
        day = local.date()
        if any(each.first <= day <= each.last for each in self.schedule.leave):
            return False
        hours = self.schedule.calendar.week[local.weekday()]
        return any(first <= minute < end for first, end in hours)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    week = tuple(draw(st.sampled_from(HOURS)) for _ in range(7))
    days = st.integers(0, 70).map(lambda number: START.date() + timedelta(days=number))
    spans = st.tuples(days, st.integers(0, 14))
    leave = [
        Leave(day, day + timedelta(days=more)) for day, more in draw(st.lists(spans, max_size=3))
    ]
    return Schedule(Calendar(draw(st.sampled_from(ZONES)), week), tuple(leave))


def ticks(draw: st.DrawFn) -> list[int]:
    """Slots in which the portal ticks; now and then it stands still, for up to 60 days."""
    gap = st.one_of(*[st.integers(1, 4)] * 6, st.integers(5, 96), st.integers(96, 60 * 96))
    at, found = draw(st.integers(0, 96)), []
    for more in draw(st.lists(gap, min_size=30, max_size=150)):
        if at >= SLOTS:
            break
        found.append(at)
        at += more
    return found


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[list[Person]], Owed, list[int]]:
    """People in line, a status that they owe for ever, and when the portal ticks."""
    keys = iter(range(9))
    sizes = [draw(st.integers(0, 2)), draw(st.integers(0, 1)), draw(st.integers(0, 1))]
    rhythms = st.sampled_from([Rhythm.AT_ONCE] * 3 + list(Rhythm))
    line = [
        [Person(next(keys), draw(schedules()), draw(rhythms)) for _ in range(size)]
        for size in sizes
    ]
    opens = draw(st.integers(0, 30 * 96))
    due = opens + draw(st.integers(4, 4 * 96))
    owed = Owed(1, START + opens * QUARTER, START + due * QUARTER, line)
    return line, owed, ticks(draw)


def slot_of(at: datetime) -> int:
    return (at - START) // QUARTER


class Played:
    """A story as it went: who was told of what in which slot."""

    def __init__(self, line: list[list[Person]], owed: Owed, times: list[int]) -> None:
        self.line, self.due, self.opens = line, slot_of(owed.due_at), slot_of(owed.opens_at)
        people = [person for rank in line for person in rank]
        self.walls = {person.key: Wall(person.schedule) for person in people}
        self.told: dict[tuple[int, str], int] = {}
        digested: dict[int, date] = {}
        for slot in times:
            at = START + slot * QUARTER
            looks = {
                person.key: seen
                for person in people
                if (seen := look(person, at, digested.get(person.key)))
            }
            digested |= {key: seen.day for key, seen in looks.items()}
            known = {key: START + when * QUARTER for key, when in self.told.items()}
            now = Owed(1, owed.opens_at, owed.due_at, line, known)
            said = [(each.key, step) for each, step in reminders(now, at=at, looks=looks)]
            self.check(slot, said)

    def present(self, slot: int) -> list[list[Person]]:
        ranks = [[p for p in rank if not self.walls[p.key].is_away(slot)] for rank in self.line]
        return [rank for rank in ranks if rank]

    def check(self, slot: int, said: list[tuple[int, str]]) -> None:
        assert len({key for key, _ in said}) == len(said)  # one step at a time
        for key, step in said:
            assert (key, step) not in self.told  # never twice
            assert self.walls[key].works[slot]  # never outside of working hours, or in leave
            self.told[key, step] = slot
        for rank, people in enumerate(self.present(slot)):
            for person in people:
                self.check_person(person, rank, slot)

    def check_person(self, person: Person, rank: int, slot: int) -> None:
        wall, told = self.walls[person.key], self.told
        if person.rhythm == Rhythm.NEVER:
            assert not [key for key, _ in told if key == person.key]
        elif slot < self.due:
            left, later = wall.minutes(slot, self.due), self.left_later(person, slot)
            is_near = slot >= self.opens and (left <= 60 * SOON_HOURS[person.rhythm] or later < 240)
            if told.get((person.key, SOON)) == slot:
                assert is_near
                assert rank == 0
            if is_near and rank == 0 and person.rhythm == Rhythm.AT_ONCE and wall.works[slot]:
                assert (person.key, SOON) in told  # nothing is lost
            is_last = slot >= self.opens and person.rhythm == Rhythm.DAILY and later == 0
            if is_last and rank == 0 and wall.works[slot]:
                assert (person.key, SOON) in told  # it is not left to a digest that comes too late
        else:
            since, hours = self.since(rank, slot)
            waited = since is not None and wall.minutes(since, slot) >= 60 * hours
            if told.get((person.key, OVERDUE)) == slot:
                assert waited
            if waited and person.rhythm == Rhythm.AT_ONCE and wall.works[slot]:
                assert (person.key, OVERDUE) in told  # nothing is lost

    def left_later(self, person: Person, slot: int) -> int:
        """Minutes that are left to work from the day on, or week, of the next digest; for who
        waits for none, many.
        """
        wall = self.walls[person.key]
        if person.rhythm == Rhythm.AT_ONCE:
            return 9999

        def begun(slot: int) -> object:
            day = wall.day(slot)
            return day if person.rhythm == Rhythm.DAILY else day.isocalendar()[:2]

        later = (each for each in range(slot, self.due) if begun(each) != begun(slot))
        return wall.minutes(next(later, self.due), self.due)

    def since(self, rank: int, slot: int) -> tuple[int | None, int]:
        """From when those in line count, and how many hours: from when all in front were told, who
        wants no reminders left out; None while some were not.
        """
        since, hours = self.due, 0
        for people in self.present(slot)[:rank]:
            told = [
                self.told[each.key, OVERDUE] for each in people if (each.key, OVERDUE) in self.told
            ]
            if told:
                since, hours = max(since, *told), 4
            elif all(each.rhythm == Rhythm.NEVER for each in people):
                hours += 4
            else:
                return None, 0
        return since, hours


@settings(max_examples=120, deadline=None)
@given(stories())
def test_nobody_is_told_twice_or_out_of_hours_and_nothing_is_lost(story) -> None:
    Played(*story)


@st.composite
def days_of_one(draw: st.DrawFn) -> tuple[Schedule, list[int]]:
    return draw(schedules()), ticks(draw)


@settings(max_examples=120, deadline=None)
@given(days_of_one())
def test_a_digest_comes_once_on_each_day_that_is_worked(story) -> None:
    schedule, times = story
    person, wall = Person(1, schedule), Wall(schedule)
    seen: list[Look] = []
    for slot in times:
        found = look(person, START + slot * QUARTER, seen[-1].day if seen else None)
        if found is not None:
            assert wall.works[slot]
            assert found.day == wall.day(slot)
            assert not seen or found.day > seen[-1].day
            seen.append(found)
        elif wall.works[slot]:
            assert seen[-1].day == wall.day(slot)  # of this day there was one already
    weeks = [each.day.isocalendar()[:2] for each in seen]
    begins = [each.begins_week for each in seen]
    assert begins[1:] == [week != before for before, week in pairwise(weeks)]


OFFICE = Schedule(Calendar("Europe/Berlin"))
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("leave", "at", "expected"),
    [
        ((), MONDAY, Look(date(2026, 11, 23), begins_week=True)),
        ((), MONDAY - timedelta(minutes=1), None),
        ((), MONDAY + DAY, Look(date(2026, 11, 24), begins_week=False)),
        ((date(2026, 11, 23),), MONDAY, None),
        ((date(2026, 11, 23),), MONDAY + DAY, Look(date(2026, 11, 24), begins_week=True)),
    ],
)
def test_whom_the_portal_has_never_seen_begins_with_the_first_working_day(
    leave, at: datetime, expected: Look | None
) -> None:
    schedule = Schedule(OFFICE.calendar, tuple(Leave(day, day) for day in leave))
    assert look(Person(1, schedule), at, None) == expected


@pytest.mark.parametrize(
    ("rhythm", "seen", "comes"),
    [
        (Rhythm.DAILY, None, False),
        (Rhythm.DAILY, False, True),
        (Rhythm.WEEKLY, False, False),
        (Rhythm.WEEKLY, True, True),
        (Rhythm.NEVER, True, False),
        (Rhythm.AT_ONCE, False, True),
    ],
)
def test_what_is_gathered_comes_with_a_look(rhythm: Rhythm, seen: bool | None, comes: bool) -> None:
    found = None if seen is None else Look(MONDAY.date(), begins_week=seen)
    assert comes_now(rhythm, found) is comes


def test_who_holds_two_functions_is_in_line_once() -> None:
    person, due = Person(1, OFFICE), MONDAY + timedelta(hours=2)
    owed = Owed(1, MONDAY - DAY, due, [[person], [person], []], {(1, OVERDUE): due})
    assert list(reminders(owed, at=due + DAY, looks={})) == []


def test_before_it_opens_nobody_is_told() -> None:
    owed = Owed(1, MONDAY, MONDAY + timedelta(hours=1), [[Person(1, OFFICE)]])
    assert list(reminders(owed, at=MONDAY - 2 * DAY, looks={})) == []
