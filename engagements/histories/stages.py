"""What became of one item, worked out from everything that its source ever said of it.

A source says two kinds of things: that a field changed (from a changelog), and how the item
stood when it was seen (a row of an export). Both are kept as they were said, see ``WorkEvent``;
what follows from them is worked out here, the same whatever order the files came in.

- What a changelog tells is taken over what was seen while it told it.
- What was seen, and no changelog tells, holds from the instant at which it was first seen; what
  was never told otherwise was always so.
- The dates of a row (started, done) date its stages, as far as no changelog does.
- A state that nobody has decided on leaves an item in the stage in which it was.
- Nothing is corrected: an item that was done before it was created stays so.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from engagements.sources.rows import written
from engagements.stages import Stage, StageOf

SEEN = "seen"
STATE, MILESTONE = "state", "milestone"
# A tracker stamps a row some milliseconds before the change of it that it logs last.
SKEW = timedelta(seconds=1)
STARTED_STAGES = (Stage.IN_PROGRESS, Stage.BLOCKED)


class Evidence(NamedTuple):
    """One thing that a source said of an item.

    ``field`` is "seen", and ``became`` then a row's cells as canonical JSON; or the field that
    changed, from ``came`` to ``became``. Milestones come and go one by one.
    """

    at: datetime
    field: str
    came: str
    became: str


class Step(NamedTuple):
    """From ``at`` on the item was in this stage, in its tracker's word if that is known."""

    at: datetime
    stage: Stage
    state: str


class Value(NamedTuple):
    """From ``at`` on a field held this."""

    at: datetime
    value: Any


@dataclass(frozen=True, slots=True)
class History:
    """One item over time; each list is in the order of time and begins when the item did."""

    type: str
    title: str
    created_at: datetime
    started_at: datetime | None
    told_at: datetime
    steps: list[Step]
    milestones: list[Value]
    sprints: list[Value]
    sizes: list[Value]
    assignees: list[Value]
    flags: list[Value]

    @property
    def stage(self) -> Stage:
        """Where it stood when something was last said of it, whatever is dated into the future."""
        return at(self.steps, self.told_at).stage

    @property
    def state(self) -> str:
        """The last word of its tracker for that."""
        return next((step.state for step in reversed(self.steps) if step.state), "")

    @property
    def done_at(self) -> datetime | None:
        """When it was finished for the last time; None while it is not."""
        return done_since(self.steps)

    @property
    def blocked_at(self) -> datetime | None:
        """Since when it is blocked, by its state or by a flag; None while it is not."""
        return blocked_since(self.steps, self.flags)

    def data(self) -> dict[str, Any]:
        """The item as it stands, in the words of ``Row.data``, with its stage."""
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
            "blocked_at": written(self.blocked_at),
        }


def at(entries: Sequence[Any], instant: datetime) -> Any:
    """The step or value that holds at an instant; before the first one, the first."""
    place = bisect_right(entries, instant, key=lambda entry: entry.at)
    return entries[max(place - 1, 0)]


def done_since(steps: Sequence[Step]) -> datetime | None:
    """The beginning of the last run of done steps, if that is how they end."""
    found = None
    for step in reversed(steps):
        if step.stage != Stage.DONE:
            break
        found = step.at
    return found


def blocked_since(steps: Sequence[Step], flags: Sequence[Value]) -> datetime | None:
    """Since when an item that is not over is blocked or flagged; the earlier of both."""
    if steps[-1].stage in (Stage.DONE, Stage.WITHDRAWN):
        return None
    since = []
    if flags[-1].value:
        since.append(flags[-1].at)
    for step in reversed(steps):
        if step.stage != Stage.BLOCKED:
            break
        since.append(step.at)
    return min(since, default=None)


def history_of(evidence: Iterable[Evidence], stage_of: StageOf) -> History | None:
    """What became of an item; None while no export has named it.

    ``evidence`` is in the order of time; at one instant, in that of the file, then of recording.
    """
    told = _Told()
    for each in evidence:
        told.add(each)
    if not told.seen:
        return None
    latest = told.latest
    created_at = _instant(latest.get("created_at")) or told.first
    steps = _steps(told, created_at, stage_of)
    return History(
        type=latest.get("type") or "",
        title=latest.get("title") or "",
        created_at=created_at,
        started_at=_started_at(told, steps),
        told_at=told.last,
        steps=steps,
        milestones=_sets(told, created_at),
        sprints=_values(told, "sprint", created_at),
        sizes=_values(told, "size", created_at),
        assignees=_values(told, "assignee", created_at),
        flags=_values(told, "flag", created_at),
    )


