"""Schema 5: the figures of schema 4, and what is blocked by the times that blockers have.

New are ``blockers``, see there, and each milestone's ``blocked``: keys, the oldest first; both
None where no source has ever told of anything blocked or flagged.
"""

from typing import Any

from dm_portal.shell.dates import working_days
from engagements.histories import Span
from reporting.figures.dated import Window, text_day, text_instant
from reporting.figures.followed import figures_of
from reporting.figures.timelines import Timeline, before

Row = dict[str, Any]


def version_5(inputs: Row) -> Row:
    """The figures of schema 5; see the module for their meaning."""
    return with_blockers(inputs, [Timeline.of(row) for row in inputs["items"]])


def with_blockers(inputs: Row, lines: list[Timeline]) -> Row:
    """The figures of schema 5, of items that are read already."""
    window, found = Window.of(inputs), figures_of(inputs, lines)
    blocked = [
        (row["source"], line, spans)
        for row, line in zip(inputs["items"], lines, strict=True)
        if (spans := line.blocked(window.as_of))
    ]
    rows = blockers(blocked, window) if blocked and found["total"] is not None else None
    for milestone in found["milestones"]:
        number = milestone["number"]
        milestone["blocked"] = (
            None if rows is None else [row["key"] for row in rows if number in row["milestones"]]
        )
    return found | {"blockers": rows}


def blockers(lines: list[tuple[int, Timeline, list[Span]]], window: Window) -> list[Row]:
    """What of these is blocked or flagged at the end of the window, the oldest first.

    ``source`` and ``key``; ``since`` when without a break, and on which local day; ``days`` and
    ``working_days`` (Monday to Friday) after that day; ``milestones``: numbers. Source: state
    changes and flags.
    """
    open_now = [
        (spans[-1].since, source, line)
        for source, line, spans in lines
        if spans[-1].until is None and line.is_there(window.as_of)
    ]
    open_now.sort(key=lambda each: (each[0], each[1], each[2].key))
    today = window.as_of.astimezone(window.zone).date()
    rows = []
    for since, source, line in open_now:
        day = since.astimezone(window.zone).date()
        rows.append(
            {
                "source": source,
                "key": line.key,
                "since": text_instant(since),
                "since_day": text_day(day),
                "days": (today - day).days,
                "working_days": working_days(day, today),
                "milestones": sorted(before(line.milestones, window.as_of)),
            }
        )
    return rows
