"""One line of what needs somebody, and in which order lines stand. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dm_portal.shell import dates
from dm_portal.shell.components import Shape
from engagements.models import Engagement

OVERDUE, TODAY, THIS_WEEK = "overdue", "today", "this week"
WAITING, NO_HURRY = "waiting for others", "no hurry"
GROUPS = (OVERDUE, TODAY, THIS_WEEK, WAITING, NO_HURRY)
WEEK = timedelta(days=7)
# Worse first; what has no colour stands between what is at risk and what is well.
WORSE_FIRST = (Shape.OFF_TRACK, Shape.AT_RISK)
NAMED_REDS = 2


@dataclass(frozen=True, slots=True)
class Need:
    """One line: how it stands, what, where, why now, and the one thing to do about it.

    ``leads``: before all others of its group, for they may rest on what it speaks of. Where
    ``deed_url`` is there, ``action`` is done by a button that posts ``sends`` to it.
    """

    group: str
    due: datetime
    shape: str
    what: str
    where: str
    why: str
    url: str
    action: str
    deed_url: str = ""
    sends: Mapping[str, str] = field(default_factory=dict)
    not_now_url: str = ""
    leads: bool = False
    engagement_id: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one urgency."""

    name: str
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Red:
    """An engagement that has been called off track for so many days."""

    name: str
    days: int


def groups(needs: Sequence[Need]) -> list[Group]:
    """The lines by urgency; no group without lines.

    Within one: those that lead, then the longest due, then the worse, then by name.
    """
    ranked = sorted(needs, key=_rank)
    found = [Group(name, tuple(each for each in ranked if each.group == name)) for name in GROUPS]
    return [group for group in found if group.needs]


def summary(groups: Sequence[Group], reds: Sequence[Red] = ()) -> str:
    """The list in one line: "3 overdue, 2 due today; Atlas has been red for 6 days."

    Of what waits for others and of what has no day it says nothing.
    """
    words = {OVERDUE: "overdue", TODAY: "due today", THIS_WEEK: "this week"}
    dated = [group for group in groups if group.name in words]
    said = ", ".join(f"{len(group.needs)} {words[group.name]}" for group in dated)
    told = "; ".join(each for each in (said, _red_words(reds)) if each)
    return f"{told}." if told else ""


def urgency(due_at: datetime, at: datetime, engagement: Engagement) -> str:
    """How urgent something is that is due at an instant, on the engagement's own clock."""
    if due_at < at:
        return OVERDUE
    return TODAY if engagement.day_of(due_at) == engagement.day_of(at) else THIS_WEEK


def urgency_of_day(due_on: date, today: date) -> str:
    """How urgent something is that is due on a day: all of that day is left for it."""
    if due_on < today:
        return OVERDUE
    if due_on == today:
        return TODAY
    return THIS_WEEK if due_on <= today + WEEK else NO_HURRY


def end_of(day: date) -> datetime:
    """The end of a day, by which it is ranked among instants."""
    return datetime.combine(day, time(23, 59), tzinfo=UTC)


def instant(due_at: datetime, at: datetime, engagement: Engagement) -> str:
    """ "today at 15:00", "Fri 13 Nov, 15:00", on the engagement's own clock."""
    zone = ZoneInfo(engagement.time_zone)
    due, day = due_at.astimezone(zone), at.astimezone(zone).date()
    if due.date() == day:
        return f"today at {due:%H:%M}"
    return dates.instant_words(due_at, zone=zone, today=day)


def where(engagement: Engagement) -> str:
    """ "Atlas, Northwind Bank"."""
    return f"{engagement.name}, {engagement.customer.name}"


def _rank(need: Need) -> tuple[bool, datetime, int, str, str]:
    known = need.shape in WORSE_FIRST
    worse = WORSE_FIRST.index(Shape(need.shape)) if known else len(WORSE_FIRST)
    return not need.leads, need.due, worse, need.where, need.what


def _red_words(reds: Sequence[Red]) -> str:
    """ "Atlas has been red for 6 days, Harbour since today, 3 more are red"; the longest first."""
    ranked = sorted(reds, key=lambda red: (-red.days, red.name))
    said = [f"{red.name} has been red {_since(red.days)}" for red in ranked[:NAMED_REDS]]
    more = len(ranked) - NAMED_REDS
    if more > 0:
        said.append(f"{more} more {'is' if more == 1 else 'are'} red")
    return ", ".join(said)


def _since(days: int) -> str:
    if days == 0:
        return "since today"
    return "since yesterday" if days == 1 else f"for {days} days"
