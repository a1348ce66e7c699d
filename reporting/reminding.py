"""Who is told what of a status that is owed, and when somebody's digest comes. Pure: no database,
no clock.

The line of an engagement are its DMs, its deputies and its architects, in this order. Who is away
on leave for the day is not in it: whoever comes next stands in their place at once. Working hours
are always those of whoever is told; nobody is told outside of them, and each step once.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dm_portal.people.categories import Rhythm
from dm_portal.people.working_time import Schedule
from reporting.periods import monday_of

SOON, OVERDUE = "soon", "overdue"

# Working hours before a status is due in which the first in line is told that it will be. Half a
# day is time to write one, twenty minutes at most, between other things; who wants their
# reminders with the digest hears of whatever is due before the next one.
SOON_HOURS = {Rhythm.AT_ONCE: 4, Rhythm.DAILY: 8, Rhythm.WEEKLY: 40}

# Working hours after which each in line is told that it is overdue. The first may act at once;
# four hours are what an escalation of level 1 has to be acknowledged, a day is one of level 2.
OVERDUE_HOURS = (0, 4, 8)


@dataclass(frozen=True)
class Person:
    """Somebody who may be told, ``key`` being who; ``rhythm`` is when their reminders come."""

    key: int
    schedule: Schedule
    rhythm: Rhythm = Rhythm.AT_ONCE

    def day_of(self, at: datetime) -> date:
        """The day on their own clock."""
        return at.astimezone(ZoneInfo(self.schedule.calendar.zone)).date()

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
    day = person.day_of(at)
    if (looked_on is not None and looked_on >= day) or not person.schedule.works_at(at):
        return None
    monday = monday_of(day)
    if looked_on is None:  # a week that began before the portal knew them is not begun again
        return Look(day, begins_week=day == _first_working_day(person.schedule, monday))
    return Look(day, begins_week=looked_on < monday)


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

    Those next in line count their hours from when the first was told, be it now: where nothing
    ran for weeks the DM has the same time to act as ever before the deputy hears of it.
    """
    if at < owed.opens_at:
        return
    since = owed.due_at
    for rank, people in enumerate(_present(owed.line, at)):
        now = [
            (person, step)
            for person in people
            if (step := _step(owed, person, rank, at=at, since=since))
            and (person.key, step) not in owed.told
            and person.key not in left_over
            and _hears(person, at, looks)
        ]
        yield from now
        if rank == 0:
            before = [owed.told.get((person.key, OVERDUE), since) for person in people]
            since = max([since, *before, *(at for _ in now)])


def _present(line: Sequence[Sequence[Person]], at: datetime) -> list[list[Person]]:
    """Who is not away, by rank, each at their first place; no rank without people."""
    seen: set[int] = set()
    ranks = []
    for people in line:
        here = [each for each in people if each.key not in seen and not each.is_away(at)]
        seen |= {each.key for each in here}
        ranks += [here] if here else []
    return ranks


def _step(owed: Owed, person: Person, rank: int, *, at: datetime, since: datetime) -> str:
    """What this person would be told, whether or not they were told it before."""
    if at >= owed.due_at:
        waited = person.schedule.working_minutes(since, at)
        return OVERDUE if waited >= 60 * OVERDUE_HOURS[rank] else ""
    hours = SOON_HOURS.get(person.rhythm, 0)
    left = person.schedule.working_minutes(at, owed.due_at)
    return SOON if rank == 0 and left <= 60 * hours else ""


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
