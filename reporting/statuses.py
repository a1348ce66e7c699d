"""The customer's pages around the stored article: which status, what corrects it, what came before.

Templates of ``templates/status/`` get these frozen values, and nothing of the model.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.safestring import SafeString

from dm_portal.people import standing
from dm_portal.shell import dates
from dm_portal.shell.clock import now, today
from dm_portal.shell.components import Shape
from engagements.asking import AskedBy
from engagements.models import Engagement
from engagements.querysets import EngagementQuerySet
from reporting import periods
from reporting.customer import article, week_words
from reporting.models import Period, Report, ReportRevision
from reporting.querysets import LAST_SAID, ReportRevisionQuerySet
from reporting.questions import Found, Part, beside, parts_of
from reporting.services.letters import address_of
from reporting.services.ticks import rhythm_of

SOON = timedelta(weeks=2)


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Place:
    """What the head of every page of one engagement names, and where else one can go."""

    customer: str
    engagement: str
    latest_url: str
    archive_url: str
    asks_url: str
    raised_url: str
    risks_url: str
    questions_url: str
    delegates_url: str
    dates_url: str
    back_url: str

    @property
    def is_viewed_as(self) -> bool:
        """One of us looks through the customer's eyes; ``back_url`` leads back."""
        return bool(self.back_url)


@dataclass(frozen=True, slots=True)
class Correction:
    """That a later revision stands in the place of this one, since when and why."""

    url: str
    published: str
    reason: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That a revision ``of`` a week, or an update, is withdrawn: since when, by whom and why."""

    of: str
    day: str
    iso: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class UpdateLine:
    """What was said since a status, as it was stored, on the page of that status."""

    article: SafeString
    parts: tuple[Part, ...]
    url: str
    withdrawal: Withdrawal | None = None


@dataclass(frozen=True, slots=True)
class StatusPage:
    """One revision as it was stored, with what has been said of it since.

    ``updates`` stand above it until the next status is out, the last one first.
    """

    place: Place
    title: str
    article: SafeString
    parts: tuple[Part, ...]
    updates: tuple[UpdateLine, ...]
    correction: Correction | None
    withdrawal: Withdrawal | None
    kind: str  # "status" or "update"
    first_url: str
    earlier: Link | None
    later: Link | None


@dataclass(frozen=True, slots=True)
class FirstStatusPage:
    """Before anything was published: when the first status comes, if one is due at all."""

    place: Place
    due: str
    due_iso: str
    updates: tuple[UpdateLine, ...]


@dataclass(frozen=True, slots=True)
class EngagementCard:
    """One engagement on the customer's list: how it stood when it was last said."""

    name: str
    customer: str
    url: str
    shape: str
    headline: str
    week: str


def readable(user: Any) -> QuerySet[Engagement]:
    """Engagements whose statuses this person may read: a customer's own, or ours by function."""
    if standing.is_present(user) and user.is_customer:
        return Engagement.objects.of_contact(user)
    return Engagement.objects.visible_to(user)


def annotate_standing(engagements: EngagementQuerySet) -> EngagementQuerySet:
    """``said``: what was last said of each engagement; see engagements.standing."""
    said_of = ReportRevision.objects.filter(report__engagement=OuterRef("pk")).in_force()
    latest = said_of.last_said_first()
    said = JSONObject(
        colour=F("colour"),
        week=F("report__period__starts_on"),
        headline=F("headline"),
        published_at=F("published_at"),
    )
    return engagements.annotate(said=Subquery(latest.values_list(said)[:1]))


def place_of(engagement: Engagement, user: Any) -> Place:
    ref = engagement.ref
    return Place(
        customer=engagement.customer.name,
        engagement=engagement.name,
        latest_url=reverse("status_detail", args=[ref]),
        archive_url=reverse("status_archive", args=[ref]),
        asks_url=reverse("status_ask_list", args=[ref]),
        raised_url=reverse("status_escalation_list", args=[ref]),
        risks_url=reverse("status_risk_list", args=[ref]),
        delegates_url=reverse("status_delegates", args=[ref]),
        dates_url=reverse("status_calendar", args=[ref]),
        questions_url=reverse("status_question_list", args=[ref]),
        back_url="" if user.is_customer else reverse("report_list", args=[ref]),
    )


