"""What the next ten days hold for a delivery manager, from dates alone. Pure: no database, no
clock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from dm_portal.people.letters import Group, Line
from dm_portal.people.working_time import Calendar, Leave, Schedule
from dm_portal.shell.dates import day_words, range_words, relative_words

DAYS = 10  # with the day on which it is told
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Commitment:
    """A milestone that is not finished, its committed day, and what is left of it in words."""

    name: str
    on: date
    left: str
    url: str


@dataclass(frozen=True, slots=True)
class Absence:
    """Leave of somebody of the pod."""

    who: str
    leave: Leave


@dataclass(frozen=True)
class Leading:
    """One who is DM or deputy from a day up to, and not including, another."""

    starts_on: date
    ends_on: date | None
    schedule: Schedule

    def leads_on(self, day: date) -> bool:
        holds = self.starts_on <= day and (self.ends_on is None or day < self.ends_on)
        return holds and not self.schedule.is_away(day)


@dataclass(frozen=True)
class Plan:
    """The dates of one engagement, and the pages where they are seen and set; ``key`` is which."""

    key: int
    name: str
    url: str
    settings_url: str
    starts_on: date
    ends_on: date | None
    calendar: Calendar
    milestones: Sequence[Commitment] = ()
    absences: Sequence[Absence] = ()
    leaders: Sequence[Leading] = ()

    def works_on(self, day: date) -> bool:
        """A working day between its first and its last."""
        is_on = self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)
        return is_on and self.calendar.is_working_day(day)


def last_day(day: date) -> date:
    """The last of the ten days that begin with ``day``."""
    return day + (DAYS - 1) * DAY


def window(day: date) -> list[date]:
    """The ten days."""
    return [day + number * DAY for number in range(DAYS)]


def groups(plans: Sequence[Plan], day: date) -> list[Group]:
    """What is to be told on ``day``, by kind; no group without lines."""
    kinds = {
        "Milestones": _milestones,
        "Away from the pod": _absences,
        "Days without delivery manager or deputy": _uncovered,
        "Engagements that end": _ends,
        "Holidays": _holidays,
    }
    found = (
        Group(title, tuple(line for plan in plans for line in lines(plan, day)))
        for title, lines in kinds.items()
    )
    return [group for group in found if group.lines]


def _milestones(plan: Plan, day: date) -> Iterator[Line]:
    for each in sorted(plan.milestones, key=lambda each: (each.on, each.name)):
        if day <= each.on <= last_day(day):
            when = f"{day_words(each.on, today=day)}, {relative_words(each.on, today=day)}"
            words = f"{each.name} is committed for {when}; {each.left}."
            yield Line(plan.name, words, "See the milestone", each.url)


def _absences(plan: Plan, day: date) -> Iterator[Line]:
    for each in sorted(plan.absences, key=lambda each: (each.leave.first, each.who)):
        if each.leave.first <= last_day(day) and day <= each.leave.last:
            words = f"{each.who} is away {_leave_words(each.leave, day)}."
            yield Line(plan.name, words, "See the engagement", plan.url)


def _leave_words(leave: Leave, day: date) -> str:
    words = range_words(leave.first, leave.last, today=day)
    since = f" from {leave.since:%H:%M}" if leave.since else ""
    until = f" until {leave.until:%H:%M}" if leave.until else ""
    return f"{words}{since}{until}"


def _uncovered(plan: Plan, day: date) -> Iterator[Line]:
    """Each run of working days on which nobody leads."""
    working = [each for each in window(day) if plan.works_on(each)]
    runs = groupby(working, key=lambda each: any(one.leads_on(each) for one in plan.leaders))
    for is_led, run in runs:
        if not is_led:
            days = list(run)
            words = f"Nobody leads it {range_words(days[0], days[-1], today=day)}."
            yield Line(plan.name, words, "See who leads", plan.url)


def _ends(plan: Plan, day: date) -> Iterator[Line]:
    if plan.ends_on is not None and day <= plan.ends_on <= last_day(day):
        when = f"{day_words(plan.ends_on, today=day)}, {relative_words(plan.ends_on, today=day)}"
        words = f"Its last day is {when}; no status is due after it."
        yield Line(plan.name, words, "See its dates", plan.settings_url)


def _holidays(plan: Plan, day: date) -> Iterator[Line]:
    """Those on days that would be worked otherwise."""
    for each in window(day):
        name = plan.calendar.holiday_name(each)
        if name and plan.calendar.week[each.weekday()]:
            words = f"{day_words(each, today=day)} is a holiday: {name}."
            yield Line(plan.name, words, "See when its status is due", plan.settings_url)
