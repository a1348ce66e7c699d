"""What happens in the demo world, told as plain data: the same every time it is asked.

Days count from an engagement's first day. Nothing here touches the database or the clock.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

WEEKS = 17
SPRINT_DAYS = 14


@dataclass(frozen=True)
class MilestonePlan:
    """A milestone, the work it takes (titles), and when its items are made and finished.

    ``made`` and ``done`` are first and last day, counted from the engagement's first day; the
    items spread evenly between, but for those that ``came`` on a day of their own, by title.
    ``left`` items are not finished when the story ends.
    """

    name: str
    outcome: str
    committed_day: int
    titles: tuple[str, ...]
    made: tuple[int, int]
    done: tuple[int, int]
    left: int = 0
    criteria: tuple[tuple[str, str], ...] = ()
    criteria_met: int = 0
    came: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Week:
    """What the DM wrote in a week that was not ordinary."""

    headline: str
    colour: str = ""
    reason: str = ""
    our_move: str = ""
    by_deputy: bool = False


@dataclass(frozen=True)
class DateMove:
    """On ``day`` the committed date of a milestone moves to ``to_day``."""

    milestone: str
    day: int
    to_day: int
    reason: str


@dataclass(frozen=True)
class BlockedPlan:
    """From day to day an item (by its title) is blocked; ``impact`` and ``owner`` are the DM's."""

    title: str
    from_day: int
    to_day: int | None = None
    impact: str = ""
    owner: str = ""


@dataclass(frozen=True)
class TrackerNames:
    """What a tracker calls people, where that is not their name.

    ``accounts`` tells it of specialists, ``others`` who else has an item, by its title; ``bots``
    are those of them who are no person.
    """

    accounts: dict[str, str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    bots: tuple[str, ...] = ()

    def of(self, name: str, title: str) -> str:
        return self.others.get(title) or self.accounts.get(name, name)


@dataclass(frozen=True)
class EngagementPlan:
    """One engagement of the demo world: it ``began`` so many weeks ago, and tells of ``weeks``."""

    name: str
    customer: str
    outcome: str
    in_scope: str
    out_of_scope: str
    depends_on: str
    prefix: str
    time_zone: str
    milestones: tuple[MilestonePlan, ...]
    assignees: tuple[str, ...]
    headlines: tuple[str, ...]
    told: dict[int, Week] = field(default_factory=dict)
    moves: tuple[DateMove, ...] = ()
    blocked: tuple[BlockedPlan, ...] = ()
    names: TrackerNames = TrackerNames()
    says_when: bool = True  # its exports were made
    began: int = WEEKS
    weeks: int = WEEKS
    is_closed: bool = False  # after the last of them
    import_every: int = 1  # weeks
    plans_ahead: bool = False  # items are in their sprint before it begins, not once begun
    # week -> (reason, new headline): what was corrected after it was published
    corrections: dict[int, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Item:
    """One generated work item, with instants in UTC."""

    key: str
    type: str
    title: str
    milestone: str
    sprint: str
    assignee: str
    size: int
    created_at: datetime
    started_at: datetime | None
    done_at: datetime | None
    blocked_at: datetime | None = None
    unblocked_at: datetime | None = None
    planned_at: datetime | None = None

    def as_of(self, instant: datetime) -> dict[str, str]:
        """The row that a tracker would have exported at ``instant``."""
        started = self.started_at if self.started_at and self.started_at <= instant else None
        done = self.done_at if self.done_at and self.done_at <= instant else None
        planned = self.planned_at is not None and self.planned_at <= instant
        return {
            "key": self.key,
            "type": self.type,
            "title": self.title,
            "state": self._state(instant, is_started=bool(started), is_done=bool(done)),
            "size": str(self.size),
            "milestone": self.milestone,
            "sprint": self.sprint if planned or started else "",
            "assignee": self.assignee if started else "",
            "created_at": self.created_at.isoformat(),
            "started_at": started.isoformat() if started else "",
            "done_at": done.isoformat() if done else "",
        }

    def _state(self, instant: datetime, *, is_started: bool, is_done: bool) -> str:
        if is_done:
            return "Done"
        was_blocked = self.blocked_at is not None and self.blocked_at <= instant
        if was_blocked and not (self.unblocked_at and self.unblocked_at <= instant):
            return "Blocked"
        return "In progress" if is_started else "To do"


def sprint_name(day: float) -> str:
    return f"Sprint {int(day // SPRINT_DAYS) + 1}"


def items_of(plan: EngagementPlan, first: datetime) -> list[Item]:
    """All items of one engagement in the order they were made; deterministic by its name."""
    chance = random.Random(plan.name)  # noqa: S311 -- a story, not a secret
    made = sorted(_made(plan, chance), key=lambda row: row[0])
    return [_item(plan, chance, number, first, *row) for number, row in enumerate(made, start=101)]


def _made(
    plan: EngagementPlan, chance: random.Random
) -> Iterator[tuple[float, float | None, str, str]]:
    """(day made, day done or None, milestone, title) of every item."""
    for milestone in plan.milestones:
        count = len(milestone.titles)
        finished = count - milestone.left
        for index, title in enumerate(milestone.titles):
            day = milestone.came.get(title, _spread(milestone.made, index, count))
            made = day + chance.random() * 0.3
            done = None
            if index < finished:
                done = _spread(milestone.done, index, finished) + chance.random() * 1.5
                done = max(done, made + 0.6)
            yield made, done, milestone.name, title


def _spread(days: tuple[int, int], index: int, count: int) -> float:
    first, last = days
    return first + (last - first) * index / max(count - 1, 1)


def _item(
    plan: EngagementPlan,
    chance: random.Random,
    number: int,
    first: datetime,
    made: float,
    done: float | None,
    milestone: str,
    title: str,
) -> Item:
    started = None if done is None else max(made + 0.1, done - 1 - 4 * chance.random())
    blocked = next((each for each in plan.blocked if each.title == title), None)
    return Item(
        key=f"{plan.prefix}-{number}",
        type="Bug" if title.startswith(("Fix", "Stop")) else "Story",
        title=title,
        milestone=milestone,
        sprint=sprint_name(done if done is not None else made),
        assignee=plan.names.of(chance.choice(plan.assignees), title),
        size=chance.choice((1, 2, 2, 3, 3, 5, 8)),
        created_at=_at(first, made),
        started_at=None if started is None else _at(first, started),
        done_at=None if done is None else _at(first, done),
        blocked_at=_at(first, blocked.from_day) if blocked else None,
        planned_at=_planned(first, done) if plan.plans_ahead and done is not None else None,
        unblocked_at=_at(first, blocked.to_day) if blocked and blocked.to_day else None,
    )


def _planned(first: datetime, done: float) -> datetime:
    """A week and a day before the sprint begins in which it is done."""
    return first + timedelta(days=done // SPRINT_DAYS * SPRINT_DAYS - 8)


def _at(first: datetime, day: float) -> datetime:
    """A working hour of that day: weekends slide to Monday."""
    moment = first + timedelta(days=int(day), hours=8 + 8 * (day % 1))
    while moment.weekday() >= 5:
        moment += timedelta(days=1)
    return moment.astimezone(UTC).replace(second=0, microsecond=0)
