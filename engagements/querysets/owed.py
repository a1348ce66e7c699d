"""What is owed between us and a customer: who reads which rows, and how each stands."""

from datetime import date
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Case, CharField, Exists, F, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Greatest, TruncDate

from dm_portal.people import standing
from dm_portal.shell.dates import WorkingDays
from dm_portal.shell.relations import related
from engagements.counting import counts_now
from engagements.querysets.work import OfEngagementQuerySet
from engagements.querysets.working_days import WorkingDaysBetween


class SharedQuerySet(OfEngagementQuerySet):
    """Rows of ours that a customer's people read once they are shared."""

    def visible_to(self, user: Any) -> Self:
        """Ours share their engagement's door; a customer's people get what is shared with them."""
        if standing.is_present(user) and user.is_customer:
            engagement = related(self.model, "engagement")
            theirs = engagement.objects.of_contact(user)
            return self.shared().filter(engagement__in=theirs)
        return super().visible_to(user)

    def shared(self) -> Self:
        return self.filter(shared_at__isnull=False)


class AskQuerySet(SharedQuerySet):
    def open(self) -> Self:
        return self.filter(state="open")

    def overdue(self, today: date) -> Self:
        """Open after the day by which the answer was needed."""
        return self.open().filter(needed_by__lt=today)


class RiskQuerySet(SharedQuerySet):
    def open(self) -> Self:
        return self.filter(state="open")


class ActionQuerySet(OfEngagementQuerySet):
    def open(self) -> Self:
        return self.filter(done_at__isnull=True, withdrawn_at__isnull=True)

    def done(self) -> Self:
        return self.filter(done_at__isnull=False)

    def withdrawn(self) -> Self:
        return self.filter(withdrawn_at__isnull=False)

    def overdue(self, today: date) -> Self:
        """Open after their day."""
        return self.open().filter(due_on__lt=today)


class EscalationQuerySet(SharedQuerySet):
    def open(self) -> Self:
        return self.exclude(state="resolved")

    def overdue(self, today: date) -> Self:
        """Without an answer after the day by which it was needed."""
        return self.open().filter(answer_by__lt=today)


class CommitmentQuerySet(OfEngagementQuerySet):
    def not_superseded(self) -> Self:
        """Those that no further one supersedes."""
        return self.filter(superseded_by__isnull=True)

    def not_fulfilled(self) -> Self:
        """Those of which nobody said that they are fulfilled, or somebody said last that not."""
        return self.alias(said_last=_last_said(self.model)).filter(said_last__isnull=True)

    def with_standing(
        self, *, zone: ZoneInfo, today: date, worked: WorkingDays, notice: int
    ) -> Self:
        """Annotate ``state``, ``moved_on`` (said of the next one) and ``fulfilled_on``.

        Days are those of ``zone``. A promise is replaced in time if that was said before its day
        came, and was written down before it, unless that day was before the engagement was known
        here: nobody gives notice afterwards. Then it is taken back, or moved: with notice where
        that was said so many days before that are ``worked``, else late. What moved on its day or
        later, or was fulfilled later, is missed, as is what was not fulfilled the day after. What
        somebody said last counts before what a milestone's items and criteria tell. A promise that
        only takes another one back counts as none.
        """
        said = related(self.model, "fulfilments").objects.filter(commitment=OuterRef("pk"))
        known = self.alias(
            written_on=TruncDate("superseded_by__recorded_at", tzinfo=zone),
            known_on=TruncDate("engagement__created_at", tzinfo=zone),
            notice=WorkingDaysBetween(F("superseded_by__said_on"), F("due_on"), worked),
        )
        in_time = Q(moved_on__lt=F("due_on")) & (
            Q(written_on__lt=F("due_on")) | Q(due_on__lt=F("known_on"))
        )
        return known.annotate(
            moved_on=F("superseded_by__said_on"),
            fulfilled_on=Case(
                When(Exists(said), then=_last_said(self.model)),
                default=self._finished_on(zone),
            ),
            state=_state_by(in_time, today=today, notice=notice),
        )

    def _finished_on(self, zone: ZoneInfo) -> TruncDate:
        """The day on which the last item was done, and the last criterion met, of a milestone of
        which both are so.
        """
        milestone = related(related(self.model, "revision"), "milestone")
        items = milestone.work_items.through.objects.filter(
            counts_now("workitem__"), milestone=OuterRef("pk")
        )
        met = related(milestone, "criteria").objects.filter(milestone=OuterRef("pk"))
        # of this one alone: which of all are unfinished takes looking at every item of the portal
        unfinished = milestone.objects.unfinished().filter(pk=OuterRef("pk"))
        finished = milestone.objects.filter(~Exists(unfinished))
        ended = finished.filter(pk=OuterRef("revision__milestone")).annotate(
            ended_at=Greatest(_last(items, "workitem__done_at"), _last(met, "met_at"))
        )
        return TruncDate(Subquery(ended.values("ended_at")[:1]), tzinfo=zone)


class OfCommitmentQuerySet(models.QuerySet[Any]):
    """Rows that share their commitment's door."""

    def visible_to(self, user: Any) -> Self:
        commitment = related(self.model, "commitment")
        return self.filter(commitment__in=commitment.objects.visible_to(user))


def _last_said(model: Any) -> Subquery:
    """On which day a promise was fulfilled, by what was said of it last; None: it is not."""
    said = related(model, "fulfilments").objects.filter(commitment=OuterRef("pk"))
    return Subquery(said.order_by("-pk").values("fulfilled_on")[:1])


def _last(rows: models.QuerySet[Any], at: str) -> Subquery:
    """The latest of an instant of a milestone's rows."""
    latest = rows.order_by().values("milestone").annotate(latest=Max(at)).values("latest")
    return Subquery(latest, output_field=models.DateTimeField())


def _state_by(in_time: Q, *, today: date, notice: int) -> Case:
    """Which of its states a commitment has, by what ``with_standing`` knows of it."""
    is_ended = Q(fulfilled_on__isnull=False) | Q(moved_on__isnull=False) | Q(due_on__lt=today)
    return Case(
        When(due_on__isnull=True, then=Value("taking_back")),
        When(in_time & Q(superseded_by__due_on__isnull=True), then=Value("withdrawn")),
        When(in_time & Q(notice__gte=notice), then=Value("moved")),
        When(in_time, then=Value("moved_late")),
        When(fulfilled_on__lte=F("due_on"), then=Value("kept")),
        When(is_ended, then=Value("missed")),
        default=Value("open"),
        output_field=CharField(),
    )
