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
from reporting.forecasts.days import chance_by
from reporting.models import Forecast, ReportRevision, UntoldRed

# So many of the last forecasts are looked at: more weeks than go by between two statuses.
FORECASTS = 6


@dataclass(frozen=True, slots=True)
class TurnedRed:
    """A milestone, and the local day on which it turned red."""

    milestone: Any
    turned_on: date


def with_forecasts(milestones: QuerySet[Any]) -> QuerySet[Any]:
    """Annotate ``foretold``: the last forecasts of each, the newest first; and ``is_imported``:
    whether anything tells of its work.
    """
    kept = Forecast.objects.filter(milestone=OuterRef("pk")).set_weekly().newest_first()
    told = JSONObject(as_of="as_of", starts_on="starts_on", law="law", refusal="refusal")
    applied = Import.objects.filter(engagement=OuterRef("engagement")).applied()
    return milestones.annotate(
        foretold=ArraySubquery(kept.values_list(told)[:FORECASTS]), is_imported=Exists(applied)
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
    return turned_on if _is_red(milestone, limits, day=day) else None


def _foretold_since(milestone: Any, limits: Thresholds) -> date | None:
    """The local day of the first of the latest forecasts, without a break, that call it red."""
    engagement: Engagement = milestone.engagement
    since = None
    for told in milestone.foretold:
        as_of = engagement.day_of(datetime.fromisoformat(told["as_of"]))
        if not _is_red(milestone, limits, day=as_of, told=told):
            break
        since = as_of
    return since


def _is_red(
    milestone: Any, limits: Thresholds, *, day: date, told: dict[str, Any] | None = None
) -> bool:
    """Whether the rule of the schedule calls it red on a day, by what a forecast told then."""
    chance = None
    if told and not told["refusal"]:
        monday = date.fromisoformat(told["starts_on"])
        chance = str(chance_by(told["law"], milestone.committed_on, monday=monday))
    row = {
        "items": milestone.items if milestone.is_imported else None,
        "criteria": milestone.criteria_total,
        "is_done": is_done(milestone),
        "days_past": days_after(milestone.committed_on.isoformat(), day),
        "on_time": chance,
    }
    return rag.milestone_colour(row, limits) == "red"


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
