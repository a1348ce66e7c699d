"""The stages that an item went through, from a changelog, from rows, and from their dates."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

from engagements.histories.told import STATE, Evidence, Seen, Told, instant
from engagements.stages import Stage, StageOf

# When a step began: faster than a lambda, and steps are sorted often.
AT = itemgetter(0)


class Step(NamedTuple):
    """From ``at`` on the item was in this stage, in its tracker's word if that is known."""

    at: datetime
    stage: Stage
    state: str


def steps_of(told: Told, created_at: datetime, stage_of: StageOf) -> list[Step]:
    """The stages that an item went through."""
    before, changes, after = told.apart(STATE)
    stages = _Stages(stage_of)
    for seen in before:
        stages.see(seen)
    if told.stays:
        stages.begin(*told.stays[0])
    elif changes and not before:
        stages.begin(changes[0].at, changes[0].came)
    if changes:
        stages.change(changes)
    for seen in after:
        stages.see(seen)
    return stages.from_start(created_at, is_told=bool(told.stays or (changes and not before)))


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

    def begin(self, at: datetime, state: str) -> None:
        """Where an item was from its beginning up to the first change that is told."""
        self.steps.append(_Dated(at, self.stage_of(state) or Stage.NOT_STARTED, state))

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
        started, done = instant(seen.cells.get("started_at")), instant(seen.cells.get("done_at"))
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

        A date that the last export should have known puts right what that one said, also where it
        said that the item was open still, as does any date where what it said was to come; else a
        later one comes on top of it.
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
        seen_until = self.seen_until
        if known and not (seen_until and known <= seen_until < at):
            self._forget(kind)
        is_known_late = bool(seen_until and at <= seen_until)
        if kind == "done" and is_known_late and meant in (Stage.DONE, None):
            self.steps = [step for step in self.steps if step.at <= at or step.by_date]
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
        if meant is None:
            begun = Stage.IN_PROGRESS if self.started else Stage.NOT_STARTED
            meant = begun if is_reopened else self._at(seen.at)
        elif meant == Stage.DONE and done and done > seen.at:
            # its tracker says that it is done, and when: it is open until then
            meant = self._at(seen.at)
        self.steps.append(_Dated(seen.at, meant, state))

    def _at(self, at: datetime) -> Stage:
        self.steps.sort(key=AT)
        place = bisect_right(self.steps, at, key=AT)
        return self.steps[place - 1].stage if place else Stage.NOT_STARTED

    def from_start(self, created_at: datetime, *, is_told: bool) -> list[Step]:
        """All steps in the order of time, from the first instant of the item on.

        A further done date of what is done already tells that it was open again by then, though no
        file says since when.
        """
        self.steps.sort(key=AT)
        first = self.steps[0]
        begins = min(created_at, first.at)
        start = first if is_told else _Dated(begins, Stage.NOT_STARTED, "")
        kept = [Step(begins, start.stage, start.state)]
        reopened = Stage.IN_PROGRESS if self.started else Stage.NOT_STARTED
        for step in self.steps[1:] if is_told else self.steps:
            if step.by_date == "done" and kept[-1].stage == Stage.DONE:
                kept.append(Step(step.at, reopened, ""))
            if step.stage != kept[-1].stage or (step.state and step.state != kept[-1].state):
                kept.append(Step(step.at, step.stage, step.state or ""))
        return kept
