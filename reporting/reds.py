"""Milestones that turned red by the rules since the customer was last told anything."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from engagements.figures import is_done
from engagements.models import Engagement, Import, thresholds_of
from engagements.thresholds import Thresholds
from reporting import rag
from reporting.figures import days_after
from reporting.figures.owed import CHANCE_PLACES
from reporting.forecasts.days import chance_by
from reporting.models import Forecast, ReportRevision, UntoldRed

FORETOLD = ("as_of", "starts_on", "law", "refusal", "occasion")


@dataclass(frozen=True, slots=True)
class TurnedRed:
    """A milestone, and the local day on which it turned red."""

    milestone: Any
    turned_on: date


def with_forecasts(milestones: QuerySet[Any]) -> QuerySet[Any]:
    """Annotate ``foretold``: the forecasts of each, the oldest first; and ``is_imported``: whether
    anything tells of its work.

    All of them: the day on which it turned red must not move on with the weeks that it stays so.
    """
    kept = Forecast.objects.filter(milestone=OuterRef("pk")).set_weekly().newest_first().reverse()
    told = JSONObject(**{name: name for name in FORETOLD})
    applied = Import.objects.filter(engagement=OuterRef("engagement")).applied()
    return milestones.annotate(
        foretold=ArraySubquery(kept.values_list(told)), is_imported=Exists(applied)
    )


def turned_red_on(milestone: Any, *, day: date) -> date | None:
    """When it turned red by the rule of the schedule; None where it is not red on ``day``.

    ``milestone`` has its progress, and its forecasts: by the chance to be in time until its date,
    by days past it from then on.
    """
    if milestone.committed_on is None:
        return None
    limits = thresholds_of(milestone.engagement)
    if day <= milestone.committed_on:
        return _foretold_since(milestone, limits)
    turned_on: date = milestone.committed_on + timedelta(days=limits.schedule_red_days)
    return turned_on if rag.milestone_colour(_row(milestone, day), limits) == "red" else None


def _foretold_since(milestone: Any, limits: Thresholds) -> date | None:
    """The local day of the first of the latest forecasts, without a break, that call it red.

    As in a status, a colour counts as the last status saw it until it has clearly recovered.
    """
    engagement: Engagement = milestone.engagement
    since, seen = None, None
    for told in milestone.foretold:
        as_of = engagement.day_of(datetime.fromisoformat(told["as_of"]))
        row = _row(milestone, as_of, told)
        colour = rag.milestone_colour(row, limits, seen)
        since = (since or as_of) if colour == "red" else None
        if told["occasion"] == Forecast.Occasion.STATUS:
            seen = rag.foretold(row, colour)
    return since


def _row(milestone: Any, day: date, told: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the rule of the schedule looks at on a day, by what a forecast told then."""
    chance = None
    if told and not told["refusal"]:
        monday = date.fromisoformat(told["starts_on"])
        chance = (
            f"{chance_by(told['law'], milestone.committed_on, monday=monday):.{CHANCE_PLACES}f}"
        )
    return {
        "name": milestone.name,
        "items": milestone.items if milestone.is_imported else None,
        "criteria": milestone.criteria_total,
        "is_done": is_done(milestone),
        "days_past": days_after(milestone.committed_on.isoformat(), day),
        "on_time": chance,
    }


def untold(milestones: Any, led: Any) -> QuerySet[Any]:
    """Of engagements that are ``led``: what may have turned red since the customer was last told
    anything, with what ``turned_of`` needs.

    Where nothing was ever told nothing has become untrue: the first status tells it.
    """
    said = ReportRevision.objects.filter(report__engagement=OuterRef("engagement")).in_force()
    left = UntoldRed.objects.filter(milestone=OuterRef("pk")).values("turned_on")
    rows = milestones.committed().filter(engagement__in=led).unfinished().with_progress()
    rows = with_forecasts(rows).annotate(
        told_at=Subquery(said.last_said_first().values("facts__as_of")[:1]),
        left_on=ArraySubquery(left),
    )
    related = rows.select_related("engagement__customer", "engagement__thresholds")
    return related.filter(told_at__isnull=False)


def turned_of(rows: Iterable[Any], *, at: datetime) -> Iterator[TurnedRed]:
    """Of what ``untold`` gives those that are red on the day, and that nobody left at that."""
    for row in rows:
        turned_on = turned_red_on(row, day=row.engagement.day_of(at))
        if turned_on is None or turned_on in row.left_on:
            continue
        if turned_on > row.engagement.day_of(row.told_at):
            yield TurnedRed(row, turned_on)
