"""Which periods, drafts, facts and published revisions a person may see."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, JSONObject

from dm_portal.people import standing
from dm_portal.shell.clock import today
from dm_portal.shell.relations import related
from engagements.models import Engagement, EngagementFunction

if TYPE_CHECKING:
    from reporting.models import (
        Facts,
        Period,
        Receipt,
        Reminder,
        Report,
        ReportRevision,
        Retraction,
        WaitingStatus,
    )

# Reconstructed weeks may share an instant with the next; then weeks tell.
LAST_SAID = ("-facts__as_of", F("report__period__starts_on").desc(nulls_first=True), "-number")
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
        """Those whose stop window has ended, unless somebody has them under a lease."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
        return self.filter(free, state="publishing", publish_at__lte=at)

    def left_unrecorded(self, before: datetime) -> Self:
        """Drafts whose last words were saved before that, and are not on the record yet."""
        return self.filter(saved_at__lte=before).exclude(unrecorded={})

    def parked(self) -> Self:
        return self.filter(state="parked")

    def updates(self) -> Self:
        """What was told, or is being written, between two statuses."""
        return self.filter(period__isnull=True)

    def newest_first(self) -> Self:
        """Weeks and updates as they follow each other."""
        return self.order_by(Coalesce("period__due_at", "created_at").desc(), "-pk")

    def not_left_out(self) -> Self:
        """Without the drafts that can go out no more, since a later week is out already."""
        return self.exclude(self._left_out())

    def owed(self, at: datetime) -> Self:
        """Those that somebody still has to publish: opened, of an engagement that reports, never
        out, and of no week that is told again or that a later status has told.
        """
        return self.filter(
            ~Exists(self._told_later()),
            state__in=["due", "compiling", "draft", "parked"],
            correction_reason="",
            engagement__state="active",
            period__is_reconstructed=False,
            period__opens_at__lte=at,
        )

    def _left_out(self) -> Q:
        return Q(Exists(self._told_later()), state="draft", correction_reason="")

    def _told_later(self) -> "ReportRevisionQuerySet":
        """Revisions of a later week of the same engagement."""
        return self._revisions().filter(
            report__engagement=OuterRef("engagement"),
            report__period__starts_on__gt=OuterRef("period__starts_on"),
        )

    def retryable_by(self, user: Any) -> Self:
        """What an admin may send round again; its content stays closed to them."""
        return self.parked() if standing.is_admin(user) else self.none()

    def listed_for(self, user: Any) -> Self:
        """Those whose draft one may read; to others of us who see the engagement, what is out."""
        if not standing.is_present(user) or not user.is_internal:
            return self.none()
        published = self._revisions().visible_to(user).values("report")
        return self.filter(Q(engagement__in=_drafts_of(user)) | Q(pk__in=published))

    def with_published(self, user: Any) -> Self:
        """Annotate what the last revision said, or None: ``said_at``, ``said_colour`` and so on.

        ``seen_by`` are the names of the customer's people who opened it, as far as ``user`` may
        know that. ``is_left_out``: a draft of a week that the next status told.
        """
        revisions = self._revisions().filter(report=OuterRef("pk")).order_by("-number")
        receipts = related(self._revisions().model, "receipts").objects
        receipts = receipts.visible_to(user).filter(revision=OuterRef("said_pk"))
        seen_by = receipts.order_by("first_seen")
        return self.annotate(
            said_pk=Subquery(revisions.values("pk")[:1]),
            said_at=Subquery(revisions.values("published_at")[:1]),
            said_colour=Subquery(revisions.values("colour")[:1]),
            said_headline=Subquery(revisions.values("headline")[:1]),
            said_number=Subquery(revisions.values("number")[:1]),
            said_withdrawn=Subquery(revisions.values("retraction__reason")[:1]),
            seen_by=ArraySubquery(seen_by.values("user__name")),
            is_left_out=self._left_out(),
        )

    def with_neighbours(self) -> Self:
        """Annotate ``earlier`` and ``later``: the weeks around each in its engagement, or None.

        Each is a mapping of ``starts_on`` and ``due_on`` (ISO). Who sees a week sees those too.
        """
        beside = self.model.objects.filter(engagement=OuterRef("engagement"))
        week = JSONObject(starts_on=F("period__starts_on"), due_on=F("period__due_on"))
        here = OuterRef("period__starts_on")
        earlier = beside.filter(period__starts_on__lt=here).order_by("-period__starts_on")
        later = beside.filter(period__starts_on__gt=here).order_by("period__starts_on")
        return self.annotate(
            earlier=Subquery(earlier.values_list(week)[:1]),
            later=Subquery(later.values_list(week)[:1]),
        )

    def _revisions(self) -> "ReportRevisionQuerySet":
        revisions: ReportRevisionQuerySet = related(self.model, "revisions").objects
        return revisions


