"""Milestones that turned red by the rules since the customer was last told anything."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import DateField, Exists, ExpressionWrapper, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from engagements.models import thresholds_of
from engagements.thresholds import DEFAULTS
from reporting.models import ReportRevision, UntoldRed


@dataclass(frozen=True, slots=True)
class TurnedRed:
    """A milestone, and the local day on which it turned red."""

    milestone: Any
    turned_on: date


def turned_red_on(milestone: Any, *, day: date) -> date | None:
    """When it turned red by the rule of the schedule; None where it is not red on ``day``.

    ``milestone`` has its progress. Of one with neither items nor criteria the rule knows nothing.
    """
    if milestone.committed_on is None or not (milestone.items or milestone.criteria_total):
        return None
    is_done = (
        milestone.items == milestone.items_done
        and milestone.criteria_total == milestone.criteria_met
    )
    limit = thresholds_of(milestone.engagement).schedule_red_days
    turned_on: date = milestone.committed_on + timedelta(days=limit)
    return turned_on if turned_on <= day and not is_done else None


def untold(milestones: Any, led: Any, *, at: datetime) -> Iterator[TurnedRed]:
    """Of engagements that are ``led``: those of which the customer was told before they turned red,
    and nothing since, nor did anybody decide not to. One statement.

    Where nothing was ever told nothing has become untrue: the first status tells it.
    """
    said = ReportRevision.objects.filter(report__engagement=OuterRef("engagement")).in_force()
    left = UntoldRed.objects.filter(milestone=OuterRef("pk"), turned_on=OuterRef("red_on"))
    rows = milestones.annotate(red_on=_red_on()).filter(
        ~Exists(left), engagement__in=led, red_on__lte=at.date() + timedelta(days=1)
    )
    told = rows.unfinished().with_progress()
    told = told.annotate(told_at=Subquery(said.last_said_first().values("facts__as_of")[:1]))
    related = told.select_related("engagement__customer", "engagement__thresholds")
    for row in related.filter(told_at__isnull=False):
        turned_on = turned_red_on(row, day=row.engagement.day_of(at))
        if turned_on is not None and turned_on > row.engagement.day_of(row.told_at):
            yield TurnedRed(row, turned_on)


def _red_on() -> ExpressionWrapper:
    """From which day on a milestone is red by the limits of its engagement, while it is open."""
    own = F("engagement__thresholds__schedule_red_days")
    days = Coalesce(own, Value(DEFAULTS.schedule_red_days))
    return ExpressionWrapper(F("committed_on") + days, output_field=DateField())
