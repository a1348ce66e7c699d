"""Our word: what came of every commitment that was due by a status, worked out of its own rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from dm_portal.shell.dates import day_words
from dm_portal.shell.wording import count, ended, phrase
from reporting.customer.values import Kept, Line
from reporting.figures.dated import Window
from reporting.figures.owed import commitments

Row = dict[str, Any]

# So many that were missed are named, the last first; all are counted.
NAMED = 5


def kept_of(body: Row) -> Kept | None:
    """None where nothing was due yet, or where the facts hold no commitments."""
    inputs, figures = body["inputs"], body["figures"]
    if "commitments" not in figures:
        return None
    always = replace(Window.of(inputs), since=None)
    rows = commitments(inputs, figures["milestones"], always)
    if not rows:
        return None
    missed = [row for row in rows if row["state"] == "missed"][::-1][:NAMED]
    today = date.fromisoformat(figures["window"]["to_day"])
    return Kept(_summary(rows), tuple(_missed(row, inputs, today) for row in missed))


def _summary(rows: Sequence[Row]) -> str:
    """ "9 commitments were due: 7 kept, 1 moved with 11 working days’ notice, 1 missed."."""
    found = Counter(row["state"] for row in rows)
    said = [f"{found[state]} {state}{_notice(rows, state)}" for state in STATES if found[state]]
    were = "was" if len(rows) == 1 else "were"
    return f"{count(len(rows), 'commitment')} {were} due: {', '.join(said)}."


STATES = ("kept", "moved", "missed")


def _notice(rows: Sequence[Row], state: str) -> str:
    if state != "moved":
        return ""
    days = sorted({row["notice"] for row in rows if row["state"] == state})
    span = f"{days[0]} to {days[-1]}" if len(days) > 1 else f"{days[0]}"
    return f" with {span} working day{'’s' if days[-1] == 1 else 's’'} notice"


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
