"""Schema 4: the figures of a status from what became of each item over time.

What a milestone, the totals and the window hold is as in schema 3, see ``dated``; but an item is
in a milestone, done, or there at all as it was at the instant, whatever became of it since. An
item that was withdrawn is no item any more. New are, see the functions for each:

``total``, ``promised``, ``beyond`` and each milestone
                ``reopened`` and ``removed``: keys, in the window; ``reopened_late``: before it, and
                known only since; a milestone also ``moved_in`` and ``moved_out``, and ``stages``
``late_days``   first and last day of what was finished before the window and is told only now
``flow``        ``stages``, ``wip``, ``oldest``, ``cycle_times``, ``throughput``
``blockers``    see ``flow.blockers``
``sprint``      see ``sprints.sprint``
"""

from typing import Any

from reporting.figures import flow, scope, sprints
from reporting.figures.dated import Item, Window, text_day, version_3
from reporting.figures.timelines import Timeline, before

Row = dict[str, Any]


def version_4(inputs: Row) -> Row:
    """The figures of schema 4; see the module for their meaning."""
    return figures_of(inputs, [Timeline.of(row) for row in inputs["items"]])


def figures_of(inputs: Row, lines: list[Timeline]) -> Row:
    """The figures of schema 4, of items that are read already."""
    window = Window.of(inputs)
    there = [line for line in lines if line.is_there(window.as_of)]
    found = version_3(inputs, [as_it_stood(line, window) for line in there])
    known = found["total"] is not None
    known_until = found["window"]["known_until"]
    for name in ("burnup", "burnup_next"):
        number = found["next"] if name == "burnup_next" else None
        of = [] if name == "burnup_next" and number is None else lines
        found[name] = scope.burnup(of, window, known_until=known_until, milestone=number)
    if known:
        _add_scope(found, lines, window)
    return found | {
        "late_days": _late_days(there, window),
        "flow": flow.flow(there, window, known_until=known_until) if known else None,
        "blockers": flow.blockers(there, window) if known else None,
        "sprint": sprints.sprint(lines, inputs["sprints"], window) if known else None,
    }


def as_it_stood(line: Timeline, window: Window) -> Item:
    """An item at the instant, as schema 3 knew it."""
    as_of = window.as_of
    milestones = before(line.milestones, as_of)
    return Item(line.key, line.created_at, line.done_at(as_of), milestones, line.late)


def _add_scope(found: Row, lines: list[Timeline], window: Window) -> None:
    """What came back or went in the window, in all and by milestone."""
    committed = {row["number"] for row in found["milestones"] if row["committed_on"]}
    for name, part in parts(lines, committed, window).items():
        found[name] |= scope.changes(part, window)
    belonging = scope.Belonging(lines, window)
    for row in found["milestones"]:
        row |= scope.milestone_changes(belonging, row["number"], window)


def parts(lines: list[Timeline], committed: set[int], window: Window) -> dict[str, list[Timeline]]:
    """All items, those of a committed milestone at the end of the window, and those of none."""
    found: dict[str, list[Timeline]] = {"total": lines, "promised": [], "beyond": []}
    for line in lines:
        is_promised = not committed.isdisjoint(before(line.milestones, window.as_of))
        found["promised" if is_promised else "beyond"].append(line)
    return found


def _late_days(lines: list[Timeline], window: Window) -> Row | None:
    """The first and the last local day on which what is told late was finished."""
    done = [
        done_at
        for line in lines
        if "done" in line.late and (done_at := line.done_at(window.as_of)) is not None
    ]
    if not done:
        return None
    first, last = (text_day(window.day(at)) for at in (min(done), max(done)))
    return {"first": first, "last": last}
