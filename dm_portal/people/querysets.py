"""Which people, letters and records a person may see."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, F, Func, Min, Q, TextField, Value

from dm_portal.people import standing
from dm_portal.shell.clock import today
from dm_portal.shell.relations import related

if TYPE_CHECKING:
    # named in strings below, which ruff does not read
    from dm_portal.people.models import (  # noqa: F401
        AuditEvent,
        Invitation,
        OutgoingMail,
        PortalFunction,
        Preference,
        TimeOff,
        User,
        WorkCalendar,
    )

# No clock on a wall is further ahead, so that each day begins there.
EARLIEST_ZONE = timezone(timedelta(hours=14))


class SplitPart(Func):
    """A part of a text, counted from 1."""

    function = "split_part"
    output_field = TextField()


class DatedQuerySet(models.QuerySet[Any]):
    """Rows that hold from a day up to, and not including, another."""

    def holding(self, on: date | None = None) -> Self:
        """Rows in force on the given day (default: today, UTC)."""
        day = on or today()
        return self.not_over(day).filter(starts_on__lte=day)

    def not_over(self, on: date | None = None) -> Self:
        """Rows in force on the given day, or yet to begin; none that was called off before."""
        lasts = Q(ends_on__gt=on or today()) & Q(ends_on__gt=F("starts_on"))
        return self.filter(Q(ends_on__isnull=True) | lasts)


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: Any) -> Self:
        """Admins, directors and auditors see everybody; anyone else only themselves."""
        if standing.reads_the_portal(user) or standing.is_admin(user):
            return self.all()
        if not standing.is_present(user):
            return self.none()
        return self.filter(pk=user.pk)

    def active(self) -> Self:
        return self.filter(is_active=True)

    def not_digested(self, at: datetime) -> Self:
        """Active people for whom it may be a day, somewhere, without a digest yet."""
        latest = at.astimezone(EARLIEST_ZONE).date()
        return self.active().filter(Q(digested_on__isnull=True) | Q(digested_on__lt=latest))

    def in_state(self, state: str) -> Self:
        """``state``: "active", "invited" (asked in, not come yet) or "deactivated"."""
        if state == "active":
            return self.active()
        return self.filter(is_active=False, deactivated_at__isnull=state == "invited")

    def holding_portal_function(self, function: str) -> Self:
        """Whoever is director, admin or auditor today."""
        day = today()
        return self.filter(
            Q(portal_functions__ends_on__isnull=True) | Q(portal_functions__ends_on__gt=day),
            portal_functions__starts_on__lte=day,
            portal_functions__function=function,
        ).distinct()


class PortalFunctionQuerySet(DatedQuerySet):
    def visible_to(self, user: Any) -> Self:
        if standing.reads_the_portal(user) or standing.is_admin(user):
            return self.all()
        return self.none()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, at: datetime) -> Self:
        """Neither used, nor taken back, nor expired."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=at)

    def visible_to(self, user: Any) -> Self:
        """Admins and auditors see every letter; others those that they wrote."""
        if standing.is_admin(user) or standing.is_auditor(user):
            return self.all()
        if not standing.is_present(user) or not user.is_internal:
            return self.none()
        return self.filter(invited_by=user)


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def visible_to(self, user: Any) -> Self:
        """The whole record; an engagement's own is ``of_engagement`` of one that is visible."""
        if standing.is_auditor(user) or standing.is_director(user):
            return self.all()
        return self.none()

    def of_engagement(self, ref: str, *, customer: str = "") -> Self:
        """What was done to an engagement; with the ref of its customer, to the customer, too.

        That is what belongs to no engagement: who became a contact, and whose time ended.
        """
        theirs = Q(engagement_ref=ref)
        if customer:
            theirs |= Q(engagement_ref="", customer_ref=customer)
        return self.filter(theirs)


class PreferenceQuerySet(models.QuerySet["Preference"]):
    def visible_to(self, user: Any) -> Self:
        """One's own alone."""
        return self.filter(user=user) if standing.is_present(user) else self.none()


UNSENT = Q(state__in=["queued", "sending"])


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def visible_to(self, user: Any) -> Self:
        return self.all() if standing.is_admin(user) else self.none()

    def unsent_since(self) -> dict[str, datetime | None]:
        """Of letters on their way (waiting, or being sent): when the oldest was ``written``, and
        since when one waits for its ``turn``; None where there are none.
        """
        return self.filter(UNSENT).aggregate(written=Min("created_at"), turn=Min("next_attempt_at"))

    def parked(self) -> Any:
        """What failed, with the first word of why as ``problem``: who shares it failed alike."""
        problem = SplitPart("last_error", Value(" "), Value(1))
        return self.filter(state="parked").annotate(problem=problem)

    def tally(self) -> dict[str, Any]:
        """How many mails are in each state, and when the oldest unsent one was written."""
        states = ("queued", "sending", "sent", "kept", "withheld", "parked")
        counts = {state: Count("pk", filter=Q(state=state)) for state in states}
        return self.aggregate(**counts, oldest_unsent=Min("created_at", filter=UNSENT))

    def problems(self) -> list[tuple[str, int]]:
        """What parked mails failed of, by the first word of it, and how many did; most first."""
        found = self.parked().order_by().values_list("problem")
        counted = found.annotate(number=Count("pk")).order_by("-number", "problem")
        return [(problem, number) for problem, number in counted]

    def due(self, at: datetime) -> Self:
        """Waiting letters whose time has come, and those whose sender died."""
        return self.filter(
            Q(state="queued", next_attempt_at__lte=at) | Q(state="sending", lease_until__lte=at)
        )


class WorkCalendarQuerySet(models.QuerySet["WorkCalendar"]):
    def visible_to(self, user: Any) -> Self:
        """Any of us: working hours and public holidays are no secret among colleagues."""
        if not standing.is_present(user) or not user.is_internal:
            return self.none()
        return self.all()

    def with_use_count(self) -> Self:
        """Annotate ``use_count``: how many people and engagements work by it."""
        counts = (
            models.Count(relation.name, distinct=True)
            for relation in self.model._meta.related_objects
        )
        return self.annotate(use_count=sum(counts, models.Value(0)))


class TimeOffQuerySet(models.QuerySet["TimeOff"]):
    def visible_to(self, user: Any) -> Self:
        """Admins, directors and auditors: all. Others: their own, and of who is in their pods now.

        A customer's people see none.
        """
        if standing.is_admin(user) or standing.reads_the_portal(user):
            return self.all()
        if not standing.is_present(user) or not user.is_internal:
            return self.none()
        people = related(self.model, "specialist").objects
        places = related(people.model, "memberships").objects.holding().visible_to(user)
        theirs = people.filter(pk__in=places.values("specialist"))
        return self.filter(
            Q(user=user)
            | Q(specialist__in=theirs.values("pk"))
            | Q(user__in=theirs.filter(user__isnull=False).values("user"))
        )

    def counting(self) -> Self:
        """What was not taken back."""
        return self.filter(withdrawn_at__isnull=True)

    def touching(self, first: date, last: date) -> Self:
        """Leave on any day from ``first`` to ``last``, both included."""
        return self.filter(starts_on__lte=last, ends_on__gte=first)

    def of_people(self, *, users: Iterable[int] = (), specialists: Iterable[int] = ()) -> Self:
        """The leave of these users and specialists, also as the ones or as the others."""
        users, specialists = list(users), list(specialists)
        return self.filter(
            Q(user__in=users)
            | Q(specialist__in=specialists)
            | Q(specialist__user__in=users)
            | Q(user__specialist__in=specialists)
        )
