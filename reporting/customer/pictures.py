"""The two pictures of a status, of the figures that it was published with."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from dm_portal.shell.components import Shape
from dm_portal.shell.pictures import BurnUp, BurnUpWeek, Timeline, TimelineMilestone
from dm_portal.shell.wording import count
from reporting import rag

Row = dict[str, Any]

# Half a year: what a picture of weeks can hold on a phone and on one printed sheet.
BURN_UP_WEEKS = 26
DONE_ON_TIMELINE = 2


def is_done(row: Row) -> bool:
    """All items done and every criterion met; of criteria alone, schema 1 knew no day."""
    return bool(row["is_done"] and row["done_on"])


def timeline(
    committed: Sequence[Row],
    *,
    today: date,
    thresholds: rag.Thresholds,
    before: rag.Verdict | None = None,
) -> Timeline | None:
    """Of the ``committed`` milestones those that are open, and those that were done last.

    ``before`` is how the last status saw the schedule: a chance has to recover from it.
    """
    done = [row for row in committed if is_done(row)][-DONE_ON_TIMELINE:]
    drawn = [row for row in committed if not is_done(row) or row in done]
    if not drawn:
        return None
    return Timeline(
        name="milestones",
        title="Committed milestones",
        as_of=today,
        milestones=[_on_timeline(row, thresholds, before) for row in drawn],
    )


def burn_up(figures: Row, following: Row | None) -> BurnUp | None:
    """Of the milestone that follows, or of all work; nothing to draw without items."""
    now = following or figures["total"]
    if not now or not now["items"]:
        return None
    weeks = figures["burnup_next"] if following else figures["burnup"]
    points = [
        BurnUpWeek(date.fromisoformat(row["ends_on"]), row["scope"], row["done"])
        for row in weeks[-BURN_UP_WEEKS:]
    ]
    name = following["name"] if following else "All work"
    known = date.fromisoformat(figures["window"]["until_day"])  # nothing was imported since
    return BurnUp(
        name="burn-up",
        title=f"{name}, week by week",
        unit="items",
        as_of=known,
        weeks=[*points, BurnUpWeek(known, now["items"], now["done"])],
        committed_on=date.fromisoformat(following["committed_on"]) if following else None,
        expected=expected(following),
    )


def expected(row: Row | None) -> tuple[date, date] | None:
    """Between which days a milestone is expected; facts of before schema 9 expect nothing."""
    if row is None or row["is_done"] or not row.get("expected_to"):
        return None
    return date.fromisoformat(row["expected_from"]), date.fromisoformat(row["expected_to"])


def _on_timeline(
    row: Row, thresholds: rag.Thresholds, before: rag.Verdict | None
) -> TimelineMilestone:
    """Done in time or late, past its date, or by its chance to be in time, as the first sentence
    of a status has it; not known while nothing forecasts it.
    """
    shape, word = Shape.NOT_KNOWN, "" if row["items"] is None else "no items yet"
    if row["items"]:
        word = f"{row['done']} of {count(row['items'], 'item')} done"
    if row["is_done"]:
        shape = Shape(rag.schedule_colour(row["days_late"] or 0, thresholds))
    elif row["days_past"]:
        shape = Shape(rag.schedule_colour(row["days_past"], thresholds))
        word = f"{count(row['days_past'], 'day')} past its date"
    elif row.get("on_time") is not None:
        colour = rag.milestone_colour(row, thresholds, before)
        shape, word = Shape(colour), f"{rag.LIKELY[colour].capitalize()}, {word}"
    first = row["first_committed_on"]
    return TimelineMilestone(
        name=row["name"],
        shape=shape,
        word=word,
        committed_on=date.fromisoformat(row["committed_on"]),
        original_on=date.fromisoformat(first) if first != row["committed_on"] else None,
        done_on=date.fromisoformat(row["done_on"]) if is_done(row) else None,
    )
