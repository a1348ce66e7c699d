"""Schema 6: the figures of schema 5, and everything that moved between two statuses.

What the last status counted, and everything that is told here, sum up to what is counted now:
in all, and in each milestone. Besides schema 5 there are, see the functions for each:

``total``, ``promised``, ``beyond`` and each milestone
                ``removed`` by its tracker's own word only; ``gone`` from the tracker; ``back``
``total``, ``promised``, ``beyond``
                ``removed_late``, ``gone_late``, ``back_late`` and ``redated_late``, beside those of
                schema 5, which hold here what was withdrawn since, too
each milestone  ``late_in`` and ``late_out``: what came to it or left it before the window, and
                was known only since
``late_days``   by what is told late: the first and the last day on which it happened
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from reporting.figures.blocked import with_blockers
from reporting.figures.dated import Window, text_day
from reporting.figures.followed import parts
from reporting.figures.timelines import DONE, WITHDRAWN, Timeline, before

Row = dict[str, Any]
Keys = dict[str, list[str]]

TURNS = ("removed", "gone", "back")
MOVES = (*TURNS, "moved_in", "moved_out", "late_in", "late_out")
# What stored items call it that is told late, and what figures call it.
LATE = {
    "created": "created",
    "done": "finished",
    "reopened": "reopened",
    "removed": "removed",
    "gone": "gone",
    "back": "back",
    "redated": "redated",
}
# Since when an item was so: the beginning of the last run of such stages.
IS_SO: dict[str, Callable[[str], bool]] = {
    "done": lambda stage: stage == DONE,
    "reopened": lambda stage: stage != DONE,
    "removed": lambda stage: stage == WITHDRAWN,
    "gone": lambda stage: stage == WITHDRAWN,
    "back": lambda stage: stage != WITHDRAWN,
}


def version_6(inputs: Row) -> Row:
    """The figures of schema 6; see the module for their meaning."""
    return with_moves(inputs, [Timeline.of(row) for row in inputs["items"]])


def with_moves(inputs: Row, lines: list[Timeline]) -> Row:
    """The figures of schema 6, of items that are read already."""
    window = Window.of(inputs)
    found = with_blockers(inputs, lines)
    if found["total"] is None:
        found["milestones"] = [row | dict.fromkeys(MOVES) for row in found["milestones"]]
    else:
        _add_moves(found, lines, window)
    return found | {"late_days": late_days(lines, window)}


def _add_moves(found: Row, lines: list[Timeline], window: Window) -> None:
    """Everything that moved, in all, in what was promised and beyond it, and by milestone."""
    committed = {row["number"] for row in found["milestones"] if row["committed_on"]}
    for name, part in parts(lines, committed, window).items():
        found[name] |= turns(part, window) | late(part)
    moved = by_milestone(lines, window)
    for row in found["milestones"]:
        row |= {name: moved[row["number"]][name] for name in MOVES}


def turns(lines: list[Timeline], window: Window) -> Keys:
    """Keys of what counted at the beginning of the window and does not at its end: ``removed``
    was withdrawn by its tracker's word, ``gone`` is not in the tracker any more; and of what is
    ``back``: it is older than the window, did not count at its beginning, and does at its end.

    Source: state changes and whole exports. Nothing of it where there was no status before.
    """
    found: Keys = {name: [] for name in TURNS}
    for line in lines:
        if turn := turn_of(line, window):
            found[turn].append(line.key)
    return found


def turn_of(line: Timeline, window: Window) -> str:
    """One of ``TURNS``; empty where the item began to count, if it did, when it was created."""
    if window.since is None or line.created_at >= window.since:
        return ""
    if not line.changed_since(window.since):
        return ""
    was, is_there = line.is_there(window.since), line.is_there(window.as_of)
    if was == is_there:
        return ""
    if is_there:
        return "back"
    return "gone" if line.is_gone(window.as_of) else "removed"


def late(lines: list[Timeline], kinds: Mapping[str, str] = LATE) -> Keys:
    """Keys of what had become of items before the window and was known only since; ``redated``
    was counted by the last status, and is by now said to be created after it.

    Source: what the last status froze, beside what is known now.
    """
    told = [line for line in lines if line.late]
    return {
        f"{name}_late": [line.key for line in told if kind in line.late]
        for kind, name in kinds.items()
    }


def by_milestone(lines: list[Timeline], window: Window) -> defaultdict[int, Keys]:
    """By number, keys of the items that came to a milestone or left it, by the way they did.

    ``moved_in`` and ``moved_out`` counted at both ends of the window. Source: milestone changes.
    """
    found: defaultdict[int, Keys] = defaultdict(lambda: {name: [] for name in MOVES})
    for line in lines:
        for name, numbers in _ways(line, window):
            for number in numbers:
                found[number][name].append(line.key)
    return found


def _ways(line: Timeline, window: Window) -> list[tuple[str, frozenset[int]]]:
    """How one item came to milestones and left them."""
    ways = [("late_in", line.late_in), ("late_out", line.late_out)]
    if window.since is None or line.created_at >= window.since:
        return ways
    were, are = (before(line.milestones, at) for at in (window.since, window.as_of))
    if turn := turn_of(line, window):
        return [*ways, (turn, are if turn == "back" else were)]
    if were == are or not line.is_there(window.as_of):
        return ways
    return [*ways, ("moved_in", are - were), ("moved_out", were - are)]


def late_days(
    lines: list[Timeline], window: Window, kinds: Mapping[str, str] = LATE
) -> dict[str, Row]:
    """The first and the last local day on which happened what is told late, by its name."""
    found: defaultdict[str, list[datetime]] = defaultdict(list)
    for line in lines:
        for kind in line.late & kinds.keys():
            found[kinds[kind]].append(_happened_at(line, kind, window))
    return {
        name: {"first": text_day(window.day(min(at))), "last": text_day(window.day(max(at)))}
        for name, at in found.items()
    }


def _happened_at(line: Timeline, kind: str, window: Window) -> datetime:
    """When that became of an item which the last status could not know."""
    if kind not in IS_SO:
        return line.created_at
    return line.since(IS_SO[kind], window.since or window.as_of) or line.created_at
