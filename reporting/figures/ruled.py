"""Schema 8: the figures of schema 7, and what the rules of the colours look at besides.

``sprints``  the last two sprints that began, the later first: how much was committed and added,
             see ``last_sprints``; None where no work is known
``rework``   what was finished and reopened in the last four weeks, see ``rework``; None alike

The thresholds that held are stored with the inputs (``thresholds``), and how the rules saw the
last status (``rules_before``): no figure depends on them, the colours do.
"""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from reporting.figures.blocked import blockers
from reporting.figures.dated import Window, instant, text_day, version_3
from reporting.figures.followed import as_it_stood
from reporting.figures.sprints import sprint
from reporting.figures.timelines import DONE, Timeline
from reporting.figures.told import as_told

Row = dict[str, Any]

SPRINTS = 2
REWORK_DAYS = 28


def version_8(inputs: Row) -> Row:
    """The figures of schema 8; see the module for their meaning."""
    lines = [Timeline.of(row) for row in inputs["items"]]
    return as_told(inputs, lines) | besides(inputs, lines)


def for_rules(inputs: Row, lines: list[Timeline]) -> Row:
    """Of the figures of schema 8 what the rules look at, and no more, of items that are read
    already: to ask how the colours of many weeks would have been.
    """
    window = Window.of(inputs)
    there = [line for line in lines if line.is_there(window.as_of)]
    found = version_3(inputs, [as_it_stood(line, window) for line in there])
    blocked = [
        (row["source"], line, spans)
        for row, line in zip(inputs["items"], lines, strict=True)
        if (spans := line.blocked(window.as_of))
    ]
    known = found["total"] is not None
    rows = blockers(blocked, window) if blocked and known else None
    return found | {"blockers": rows} | besides(inputs, lines)


def besides(inputs: Row, lines: list[Timeline]) -> Row:
    """What schema 8 has besides schema 7, of items that are read already."""
    if not inputs["imports"]:
        return {"sprints": None, "rework": None}
    window = Window.of(inputs)
    return {
        "sprints": last_sprints(lines, inputs["sprints"], window),
        "rework": rework(lines, inputs, window),
    }


def last_sprints(lines: list[Timeline], sprints: list[Row], window: Window) -> list[Row]:
    """Of each of the last two sprints that began: its number, name and first day; how many items
    were ``committed`` to, and ``added`` after its first day.

    Source: sprint and state changes, see ``sprints.sprint``.
    """
    ever = _by_sprint(lines)
    today = text_day(window.day(window.as_of)) or ""
    begun = [row for row in sprints if row["starts_on"] <= today]
    begun.sort(key=lambda row: (row["starts_on"], row["number"]), reverse=True)
    counted = [sprint(ever[row["name"]], [row], window) for row in begun[:SPRINTS]]
    return [
        {name: row[name] for name in ("number", "name", "starts_on")}
        | {name: len(row[name]) for name in ("committed", "added")}
        for row in counted
        if row
    ]


def _by_sprint(lines: list[Timeline]) -> defaultdict[str, list[Timeline]]:
    """The items that were ever in each sprint, by its name: no others can be counted of it."""
    found: defaultdict[str, list[Timeline]] = defaultdict(list)
    for line in lines:
        for name in {entry.value for entry in line.sprints} - {""}:
            found[name].append(line)
    return found


def rework(lines: list[Timeline], inputs: Row, window: Window) -> Row:
    """How many items were ``finished`` and how many ``reopened`` in the last four weeks of which
    the files tell, and on which local days those begin and end.

    Each item counts once, whatever it is now; what was withdrawn counts no more. Source: state
    changes.
    """
    told = [at for row in inputs["imports"] if (at := instant(row["told_until"]))]
    until = min(max(told, default=window.as_of), window.as_of)
    since = until - timedelta(days=REWORK_DAYS)
    there = [line for line in lines if line.changed_since(since) and line.is_there(until)]
    return {
        "from_day": text_day(window.day(since)),
        "to_day": text_day(window.day(until)),
        "finished": sum(
            any(step.value == DONE and since <= step.at < until for step in line.stages)
            for line in there
        ),
        "reopened": sum(line.was_reopened(since=since, at=until) for line in there),
    }
