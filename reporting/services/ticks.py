"""The tick: what has become due is opened, what died is given up on, what waits is told.

Nothing trusts a scheduler's memory: a tick looks at the engagements and at the rows that are
there. Any number of ticks, at once or a month late, leave exactly one period per week and month.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import TruncMonth

from dm_portal.people.audit import record_each
from dm_portal.people.models import OutgoingMail
from dm_portal.shell import leases
from dm_portal.shell.clock import now
from dm_portal.shell.wake import wake
from dm_portal.shell.zones import is_known
from engagements.calendars import calendar_of
from engagements.models import Engagement, Import
from engagements.services.imports.attempts import park_dead as park_dead_imports
from engagements.services.imports.states import waiting
from reporting import periods
from reporting.models import Period, Report
from reporting.services.attempts import park_dead
from reporting.services.digests import send_digests
from reporting.services.forecasts import engagements_to_forecast
from reporting.services.sittings import end_left_sittings

logger = logging.getLogger(__name__)

WEEKLY, MONTHLY = Period.Kind.WEEKLY, Period.Kind.MONTHLY


def tick(*, at: datetime | None = None) -> int:
    """Open what is due, now or at a chosen instant, and sweep. Returns how many were opened.

    ``at`` is the business instant only: what it opens is reconstructed, it is no heart-beat, and
    nobody is written to.
    """
    opened = open_periods(at=at or now(), is_chosen=at is not None)
    sweep()
    if at is None:
        leases.beat("tick")
        wake("reporting.tasks.canary")
        send_digests(at=now())
        _ask_for_forecasts()
    return opened


def _ask_for_forecasts() -> None:
    """Tell the workers of engagements whose week, or part of a sprint, is over and is told of."""
    for engagement in engagements_to_forecast(at=now()):
        wake("reporting.tasks.keep_forecasts", engagement.pk)


@transaction.atomic
def open_periods(*, at: datetime, is_chosen: bool = False) -> int:
    """Insert the periods due at ``at``, weeks each with its report; returns how many of those.

    One question where nothing is due, and a handful of statements for each thousand periods
    where something is, however many engagements.
    """
    owing = {each: rhythm for each, rhythm in _rhythms() if _owes(each, rhythm, at)}
    known = _known(owing)
    return add_periods(
        period_of(engagement, span, is_chosen=is_chosen)
        for engagement, rhythm in owing.items()
        for span in [
            *periods.due(rhythm, at=at, known=known[engagement.pk, WEEKLY]),
            *periods.due_months(rhythm, at=at, known=known[engagement.pk, MONTHLY]),
        ]
    )


def add_periods(wanted: Iterable[Period]) -> int:
    """Insert those of these periods that are missing, weeks each with its report; returns how
    many reports.

    Needs a transaction.
    """
    # In one order whoever ticks, so that two ticks at once wait for each other, never in a circle.
    due = sorted(wanted, key=_place)
    Period.objects.bulk_create(due, ignore_conflicts=True, batch_size=1000)
    reports = [Report(engagement=each.engagement, period=each) for each in _without_report(due)]
    Report.objects.bulk_create(reports, batch_size=1000)
    record_each("report.opened", reports, by=None)
    return len(reports)


def _place(period: Period) -> tuple[int, bool, date]:
    """By engagement, weeks before months."""
    return period.engagement_id, period.kind == MONTHLY, period.starts_on


def sweep() -> None:
    """Park what died five times, record what was typed and left, and tell the workers of whatever
    waits.

    What has a message already gets another; whoever comes second finds nothing to do.
    """
    park_dead()
    park_dead_imports()
    at = now()
    end_left_sittings(at=at)
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
        holiday_rule=engagement.holiday_rule,
        review_day=engagement.review_day,
        changed_at=_changed_at(engagement),
        **free_days(engagement),
    )


def _changed_at(engagement: Engagement) -> datetime | None:
    """When it was last decided anew when it reports, by itself or by its calendar."""
    days_since = engagement.calendar.days_since if engagement.calendar else None
    return max(filter(None, (engagement.rhythm_since, days_since)), default=None)


def free_days(engagement: Engagement) -> dict[str, Any]:
    """On which days nobody works for an engagement: ``rest_weekdays`` and ``is_holiday``."""
    calendar = calendar_of(engagement)
    rest = {weekday for weekday, hours in enumerate(calendar.week, start=1) if not hours}
    return {
        "rest_weekdays": frozenset(rest),
        "is_holiday": lambda day: bool(calendar.holiday_name(day)),
    }


def _rhythms() -> Iterator[tuple[Engagement, periods.Rhythm]]:
    """Engagements that report, and when; one whose zone is unknown holds up nobody else."""
    for engagement in _counted():
        if is_known(engagement.time_zone):
            yield engagement, rhythm_of(engagement)
        else:
            logger.error("%s has no known time zone: %s", engagement, engagement.time_zone)


def _counted() -> QuerySet[Engagement]:
    """Engagements that report, with how many of their weeks and months are there, and the newest.

    ``weeks``, ``newest_week``, ``months``, ``newest_month``: of those from the first one on.
    """
    begun = F("reporting_from")
    weeks = Q(periods__kind=WEEKLY, periods__starts_on__gt=begun - timedelta(days=7))
    months = Q(periods__kind=MONTHLY, periods__starts_on__gte=TruncMonth(begun))
    return (
        Engagement.objects.reporting()
        .select_related("calendar")
        .order_by("pk")
        .annotate(
            weeks=Count("periods", filter=weeks),
            newest_week=Max("periods__starts_on", filter=weeks),
            months=Count("periods", filter=months),
            newest_month=Max("periods__starts_on", filter=months),
        )
    )


def _owes(row: Any, rhythm: periods.Rhythm, at: datetime) -> bool:
    """Whether an engagement may lack a period, ``row`` being annotated by ``_counted``."""
    return periods.lacks_week(
        rhythm, at=at, count=row.weeks, newest=row.newest_week
    ) or periods.lacks_month(rhythm, at=at, count=row.months, newest=row.newest_month)


def _known(engagements: Iterable[Engagement]) -> dict[tuple[int, str], set[date]]:
    """The first days of the periods that are there, by engagement and kind."""
    known: dict[tuple[int, str], set[date]] = defaultdict(set)
    rows = Period.objects.filter(engagement__in=engagements)
    for engagement_id, kind, day in rows.values_list("engagement_id", "kind", "starts_on"):
        known[engagement_id, kind].add(day)
    return known


def period_of(engagement: Engagement, span: periods.Span, *, is_chosen: bool) -> Period:
    """The row of a week or a month; reconstructed where it was past before the engagement was
    known here.
    """
    return Period(
        engagement=engagement,
        kind=MONTHLY if isinstance(span, periods.Month) else WEEKLY,
        starts_on=span.starts_on,
        due_on=span.due_on,
        opens_at=span.opens_at,
        due_at=span.due_at,
        is_reconstructed=is_chosen or span.due_at < engagement.created_at,
    )


def _without_report(due: list[Period]) -> QuerySet[Period]:
    """Those weeks of ``due`` that this transaction inserted: they have no report yet.

    What another tick inserted has one: both are committed together, and our
    insertion waited for that.
    """
    engagements = {period.engagement_id for period in due}
    weeks = Period.objects.filter(engagement__in=engagements, kind=WEEKLY)
    return weeks.filter(report__isnull=True).select_related("engagement__customer")
