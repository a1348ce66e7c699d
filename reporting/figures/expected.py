"""What forecasts rest on, at the end of a window: weekly counts, what remains, sprints so far.

Of the same stored rows as every figure, by what became of each item over time. Counts are items
of the tracker; weeks are local ISO weeks of the engagement, named by their Monday.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from reporting.figures import flow, scope
from reporting.figures.dated import Window, as_agreed, commitment, instant
from reporting.figures.sprints import is_done, is_in, midnight
from reporting.figures.timelines import DONE, Timeline, before
from reporting.forecasts.sprint import SHARES, Snapshot
from reporting.periods import monday_named, monday_of

Row = dict[str, Any]
WEEK = timedelta(days=7)
# Growth is told of so many weeks at least after the promise, and of no more than these.
GROWTH_WEEKS, MOST_GROWTH_WEEKS = 8, 12


@dataclass(frozen=True, slots=True)
class Known:
    """The items of an engagement over time, and until when the files tell of them.

    ``there`` are those that count at the end of the window.
    """

    lines: Sequence[Timeline]
    there: Sequence[Timeline]
    window: Window
    told_until: datetime | None

    @classmethod
    def of(cls, inputs: Row) -> Self:
        """Of the rows that ``facts.read_inputs`` gives."""
        told = [at for row in inputs["imports"] if (at := instant(row["told_until"]))]
        lines, window = [Timeline.of(row) for row in inputs["items"]], Window.of(inputs)
        there = [each for each in lines if each.is_there(window.as_of)]
        return cls(lines, there, window, max(told, default=None))

    @property
    def zone(self) -> ZoneInfo:
        return self.window.zone

    @property
    def until(self) -> datetime:
        """The end of all that is known; the end of the window where no file was read."""
        return min(self.told_until or self.window.as_of, self.window.as_of)


def first_week_ahead(known: Known) -> date:
    """The Monday after the last complete week that the files tell of: week 1 of a forecast."""
    return monday_of(known.until.astimezone(known.zone).date())


def weekly(known: Known, milestone: int | None = None) -> list[int]:
    """Items finished in each complete week, silent ones as 0, the oldest first.

    Of the engagement, or of the items that are in a milestone. The week in which work on the
    first of them began was not whole, and is left out with all before it.
    """
    at = known.window.as_of
    lines = list(known.there)
    if milestone is not None:
        lines = [each for each in lines if each.is_in(milestone, at)]
    began = [
        begun for each in lines if (begun := each.begun_at(at) or each.done_at(at)) is not None
    ]
    if not began:
        return []
    first = monday_of(min(began).astimezone(known.zone).date())
    told = known.until.isoformat() if known.told_until else None
    rows = flow.throughput(lines, known.window, known_until=told)
    return [row["finished"] for row in rows if monday_named(row["week"]) > first]


def remaining(known: Known, milestones: Sequence[int]) -> int:
    """How many items of these milestones are open; one that is in several of them counts once."""
    at = known.window.as_of
    return sum(each.stage(at) != DONE for each in held(known, milestones))


def held(known: Known, milestones: Sequence[int]) -> list[Timeline]:
    """The items of these milestones, open and done; one that is in several of them once."""
    at, numbers = known.window.as_of, frozenset(milestones)
    return [each for each in known.there if not numbers.isdisjoint(before(each.milestones, at))]


def growth(known: Known, milestone: int, *, promised_at: datetime) -> float:
    """Items by which a milestone grew a week since it was promised, in the last twelve at most.

    Net: what was added less what was taken out; 0 where it shrank, and below eight weeks.
    """
    told = known.until.isoformat() if known.told_until else None
    points = scope.burnup(list(known.lines), known.window, known_until=told, milestone=milestone)
    promised_on = promised_at.astimezone(known.zone).date().isoformat()
    since = [point["scope"] for point in points if point["ends_on"] >= promised_on]
    held = since[-MOST_GROWTH_WEEKS - 1 :]
    weeks = len(held) - 1
    return max(held[-1] - held[0], 0) / weeks if weeks >= GROWTH_WEEKS else 0.0


@dataclass(frozen=True, slots=True)
class RunningSprint:
    """The sprint that is forecast: as it stood at the last share of its length that is told of."""

    number: int
    starts_on: date
    share: int
    now: Snapshot
    earlier: tuple[Snapshot, ...]


def running_sprint(known: Known, sprints: Sequence[Row]) -> RunningSprint | None:
    """The running sprint beside the earlier ones at the same share; None where nothing is told.

    Unit: items. Source: sprint and state changes.
    """
    found = running_share(known, sprints)
    if found is None:
        return None
    running, share = found
    return RunningSprint(
        number=running["number"],
        starts_on=date.fromisoformat(running["starts_on"]),
        share=share,
        now=snapshot(known, running, share),
        earlier=tuple(past_sprints(known, sprints, share)),
    )


def past_sprints(known: Known, sprints: Sequence[Row], share: int) -> list[Snapshot]:
    """The sprints that are over, in order of time, as each stood at this share of its length."""
    ended = [row for row in sprints if _ends_at(row, known) <= known.until]
    return [snapshot(known, row, share) for row in sorted(ended, key=_in_time)]


def running_share(known: Known, sprints: Sequence[Row]) -> tuple[Row, int] | None:
    """The sprint that runs at the end of what is known, and the last share of it that is told.

    None where none runs, or no file was read.
    """
    if known.told_until is None:
        return None
    running = [
        row for row in sprints if _at_share(row, 0, known) <= known.until < _ends_at(row, known)
    ]
    if not running:
        return None
    last = max(running, key=_in_time)
    return last, max(each for each in SHARES if _at_share(last, each, known) <= known.until)


def _in_time(sprint: Row) -> tuple[str, int]:
    return sprint["starts_on"], sprint["number"]


def snapshot(known: Known, sprint: Row, share: int) -> Snapshot:
    """How a sprint stood at a share of its length, and what had been delivered when it ended.

    Committed is what was in it then and not done before it began; at the beginning, that is at
    the end of its first day, the day on which it is planned.
    """
    began = midnight(sprint["starts_on"], known.window)
    at, ended = _at_share(sprint, share, known), min(_ends_at(sprint, known), known.until)
    held = [each for each in known.lines if not is_done(each, began)]
    committed = [each for each in held if is_in(each, sprint["name"], at)]
    delivered = [each for each in held if is_in(each, sprint["name"], ended)]
    return Snapshot(
        committed=len(committed),
        done=sum(is_done(each, at) for each in committed) if share else 0,
        delivered=sum(is_done(each, ended) for each in delivered),
    )


def _ends_at(sprint: Row, known: Known) -> datetime:
    return midnight(sprint["ends_on"], known.window, days=1)


def _at_share(sprint: Row, share: int, known: Known) -> datetime:
    if not share:
        return midnight(sprint["starts_on"], known.window, days=1)
    began, ended = midnight(sprint["starts_on"], known.window), _ends_at(sprint, known)
    return began + (ended - began) * share / 100


@dataclass(frozen=True, slots=True)
class Promise:
    """A milestone that is promised and not done: for when, and since when that is recorded."""

    number: int
    committed_on: date
    promised_at: datetime
    items: int
    open: int


def promises(known: Known, inputs: Row) -> list[Promise]:
    """Those at the end of the window, in the order in which they are due.

    Done is what has no open item and no criterion that is not met, and has something of either.
    """
    found = []
    for row in inputs["milestones"]:
        promised = commitment(inputs, row["number"], known.window)
        if promised["committed_on"] and not _is_kept(known, inputs, row["number"]):
            found.append(
                Promise(
                    number=row["number"],
                    committed_on=date.fromisoformat(promised["committed_on"]),
                    promised_at=_promised_at(known, inputs, row["number"]),
                    items=sum(
                        each.is_in(row["number"], known.window.as_of) for each in known.there
                    ),
                    open=remaining(known, [row["number"]]),
                )
            )
    return sorted(found, key=lambda each: (each.committed_on, each.number))


def _is_kept(known: Known, inputs: Row, number: int) -> bool:
    at = known.window.as_of
    criteria = [row for row in as_agreed(inputs) if row["milestone"] == number]
    met = [row for row in criteria if (met_at := instant(row["met_at"])) and met_at < at]
    has_items = any(each.is_in(number, at) for each in known.there)
    is_something = has_items or bool(criteria)
    return is_something and not remaining(known, [number]) and len(met) == len(criteria)


def _promised_at(known: Known, inputs: Row, number: int) -> datetime:
    """When it was first promised, as recorded; the end of the window where that was later."""
    at = known.window.as_of
    recorded = [row["changed_at"] for row in inputs["revisions"] if row["milestone"] == number]
    return min(at, *(datetime.fromisoformat(each) for each in recorded))
