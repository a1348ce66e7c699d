"""One item's history as it is told: what happened at each instant, and which file said so.

A read model over ``History``: whatever is told here follows from that alone.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import pairwise, takewhile
from typing import Any, NamedTuple

from dm_portal.shell.wording import plain
from engagements.histories import STARTED_STAGES, History
from engagements.histories.blocked import OVER
from engagements.histories.fields import Value, values_of
from engagements.histories.stages import Step
from engagements.histories.told import (
    LISTED,
    SEEN,
    STATE,
    STAYS,
    Evidence,
    Stay,
    Told,
    instant,
)
from engagements.stages import Stage, StageOf

# The dates of a row that date what happened, and by what else it may be told.
CREATED, STARTED, DONE = "created_at", "started_at", "done_at"
DATES = (CREATED, STARTED, DONE)
# What is said in the place of its creation where no file tells when that was.
FIRST_TOLD = "First told of"
# In the order in which they are said of one instant.
HEADLINES = (
    "Created",
    FIRST_TOLD,
    "Started",
    "Started again",
    "Put back",
    "Reopened",
    "No longer withdrawn",
    "Done",
    "Withdrawn",
    "Gone from the tracker",
    "Back in the tracker",
    "Unblocked",
    "Blocked",
)


class File(NamedTuple):
    """Who said it: an import, and which of its files."""

    number: int
    name: str


class Said(NamedTuple):
    """One thing that was said, when that was recorded, and by which file."""

    evidence: Evidence
    recorded_at: datetime
    file: File


@dataclass(slots=True)
class Happening:
    """What happened at one instant, as one file told it.

    ``headlines`` say what became of the item, ``changes`` what of it changed; ``undecided`` are
    states of which nobody has said what they mean, with the stage in which they left it.
    """

    at: datetime
    file: File
    recorded_at: datetime
    headlines: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    undecided: list[tuple[str, Stage]] = field(default_factory=list)

    @property
    def headline(self) -> str:
        """ "Reopened, blocked"; empty where only its fields changed."""
        return ", ".join(sorted(self.headlines, key=HEADLINES.index)).capitalize()

    @property
    def place(self) -> tuple[datetime, int, File]:
        """Where it stands among the others."""
        ranks = [HEADLINES.index(each) for each in self.headlines]
        return self.at, min(ranks, default=len(HEADLINES)), self.file


class Fact(NamedTuple):
    """Something that happened, and what may have told it, the best first: kinds of ``Tellers``."""

    at: datetime
    told_by: tuple[str, ...]
    headline: str = ""
    change: str = ""
    undecided: tuple[str, Stage] | None = None


class Tellers:
    """Who told what of an instant: a change tells it best, then a date, then how it stood."""

    def __init__(self, said: Iterable[Said], stays: Sequence[Stay]) -> None:
        self._known: dict[tuple[str, datetime], Said] = {}
        self._any: dict[datetime, Said] = {}
        for each in sorted(said, key=lambda each: (each.recorded_at, each.file)):
            for kind, at in _tells(each.evidence, stays):
                self._any.setdefault(at, each)
                if kind == SEEN:  # of what was seen at one instant, the last holds
                    self._known[kind, at] = each
                else:
                    self._known.setdefault((kind, at), each)

    def of(self, fact: Fact) -> Said:
        """Who told it first."""
        found = (self._known.get((kind, fact.at)) for kind in (*fact.told_by, SEEN))
        return next((each for each in found if each), None) or self._any[fact.at]


def _tells(evidence: Evidence, stays: Sequence[Stay]) -> Iterator[tuple[str, datetime]]:
    """The instants that it speaks of; of ``stays`` which it tells, those of the latest report."""
    yield evidence.field, evidence.at
    if evidence.field == SEEN:
        cells = json.loads(evidence.became)
        dated = ((name, instant(cells.get(name))) for name in DATES)
        yield from ((name, at) for name, at in dated if at)
        for place, stay in enumerate(_told_alike(cells.get(STAYS, ()), stays)):
            yield (STATE if place else CREATED), stay.at


def _told_alike(told: Iterable[tuple[str, str]], stays: Sequence[Stay]) -> Iterator[Stay]:
    """Those of the stays that count which an earlier report told, too, if from another day."""
    alike = takewhile(lambda pair: pair[0][0] == pair[1].state, zip(told, stays, strict=False))
    yield from (stay for _, stay in alike)


def happenings(
    history: History, said: Sequence[Said], stage_of: StageOf, names: Mapping[str, str]
) -> list[Happening]:
    """What happened to one item, in the order of time, newest last.

    ``said`` is all that ``history`` was worked out from, in its order. ``names`` says what we
    call the tracker's milestones, where that is something else.
    """
    tellers = Tellers(said, history.told.stays)
    found: dict[tuple[datetime, File], Happening] = {}
    for fact in _facts(history, said, stage_of, names):
        teller = tellers.of(fact)
        key = (fact.at, teller.file)
        happening = found.setdefault(key, Happening(fact.at, teller.file, teller.recorded_at))
        if fact.headline and fact.headline not in happening.headlines:
            happening.headlines.append(fact.headline)
        if fact.change:
            happening.changes.append(fact.change)
        if fact.undecided:
            happening.undecided.append(fact.undecided)
    return sorted(found.values(), key=lambda each: each.place)


def _facts(
    history: History, said: Sequence[Said], stage_of: StageOf, names: Mapping[str, str]
) -> Iterator[Fact]:
    yield Fact(history.created_at, (CREATED,), FIRST_TOLD if history.is_undated else "Created")
    yield from _of_steps(history, stage_of)
    yield from _of_blocked(history)
    yield from _of_milestones(history, names)
    yield from _of_absences(history)
    told = Told.of(each.evidence for each in said)
    texts = {
        "sprint": history.sprints,
        "size": history.sizes,
        "assignee": history.assignees,
        "flag": history.flags,
        "due": values_of(told, "due", history.created_at),
    }
    for name, values in texts.items():
        yield from _of_values(name, values, history.created_at)


def _of_steps(history: History, stage_of: StageOf) -> Iterator[Fact]:
    """What its stages tell, and its states in its tracker's words."""
    first, *_ = history.steps
    if first.state:
        yield _moved(first, "", history.created_at, (CREATED,), stage_of)
    if history.started_at:
        yield Fact(history.started_at, (STARTED, STATE), "Started")
    was_begun = first.stage in STARTED_STAGES
    state = first.state
    for before, step in pairwise(history.steps):
        told_by = (STATE, DONE if step.stage == Stage.DONE else STARTED)
        is_again = was_begun and step.at != history.started_at
        if headline := _headline(before.stage, step.stage, is_again=is_again):
            yield Fact(step.at, told_by, headline)
        if step.state and step.state != state:
            yield _moved(step, state, step.at, told_by, stage_of)
            state = step.state
        was_begun = was_begun or step.stage in STARTED_STAGES


