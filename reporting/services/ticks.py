"""The tick: what has become due is opened, what died is given up on, what waits is told.

Nothing trusts a scheduler's memory: a tick looks at the engagements and at the rows that are
there. Any number of ticks, at once or a month late, leave exactly one period per week.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from dm_portal.people.audit import record_each
from dm_portal.people.models import OutgoingMail
from dm_portal.shell import leases
from dm_portal.shell.clock import now
from dm_portal.shell.wake import wake
from engagements.models import Engagement, Import
from engagements.services.imports.attempts import park_dead as park_dead_imports
from engagements.services.imports.states import waiting
from reporting import periods
from reporting.models import Period, Report
from reporting.services.attempts import park_dead

logger = logging.getLogger(__name__)

WEEKLY = Period.Kind.WEEKLY


def tick(*, at: datetime | None = None) -> int:
    """Open what is due, now or at a chosen instant, and sweep. Returns how many were opened.

    ``at`` is the business instant only: what it opens is reconstructed, and it is no heart-beat.
    """
    opened = open_periods(at=at or now(), is_chosen=at is not None)
    sweep()
    if at is None:
        leases.beat("tick")
        wake("reporting.tasks.canary")
    return opened


@transaction.atomic
def open_periods(*, at: datetime, is_chosen: bool = False) -> int:
    """Insert the periods due at ``at``, each with its report; returns how many this call did.

    One question where nothing is due, and a handful of statements for each thousand periods
    where something is, however many engagements.
    """
    owing = {each: rhythm for each, rhythm in _rhythms(at) if _owes(each, rhythm, at)}
    known = _known_mondays(owing)
    return add_periods(
        period_of(engagement, week, is_chosen=is_chosen)
        for engagement, rhythm in owing.items()
        for week in periods.due(rhythm, at=at, known=known[engagement.pk])
    )


def add_periods(wanted: Iterable[Period]) -> int:
    """Insert those of these periods that are missing, each with its report; returns how many.

    Needs a transaction.
    """
    # In one order whoever ticks, so that two ticks at once wait for each other, never in a circle.
    due = sorted(wanted, key=lambda period: (period.engagement_id, period.starts_on))
    Period.objects.bulk_create(due, ignore_conflicts=True, batch_size=1000)
    reports = [Report(engagement=each.engagement, period=each) for each in _without_report(due)]
    Report.objects.bulk_create(reports, batch_size=1000)
    record_each("report.opened", reports, by=None)
    return len(reports)


def sweep() -> None:
    """Park what died five times, and tell the workers of whatever waits.

    What has a message already gets another; whoever comes second finds nothing to do.
    """
    park_dead()
    park_dead_imports()
    at = now()
    for pk in Report.objects.to_compile(at).values_list("pk", flat=True):
        wake("reporting.tasks.compile_report", pk)
    for pk in Report.objects.to_publish(at).values_list("pk", flat=True):
        wake("reporting.tasks.finish_publication", pk)
    if OutgoingMail.objects.due(at).exists():
        wake("reporting.tasks.send_mails")
    if Import.objects.filter(waiting(at)).exists():
        wake("reporting.tasks.run_imports")


def rhythm_of(engagement: Engagement) -> periods.Rhythm:
    """When this engagement reports, for the pure functions of ``periods``."""
    return periods.Rhythm(
        zone=ZoneInfo(engagement.time_zone),
        weekday=engagement.status_weekday,
        hour=engagement.status_hour,
        reporting_from=engagement.reporting_from,
        ends_on=engagement.ends_on,
    )


def _rhythms(at: datetime) -> Iterator[tuple[Engagement, periods.Rhythm]]:
    """Engagements that report, and when; one whose zone is unknown holds up nobody else."""
    for engagement in _counted(at):
        try:
            yield engagement, rhythm_of(engagement)
        except ZoneInfoNotFoundError:
            logger.error("%s has no known time zone: %s", engagement, engagement.time_zone)


def _counted(at: datetime) -> QuerySet[Engagement]:
    """Engagements that report, with how many of the weeks that may be due are there."""
    in_time = Q(periods__kind=WEEKLY, periods__opens_at__lte=at) & Q(
        periods__starts_on__gt=F("reporting_from") - timedelta(days=7)
    )
    not_after = Q(ends_on__isnull=True) | Q(periods__starts_on__lte=F("ends_on"))
    counted = Count("periods", filter=in_time & not_after)
    return Engagement.objects.reporting().order_by("pk").annotate(known_periods=counted)


def _owes(engagement: Engagement, rhythm: periods.Rhythm, at: datetime) -> bool:
    known: int = engagement.known_periods  # type: ignore[attr-defined]  # annotated by _counted
    return periods.count_due(rhythm, at=at) > known


def _known_mondays(engagements: Iterable[Engagement]) -> dict[int, set[date]]:
    known: dict[int, set[date]] = defaultdict(set)
    rows = Period.objects.filter(engagement__in=engagements, kind=WEEKLY)
    for engagement_id, monday in rows.values_list("engagement_id", "starts_on"):
        known[engagement_id].add(monday)
    return known


def period_of(engagement: Engagement, week: periods.Week, *, is_chosen: bool) -> Period:
    """The row of a week; reconstructed where it was past before the engagement was known here."""
    return Period(
        engagement=engagement,
        kind=WEEKLY,
        starts_on=week.starts_on,
        due_on=week.due_on,
        opens_at=week.opens_at,
        due_at=week.due_at,
        is_reconstructed=is_chosen or week.due_at < engagement.created_at,
    )


def _without_report(due: list[Period]) -> QuerySet[Period]:
    """Those of ``due`` that this transaction inserted: they have no report yet.

    What another tick inserted has one: both are committed together, and our
    insertion waited for that.
    """
    return Period.objects.filter(
        engagement__in={period.engagement_id for period in due}, report__isnull=True
    ).select_related("engagement__customer")
