"""What became of one item, worked out from everything that its source ever said of it.

A source says two kinds of things: that a field changed (from a changelog), and how the item
stood when it was seen (a row of an export). Both are kept as they were said, see ``WorkEvent``;
what follows from them is worked out here, the same whatever order the files came in.

- What a changelog tells is taken over what was seen while it told it.
- What was seen, and no changelog tells, holds from the instant at which it was first seen; what
  was never told otherwise was always so.
- The dates of a row (started, done) date its stages, as far as no changelog does.
- Where no changelog dates its moves, and reports tell how long it stayed in each state, the latest
  of them alone does: an earlier one counts the same stays back from another day.
- A state that nobody has decided on leaves an item in the stage in which it was.
- What was open, and a whole export no longer names, is withdrawn until it is told of again.
- An item of which no file says when it was created begins when it was first told of: seen, changed,
  started or done.
- Nothing is corrected: an item that was done before it was created stays so.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from engagements.histories.blocked import Span, blocked_spans
from engagements.histories.fields import AS_NAMED, Value, Versions, milestones_of, values_of
from engagements.histories.presence import absences, without_absences
from engagements.histories.stages import Step, steps_of
from engagements.histories.told import STATE, Evidence, Told, instant
from engagements.sources.rows import written
from engagements.stages import Stage, StageOf

__all__ = [
    "Evidence",
    "History",
    "Span",
    "Step",
    "Value",
    "at",
    "blocked_spans",
    "history_of",
]

STARTED_STAGES = (Stage.IN_PROGRESS, Stage.BLOCKED)


class History(NamedTuple):
    """One item over time; each list is in the order of time and begins when the item did.

    What facts of many items never ask for is worked out from ``told`` when it is.
    """

    type: str
    title: str
    created_at: datetime
    started_at: datetime | None
    steps: list[Step]
    milestones: list[Value]
    sprints: list[Value]
    flags: list[Value]
    missing: list[Span]
    told: Told

    @property
    def is_undated(self) -> bool:
        """Whether no file says when it was created: ``created_at`` is when it was first told of."""
        return not self.told.latest.get("created_at")

    @property
    def gone_at(self) -> datetime | None:
        """Since when its tracker no longer has it; None while it does."""
        return _open_since(self.missing)

    @property
    def stage(self) -> Stage:
        """Where it stood when something was last said of it, whatever is dated into the future."""
        return at(self.steps, self.told.last).stage

    @property
    def sizes(self) -> list[Value]:
        return values_of(self.told, "size", self.created_at)

    @property
    def assignees(self) -> list[Value]:
        return values_of(self.told, "assignee", self.created_at)

    @property
    def state(self) -> str:
        """The last word of its tracker for that."""
        return next((step.state for step in reversed(self.steps) if step.state), "")

    @property
    def done_at(self) -> datetime | None:
        """When it was finished for the last time; None while it is not."""
        return done_since(self.steps)

    @property
    def blocked(self) -> list[Span]:
        """The times in which it was blocked, by its state or by a flag."""
        return blocked_spans(self.steps, self.flags)

    @property
    def blocked_at(self) -> datetime | None:
        """Since when it is blocked; None while it is not."""
        return _open_since(self.blocked)

    def data(self) -> dict[str, Any]:
        """The item as it stands, in the words of ``Row.data``, with its stage."""
        blocked = self.blocked
        return {
            "type": self.type,
            "title": self.title,
            "state": self.state,
            "stage": str(self.stage),
            "size": self.sizes[-1].value or None,
            "milestones": sorted(self.milestones[-1].value),
            "sprint": self.sprints[-1].value,
            "assignee": self.assignees[-1].value,
            "created_at": written(self.created_at),
            "started_at": written(self.started_at),
            "done_at": written(self.done_at),
            "blocked_at": written(_open_since(blocked)),
            "gone_at": written(self.gone_at),
            "blocked": [[written(at) for at in span] for span in blocked],
        }


def _open_since(spans: Sequence[Span]) -> datetime | None:
    """When the one that has not ended began."""
    return next((span.since for span in spans if span.until is None), None)


def at(entries: Sequence[Any], moment: datetime) -> Any:
    """The step or value that holds at an instant; before the first one, the first."""
    place = bisect_right(entries, moment, key=lambda entry: entry.at)
    return entries[max(place - 1, 0)]


def done_since(steps: Sequence[Step]) -> datetime | None:
    """The beginning of the last run of done steps, if that is how they end."""
    found = None
    for step in reversed(steps):
        if step.stage != Stage.DONE:
            break
        found = step.at
    return found


def history_of(
    evidence: Iterable[Evidence], stage_of: StageOf, versions: Versions = AS_NAMED
) -> History | None:
    """What became of an item; None while no export has named it.

    ``evidence`` may come in any order, and any of it more than once.
    ``versions`` names the milestones of those versions that were decided to be another's.
    """
    told = Told.of(evidence)
    if not told.seen:
        return None
    latest = told.latest
    created_at = instant(latest.get("created_at")) or _first_told_of(told)
    missing = absences(told)
    steps = without_absences(steps_of(told, created_at, stage_of), missing)
    return History(
        type=latest.get("type") or "",
        title=latest.get("title") or "",
        created_at=created_at,
        started_at=_started_at(told, steps),
        steps=steps,
        milestones=milestones_of(told, created_at, versions),
        sprints=values_of(told, "sprint", created_at),
        flags=values_of(told, "flag", created_at),
        missing=missing,
        told=told,
    )


def _first_told_of(told: Told) -> datetime:
    """The first instant of which anything is told: what was done on a day was there by then."""
    dates = (seen.cells.get(name) for seen in told.seen for name in ("started_at", "done_at"))
    return min([told.first, *(at for at in map(instant, dates) if at)])


def _started_at(told: Told, steps: Sequence[Step]) -> datetime | None:
    """When work on it began: by its stages, or by the date that its tracker gives."""
    given = instant(told.latest.get("started_at"))
    if given and STATE not in told.changes:
        return given
    return next((step.at for step in steps if step.stage in STARTED_STAGES), given)
