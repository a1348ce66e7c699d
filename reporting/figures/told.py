"""Schema 7: the figures of schema 6, told as far as the files tell of the work, and no further.

Besides schema 6 there is, and differs, in ``window``:

``imported_on``     the local day on which the newest file was handed over; None: none was
``known_until``     the latest instant that the files tell of: what was exported earlier tells
                    nothing of what came since, whenever it is brought in
``is_known``        whether that lies within the window, and so tells of anything in it

``until_day`` and ``known_until_day``, the burn-up and the throughput go by it.
"""

from typing import Any

from reporting.figures.dated import Window, instant, text_day
from reporting.figures.moved import version_6

Row = dict[str, Any]


def version_7(inputs: Row) -> Row:
    """The figures of schema 7; see the module for their meaning."""
    told = [row | {"uploaded_at": row["told_until"]} for row in inputs["imports"]]
    found = version_6(inputs | {"imports": told})
    found["window"] |= _told(inputs, instant(found["window"]["known_until"]))
    return found


def _told(inputs: Row, known_until: Any) -> Row:
    window = Window.of(inputs)
    handed_over = [at for row in inputs["imports"] if (at := instant(row["uploaded_at"]))]
    return {
        "imported_on": text_day(window.day(max(handed_over, default=None))),
        "is_known": known_until is not None
        and (window.since is None or known_until > window.since),
    }