@dataclass(frozen=True, slots=True)
class Around:
    """What stands beside a revision: its last correction, and the weeks before and after it as
    they stand today.
    """

    correction: ReportRevision | None = None
    earlier: ReportRevision | None = None
    later: ReportRevision | None = None


def around(revision: ReportRevision, *, user: Any) -> Around:
    """What stands beside a revision for whoever reads it."""
    report = revision.report
    correction = CORRECTION.first(user, report=report.pk, number=revision.number)
    if report.is_update:
        return Around(correction)
    week = {"engagement": report.engagement_id, "starts_on": report.period.starts_on}
    return Around(correction, WEEK_BEFORE.first(user, **week), WEEK_AFTER.first(user, **week))


def _others(user: Any) -> ReportRevisionQuerySet:
    visible = ReportRevision.objects.visible_to(user).select_related("report__period")
    return visible.defer("html")


def _correction_of(user: Any, report: int, number: int) -> ReportRevisionQuerySet:
    return _others(user).filter(report=report, number__gt=number).order_by("-number")[:1]


def _week_before(user: Any, engagement: int, starts_on: date) -> ReportRevisionQuerySet:
    weeks = _others(user).filter(report__engagement=engagement).last_of_each_week()
    return weeks.filter(report__period__starts_on__lt=starts_on)[:1]


def _week_after(user: Any, engagement: int, starts_on: date) -> ReportRevisionQuerySet:
    weeks = _others(user).filter(report__engagement=engagement).last_of_each_week()
    return weeks.filter(report__period__starts_on__gt=starts_on).reverse()[:1]


CORRECTION = AskedBy(_correction_of, report=int, number=int)
WEEK_BEFORE = AskedBy(_week_before, engagement=int, starts_on=date)
WEEK_AFTER = AskedBy(_week_after, engagement=int, starts_on=date)


def page_of(
    revision: ReportRevision,
    near: Around,
    *,
    user: Any,
    updates: Sequence[ReportRevision] = (),
) -> StatusPage:
    """The page of one revision, of which report, period, engagement and customer are loaded."""
    report = revision.report
    asked = beside([*updates, revision], user=user)
    return StatusPage(
        place=place_of(report.engagement, user),
        title=_title(revision, updates, is_corrected=near.correction is not None),
        article=article(revision),
        parts=parts_of(revision, asked),
        updates=_lines_of(updates, asked),
        correction=_correction(near.correction, report.engagement),
        withdrawal=withdrawal_of(revision),
        kind="update" if report.is_update else "status",
        first_url=url_of(revision, number=1) if revision.number > 1 else "",
        earlier=_week(near.earlier),
        later=_week(near.later),
    )


def _title(
    revision: ReportRevision, updates: Sequence[ReportRevision], *, is_corrected: bool
) -> str:
    """What was said last of what stands; what was withdrawn before its correction is shown."""
    shown = [*updates, revision]
    said = next((each for each in shown if is_corrected or withdrawal_of(each) is None), None)
    if said is None:
        return f"Withdrawn: {_name(revision.report)}"
    return f"{said.headline} ({_name(said.report)})"


def _name(report: Report) -> str:
    return "update" if report.is_update else week_words(report.period)


def last_said_of(engagement: Engagement) -> ReportRevision | None:
    """What was said last of an engagement, in a status or in an update; its columns, no text."""
    said = ReportRevision.objects.filter(report__engagement=engagement).in_force()
    return said.defer("html", "text").last_said_first().first()


def _lines_of(updates: Sequence[ReportRevision], asked: Found) -> tuple[UpdateLine, ...]:
    return tuple(
        UpdateLine(article(each), parts_of(each, asked), url_of(each), withdrawal_of(each))
        for each in updates
    )


def url_of(revision: ReportRevision, *, number: int | None = None) -> str:
    """The address of a revision for ever; the first has that of its week or update."""
    return address_of(revision.report, number or revision.number)