class Seen(NamedTuple):
    """How the item stood at an instant, as far as that export told."""

    at: datetime
    cells: dict[str, Any]


@dataclass(slots=True)
class _Told:
    """Evidence, sorted by kind."""

    seen: list[Seen] = field(default_factory=list)
    changes: dict[str, list[Evidence]] = field(default_factory=dict)
    latest: dict[str, Any] = field(default_factory=dict)

    def add(self, each: Evidence) -> None:
        if each.field == SEEN:
            cells = json.loads(each.became)
            self.seen.append(Seen(each.at, cells))
            self.latest = self.latest | cells if self.latest else cells
        else:
            self.changes.setdefault(each.field, []).append(each)

    @property
    def first(self) -> datetime:
        """When anything was first said."""
        changed = (changes[0].at for changes in self.changes.values())
        return min((self.seen[0].at, *changed))

    @property
    def last(self) -> datetime:
        """When anything was last said."""
        changed = (changes[-1].at for changes in self.changes.values())
        return max((self.seen[-1].at, *changed))

    def apart(self, name: str) -> tuple[list[Seen], list[Evidence], list[Seen]]:
        """What was seen before any change of this field was told, the changes, what was seen
        after. What was seen in between says nothing that they do not tell better.
        """
        changes = self.changes.get(name, [])
        if not changes:
            return self.seen, [], []
        first, last = changes[0].at, changes[-1].at
        before = [seen for seen in self.seen if seen.at < min(first, last - SKEW)]
        after = [seen for seen in self.seen if seen.at >= last - SKEW]
        return before, changes, [Seen(max(seen.at, last), seen.cells) for seen in after]


def _values(told: _Told, name: str, created_at: datetime) -> list[Value]:
    """A field over time that holds one text; a change of it and a row's cell name it alike."""
    before, changes, after = told.apart(name)
    found = [Value(seen.at, seen.cells[name] or "") for seen in before if name in seen.cells]
    if changes and not found:
        found.append(Value(created_at, changes[0].came))
    found += [Value(change.at, change.became) for change in changes]
    found += [Value(seen.at, seen.cells[name] or "") for seen in after if name in seen.cells]
    return _from_the_start(found or [Value(created_at, "")], created_at)


def _sets(told: _Told, created_at: datetime) -> list[Value]:
    """The milestones over time: sets of the tracker's names."""
    before, changes, after = told.apart(MILESTONE)
    found = [Value(at, frozenset(names)) for at, names in _named(before)]
    if changes:
        if not found:
            found = [Value(created_at, _undone(changes, _named(after)))]
        held = found[-1].value
        for change in changes:
            held = held - {change.came} | ({change.became} if change.became else frozenset())
            found.append(Value(change.at, held))
    found += [Value(at, frozenset(names)) for at, names in _named(after)]
    return _from_the_start(found or [Value(created_at, frozenset())], created_at)


def _named(seen: Sequence[Seen]) -> list[tuple[datetime, list[str]]]:
    return [(each.at, each.cells["milestones"]) for each in seen if "milestones" in each.cells]


def _undone(changes: Sequence[Evidence], after: Sequence[tuple[datetime, list[str]]]) -> Any:
    """The milestones before the first change: a tracker does not log what an item began with."""
    held = set(after[0][1]) if after else set()
    for change in reversed(changes):
        held.discard(change.became)
        if change.came:
            held.add(change.came)
    return frozenset(held)


def _from_the_start(found: list[Value], created_at: datetime) -> list[Value]:
    """Without what says the same again; the first value was there from the beginning.

    Of what was said of one instant, the last holds.
    """
    said = list({each.at: each for each in found}.values())
    kept = [Value(min(said[0].at, created_at), said[0].value)]
    for each in said[1:]:
        if each.value != kept[-1].value:
            kept.append(each)
    return kept


def _steps(told: _Told, created_at: datetime, stage_of: StageOf) -> list[Step]:
    """The stages that an item went through."""
    before, changes, after = told.apart(STATE)
    stages = _Stages(stage_of)
    for seen in before:
        stages.see(seen)
    if changes:
        if not before:
            stages.begin(changes[0])
        stages.change(changes)
    for seen in after:
        stages.see(seen)
    return stages.from_start(created_at, is_told=bool(changes and not before))


class _Dated(NamedTuple):
    """A step, and whether a row's own date is all that tells it."""

    at: datetime
    stage: Stage
    state: str
    by_date: str = ""


