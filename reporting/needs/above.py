"""What needs a word of whoever stands above a delivery manager: architects and directors."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse

from dm_portal.people import standing
from dm_portal.shell.components import Shape
from dm_portal.shell.wording import count
from engagements.models import Engagement, EngagementFunction
from pods.models import Pod
from pods.rosters import FULL_TIME_UP_TO
from reporting import rag
from reporting.customer import week_words
from reporting.models import Report
from reporting.needs.lines import NO_HURRY, OVERDUE, TODAY, Need, end_of, instant, where

MANY_PODS = 3


def overdue(user: Any, below: Any, at: datetime) -> Any:
    """Statuses that are overdue, with the ``managers`` who write them."""
    managers = EngagementFunction.objects.holding().filter(
        engagement=OuterRef("engagement"), function="dm"
    )
    rows = (
        Report.objects.visible_to(user)
        .owed(at)
        .filter(engagement__in=below, period__due_at__lt=at, period__kind="weekly")
    )
    names = ArraySubquery(managers.order_by("starts_on").values("user__name"))
    return rows.annotate(managers=names).select_related("engagement__customer", "period")


def unpublished(rows: Any, at: datetime) -> Iterator[Need]:
    """Statuses that are ``overdue`` and that somebody else has to write."""
    for report in rows:
        engagement, due_at = report.engagement, report.period.due_at
        week = week_words(report.period, today=at.date())
        writes = " or ".join(report.managers) or "nobody, for it has no delivery manager,"
        yield Need(
            group=OVERDUE,
            due=due_at,
            shape=Shape.AT_RISK,
            what=f"The status of {week} is not published",
            where=where(engagement),
            why=f"was due {instant(due_at, at, engagement)}; {writes} writes it",
            url=report.get_absolute_url(),
            action="See",
            engagement_id=engagement.pk,
        )


def kinder(engagements: Sequence[Any], at: datetime) -> Iterator[Need]:
    """Engagements that were last called better than the rules have it, with the DM's reason."""
    for engagement in engagements:
        said = engagement.said
        if said and rag.is_better(said["colour"], said["computed"]):
            called, ruled = (Shape(said[name]).word.lower() for name in ("colour", "computed"))
            yield Need(
                group=TODAY,
                due=at,
                shape=Shape(said["computed"]),
                what=f"{engagement.name} is called {called}; by the rules it is {ruled}",
                where=where(engagement),
                why=said["reason"] or "no reason is given",
                url=reverse("rules_detail", args=[engagement.ref]),
                action="See",
                engagement_id=engagement.pk,
            )


def spans(user: Any, at: datetime) -> Iterator[Need]:
    """For directors: engagements that have outgrown their delivery manager, and have no architect.

    More than eight specialists in one pod ask for one, or three pods.
    """
    if not standing.is_director(user):
        return
    day = at.date()
    architects = EngagementFunction.objects.holding().filter(function="architect")
    rows = (
        Engagement.objects.visible_to(user)
        .reporting()
        .exclude(pk__in=architects.values("engagement"))
    )
    for engagement in _with_size(rows, day).select_related("customer"):
        yield _without_architect(engagement, day)


def _with_size(rows: Any, day: date) -> Any:
    """Annotate ``heads``, of the largest pod, and ``pod_count`` of those that are large enough to
    need an architect.
    """
    pods: Any = Pod.objects.filter(engagements=OuterRef("pk")).with_heads(day)
    largest = pods.order_by("-heads")
    counted = rows.annotate(
        heads=Subquery(largest.values("heads")[:1]),
        pod_count=Count("pods", distinct=True),
    )
    return counted.filter(Q(heads__gt=FULL_TIME_UP_TO) | Q(pod_count__gte=MANY_PODS))


def _without_architect(engagement: Any, day: date) -> Need:
    if engagement.pod_count >= MANY_PODS:
        size = f"{engagement.pod_count} pods"
    else:
        size = f"{count(engagement.heads, 'specialist')} in one pod"
    return Need(
        group=NO_HURRY,
        due=end_of(day),
        shape=Shape.AT_RISK,
        what=f"{engagement.name} needs an architect",
        where=where(engagement),
        why=f"{size}: more than one delivery manager can see to alone",
        url=reverse("engagement_functions", args=[engagement.ref]),
        action="Name one",
        engagement_id=engagement.pk,
    )
