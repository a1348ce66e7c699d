"""An item as facts store it: what became of it up to an instant, as JSON; and read again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from engagements.histories import History
from engagements.stages import Stage
from reporting.figures import text_instant
from reporting.figures.timelines import DONE, Timeline, before
from reporting.figures.told import BY_DECISION, DECIDED

Row = dict[str, Any]

# What a member's own ``str`` gives takes long, and every step has one.
WORDS = {stage: str(stage) for stage in Stage}


class Stood(NamedTuple):
    """How an item stood at an instant, as far as that was known.

    ``is_there``: it counted. It existed and did not where it was withdrawn, or gone from its
    tracker. ``milestones`` are those in which it counted; ``state`` is its tracker's word, if any.
    """

    exists: bool
    is_there: bool
    is_done: bool
    is_gone: bool = False
    milestones: frozenset[int] = frozenset()
    state: str = ""


NOWHERE = Stood(exists=False, is_there=False, is_done=False)


def stored(history: History, until: datetime, numbers: Mapping[str, int]) -> Row:
    """What schema 7 keeps of an item; milestones by number, without those unknown here."""
    begun = history.started_at
    return {
        "title": history.title,
        "created_at": text_instant(history.created_at),
        "started_at": text_instant(begun) if begun and begun < until else None,
        "steps": [
            [text_instant(step.at), WORDS[step.stage], step.state]
            for step in _past(history.steps, until)
        ],
        "milestones": _values(
            [
                (each.at, sorted(numbers[name] for name in each.value if name in numbers))
                for each in _past(history.milestones, until)
            ]
        ),
        "sprints": _values(_past(history.sprints, until)),
        "flags": _values(_past(history.flags, until)),
        "missing": [text_instant(span.since) for span in history.missing if span.since < until],
        **({"is_undated": True} if history.is_undated else {}),
    }


def _past(entries: Sequence[Any], until: datetime) -> Sequence[Any]:
    """What was before an instant; the first entry always, since it began with the item."""
    if entries[-1].at < until:  # as mostly, and soon told
        return entries
    return [each for number, each in enumerate(entries) if each.at < until or not number]


def _values(entries: Sequence[Any]) -> list[list[Any]]:
    kept: list[list[Any]] = []
    for at, value in entries:
        if not kept or kept[-1][1] != value:
            kept.append([text_instant(at), value])
    return kept


# What ``stood`` reads of an item: of two that have these alike it gives the same.
STANDS_BY = ("created_at", "steps", "milestones", "missing")


def stood(row: Row, at: datetime) -> Stood:
    """How a stored item, of whichever schema, stood just before an instant."""
    if "steps" not in row:  # schemas 1 to 3 knew its dates
        done_at = row["done_at"] and datetime.fromisoformat(row["done_at"])
        is_there = datetime.fromisoformat(row["created_at"]) < at
        is_done = is_there and bool(done_at and done_at < at)
        held = frozenset(row["milestones"] if is_there else ())
        return Stood(is_there, is_there, is_done, milestones=held)
    line = Timeline.of({"key": "", "late": (), **row})
    is_there = line.is_there(at)
    return Stood(
        exists=line.created_at < at,
        is_there=is_there,
        is_done=is_there and line.stage(at) == DONE,
        is_gone=line.is_gone(at),
        milestones=before(line.milestones, at) if is_there else frozenset(),
        state=_state(row, line, at),
    )


def _state(row: Row, line: Timeline, at: datetime) -> str:
    """The tracker's word for its stage just before an instant; empty where it gives none."""
    passed = sum(step.at < at for step in line.stages)
    state: str = row["steps"][max(passed - 1, 0)][2]
    return state


def late_kinds(known: Stood, stood: Stood, decided: Sequence[str] = ()) -> list[str]:
    """What had become of an item before a status that did not know it.

    ``known`` is how it stood by what that status knew, ``stood`` by what is known now. Where its
    tracker said the same then, and people ``decided`` what that state means, nothing came late:
    then it is ``decided``, too.
    """
    kinds = _kinds(known, stood)
    is_same = known.state == stood.state and stood.state in decided and not known.is_gone
    return [*kinds, DECIDED] if is_same and kinds and set(BY_DECISION).issuperset(kinds) else kinds


def _kinds(known: Stood, stood: Stood) -> list[str]:
    if known.is_there and not stood.is_there:
        return ["redated" if not stood.exists else "gone" if stood.is_gone else "removed"]
    came = "back" if known.exists else "created"
    return [
        *([came] if stood.is_there and not known.is_there else []),
        *(["done"] if stood.is_done and not known.is_done else []),
        *(["reopened"] if known.is_done and not stood.is_done else []),
    ]
