"""What belongs to the work, and how that changed: by schema 4."""

from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from typing import Any

from reporting.figures.dated import Window, instant
from reporting.figures.timelines import DONE, WITHDRAWN, Timeline, before
from reporting.periods import week_name

Row = dict[str, Any]
WEEK = timedelta(days=7)


def changes(lines: list[Timeline], window: Window) -> Row:
    """Keys of what was reopened (done at some time in the window, and open at its end) and of
    what was withdrawn in it; ``reopened_late`` was open again before it, which was not known.

    Source: state changes. Nothing of it where there was no status before.
    """
    late = [line.key for line in lines if "reopened" in line.late]
    return {
        "reopened": _reopened(lines, window),
        "removed": _removed(lines, window),
        "reopened_late": late,
    }


def _reopened(lines: list[Timeline], window: Window) -> list[str]:
    since, as_of = window.since, window.as_of
    return [
        line.key
        for line in lines
        if since is not None
        and line.changed_since(since)
        and line.is_there(as_of)
        and line.stage(as_of) != DONE
        and line.was_reopened(since=since, at=as_of)
    ]


def _removed(lines: list[Timeline], window: Window) -> list[str]:
    return [
        line.key
        for line in lines
        if window.since is not None
        and line.changed_since(window.since)
        and line.is_there(window.since)
        and line.stage(window.as_of) == WITHDRAWN
    ]


class Belonging:
    """Which items were in which milestone at both ends of a window, and which were there at both.

    Read once for all milestones, each of which has few of the items.
    """

    def __init__(self, lines: list[Timeline], window: Window) -> None:
        since, as_of = window.since, window.as_of
        self.is_in: dict[int, list[Timeline]] = defaultdict(list)
        self.was_in: dict[int, list[Timeline]] = defaultdict(list)
        self.stayed: set[str] = set()
        for line in lines:
            for number in before(line.milestones, as_of):
                self.is_in[number].append(line)
            if since is not None:
                for number in before(line.milestones, since):
                    self.was_in[number].append(line)
                if line.is_there(since) and line.is_there(as_of):
                    self.stayed.add(line.key)


def milestone_changes(belonging: Belonging, number: int, window: Window) -> Row:
    """Of one milestone: ``changes``, and keys of items that were there at both ends of the window
    and moved into it or out of it. Source: milestone changes. ``stages`` counts its items.
    """
    as_of, stayed = window.as_of, belonging.stayed
    mine, was_mine = belonging.is_in.get(number, []), belonging.was_in.get(number, [])
    is_in, was_in = ({line.key for line in each} & stayed for each in (mine, was_mine))
    came, went = is_in - was_in, was_in - is_in
    counted = Counter(line.stage(as_of) for line in mine if line.is_there(as_of))
    return {
        **changes(mine, window),
        "removed": _removed(was_mine, window),
        "moved_in": [line.key for line in mine if line.key in came],
        "moved_out": [line.key for line in was_mine if line.key in went],
        "stages": dict(sorted(counted.items())),
    }


def burnup(
    lines: list[Timeline], window: Window, *, known_until: str | None, milestone: int | None = None
) -> list[Row]:
    """Scope and done at the end of each complete local ISO week, in items, as it was then.

    From the week of the first item on, up to the last week that the last import could speak of;
    of one milestone, or of all. Source: dates of creation, state and milestone changes.
    """
    ever = (line for line in lines if milestone is None or line.was_ever_in(milestone))
    entries = [step for line in ever for step in _steps(line, milestone) if step[0] < window.as_of]
    entries.sort(key=itemgetter(0))
    if not entries or known_until is None:
        return []
    last = min(window.as_of, instant(known_until) or window.as_of)
    points, place, scope, done = [], 0, 0, 0
    first = entries[0][0].astimezone(window.zone).date()
    monday = first - timedelta(days=first.weekday()) + WEEK
    while (ends := datetime.combine(monday, time(0), window.zone)) <= last:
        while place < len(entries) and entries[place][0] < ends:
            scope, done = scope + entries[place][1], done + entries[place][2]
            place += 1
        points.append(_point(monday - timedelta(days=1), scope, done))
        monday += WEEK
    return points


def _point(sunday: date, scope: int, done: int) -> Row:
    ends_on = sunday.isoformat()
    return {"week": week_name(sunday), "ends_on": ends_on, "scope": scope, "done": done}


def _steps(line: Timeline, milestone: int | None) -> list[tuple[datetime, int, int]]:
    """When an item began or ceased to count, and to count as done: (at, items, done)."""
    steps, counted, done = [], 0, 0
    for at, stage, is_in in _turns(line, milestone):
        counts = int(is_in and stage != WITHDRAWN)
        counts_done = int(is_in and stage == DONE)
        if counts != counted or counts_done != done:
            steps.append((at, counts - counted, counts_done - done))
            counted, done = counts, counts_done
    return steps


def _turns(line: Timeline, milestone: int | None) -> list[tuple[datetime, str, bool]]:
    """What held from each instant on: (at, stage, whether it was in the milestone)."""
    created_at = line.created_at
    stages = {created_at: line.stages[0].value}
    stages |= {max(entry.at, created_at): entry.value for entry in line.stages}
    if milestone is None:
        return [(at, stage, True) for at, stage in stages.items()]
    instants = stages.keys() | {max(entry.at, created_at) for entry in line.milestones}
    found = []
    for at in sorted(instants):
        just_after = at + timedelta(microseconds=1)
        is_in = milestone in before(line.milestones, just_after)
        found.append((at, line.stage(just_after), is_in))
    return found
