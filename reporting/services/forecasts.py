"""Keeping what is forecast: once for each week, each share of a sprint, and each change."""

import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest

from dm_portal.shell import zones
from engagements.models import Engagement, Import, Milestone, MilestoneRevision, Sprint
from engagements.services.numbers import lock
from reporting import facts
from reporting.figures.dated import Window
from reporting.figures.expected import Known, first_week_ahead, running_share
from reporting.forecasting import (
    MilestoneForecast,
    SprintForecast,
    milestones_ahead,
    sprint_ahead,
)
from reporting.models import Forecast

logger = logging.getLogger(__name__)

# A method that gives other answers from the same inputs gets the next number.
METHOD_VERSION = 1
WEEK, STATUS, SHARE = Forecast.Occasion.WEEK, Forecast.Occasion.STATUS, Forecast.Occasion.SHARE
CHANGE = Forecast.Occasion.CHANGE


@transaction.atomic
def keep_forecasts(*, engagement: Engagement, at: datetime) -> int:
    """Work out every forecast of an engagement as of an instant, and keep those that are missing.

    Of each promised milestone there is one for each local week, from the last complete week that
    the files tell of, and another where a file was applied or a promise moved since the last; of a
    running sprint one for each share. Before the first file there is none: it would stand for its
    week, in which the file may come. Any number of callers at once leave the same rows: they wait
    for each other, and for a file that is being applied. Returns how many forecasts stand.
    """
    lock(engagement)
    inputs = facts.read_inputs(engagement, since=None, as_of=at)
    rows = _keep(engagement, inputs, at)
    changed_at = _changed_at(engagement)
    if changed_at and changed_at <= at:
        _keep_others(rows, CHANGE, where=lambda last, _each: last.as_of < changed_at)
    return len(rows)


def keep_forecasts_of_status(*, engagement: Engagement, inputs: dict[str, Any]) -> None:
    """Keep what follows from the rows on which a status rests that goes out.

    Of a milestone it is another forecast where anything that it rests on has changed since the
    last that is kept. Part of the service that publishes.
    """
    rows = _keep(engagement, inputs, datetime.fromisoformat(inputs["as_of"]))
    _keep_others(
        rows,
        STATUS,
        where=lambda last, each: (last.starts_on, last.inputs) != (each.starts_on, each.inputs),
    )


def _keep(engagement: Engagement, inputs: dict[str, Any], at: datetime) -> list[Forecast]:
    """All forecasts as of an instant; kept are those that the week, or the share, lacks."""
    if not inputs["imports"]:
        return []
    milestones = dict(engagement.milestones.values_list("number", "pk"))
    told = [_of_milestone(engagement, milestones, at, each) for each in milestones_ahead(inputs)]
    sprint = sprint_ahead(inputs)
    rows = [*told, *([_of_sprint(engagement, at, sprint)] if sprint else [])]
    Forecast.objects.bulk_create(rows, ignore_conflicts=True)
    return rows


def _of_milestone(
    engagement: Engagement, milestones: dict[int, int], at: datetime, found: MilestoneForecast
) -> Forecast:
    return Forecast(
        engagement=engagement,
        milestone_id=milestones[found.number],
        occasion=WEEK,
        as_of=at,
        starts_on=found.starts_on,
        method=Forecast.Method.PACE,
        method_version=METHOD_VERSION,
        inputs=found.inputs,
        law=list(found.law),
        refusal=found.refusal.rule if found.refusal else "",
        refusal_words=found.refusal.sentence if found.refusal else "",
        has_low_evidence=found.has_low_evidence,
        is_winding_down=found.is_winding_down,
    )


def _of_sprint(engagement: Engagement, at: datetime, found: SprintForecast) -> Forecast:
    sprint = engagement.sprints.get(number=found.number)
    return Forecast(
        engagement=engagement,
        sprint=sprint,
        occasion=SHARE,
        as_of=at,
        starts_on=found.starts_on,
        share=found.share,
        method=Forecast.Method.RATIO,
        method_version=METHOD_VERSION,
        inputs=found.inputs,
        law=found.law,
        has_low_evidence=found.is_of_others,
        is_winding_down=False,
    )


def _keep_others(
    rows: list[Forecast], occasion: str, *, where: Callable[[Forecast, Forecast], bool]
) -> None:
    """Keep those of milestones once more that are ``where`` the last one that is kept is not."""
    told = [each for each in rows if each.milestone_id]
    newest = Forecast.objects.filter(milestone__in=[each.milestone_id for each in told]).newest()
    kept = {each.milestone_id: each for each in newest}
    found = []
    for each in told:
        last = kept.get(each.milestone_id)
        if last and where(last, each):
            each.pk, each.occasion = None, occasion
            found.append(each)
    Forecast.objects.bulk_create(found)


