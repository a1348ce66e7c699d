"""Since you last read: what a reader saw then, what they see now, and the difference in words.

Pure functions. A reading maps each thing that a reader sees to what is said of it; a thing that
they could not see is not in it. Applying the difference to what they saw gives what they see.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from dm_portal.shell.components import Shape
from dm_portal.shell.dates import day_words
from dm_portal.shell.wording import count, ended

Row = Mapping[str, Any]


class Thing(NamedTuple):
    """What something is said of: the engagement's colour, or a numbered row of a kind."""

    kind: str
    number: int = 0


Reading = dict[Thing, Row]

COLOUR = Thing("colour")

# In the order in which they are told.
KINDS = ("colour", "milestone", "ask", "escalation", "risk")

# How a row that was shared is called when it is new, and in each state that it came to.
SHARED: dict[str, dict[str, str]] = {
    "ask": {"": "Needed from you", "answered": "Answered", "withdrawn": "No longer needed"},
    "escalation": {"": "Raised", "acknowledged": "Acknowledged", "resolved": "Decided"},
    "risk": {"": "A risk", "happened": "A risk that happened", "closed": "No longer a risk"},
}

# What of such a row may be said otherwise than before.
SAID = {
    "text": "the words",
    "due_on": "needed by {new}, before by {old}",
    "person": "{new} in place of {old}",
    "options": "the options",
    "recommendation": "what we recommend",
    "without_answer": "what happens without an answer",
}


class Change(NamedTuple):
    """What was said of a thing, and what is said of it now; None where it is not seen."""

    thing: Thing
    before: Row | None
    after: Row | None


@dataclass(frozen=True, slots=True)
class SinceLine:
    """One thing that changed: its name, and how."""

    about: str
    text: str


def plan_of(figures: Row, sentences: Iterable[Row]) -> list[dict[str, Any]]:
    """Of each committed milestone what a reader of a status sees: kept with what was said.

    Its items are in a picture; its criteria are seen only where a sentence of them was left in.
    """
    keys = {row["key"] for row in sentences}
    rows = [row for row in figures["milestones"] if row["committed_on"]]
    rows.sort(key=lambda row: (row["committed_on"], row["number"]))
    return [_planned(row, f"criteria.{row['number']}" in keys) for row in rows]


def _planned(row: Row, are_criteria_seen: bool) -> dict[str, Any]:
    always = ("number", "name", "committed_on", "is_done", "items", "done")
    of_criteria = {
        name: row[name] if are_criteria_seen else None for name in ("criteria", "criteria_met")
    }
    return {name: row[name] for name in always} | of_criteria


def reading(colour: str, plan: Iterable[Row], shared: Mapping[Thing, Row]) -> Reading:
    """What somebody sees who reads a status of this colour and plan, and these shared rows."""
    milestones = {Thing("milestone", row["number"]): row for row in plan}
    return {COLOUR: {"colour": colour}, **milestones, **shared}


def difference(seen: Reading, now: Reading) -> tuple[Change, ...]:
    """Everything that is not as it was, in the order in which it is told."""
    order = [*now, *(thing for thing in seen if thing not in now)]
    found = [Change(thing, seen.get(thing), now.get(thing)) for thing in order]
    changed = [each for each in found if each.before != each.after]
    return tuple(sorted(changed, key=lambda each: KINDS.index(each.thing.kind)))


def apply(seen: Reading, changes: Iterable[Change]) -> Reading:
    """What somebody sees who saw ``seen`` before these changes."""
    now = dict(seen)
    for thing, _, after in changes:
        if after is None:
            now.pop(thing, None)
        else:
            now[thing] = after
    return now


def lines(changes: Sequence[Change], *, today: date) -> tuple[SinceLine, ...]:
    """The changes as the customer reads them; nothing of what no sentence tells."""
    return tuple(line for change in changes if (line := _line(change, today)) is not None)


def _line(change: Change, today: date) -> SinceLine | None:
    thing, before, after = change
    if thing.kind == "colour":
        return _of_colour(before or {}, after or {})
    if thing.kind == "milestone":
        name = (after or before or {})["name"]
        told = "; ".join(_of_milestone(before, after, today))
        return SinceLine(name, told) if told else None
    return _of_shared(thing.kind, before, after, today)


def _of_colour(before: Row, after: Row) -> SinceLine:
    words = [Shape(row["colour"]).word for row in (before, after)]
    return SinceLine("", f"{words[0]} → {words[1].lower()}")


def _of_milestone(before: Row | None, after: Row | None, today: date) -> Iterator[str]:
    if after is None:
        yield "no longer committed"
        return
    day = _day(after["committed_on"], today)
    if before is None:
        yield f"new, committed for {day}"
        return
    if before["committed_on"] != after["committed_on"]:
        yield f"committed for {day}, before for {_day(before['committed_on'], today)}"
    if before["is_done"] != after["is_done"] and after["is_done"] is not None:
        yield "done" if after["is_done"] else "open again"
    yield from _criteria(before, after)
    yield from _items(before, after)


def _criteria(before: Row, after: Row) -> Iterator[str]:
    """ "2 criteria met (6 of 8)"; fewer than before, or of another number, in plain words."""
    if before["criteria"] is None or after["criteria"] is None:
        return
    met, total = after["criteria_met"], after["criteria"]
    more = met - before["criteria_met"]
    if more > 0:
        yield f"{count(more, 'criterion')} met ({met} of {total})"
    elif more < 0:
        yield f"{met} of {count(total, 'criterion')} met, before {before['criteria_met']}"
    if total != before["criteria"]:
        yield f"{count(total, 'criterion')}, before {before['criteria']}"


def _items(before: Row, after: Row) -> Iterator[str]:
    """How much more is done and how much more there is to do; nothing where that is not known."""
    if before["items"] is None or after["items"] is None:
        return
    done, items = after["done"] - before["done"], after["items"] - before["items"]
    if done > 0:
        yield f"{count(done, 'item')} finished ({after['done']} of {after['items']})"
    elif done < 0:
        yield f"{after['done']} of {count(after['items'], 'item')} done, before {before['done']}"
    if items:
        yield f"{count(abs(items), 'item')} {'more' if items > 0 else 'fewer'}"


def _of_shared(kind: str, before: Row | None, after: Row | None, today: date) -> SinceLine | None:
    """A row is shared for good: what is gone was never taken back, only no longer told."""
    if after is None:
        return None
    states = SHARED[kind]
    about, text = states.get(after["state"], states[""]), after["text"]
    if before is None or before["state"] != after["state"]:
        return SinceLine(about, text)
    return SinceLine(about, f"{ended(text)} Changed: {'; '.join(_reworded(before, after, today))}.")


def _reworded(before: Row, after: Row, today: date) -> Iterator[str]:
    """What a shared row that stands as it stood says otherwise, field by field."""
    for name, words in SAID.items():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if name == "due_on":
            old, new = (_day(row[name], today) for row in (before, after))
        yield words.format(old=old, new=new)


def _day(day: str, today: date) -> str:
    return day_words(date.fromisoformat(day), today=today)
