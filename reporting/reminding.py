"""Who is told what of a status that is owed, and when somebody's digest comes. Pure: no database,
no clock.

The line of an engagement are its DMs, its deputies and its architects, in this order. Who is away
on leave for the day is not in it: whoever comes next stands in their place at once. Working hours
are always those of whoever is told; nobody is told outside of them, and each step once.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dm_portal.people.categories import Rhythm
from dm_portal.people.working_time import Calendar, Schedule
from reporting.periods import monday_of

SOON, OVERDUE = "soon", "overdue"

# Working hours before a status is due in which the first in line is told that it will be. Half a
# day is time to write one, twenty minutes at most, between other things; who wants their
# reminders with the digest hears of whatever is due before the next one.
SOON_HOURS = {Rhythm.AT_ONCE: 4, Rhythm.DAILY: 8, Rhythm.WEEKLY: 40}

HALF_A_DAY = 4 * 60  # minutes
# How far the next digest's day, or week, is from the beginning of this one.
DAYS_APART = {Rhythm.DAILY: timedelta(days=1), Rhythm.WEEKLY: timedelta(days=7)}

# Working hours that each in line has, once they were told that it is overdue, before the next is:
# what an escalation of level 1 has to be acknowledged.
NEXT_HOURS = 4


@dataclass(frozen=True)
class Person:
    """Somebody who may be told, ``key`` being who; ``rhythm`` is when their reminders come."""

    key: int
    schedule: Schedule
    rhythm: Rhythm = Rhythm.AT_ONCE

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.schedule.calendar.zone)

    def day_of(self, at: datetime) -> date:
        """The day on their own clock."""
        return at.astimezone(self.zone).date()

    def is_away(self, at: datetime) -> bool:
        """On leave for the whole of that day."""
        return self.schedule.is_away(self.day_of(at))


@dataclass(frozen=True, slots=True)
class Look:
    """The one time of a local day when somebody's digest is put together.

    ``begins_week``: it is the first of their week, with what comes once a week.
    """

    day: date
    begins_week: bool


@dataclass(frozen=True)
class Owed:
    """A status that is not published; ``line`` are the people of each function, the DMs first.

    ``told`` says when whom was told of which step, by key and step.
    """

    key: int
    opens_at: datetime
    due_at: datetime
    line: Sequence[Sequence[Person]]
    told: Mapping[tuple[int, str], datetime] = field(default_factory=dict)


def look(person: Person, at: datetime, looked_on: date | None) -> Look | None:
    """The look that is due at ``at``, if any: in the first working minute of each local day.

    ``looked_on`` is the day of the last one. Days of leave, or on which nothing ran, have none:
    what waits comes in the first working minute after them.
    """
    if not may_look(person.schedule.calendar, at, looked_on) or not person.schedule.works_at(at):
        return None
    day = person.day_of(at)
    monday = monday_of(day)
    if looked_on is None:  # a week that began before the portal knew them is not begun again
        return Look(day, begins_week=day == _first_working_day(person.schedule, monday))
    return Look(day, begins_week=looked_on < monday)


def may_look(calendar: Calendar, at: datetime, looked_on: date | None) -> bool:
    """Whether a look may be due at ``at`` to who works by this calendar: asked of many, before
    their leave is read.
    """
    day = at.astimezone(ZoneInfo(calendar.zone)).date()
    return (looked_on is None or looked_on < day) and calendar.works_at(at)


def comes_now(rhythm: Rhythm, seen: Look | None) -> bool:
    """Whether what comes once a day, or once a week, comes with this look.

    What was kept for a digest still comes with one where its reader now wants such mails at once.
    """
    if seen is None or rhythm == Rhythm.NEVER:
        return False
    return seen.begins_week or rhythm != Rhythm.WEEKLY


def reminders(
    owed: Owed, *, at: datetime, looks: Mapping[int, Look], left_over: Collection[int] = ()
) -> Iterator[tuple[Person, str]]:
    """Who is told at ``at``, and of which step; ``looks`` are those of this instant, by key.

    Those who are ``left_over``, whose digest comes with a later tick, hear nothing before it.
    """
    if at < owed.opens_at:
        return
    ranks = _present(owed.line, at)
    here = [person for people in ranks for person in people if person.key not in left_over]
    hearing = {person.key for person in here if _hears(person, at, looks)}
    if at < owed.due_at:
        hearing |= {person.key for person in here if _has_last_chance(person, at, owed.due_at)}
        yield from _soon(owed, ranks, at, hearing)
    else:
        yield from _overdue(owed, ranks, at, hearing)


def _soon(
    owed: Owed, ranks: Sequence[Sequence[Person]], at: datetime, hearing: Collection[int]
) -> Iterator[tuple[Person, str]]:
    """The first in line alone are told that it will be due."""
    for person in ranks[0] if ranks else ():
        is_new = (person.key, SOON) not in owed.told
        if is_new and person.key in hearing and _is_near(person, at, owed.due_at):
            yield person, SOON


def _is_near(person: Person, at: datetime, due_at: datetime) -> bool:
    """Whether it is due soon; for who hears with the digest, also where the next is too late."""
    left = person.schedule.working_minutes(at, due_at)
    is_late = person.rhythm in DAYS_APART and _left_next_time(person, at, due_at) < HALF_A_DAY
    return is_late or left <= 60 * SOON_HOURS.get(person.rhythm, 0)


def _has_last_chance(person: Person, at: datetime, due_at: datetime) -> bool:
    """Whether who hears once a day works now, and will not hear again before it is due."""
    is_last = person.rhythm == Rhythm.DAILY and not _left_next_time(person, at, due_at)
    return is_last and person.schedule.works_at(at)


def _left_next_time(person: Person, at: datetime, due_at: datetime) -> int:
    """Minutes left to work, when their next digest comes, until it is due."""
    day = person.day_of(at)
    next_day = (monday_of(day) if person.rhythm == Rhythm.WEEKLY else day) + DAYS_APART[
        person.rhythm
    ]
    begins = datetime.combine(next_day, time(), tzinfo=person.zone)
    return person.schedule.working_minutes(begins, due_at)


def _overdue(
    owed: Owed, ranks: Sequence[Sequence[Person]], at: datetime, hearing: Collection[int]
) -> Iterator[tuple[Person, str]]:
    """Nobody hears it before the one in front of them, nor at once after.

    Where nothing ran for weeks the DM has the same time to act as ever before the deputy hears of
    it. Who wants no reminders delays nobody: their hours count from when it was due.
    """
    since, hours = owed.due_at, 0
    for people in ranks:
        heard = [
            owed.told[each.key, OVERDUE] for each in people if (each.key, OVERDUE) in owed.told
        ]
        for person in people:
            is_new = (person.key, OVERDUE) not in owed.told and person.key in hearing
            if is_new and person.schedule.working_minutes(since, at) >= 60 * hours:
                heard.append(at)
                yield person, OVERDUE
        if heard:
            since, hours = max([since, *heard]), NEXT_HOURS
        elif all(each.rhythm == Rhythm.NEVER for each in people):
            hours += NEXT_HOURS
        else:
            return


def _present(line: Sequence[Sequence[Person]], at: datetime) -> list[list[Person]]:
    """Who is not away, by rank, each at their first place; no rank without people."""
    seen: set[int] = set()
    ranks = []
    for people in line:
        here = [each for each in people if each.key not in seen and not each.is_away(at)]
        seen |= {each.key for each in here}
        ranks += [here] if here else []
    return ranks


def _hears(person: Person, at: datetime, looks: Mapping[int, Look]) -> bool:
    """Whether this is when such mails come to them."""
    if person.rhythm == Rhythm.AT_ONCE:
        return person.schedule.works_at(at)
    return comes_now(person.rhythm, looks.get(person.key))


def _first_working_day(schedule: Schedule, monday: date) -> date | None:
    """The first day of a week on which somebody works; None where they do on none."""
    days = (monday + timedelta(days=number) for number in range(7))
    return next((day for day in days if _works_on(schedule, day)), None)


def _works_on(schedule: Schedule, day: date) -> bool:
    spans = schedule.calendar.working_intervals(day)
    return any(schedule.working_minutes(first, end) for first, end in spans)