@dataclass(slots=True)
class _Stages:
    """Gathers the steps, one export after the other."""

    stage_of: StageOf
    steps: list[_Dated] = field(default_factory=list)
    told_until: datetime | None = None  # by a changelog
    seen_until: datetime | None = None
    started: datetime | None = None
    done: datetime | None = None

    def begin(self, change: Evidence) -> None:
        """Where an item was from its beginning up to the first change that is told."""
        stage = self.stage_of(change.came) or Stage.NOT_STARTED
        self.steps.append(_Dated(change.at, stage, change.came))

    def change(self, changes: Sequence[Evidence]) -> None:
        """What a changelog tells: nothing that rows date up to its end counts beside it."""
        first = changes[0].at
        self.steps = [step for step in self.steps if step.at <= first]
        for each in changes:
            stage = self.stage_of(each.became) or self._at(each.at)
            self.steps.append(_Dated(each.at, stage, each.became))
        self.told_until = changes[-1].at

    def see(self, seen: Seen) -> None:
        """A row: its dates date the stages, its state tells where the item was when it was seen."""
        state = seen.cells.get("state") or ""
        meant = self.stage_of(state) if state else None
        started, done = _instant(seen.cells.get("started_at")), _instant(seen.cells.get("done_at"))
        is_reopened = self._is_reopened(seen, done)
        if "started_at" in seen.cells:
            is_possible = started is not None and not (done and started > done)
            begun = started if is_possible else None
            self._date("started", begun, Stage.IN_PROGRESS, state, meant)
        if "done_at" in seen.cells:
            self._date("done", done, Stage.DONE, state, meant)
        self._stand(seen, state, meant, done, is_reopened=is_reopened)
        self.seen_until = seen.at

    def _is_reopened(self, seen: Seen, done: datetime | None) -> bool:
        """An earlier export said that it is done, and this one says no longer."""
        was_done = self.done is not None and self.done <= seen.at
        return was_done and done is None and "done_at" in seen.cells

    def _date(
        self, kind: str, at: datetime | None, stage: Stage, state: str, meant: Stage | None
    ) -> None:
        """Date a stage anew, unless an earlier export dated it alike.

        A date that the last export should have known puts right what that one said; a later one
        comes on top of it.
        """
        known = getattr(self, kind)
        if at == known:
            return
        setattr(self, kind, at)
        if at is None:
            self._forget(kind, after=self.seen_until)
            return
        if self.told_until and at <= self.told_until:
            return
        if known and self.seen_until and at <= self.seen_until:
            self._forget(kind)
        self.steps.append(_Dated(at, stage, state if meant == stage else "", kind))

    def _forget(self, kind: str, *, after: datetime | None = None) -> None:
        self.steps = [
            step
            for step in self.steps
            if step.by_date != kind or (after is not None and step.at <= after)
        ]

    def _stand(
        self,
        seen: Seen,
        state: str,
        meant: Stage | None,
        done: datetime | None,
        *,
        is_reopened: bool,
    ) -> None:
        """Where it stood when it was seen, by its state as far as that says something."""
        stands = self._at(seen.at)
        if meant is None:
            begun = Stage.IN_PROGRESS if self.started else Stage.NOT_STARTED
            meant = begun if is_reopened else stands
        elif meant == Stage.DONE and done and done > seen.at:
            meant = stands  # its tracker says that it is done, and when: it is open until then
        self.steps.append(_Dated(seen.at, meant, state))

    def _at(self, at: datetime) -> Stage:
        self.steps.sort(key=lambda step: step.at)
        place = bisect_right(self.steps, at, key=lambda step: step.at)
        return self.steps[place - 1].stage if place else Stage.NOT_STARTED

    def from_start(self, created_at: datetime, *, is_told: bool) -> list[Step]:
        """All steps in the order of time, from the first instant of the item on."""
        self.steps.sort(key=lambda step: step.at)
        first = self.steps[0]
        begins = min(created_at, first.at)
        start = first if is_told else _Dated(begins, Stage.NOT_STARTED, "")
        kept = [Step(begins, start.stage, start.state)]
        for step in self.steps[1:] if is_told else self.steps:
            if step.stage != kept[-1].stage or (step.state and step.state != kept[-1].state):
                kept.append(Step(step.at, step.stage, step.state or ""))
        return kept


def _started_at(told: _Told, steps: Sequence[Step]) -> datetime | None:
    """When work on it began: by its stages, or by the date that its tracker gives."""
    given = _instant(told.latest.get("started_at"))
    if given and STATE not in told.changes:
        return given
    return next((step.at for step in steps if step.stage in STARTED_STAGES), given)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
