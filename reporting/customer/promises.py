"""Our word: what came of every commitment that was due by a status, worked out of its own rows."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from dm_portal.shell.dates import day_words
from dm_portal.shell.wording import count, ended, phrase
from reporting.customer.values import Kept, Line
from reporting.figures.agreed import AS_BEFORE, agreed_of
from reporting.figures.dated import Window
from reporting.figures.owed import commitments

Row = dict[str, Any]

# So many that were missed are named, the last first; all are counted.
NAMED = 5


def kept_of(body: Row) -> Kept | None:
    """None where nothing was due yet, or where the facts hold no commitments.

    What was kept, moved or taken back early counts from its day on: before, it was not due. (Facts
    of schema 9 counted it at once, and say for ever what they said.)
    """
    inputs, figures = body["inputs"], body["figures"]
    if "commitments" not in figures:
        return None
    always = replace(Window.of(inputs), since=None)
    agreed, to_day = agreed_of(body), figures["window"]["to_day"]
    rows = commitments(inputs, figures["milestones"], always, agreed)
    if agreed is not AS_BEFORE:
        rows = [row for row in rows if row["due_on"] <= to_day]
    if not rows:
        return None
    missed = [row for row in rows if row["state"] == "missed"][::-1][:NAMED]
    today = date.fromisoformat(to_day)
    return Kept(_summary(rows), tuple(_missed(row, inputs, today) for row in missed))


def _summary(rows: Sequence[Row]) -> str:
    """ "9 commitments were due: 7 kept, 1 moved with 11 working days’ notice, 1 missed."."""
    by_state: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_state[row["state"]].append(row)
    said = [
        f"{len(by_state[state])} {words(by_state[state])}"
        for state, words in SAID
        if state in by_state
    ]
    were = "was" if len(rows) == 1 else "were"
    return f"{count(len(rows), 'commitment')} {were} due: {', '.join(said)}."


def _with_notice(rows: Sequence[Row]) -> str:
    span, most = _span(rows)
    return f"moved with {span} working day{'’s' if most == 1 else 's’'} notice"


def _before(rows: Sequence[Row]) -> str:
    span, most = _span(rows)
    if not most:
        return "with no working day left"
    return f"{span} working day{'' if most == 1 else 's'} before"


def _span(rows: Sequence[Row]) -> tuple[str, int]:
    """ "1 to 6", and the most of it."""
    days = sorted({row["notice"] for row in rows})
    return (f"{days[0]} to {days[-1]}" if len(days) > 1 else f"{days[0]}"), days[-1]


# In this order, each state with its words.
SAID: tuple[tuple[str, Callable[[Sequence[Row]], str]], ...] = (
    ("kept", lambda _: "kept"),
    ("moved", _with_notice),
    ("moved_late", lambda rows: f"moved {_before(rows)}"),
    ("withdrawn", lambda rows: f"taken back {_before(rows)}"),
    ("missed", lambda _: "missed"),
)


def _missed(row: Row, inputs: Row, today: date) -> Line:
    """What was promised, for when, when it was done, and why it was late where that was said."""
    due = day_words(date.fromisoformat(row["due_on"]), today=today)
    done = row["kept_on"]
    what = f"done {day_words(date.fromisoformat(done), today=today)}" if done else "not done yet"
    reason = _reason(row, inputs)
    why = (ended(reason),) if reason else ()
    return Line(phrase(row["promise"]), (f"Promised for {due}, {what}.", *why))


def _reason(row: Row, inputs: Row) -> str:
    """Why the date of a milestone was moved, which is why this one was not kept."""
    moved = (
        each["reason"]
        for each in inputs["revisions"]
        if each["milestone"] == row["milestone"] and each["old_on"] == row["due_on"]
    )
    return " ".join(next(moved, "").split())