def withdrawal_of(revision: ReportRevision) -> Withdrawal | None:
    """Its retraction, loaded with its person along with the revision; None where it stands."""
    retraction = getattr(revision, "retraction", None)
    if retraction is None:
        return None
    zone = ZoneInfo(revision.report.engagement.time_zone)
    at = retraction.retracted_at
    return Withdrawal(
        of=_name(revision.report),
        day=dates.day_words(at.astimezone(zone).date(), today=today(zone.key)),
        iso=at.isoformat(),
        by=retraction.retracted_by.name,
        reason=retraction.reason,
    )


def _correction(revision: ReportRevision | None, engagement: Engagement) -> Correction | None:
    if revision is None:
        return None
    zone = ZoneInfo(engagement.time_zone)
    said = dates.instant_words(revision.published_at, zone=zone, today=today(zone.key))
    return Correction(url_of(revision), said, revision.correction_reason)


def _week(revision: ReportRevision | None) -> Link | None:
    if revision is None:
        return None
    return Link(week_words(revision.report.period), url_of(revision))


def first_page_of(
    engagement: Engagement, *, user: Any, updates: Sequence[ReportRevision] = ()
) -> FirstStatusPage:
    """What stands here until the first status is out."""
    week = first_week_of(engagement)
    due_at = week.due_at if week else None
    zone = ZoneInfo(engagement.time_zone)
    return FirstStatusPage(
        place=place_of(engagement, user),
        due=dates.instant_words(due_at, zone=zone, today=today(zone.key)) if due_at else "",
        due_iso=due_at.isoformat() if due_at else "",
        updates=_lines_of(updates, beside(updates, user=user)),
    )


def first_week_of(engagement: Engagement) -> periods.Week | None:
    """The next week whose status is due, as it was opened if it was; None where none is due."""
    if engagement.state != Engagement.State.ACTIVE:
        return None
    at, rhythm = now(), rhythm_of(engagement)
    first_day = datetime.combine(engagement.reporting_from, time(0), tzinfo=UTC)
    # what is due after now belongs to no earlier week than that of a week ago, anywhere
    lately = replace(rhythm, reporting_from=max(rhythm.reporting_from, at.date() - periods.WEEK))
    weeks = periods.due(lately, at=max(at, first_day) + SOON)
    opened = _opened(engagement, weeks)
    weeks = [opened.get(week.starts_on, week) for week in weeks]
    return next((week for week in weeks if week.due_at > at), None)


def _opened(engagement: Engagement, weeks: list[periods.Week]) -> dict[date, periods.Week]:
    """Those of ``weeks`` that are open, by their Mondays, with the due days that they have."""
    mondays = [week.starts_on for week in weeks]
    rows = Period.objects.filter(engagement=engagement, kind="weekly", starts_on__in=mondays)
    columns = rows.values_list("starts_on", "due_on", "opens_at", "due_at")
    return {row[0]: periods.Week(*row) for row in columns}


def cards(user: Any) -> list[EngagementCard]:
    """The engagements that this person reads of, each with its last status."""
    engagements = readable(user).select_related("customer").order_by("name", "pk")
    latest = {row.report.engagement_id: row for row in _latest(user)}
    return [_card(engagement, latest.get(engagement.pk)) for engagement in engagements]


def _latest(user: Any) -> QuerySet[ReportRevision]:
    """What was said last of each engagement, in a status or in an update."""
    return (
        ReportRevision.objects.visible_to(user)
        .in_force()
        .select_related("report__period")
        .defer("html", "text")
        .order_by("report__engagement_id", *LAST_SAID)
        .distinct("report__engagement_id")
    )


def _card(engagement: Engagement, revision: ReportRevision | None) -> EngagementCard:
    return EngagementCard(
        name=engagement.name,
        customer=engagement.customer.name,
        url=reverse("status_detail", args=[engagement.ref]),
        shape=Shape(revision.colour).value if revision else "",
        headline=revision.headline if revision else "",
        week=_name(revision.report) if revision else "",
    )