class FactsQuerySet(models.QuerySet["Facts"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(engagement__in=_drafts_of(user))

    def of_statuses(self) -> Self:
        """Without those of updates, which end no window, and of what is withdrawn."""
        statuses = self.with_withdrawn().filter(revision__report__period__isnull=False)
        return statuses.filter(is_withdrawn=False)

    def with_withdrawn(self) -> Self:
        """Annotate ``is_withdrawn``: what stood last of their report is no longer said."""
        retractions = related(related(self.model, "revision"), "retraction").objects
        here = OuterRef("revision__report")
        return self.annotate(is_withdrawn=Exists(retractions.that_hold().filter(of_report(here))))

    def last_told(self, engagement: Engagement, *, at: datetime) -> datetime | None:
        """Of when the last status up to an instant spoke; None before the first."""
        told = self.of_statuses().filter(engagement=engagement, as_of__lte=at)
        return told.order_by("-as_of").values_list("as_of", flat=True).first()


class ReportRevisionQuerySet(models.QuerySet["ReportRevision"]):
    def visible_to(self, user: Any) -> Self:
        """A customer's person: what was published to their customer. Ours: what they see of."""
        if standing.is_present(user) and user.is_customer:
            engagements = Engagement.objects.of_contact(user)
        else:
            engagements = Engagement.objects.visible_to(user)
        return self.filter(report__engagement__in=engagements)

    def updates(self) -> Self:
        """What was said between statuses."""
        return self.filter(report__period__isnull=True)

    def newest_first(self) -> Self:
        """The last week that was published first, each week's last correction first; no updates."""
        weeks = self.filter(report__period__isnull=False)
        return weeks.order_by("-report__period__starts_on", "-number")

    def last_said_first(self) -> Self:
        """Weeks and updates by the instants they speak of, each one's last correction first."""
        return self.order_by(*LAST_SAID)

    def in_force(self) -> Self:
        """Without those of a report that is withdrawn; its correction brings it back."""
        retractions = related(self.model, "retraction").objects.that_hold()
        return self.filter(~Exists(retractions.filter(of_report(OuterRef("report")))))

    def standing(self) -> Self:
        """Of each report, week or update, its last revision."""
        later = self.model.objects.filter(report=OuterRef("report"), number__gt=OuterRef("number"))
        return self.filter(~Exists(later))

    def last_of_each_week(self) -> Self:
        """What stands today: of each week its last revision."""
        return self.standing().newest_first()


def of_report(report: Any) -> Q:
    return Q(revision__report=report)


class RetractionQuerySet(models.QuerySet["Retraction"]):
    def that_hold(self) -> Self:
        """Those that no correction took back: of what stands last of its report."""
        revisions = related(self.model, "revision").objects
        report, number = OuterRef("revision__report"), OuterRef("revision__number")
        return self.filter(~Exists(revisions.filter(report=report, number__gt=number)))

    def visible_to(self, user: Any) -> Self:
        """Whoever may read what was withdrawn reads that it is, and why."""
        revisions = related(self.model, "revision").objects.visible_to(user)
        return self.filter(revision__in=revisions)


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(revision__report__engagement__in=_drafts_of(user))

    def last_said(self) -> dict[int, tuple[int, datetime]]:
        """By reader, the revision that was said last of what they read, and when they saw it first.

        As ``ReportRevisionQuerySet.last_said_first``; one statement.
        """
        rows = self.order_by(
            "user",
            "-revision__facts__as_of",
            F("revision__report__period__starts_on").desc(nulls_first=True),
            "-revision__number",
        ).distinct("user")
        return {
            user: (pk, at) for user, pk, at in rows.values_list("user", "revision", "first_seen")
        }


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(report__engagement__in=_drafts_of(user))


class WaitingStatusQuerySet(models.QuerySet["WaitingStatus"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(revision__report__engagement__in=_drafts_of(user))

    def waiting_for(self, users: Iterable[int]) -> Self:
        """What these people have not been told yet, of customers whose contacts they are today."""
        contacts = related(related(Engagement, "customer"), "contacts").objects.holding()
        theirs = contacts.filter(
            user=OuterRef("user"), customer=OuterRef("revision__report__engagement__customer")
        )
        return self.filter(Exists(theirs), mail__isnull=True, user__in=users)