def _headline(before: Stage, after: Stage, *, is_again: bool) -> str:
    """What became of an item that came from one stage to another.

    That it was started is told by its date, and that it was blocked by the times in which it was.
    """
    if before == after:
        return ""
    if after in OVER:
        return after.label
    if before in OVER:
        return "Reopened" if before == Stage.DONE else "No longer withdrawn"
    if after == Stage.NOT_STARTED:
        return "Put back"
    return "Started again" if before == Stage.NOT_STARTED and is_again else ""


def _moved(
    step: Step, state: str, at: datetime, told_by: tuple[str, ...], stage_of: StageOf
) -> Fact:
    is_undecided = stage_of(step.state) is None
    undecided = (step.state, step.stage) if is_undecided else None
    return Fact(at, told_by, change=_changed("State", state, step.state), undecided=undecided)


def _of_blocked(history: History) -> Iterator[Fact]:
    """From when to when it was blocked; what is over is told as that, not as unblocked."""
    over = {step.at for step in history.steps if step.stage in OVER}
    told_by = (STATE, "flag")
    for span in history.blocked:
        yield Fact(span.since, told_by, "Blocked")
        if span.until and span.until not in over:
            yield Fact(span.until, told_by, "Unblocked")


def _of_absences(history: History) -> Iterator[Fact]:
    """When whole exports did not name it any more, and when something was told of it again."""
    for span in history.missing:
        yield Fact(span.since, (LISTED,), "Gone from the tracker")
        if span.until:
            yield Fact(span.until, (LISTED, STATE), "Back in the tracker")


def _of_milestones(history: History, names: Mapping[str, str]) -> Iterator[Fact]:
    def listed(held: Iterable[str]) -> str:
        return ", ".join(sorted(names.get(name, name) for name in held))

    first = history.milestones[0]
    if first.value:
        yield Fact(history.created_at, (CREATED,), change=f"In {listed(first.value)}")
    for before, after in pairwise(history.milestones):
        if gone := before.value - after.value:
            yield Fact(after.at, ("milestone",), change=f"Taken out of {listed(gone)}")
        if come := after.value - before.value:
            yield Fact(after.at, ("milestone",), change=f"Put into {listed(come)}")


LABELS = {
    "sprint": "Sprint",
    "size": "Size",
    "assignee": "Assignee",
    "flag": "Flag",
    "due": "Due date",
}


def _of_values(name: str, values: Sequence[Value], created_at: datetime) -> Iterator[Fact]:
    shown = [Value(each.at, _shown(name, each.value)) for each in values]
    if shown[0].value:
        yield Fact(created_at, (CREATED,), change=f"{LABELS[name]}: {shown[0].value}")
    for before, after in pairwise(shown):
        if before.value != after.value:
            change = _changed(LABELS[name], before.value, after.value)
            yield Fact(after.at, (name,), change=change)


def _changed(label: str, before: str, after: str) -> str:
    """ "Sprint: S1 → S2", "Sprint: S2", "Sprint: S1 → none"."""
    return f"{label}: {before} → {after or 'none'}" if before else f"{label}: {after}"


def _shown(name: str, value: Any) -> str:
    """A size as "3", whether it was told as 3 or as 3.00; a text as it is."""
    if name == "size" and value:
        return plain(Decimal(value))
    return str(value or "")
