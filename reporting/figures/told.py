"""Schema 7: the figures of schema 6, told as far as the files tell of the work, and no further.

Besides schema 6 there are, and differ, in ``window``:

``imported_on``     the local day on which the newest file was handed over; None: none was
``known_until``     the latest instant that the files tell of: what was exported earlier tells
                    nothing of what came since, whenever it is brought in
``is_known``        whether that lies within the window, and so tells of anything in it

``until_day`` and ``known_until_day``, the burn-up and the throughput go by it. And in ``total``:

``finished_again``  keys of the finished that the last status counted as done: reopened in between
"""

from datetime import datetime
from typing import Any

from reporting.figures.dated import Window, instant, text_day
from reporting.figures.moved import with_moves
from reporting.figures.timelines import Timeline

Row = dict[str, Any]


def version_7(inputs: Row) -> Row:
    """The figures of schema 7; see the module for their meaning."""
    window, lines = Window.of(inputs), [Timeline.of(row) for row in inputs["items"]]
    told = [row | {"uploaded_at": row["told_until"]} for row in inputs["imports"]]
    found = with_moves(inputs | {"imports": told}, lines)
    found["window"] |= _how_far(inputs, window, instant(found["window"]["known_until"]))
    if found["total"] is not None:
        found["total"]["finished_again"] = finished_again(lines, window)
    return found


def _how_far(inputs: Row, window: Window, known_until: datetime | None) -> Row:
    handed_over = [at for row in inputs["imports"] if (at := instant(row["uploaded_at"]))]
    return {
        "imported_on": text_day(window.day(max(handed_over, default=None))),
        "is_known": known_until is not None
        and (window.since is None or known_until > window.since),
    }


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
