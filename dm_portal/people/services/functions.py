"""Who is director, admin or auditor, from when and until when."""

from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet

from dm_portal.people.audit import record
from dm_portal.people.models import PortalFunction, User
from dm_portal.shell.clock import today
from dm_portal.shell.errors import Conflict, DomainError


@transaction.atomic
def grant_portal_function(
    *,
    person: User,
    function: str,
    by: User | None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> PortalFunction:
    """Give somebody a portal-wide function from a day (default: today) up to another, if any.

    Raises:
        DomainError: a customer's person, somebody deactivated, dates that make no sense, or held
            already then.
    """
    person = User.objects.select_for_update().get(pk=person.pk)  # one grant at a time
    first = starts_on or today()
    if not person.is_internal:
        raise DomainError("A customer's person can hold no rights of ours.")
    if person.deactivated_at is not None:
        raise DomainError("This person is deactivated: reactivate them first.")
    if first < today():
        raise DomainError("It cannot begin in the past.")
    if ends_on is not None and ends_on <= first:
        raise DomainError("It must last at least a day.")
    if _held_between(person, function, first, ends_on).exists():
        raise DomainError("This person already holds this function then.")
    held = PortalFunction.objects.create(
        user=person, function=function, starts_on=first, ends_on=ends_on
    )
    record(
        "portal_function.granted",
        held,
        by=by,
        after={"starts_on": first, "ends_on": ends_on or "further notice"},
    )
    return held


@transaction.atomic
def end_portal_function(*, held: PortalFunction, by: User) -> None:
    """End a function today: what it allowed is refused from the next request on.

    One that is yet to begin is called off: it ends on its first day, so that it never holds.

    Raises:
        Conflict: it has ended already.
        DomainError: nobody would be left to let people in.
    """
    if held.function == PortalFunction.Function.ADMIN:
        require_another_admin(held.user)
    ends_on = max(today(), held.starts_on)
    if not PortalFunction.objects.filter(pk=held.pk).not_over().update(ends_on=ends_on):
        raise Conflict("Somebody else has ended this function already.")
    verb = "portal_function.called_off" if held.starts_on > today() else "portal_function.ended"
    record(verb, held, by=by, after={"ends_on": ends_on})


def require_another_admin(person: User) -> None:
    """Refuse to lose the last admin; call it in the transaction that would.

    Only somebody who has come in and whose function has no end counts.

    Raises:
        DomainError: there is no other.
    """
    admins = PortalFunction.objects.holding().filter(function=PortalFunction.Function.ADMIN)
    # Two admins who end each other wait for one another here, in one order. The rows are read
    # again once they are ours: what was committed while we waited is seen only by a new query.
    list(admins.order_by("pk").select_for_update())
    staying = admins.filter(ends_on__isnull=True, user__is_active=True)
    if not staying.exclude(user=person).exists():
        raise DomainError("This is the last admin: make somebody else admin first.")


def _held_between(
    person: User, function: str, first: date, end: date | None
) -> QuerySet[PortalFunction]:
    """Rows of this function that share a day with [first, end)."""
    rows = PortalFunction.objects.filter(user=person, function=function)
    rows = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=first))
    return rows if end is None else rows.filter(starts_on__lt=end)
