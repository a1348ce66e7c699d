"""Working time counted minute by minute: slow, and plain enough to be believed.

Nothing here is taken from the product's arithmetic: each minute of UTC is asked what the clock on
the wall shows, whether the day is a holiday, whether the hours hold it, whether there is leave.
"""

import random
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from dm_portal.people.working_time import Calendar, Leave, Schedule

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

# Instants around which a zone's clocks, or its calendar, do something of their own.
TURNS = {
    "Europe/Berlin": ["2026-03-29T01:00", "2026-10-25T01:00", "2026-12-31T23:00"],
    "America/New_York": ["2026-03-08T07:00", "2026-11-01T06:00", "2027-01-01T05:00"],
    "Australia/Lord_Howe": ["2026-04-04T15:00", "2026-10-03T15:30"],
    "Africa/Casablanca": ["2026-02-15T02:00", "2026-03-22T02:00"],
    "Asia/Kathmandu": ["1985-12-31T18:30", "2026-05-29T00:00"],
    "Pacific/Apia": ["2011-12-30T10:00", "2011-09-24T14:00"],
    "Pacific/Kiritimati": ["1994-12-31T10:40", "2026-07-12T00:00"],
    "Pacific/Kwajalein": ["1993-08-21T12:00"],
    "Pacific/Honolulu": ["2026-07-03T12:00"],
    "America/Sao_Paulo": ["2018-11-04T03:00", "2019-02-17T02:00"],
    "America/St_Johns": ["2006-04-02T03:31", "2006-10-29T02:31"],
    "Asia/Kolkata": ["2026-08-15T00:00"],
    "Atlantic/Azores": ["2026-03-29T01:00", "2026-10-25T01:00"],
    "Pacific/Chatham": ["2026-04-04T14:00", "2026-09-26T14:00"],
    "Antarctica/Troll": ["2026-03-29T01:00", "2026-10-25T01:00"],
    "UTC": ["2028-02-29T00:00"],
}
COUNTRIES = [
    *(("", ""), ("DE", "BY"), ("GB", "ENG"), ("US", "NY"), ("AU", "NSW"), ("MA", ""), ("NP", "")),
    *(("WS", ""), ("BR", "SP"), ("CA", "NL"), ("IN", "MH"), ("PT", ""), ("NZ", "CIT")),
]


@dataclass(frozen=True)
class Case:
    """One random schedule, and a span of time that a turn of its zone's clock is often part of."""

    schedule: Schedule
    start: datetime
    end: datetime


def cases(seed: int, count: int, *, longest: timedelta) -> Iterator[Case]:
    """Random cases; one seed gives the same ones always."""
    chance = random.Random(seed)
    for _ in range(count):
        zone = chance.choice(list(TURNS))
        turn = datetime.fromisoformat(chance.choice(TURNS[zone])).replace(tzinfo=UTC)
        length = chance.randrange(1, longest // MINUTE) * MINUTE
        start = turn - chance.random() * length + timedelta(seconds=chance.randrange(60))
        days = [start.date() + chance.randrange(-1, 2 + longest // DAY) * DAY for _ in range(4)]
        leave = tuple(_leave(chance, day) for day in days[: chance.choice((0, 0, 1, 2, 4))])
        country, region = chance.choice(COUNTRIES)
        week = tuple(_hours(chance) for _ in range(7))
        yield Case(Schedule(Calendar(zone, week, country, region), leave), start, start + length)


def _hours(chance: random.Random) -> tuple[tuple[int, int], ...]:
    kind = chance.randrange(8)
    if kind == 0:
        return ()
    if kind == 1:
        return ((0, 24 * 60),)
    if kind == 2:
        return ((0, 150), (22 * 60, 24 * 60))
    marks = sorted(chance.sample(range(24 * 60 + 1), 2 * chance.randrange(1, 4)))
    return tuple(zip(marks[::2], marks[1::2], strict=True))


def _leave(chance: random.Random, day: date) -> Leave:
    if chance.random() < 0.5:
        return Leave(day, day + chance.randrange(3) * DAY)
    first, last = sorted(chance.sample(range(1, 24 * 60), 2))
    since, until = (time(*divmod(minute, 60)) for minute in (first, last))
    return Leave(day, day, chance.choice((since, None)), chance.choice((until, None)))


def is_worked(schedule: Schedule, minute: datetime) -> bool:
    """Whether one minute of UTC is working time."""
    calendar = schedule.calendar
    wall = minute.astimezone(ZoneInfo(calendar.zone))
    at = wall.hour * 60 + wall.minute
    if not any(first <= at < end for first, end in calendar.week[wall.weekday()]):
        return False
    if _is_holiday(calendar, wall.date()):
        return False
    return not any(_is_away(each, wall) for each in schedule.leave)


_public: dict[tuple[str, str, int], holidays.HolidayBase] = {}


def _is_holiday(calendar: Calendar, day: date) -> bool:
    if not calendar.country:
        return False
    key = calendar.country, calendar.region, day.year
    if key not in _public:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of years of which the library knows a part
            _public[key] = holidays.country_holidays(key[0], subdiv=key[1] or None, years=day.year)
    return day in _public[key]


def _is_away(leave: Leave, wall: datetime) -> bool:
    if not leave.first <= wall.date() <= leave.last:
        return False
    since, until = leave.since or time.min, leave.until or time.max
    return since <= wall.time().replace(second=0) < until


def minutes(case: Case) -> list[datetime]:
    """Every minute of the span that is worked, in order."""
    start, end = (at.replace(second=0, microsecond=0) for at in (case.start, case.end))
    every = (start + number * MINUTE for number in range((end - start) // MINUTE))
    return [minute for minute in every if is_worked(case.schedule, minute)]


def differences(case: Case, chance: random.Random) -> list[str]:
    """Where the product counts otherwise than the oracle; empty if nowhere."""
    worked, schedule = minutes(case), case.schedule
    found = []
    if (counted := schedule.working_minutes(case.start, case.end)) != len(worked):
        found.append(f"{counted} minutes instead of {len(worked)} in {case}")
    if worked:
        number = chance.randrange(len(worked))
        after = schedule.after_working_hours(case.start, (number + 1) / 60)
        if after != worked[number] + MINUTE:
            found.append(f"{number + 1} minutes are over at {after} instead in {case}")
    return found