def engagements_to_forecast(*, at: datetime) -> list[Engagement]:
    """Active engagements of which a forecast that the files allow is not kept yet.

    A handful of statements, however many engagements; one whose zone is unknown holds up nobody.
    """
    running = Engagement.objects.reporting().annotate(told_until=_told_until())
    engagements = _with_changes(running).order_by("pk")
    milestones, sprints = _newest_weeks(), _kept_shares()
    found = []
    for each in engagements:
        if not zones.is_known(each.time_zone):
            logger.error("%s has no known time zone: %s", each, each.time_zone)
            continue
        known = _known(each, at)
        if known.told_until is None:
            continue
        kept = milestones[each.pk]
        if (
            _lacks_week(known, kept)
            or _lacks_change(each.changed_at, kept)
            or _lacks_share(known, sprints[each.pk])
        ):
            found.append(each)
    return found


def _told_until() -> Subquery:
    """As ``facts`` has it: the latest instant that any file of most open items tells of."""
    files: QuerySet[Any] = Import.objects.filter(engagement=OuterRef("pk")).of_most_open_items()
    return Subquery(files.order_by("-speaks_of").values("speaks_of")[:1])


def _changed_at(engagement: Engagement) -> datetime | None:
    changed = _with_changes(Engagement.objects.filter(pk=engagement.pk))
    at: datetime | None = changed.values_list("changed_at", flat=True).get()
    return at


def _with_changes(engagements: QuerySet[Any]) -> QuerySet[Any]:
    """Annotate ``changed_at``: when a file was applied, or a promise made or moved, for the last
    time.
    """
    files = Import.objects.filter(engagement=OuterRef("pk"), applied_at__isnull=False)
    dates = MilestoneRevision.objects.filter(milestone__engagement=OuterRef("pk"))
    applied = Subquery(files.order_by("-applied_at").values("applied_at")[:1])
    moved = Subquery(dates.order_by("-changed_at").values("changed_at")[:1])
    return engagements.annotate(changed_at=Greatest(applied, moved))


def _known(engagement: Any, at: datetime) -> Known:
    """How far the files tell, without what they tell."""
    window = Window(None, at, ZoneInfo(engagement.time_zone))
    return Known((), (), window, engagement.told_until)


class Newest(NamedTuple):
    """Of a milestone, the newest week that is kept, and the instant of the last forecast."""

    week: date | None
    as_of: datetime | None


def _newest_weeks() -> dict[int, list[Newest]]:
    """By active engagement, of each promised milestone that is not done what is kept last."""
    found: dict[int, list[Newest]] = defaultdict(list)
    weekly = Q(forecasts__occasion=WEEK)
    promised = Milestone.objects.filter(engagement__state="active").committed()
    rows = promised.unfinished().order_by()
    newest = rows.annotate(
        newest=Max("forecasts__starts_on", filter=weekly), last=Max("forecasts__as_of")
    )
    for engagement, week, last in newest.values_list("engagement_id", "newest", "last"):
        found[engagement].append(Newest(week, last))
    return found


def _kept_shares() -> dict[int, list[tuple[dict[str, Any], set[int]]]]:
    """By active engagement, each sprint with dates and the shares of it that are kept."""
    found: dict[int, list[tuple[dict[str, Any], set[int]]]] = defaultdict(list)
    dated = Sprint.objects.filter(engagement__state="active", starts_on__isnull=False)
    columns = ("engagement_id", "number", "starts_on", "ends_on", "kept")
    kept = dated.annotate(kept=ArrayAgg("forecasts__share", default=[])).values_list(*columns)
    for engagement, number, first, last, shares in kept.order_by():
        row = {"number": number, "starts_on": f"{first}", "ends_on": f"{last}"}
        found[engagement].append((row, set(shares)))
    return found


def _lacks_week(known: Known, kept: list[Newest]) -> bool:
    monday = first_week_ahead(known)
    return any(each.week is None or each.week < monday for each in kept)


def _lacks_change(changed_at: datetime | None, kept: list[Newest]) -> bool:
    """All of an engagement are kept at once: the last of any tells when that was."""
    last = max((each.as_of for each in kept if each.as_of), default=None)
    return bool(changed_at and last and last < changed_at)


def _lacks_share(known: Known, sprints: list[tuple[dict[str, Any], set[int]]]) -> bool:
    found = running_share(known, [row for row, _ in sprints])
    return any(found and row is found[0] and found[1] not in kept for row, kept in sprints)
