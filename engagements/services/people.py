"""Who works on an engagement in which function, and who of the customer reads about it."""

from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet

from dm_portal.people.audit import record
from dm_portal.people.models import DatedRow, Invitation, User
from dm_portal.people.services.invitations import (
    CANNOT_BE_INVITED,
    invite_person,
    revoke_invitation,
)
from dm_portal.shell.clock import now, today
from dm_portal.shell.errors import DomainError
from engagements import policies
from engagements.models import Customer, CustomerContact, Engagement, EngagementFunction
from engagements.services.numbers import lock

# Of one customer at a time: each gets a letter from us.
MOST_DELEGATES = 10

# Functions


@transaction.atomic
def give_function(
    *, engagement: Engagement, user: User, function: str, starts_on: date, by: User
) -> EngagementFunction:
    """Name somebody DM, deputy, architect, tech lead or specialist, from a day on.

    Raises:
        DomainError: the person is not one of us, or holds that function then already; or the
            day is past, and before the engagement's first.
    """
    if not user.is_internal:
        raise DomainError(f"{user} is one of a customer's people.", field="user")
    if user.deactivated_at is not None:
        raise DomainError(f"{user} has been deactivated.", field="user")
    lock(engagement)
    # who prepares an engagement that is still to begin may do so from today on
    earliest = min(engagement.starts_on, today())
    if starts_on < earliest:
        raise DomainError(
            f"Choose {earliest} or a later day: {engagement} had not begun before.",
            field="starts_on",
        )
    row = EngagementFunction(
        engagement=engagement, user=user, function=function, starts_on=starts_on
    )
    _require_not_twice(row)
    row.save()
    record("function.given", row, by=by, after={"starts_on": starts_on})
    return row


@transaction.atomic
def end_function(*, row: EngagementFunction, ends_on: date, by: User) -> EngagementFunction:
    """Say on which day a function no longer holds; today ends access at the next request.

    Raises:
        DomainError: it has ended, the day is past, or they hold it again before that day.
    """
    lock(row.engagement)
    stored = EngagementFunction.objects.select_for_update(of=("self",)).get(pk=row.pk)
    before = {"ends_on": stored.ends_on}
    if _same_as(stored).filter(starts_on__gt=stored.starts_on, starts_on__lt=ends_on).exists():
        raise DomainError(f"{stored.user} begins again before that day.", field="ends_on")
    _end(stored, ends_on)
    record("function.ended", stored, by=by, before=before, after={"ends_on": stored.ends_on})
    return stored


def _require_not_twice(row: EngagementFunction) -> None:
    """The new row is open, so any that ends after its first day is one too many."""
    if any(other.ends_on is None or other.ends_on > row.starts_on for other in _same_as(row)):
        raise DomainError(
            f"{row.user} is {row.get_function_display().lower()} then already.", field="user"
        )


def _same_as(row: EngagementFunction) -> QuerySet[EngagementFunction]:
    """All the times that this person holds this function here, ``row`` among them."""
    return EngagementFunction.objects.filter(
        engagement_id=row.engagement_id, user_id=row.user_id, function=row.function
    )


# Contacts


@transaction.atomic
def invite_contact(
    *, customer: Customer, email: str, name: str, kind: str, by: User
) -> CustomerContact:
    """Invite one of the customer's people; they read what is published from then on.

    Somebody who was a contact of this customer before comes back with the same account.

    Raises:
        DomainError: the address belongs to somebody who cannot be this customer's contact; of
            whom, and of which customer, nothing is said.
    """
    scope = f"{CustomerContact.Kind(kind).label} of {customer}"
    user = invite_person(email=email, name=name, kind=User.Kind.CUSTOMER, scope=scope, by=by).user
    _require_free(user, customer)
    contact = CustomerContact.objects.create(
        customer=customer, user=user, kind=kind, starts_on=today()
    )
    record("contact.added", contact, by=by, after={"kind": contact.get_kind_display()})
    return contact


@transaction.atomic
def end_contact(*, contact: CustomerContact, ends_on: date, by: User) -> CustomerContact:
    """Say on which day somebody is no contact any more; today ends access at the next request.

    Whoever has not come in yet by then, and is no contact by another row, cannot any more.
    """
    # in the order in which who invites, and who comes in, lock them
    user = User.objects.select_for_update().get(pk=contact.user_id)
    stored = CustomerContact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    before = {"ends_on": stored.ends_on}
    _end(stored, ends_on)
    record("contact.ended", stored, by=by, before=before, after={"ends_on": stored.ends_on})
    if not user.is_active and not CustomerContact.objects.not_over().filter(user=user).exists():
        for invitation in Invitation.objects.open(now()).filter(user=user):
            revoke_invitation(invitation=invitation, by=by)
    return stored


@transaction.atomic
def name_delegate(*, engagement: Engagement, email: str, name: str, by: User) -> CustomerContact:
    """The customer's lead invites somebody to answer for them; their delivery manager sees it.

    Raises:
        DomainError: they are no lead of this customer, have named very many, or the address
            cannot be that of a contact of theirs.
    """
    if not policies.can_name_delegates(by, engagement):
        raise DomainError("Only your lead names delegates.")
    lock(engagement)
    customer = engagement.customer
    recent = Q(ends_on__isnull=True) | Q(ends_on__gt=today()) | Q(starts_on=today())
    named = customer.contacts.filter(recent, kind=CustomerContact.Kind.DELEGATE)
    if named.count() >= MOST_DELEGATES:
        raise DomainError(
            f"{MOST_DELEGATES} delegates are named already: your delivery manager can invite more."
        )
    kind = CustomerContact.Kind.DELEGATE
    return invite_contact(customer=customer, email=email, name=name, kind=kind, by=by)


@transaction.atomic
def end_delegate(*, engagement: Engagement, contact: CustomerContact, by: User) -> CustomerContact:
    """Somebody answers for the lead no more, from now on.

    Raises:
        DomainError: they are no lead of this customer, the row is no delegate's, or has ended.
    """
    is_theirs = contact.customer_id == engagement.customer_id
    is_delegate = is_theirs and contact.kind == CustomerContact.Kind.DELEGATE
    if not is_delegate or not policies.can_name_delegates(by, engagement):
        raise DomainError("Only your lead ends what a delegate may do.")
    return end_contact(contact=contact, ends_on=today(), by=by)


def _require_free(user: User, customer: Customer) -> None:
    """One person, one customer, for ever: an address never moves from one to another.

    ``invite_person`` holds the lock on the person's row.
    """
    rows = list(CustomerContact.objects.filter(user=user))
    if any(row.customer_id != customer.pk for row in rows):
        raise DomainError(CANNOT_BE_INVITED, field="email")
    if any(row.ends_on is None or row.ends_on > today() for row in rows):
        raise DomainError(f"{user} is a contact of {customer} already.", field="email")


# Ends


def _end(row: DatedRow, ends_on: date) -> None:
    """Set the first day on which ``row`` no longer holds: the past stays as it was."""
    if row.ends_on is not None and row.ends_on <= today():
        raise DomainError("It has ended already.")
    earliest = max(today(), row.starts_on)
    if ends_on < earliest:
        raise DomainError(
            "It ends today at the earliest, or on the day it starts.", field="ends_on"
        )
    row.ends_on = ends_on
    row.save(update_fields=["ends_on"])
