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

``total``, ``promised``, ``beyond`` and each milestone have ``first_told``: keys of items of which
no file says when they were created, and anything was first told in the window; ``created`` has none
of them. ``total`` also has ``first_told_late``, with its ``late_days``: first told of before the
window, and imported only after the last status.

``left_out`` has ``undecided``: open items in states of which nobody has said what they mean; and
``undated``: items of which no file says when they were created.
"""

from datetime import datetime
from typing import Any

from reporting.figures.dated import Window, instant, text_day
from reporting.figures.followed import parts
from reporting.figures.moved import LATE, by_milestone, late, late_days, with_moves
from reporting.figures.timelines import DONE, WITHDRAWN, Timeline

Row = dict[str, Any]

# What stored items call it that counts otherwise by saying what a state means, beside how.
DECIDED = "decided"
BY_DECISION = ("done", "reopened", "removed", "back")
# What was created before the last status, where that is only when it was first told of.
FIRST_TOLD = "first_told"
KINDS = LATE | {FIRST_TOLD: FIRST_TOLD}


def version_7(inputs: Row) -> Row:
    """The figures of schema 7; see the module for their meaning."""
    return as_told(inputs, [Timeline.of(row) for row in inputs["items"]])


def as_told(inputs: Row, read: list[Timeline]) -> Row:
    """The figures of schema 7, of items that are read already."""
    window, lines = Window.of(inputs), [_as_dated(line) for line in read]
    told = [row | {"uploaded_at": row["told_until"]} for row in inputs["imports"]]
    found = with_moves(inputs | {"imports": told}, lines)
    found["window"] |= _how_far(inputs, window, instant(found["window"]["known_until"]))
    if found["total"] is not None:
        known = [line for line in lines if DECIDED not in line.late]
        _add_first_told(found, lines, window)
        found["total"] |= late(known, KINDS) | {
            "finished_again": finished_again(lines, window),
            "decided": decided(lines),
        }
        found["late_days"] = late_days(known, window, KINDS)
        ways = by_milestone(known, window)
        for row in found["milestones"]:
            row |= {way: ways[row["number"]][way] for way in ("late_in", "late_out")}
            row["finished_late"] = _finished_late(known, row["number"], window)
        found["left_out"]["undecided"] = undecided(inputs["items"], lines, window)
        found["left_out"]["undated"] = undated(lines, window)
    return found


def _as_dated(line: Timeline) -> Timeline:
    """The item; where no file says when it was created, it was first told of so late."""
    if line.is_undated and "created" in line.late:
        return line._replace(late=line.late - {"created"} | {FIRST_TOLD})
    return line


def _add_first_told(found: Row, lines: list[Timeline], window: Window) -> None:
    """Part what was created in the window from that of which this is not known."""
    as_of = window.as_of
    new = [line for line in lines if line.is_there(as_of) and window.holds(line.created_at)]
    committed = {row["number"] for row in found["milestones"] if row["committed_on"]}
    for name, part in parts(new, committed, window).items():
        found[name] |= came(part)
    for row in found["milestones"]:
        row |= came([line for line in new if line.is_in(row["number"], as_of)])


def came(lines: list[Timeline]) -> dict[str, list[str]]:
    """Keys of new items by whether it is known when they were created. Source: created dates."""
    return {
        "created": [line.key for line in lines if not line.is_undated],
        FIRST_TOLD: [line.key for line in lines if line.is_undated],
    }


def undated(lines: list[Timeline], window: Window) -> int:
    """Of how many items no file says when they were created. Source: created dates."""
    return sum(line.is_undated and line.is_there(window.as_of) for line in lines)


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
