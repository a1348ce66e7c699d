"""Schema 7: the figures of schema 6, told as far as the files tell of the work, and no further.

Besides schema 6 there are, and differ, in ``window``:

``imported_on``     the local day on which the newest file was handed over; None: none was
``known_until``     the latest instant that the files tell of: what was exported earlier tells
                    nothing of what came since, whenever it is brought in
``is_known``        whether that lies within the window, and so tells of anything in it

``until_day`` and ``known_until_day``, the burn-up and the throughput go by it. And in ``total``:

``finished_again``  keys of the finished that the last status counted as done: reopened in between
``decided``         keys of what counts otherwise than in the last status since it was decided what
                    its state means, by what that is: ``finished``, ``reopened``, ``removed``,
                    ``back``; they are not ``finished_late`` and so on, neither in all nor in a
                    milestone, and have no ``late_days``

``left_out`` has ``undecided``: open items in states of which nobody has said what they mean.
"""

from datetime import datetime
from typing import Any

from reporting.figures.dated import Window, instant, text_day
from reporting.figures.moved import LATE, by_milestone, late, late_days, with_moves
from reporting.figures.timelines import DONE, WITHDRAWN, Timeline

Row = dict[str, Any]

# What stored items call it that counts otherwise by a decision, beside how.
DECIDED = "decided"
BY_DECISION = ("done", "reopened", "removed", "back")


def version_7(inputs: Row) -> Row:
    """The figures of schema 7; see the module for their meaning."""
    window, lines = Window.of(inputs), [Timeline.of(row) for row in inputs["items"]]
    told = [row | {"uploaded_at": row["told_until"]} for row in inputs["imports"]]
    found = with_moves(inputs | {"imports": told}, lines)
    found["window"] |= _how_far(inputs, window, instant(found["window"]["known_until"]))
    if found["total"] is not None:
        known = [line for line in lines if DECIDED not in line.late]
        found["total"] |= late(known) | {
            "finished_again": finished_again(lines, window),
            "decided": decided(lines),
        }
        found["late_days"] = late_days(known, window)
        ways = by_milestone(known, window)
        for row in found["milestones"]:
            row |= {way: ways[row["number"]][way] for way in ("late_in", "late_out")}
            row["finished_late"] = _finished_late(known, row["number"], window)
        found["left_out"]["undecided"] = undecided(inputs["items"], lines, window)
    return found


def _how_far(inputs: Row, window: Window, known_until: datetime | None) -> Row:
    handed_over = [at for row in inputs["imports"] if (at := instant(row["uploaded_at"]))]
    return {
        "imported_on": text_day(window.day(max(handed_over, default=None))),
        "is_known": known_until is not None
        and (window.since is None or known_until > window.since),
    }


def _finished_late(lines: list[Timeline], milestone: int, window: Window) -> list[str]:
    return [
        line.key
        for line in lines
        if "done" in line.late
        and line.is_there(window.as_of)
        and line.is_in(milestone, window.as_of)
    ]


def decided(lines: list[Timeline]) -> dict[str, list[str]]:
    """Keys by what they count as since it was decided what their state means.

    Source: what the last status froze, and the decisions as they are now.
    """
    mine = [line for line in lines if DECIDED in line.late]
    return {LATE[kind]: [line.key for line in mine if kind in line.late] for kind in BY_DECISION}


def undecided(rows: list[Row], lines: list[Timeline], window: Window) -> int:
    """How many items are neither done nor withdrawn, in a state that nobody has decided on.

    Source: the decisions as they are now.
    """
    return sum(
        row.get("is_undecided", False) and line.stage(window.as_of) not in (DONE, WITHDRAWN)
        for row, line in zip(rows, lines, strict=True)
    )


def finished_again(lines: list[Timeline], window: Window) -> list[str]:
    """Keys of what was done at both ends of the window, and finished for the last time within.

    Source: state changes. Nothing of it where there was no status before.
    """
    since = window.since
    if since is None:
        return []
    return [
        line.key
        for line in lines
        if window.holds(line.done_at(window.as_of)) and line.done_at(since) is not None
    ]
