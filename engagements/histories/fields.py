"""What a field of an item held over time: a text, or its milestones."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from engagements.histories.told import Evidence, Seen, Told

MILESTONE = "milestone"

# A tracker's version, and the milestone whose it is by its name in the tracker; None: nobody's.
Versions = Mapping[str, str | None]
AS_NAMED: Versions = {}


class Value(NamedTuple):
    """From ``at`` on a field held this."""

    at: datetime
    value: Any


def values_of(told: Told, name: str, created_at: datetime) -> list[Value]:
    """A field over time that holds one text; a change of it and a row's cell name it alike."""
    if name not in told.changes:  # as mostly, and soon told
        return _from_the_start(_cells(told.seen, name) or [Value(created_at, "")], created_at)
    before, changes, after = told.apart(name)
    found = _cells(before, name)
    if not found:
        found.append(Value(created_at, changes[0].came))
    found += [Value(change.at, change.became) for change in changes]
    return _from_the_start(found + _cells(after, name), created_at)


def _cells(seen: Sequence[Seen], name: str) -> list[Value]:
    """What the rows say that have a cell for it."""
    return [Value(each.at, each.cells[name] or "") for each in seen if name in each.cells]


def milestones_of(told: Told, created_at: datetime, versions: Versions) -> list[Value]:
    """The milestones over time: sets of the tracker's names."""
    named = _versions_of(told, created_at)
    if not versions:
        return named
    meant = [Value(at, {versions.get(name, name) for name in held}) for at, held in named]
    return _from_the_start([Value(at, frozenset(held - {None})) for at, held in meant], created_at)


def _versions_of(told: Told, created_at: datetime) -> list[Value]:
    """The versions over time, as the tracker names them."""
    if MILESTONE not in told.changes:  # as mostly, and soon told
        return _from_the_start(_named(told.seen) or [Value(created_at, frozenset())], created_at)
    before, changes, after = told.apart(MILESTONE)
    found = _named(before) or [Value(created_at, _undone(changes, _named(after)))]
    held = found[-1].value
    for change in changes:
        held = held - {change.came} | ({change.became} if change.became else frozenset())
        found.append(Value(change.at, held))
    return _from_the_start(found + _named(after), created_at)


def _named(seen: Sequence[Seen]) -> list[Value]:
    """What the rows say that have a cell for milestones."""
    return [
        Value(each.at, frozenset(each.cells["milestones"]))
        for each in seen
        if "milestones" in each.cells
    ]


def _undone(changes: Sequence[Evidence], after: Sequence[Value]) -> Any:
    """The milestones before the first change: a tracker does not log what an item began with."""
    held = set(after[0].value) if after else set()
    for change in reversed(changes):
        held.discard(change.became)
        if change.came:
            held.add(change.came)
    return frozenset(held)


def _from_the_start(found: list[Value], created_at: datetime) -> list[Value]:
    """Without what says the same again; the first value was there from the beginning.

    Of what was said of one instant, the last holds.
    """
    at, value = found[0]
    begins = min(at, created_at)
    if len(found) == 1 or all(each.value == value for each in found):  # as mostly, and soon told
        return [Value(begins, value)]
    said = list({each.at: each for each in found}.values())
    kept = [Value(begins, said[0].value)]
    for each in said[1:]:
        if each.value != kept[-1].value:
            kept.append(each)
    return kept
