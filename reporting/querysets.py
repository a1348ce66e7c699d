"""Which periods, drafts, facts and published revisions a person may see."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from dm_portal.people import standing
from dm_portal.shell.clock import today
from engagements.models import Engagement, EngagementFunction

if TYPE_CHECKING:
    from reporting.models import Facts, Period, Receipt, Report, ReportRevision

READS_DRAFTS = ("dm", "deputy", "architect")


def _drafts_of(user: Any) -> models.QuerySet[Any]:
    """Engagements whose drafts this person may read: who runs them, directors and auditors."""
    if standing.reads_the_portal(user):
        return Engagement.objects.all()
    if not standing.is_present(user) or not user.is_internal:
        return Engagement.objects.none()
    functions = EngagementFunction.objects.holding(today()).filter(
        user=user, function__in=READS_DRAFTS
    )
    return Engagement.objects.filter(pk__in=functions.values("engagement"))


class PeriodQuerySet(models.QuerySet["Period"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(engagement__in=_drafts_of(user))


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(engagement__in=_drafts_of(user))

    def to_compile(self, at: datetime) -> Self:
        """Due ones, and those whose compiler died (their lease ran out)."""
        return self.filter(Q(state="due") | Q(state="compiling", lease_until__lte=at))

    def to_publish(self, at: datetime) -> Self:
        """Those whose stop window has ended."""
        return self.filter(state="publishing", publish_at__lte=at)

    def parked(self) -> Self:
        return self.filter(state="parked")


class FactsQuerySet(models.QuerySet["Facts"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(engagement__in=_drafts_of(user))


class ReportRevisionQuerySet(models.QuerySet["ReportRevision"]):
    def visible_to(self, user: Any) -> Self:
        """A customer's person: what was published to their customer. Ours: what they see of."""
        if standing.is_present(user) and user.is_customer:
            engagements = Engagement.objects.of_contact(user)
        else:
            engagements = Engagement.objects.visible_to(user)
        return self.filter(report__engagement__in=engagements)


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(revision__report__engagement__in=_drafts_of(user))
