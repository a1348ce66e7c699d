"""How the weeks behind would have been coloured by other thresholds.

Weeks with a published status are coloured from its facts, as last corrected; the others from what
is known today of the instant at which their status was due. A forecast to recover from, see
``rag.kept``, is that of the status before.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dm_portal.shell.components import Shape
from engagements.models import Engagement
from engagements.thresholds import Thresholds
from reporting import facts, forecasting, rag
from reporting.figures import rules_look_at, text_instant
from reporting.figures.timelines import Timeline
from reporting.models import ReportRevision
from reporting.periods import WEEK, instant_of, monday_of

WEEKS = 26
# So many items are looked at, each in each week: about two seconds.
ITEM_WEEKS = 100_000
LEAST_WEEKS = 4

# The worst first, as people read them.
SHAPES = (Shape.OFF_TRACK, Shape.AT_RISK, Shape.ON_TRACK, Shape.NOT_KNOWN)


@dataclass(frozen=True, slots=True)
class WeekThen:
    """One week by both: as its limits are now, and as they would be."""

    monday: date
    is_published: bool
    now: Shape
    then: Shape

    @property
    def differs(self) -> bool:
        return self.now != self.then


@dataclass(frozen=True, slots=True)
class Count:
    """Of how many weeks a shape would be said, by both."""

    shape: Shape
    now: int
    then: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """The weeks behind, the last one first."""

    weeks: tuple[WeekThen, ...]

    @property
    def counts(self) -> list[Count]:
        now, then = (Counter(getattr(each, by) for each in self.weeks) for by in ("now", "then"))
        return [Count(shape, now[shape], then[shape]) for shape in SHAPES]

    @property
    def changed(self) -> list[WeekThen]:
        return [each for each in self.weeks if each.differs]


def outlook(engagement: Engagement, *, now: Thresholds, then: Thresholds, at: datetime) -> Outlook:
    """How often it would have been red, amber and green. Four statements, whatever the weeks."""
    return Outlook(
        tuple(
            WeekThen(
                monday=monday,
                is_published=is_published,
                now=Shape(rag.overall(body, now)["colour"]),
                then=Shape(rag.overall(body, then)["colour"]),
            )
            for monday, is_published, body in bodies(engagement, at=at)
        )
    )


def bodies(engagement: Engagement, *, at: datetime) -> Iterator[tuple[date, bool, dict[str, Any]]]:
    """Of each week back to the first day of the engagement: its Monday, whether its status was
    published, and what the rules look at.
    """
    inputs = facts.read_inputs(engagement, since=None, as_of=at)
    lines = [Timeline.of(row) for row in inputs["items"]]
    most = max(LEAST_WEEKS, min(WEEKS, ITEM_WEEKS // max(len(lines), 1)))
    last = monday_of(engagement.day_of(at))
    published = _published(engagement, since=last - most * WEEK)
    for monday in (last - number * WEEK for number in range(most)):
        if monday + WEEK <= engagement.starts_on:
            break
        if said := published.get(monday):
            yield monday, True, json.loads(said)
        else:
            as_of = min(_due_at(engagement, monday), at)
            yield monday, False, _told_of(inputs | {"as_of": text_instant(as_of)}, lines)


def _published(engagement: Engagement, *, since: date) -> dict[date, str]:
    """The facts of the statuses from that Monday on, as last corrected; one statement."""
    revisions = ReportRevision.objects.filter(
        report__engagement=engagement, report__period__starts_on__gte=since
    )
    rows = revisions.last_of_each_week().values_list("report__period__starts_on", "facts__body")
    return dict(rows)


def _due_at(engagement: Engagement, monday: date) -> datetime:
    """When the status of that week is due by what is agreed today."""
    day = monday + timedelta(days=engagement.status_weekday - 1)
    return instant_of(day, engagement.status_hour, ZoneInfo(engagement.time_zone))


def _told_of(inputs: dict[str, Any], lines: list[Timeline]) -> dict[str, Any]:
    inputs |= {"forecasts": forecasting.stored(inputs)}
    return {
        "schema": facts.SCHEMA_VERSION,
        "inputs": inputs,
        "figures": rules_look_at(inputs, lines),
    }
