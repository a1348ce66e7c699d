"""The running sprint: by schema 4."""

from datetime import date, datetime, time, timedelta
from typing import Any

from reporting.figures.dated import Window
from reporting.figures.timelines import Timeline, before

Row = dict[str, Any]


def sprint(lines: list[Timeline], sprints: list[Row], window: Window) -> Row | None:
    """The sprint that began last: keys of what was committed, added and removed since, carried
    and done. None where no sprint with dates has begun.

    ``committed`` was in it at the end of its first day, the day on which it is planned, and not
    done before; ``added`` came later and is in it; ``removed`` was committed and is not in it any
    more; ``carried`` was in another sprint before; ``done`` is done, of all that is in it. What
    happens after its last day no longer counts. Source: sprint and state changes.
    """
    running = _running(sprints, window)
    if running is None:
        return None
    name = running["name"]
    began = midnight(running["starts_on"], window)
    planned = min(midnight(running["starts_on"], window, days=1), window.as_of)
    ended = min(midnight(running["ends_on"], window, days=1), window.as_of)
    open_then = [line for line in lines if not is_done(line, began)]
    committed = [line for line in open_then if is_in(line, name, planned)]
    inside = [line for line in open_then if is_in(line, name, ended)]
    were = {line.key for line in committed}
    are = {line.key for line in inside}
    return {
        "number": running["number"],
        "name": name,
        "starts_on": running["starts_on"],
        "ends_on": running["ends_on"],
        "committed": [line.key for line in committed],
        "added": [line.key for line in inside if line.key not in were],
        "removed": [line.key for line in committed if line.key not in are],
        "carried": [line.key for line in committed if _was_elsewhere(line, name, planned)],
        "done": [line.key for line in inside if is_done(line, ended)],
    }


def _running(sprints: list[Row], window: Window) -> Row | None:
    today = window.as_of.astimezone(window.zone).date().isoformat()
    begun = [row for row in sprints if row["starts_on"] and row["starts_on"] <= today]
    return max(begun, key=lambda row: (row["starts_on"], row["number"]), default=None)


def is_in(line: Timeline, name: str, at: datetime) -> bool:
    """Whether an item counted in the sprint of this name, as its tracker had it."""
    return line.is_there(at) and before(line.sprints, at) == name


def is_done(line: Timeline, at: datetime) -> bool:
    """Whether it was there and finished before an instant."""
    return line.created_at < at and line.done_at(at) is not None


def _was_elsewhere(line: Timeline, name: str, at: datetime) -> bool:
    return any(entry.value not in ("", name) for entry in line.sprints if entry.at < at)


def midnight(day: str, window: Window, *, days: int = 0) -> datetime:
    """When a local day begins, or the one so many days later."""
    return datetime.combine(date.fromisoformat(day) + timedelta(days=days), time(0), window.zone)
