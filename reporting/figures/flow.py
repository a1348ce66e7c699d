"""How work flows: by schema 4. Terms and bands: the field's "Metrics and formulae"."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from math import ceil
from typing import Any

from reporting.figures.dated import Window, instant, text_day, text_instant
from reporting.figures.timelines import AT_WORK, Timeline
from reporting.periods import week_name

Row = dict[str, Any]
WEEK = timedelta(days=7)
# Cycle times are of what was finished in so many days; of fewer items there are none.
CYCLE_DAYS = 84
CYCLE_ITEMS = 10
OLDEST = 3
# A pace is that of so many complete weeks; of fewer there is none.
PACE_WEEKS = 8


def flow(lines: list[Timeline], window: Window, *, known_until: str | None) -> Row:
    """Everything about the flow of these items at the end of the window."""
    stages = Counter(line.stage(window.as_of) for line in lines)
    return {
        "stages": dict(sorted(stages.items())),
        "wip": sum(stages[each] for each in AT_WORK),
        "oldest": oldest(lines, window),
        "cycle_times": cycle_times(lines, window),
        "throughput": throughput(lines, window, known_until=known_until),
    }


def oldest(lines: list[Timeline], window: Window, *, most: int | None = OLDEST) -> list[Row]:
    """The started items that are open for longest: key, since which day, age in calendar days.

    The day on which work began counts as the first; ``most`` None is all of them. Source: state
    changes or started dates.
    """
    aged = [
        (begun, line.key)
        for line in lines
        if line.stage(window.as_of) in AT_WORK and (begun := line.begun_at(window.as_of))
    ]
    return [
        {
            "key": key,
            "since": text_day(window.day(begun)),
            "days": _days(begun, window.as_of, window),
        }
        for begun, key in sorted(aged)[:most]
    ]


def cycle_times(lines: list[Timeline], window: Window) -> Row:
    """Calendar days from start to finish, both counted, of what was finished in twelve weeks.

    ``p50`` and ``p85`` by nearest rank, None below ten items; ``items`` counted;
    ``without_start`` were never seen in progress; ``impossible`` (keys) were done before they
    were started or created. Source: state changes or started and done dates.
    """
    days, without_start, impossible = [], 0, []
    for line, done in _finished(lines, window, since=window.as_of - timedelta(days=CYCLE_DAYS)):
        begun = line.begun_at(window.as_of)
        if done < line.created_at or (begun is not None and done < begun):
            impossible.append(line.key)
        elif begun is None:
            without_start += 1
        else:
            days.append(_days(begun, done, window))
    enough = len(days) >= CYCLE_ITEMS
    return {
        "items": len(days),
        "p50": percentile(days, 50) if enough else None,
        "p85": percentile(days, 85) if enough else None,
        "without_start": without_start,
        "impossible": impossible,
    }


def percentile(values: list[int], rank: int) -> int:
    """The smallest value that at least ``rank`` per cent do not exceed."""
    return sorted(values)[max(ceil(len(values) * rank / 100), 1) - 1]


def throughput(lines: list[Timeline], window: Window, *, known_until: str | None) -> list[Row]:
    """Items finished by local ISO week, from the first item's week on; silent weeks are 0.

    Complete weeks that the last import could speak of. Each item counts in the week in which it
    was finished for the last time. Source: state changes or done dates.
    """
    if not lines or known_until is None:
        return []
    last = min(window.as_of, instant(known_until) or window.as_of)
    counted = Counter(
        week_name(done.astimezone(window.zone).date())
        for _, done in _finished(lines, window, since=None)
    )
    first = min(line.created_at for line in lines).astimezone(window.zone).date()
    monday = first - timedelta(days=first.weekday())
    weeks = []
    while datetime.combine(monday + WEEK, time(0), window.zone) <= last:
        weeks.append({"week": week_name(monday), "finished": counted[week_name(monday)]})
        monday += WEEK
    return weeks


def pace(weeks: list[Row]) -> Row | None:
    """Items finished in a week: the least, the middle and the most of the last eight weeks.

    None below eight complete weeks. Source: ``throughput``.
    """
    finished = [week["finished"] for week in weeks[-PACE_WEEKS:]]
    if len(finished) < PACE_WEEKS:
        return None
    return {"least": min(finished), "middle": percentile(finished, 50), "most": max(finished)}


def blockers(lines: list[Timeline], window: Window) -> list[Row]:
    """By schema 4: what is blocked or flagged, the oldest first: key, since when, age in days.

    Source: state changes and flags.
    """
    blocked = [(since, line) for line in lines if (since := line.blocked_at(window.as_of))]
    blocked.sort(key=lambda each: (each[0], each[1].key))
    return [
        {
            "key": line.key,
            "since": text_instant(since),
            "days": _days(since, window.as_of, window) - 1,
        }
        for since, line in blocked
    ]


def _finished(
    lines: list[Timeline], window: Window, *, since: datetime | None
) -> Iterator[tuple[Timeline, datetime]]:
    for line in lines:
        done = line.done_at(window.as_of)
        if done is not None and (since is None or done >= since):
            yield line, done


def _days(first: datetime, last: datetime, window: Window) -> int:
    """Local days from one to the other, both counted."""
    return (last.astimezone(window.zone).date() - first.astimezone(window.zone).date()).days + 1
