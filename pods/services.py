"""Every change of a roster: specialists, pods, who leads them and who works in them."""

from collections.abc import Sequence
from datetime import date
from typing import NotRequired, TypedDict, Unpack

from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import User, WorkCalendar
from dm_portal.shell.clock import today
from dm_portal.shell.dates import day_words
from dm_portal.shell.errors import DomainError
from dm_portal.shell.versions import update_version
from pods.models import Membership, Pod, PodFunction, Specialist
from pods.rosters import first_day_above, share_a_day


class SpecialistFields(TypedDict):
    """What is known of a specialist; ``user`` is who they sign in as, if they do."""

    name: str
    user: User | None
    seniority: str
    skills: str
    calendar: NotRequired[WorkCalendar | None]


class PodFields(TypedDict):
    """What a pod is called, and what it is for."""

    name: str
    purpose: str


class Place(TypedDict):
    """A specialist's place in a pod; ``allocation`` is a whole percentage of their time."""

    trade: str
    allocation: int
    starts_on: date
    ends_on: date | None


# Specialists


@transaction.atomic
def add_specialist(*, by: User, **fields: Unpack[SpecialistFields]) -> Specialist:
    """Take somebody into the portal's supply."""
    _require_one_of_us(fields["user"])
    specialist = Specialist.objects.create(**fields)
    record("specialist.added", specialist, by=by, after=fields)
    return specialist


@transaction.atomic
def change_specialist(
    *, specialist: Specialist, version: int, by: User, **fields: Unpack[SpecialistFields]
) -> Specialist:
    """Correct what is known of a specialist."""
    _require_one_of_us(fields["user"])
    if change := update_version(specialist, version=version, **fields):
        record("specialist.changed", specialist, by=by, before=change.before, after=change.after)
    return specialist


@transaction.atomic
def remove_specialist(*, specialist: Specialist, by: User) -> None:
    """Remove a specialist entered by mistake: one who never was in a pod, and is nobody's name."""
    if specialist.memberships.exists():
        raise DomainError(f"{specialist} has been in a pod: end the membership instead.")
    if specialist.time_off.exists():
        raise DomainError(f"{specialist} has leave on the record, so they stay.")
    if specialist.tracker_names.exists():
        raise DomainError(f"{specialist} is whom a tracker means by a name: decide that first.")
    record("specialist.removed", specialist, by=by)
    specialist.delete()


# Pods


@transaction.atomic
def create_pod(*, by: User, **fields: Unpack[PodFields]) -> Pod:
    """Form a pod; its people and its delivery manager come as rows of their own."""
    pod = Pod.objects.create(**fields)
    record("pod.created", pod, by=by, after=fields)
    return pod


@transaction.atomic
def change_pod(*, pod: Pod, version: int, by: User, **fields: Unpack[PodFields]) -> Pod:
    """Rename a pod or say anew what it is for."""
    if change := update_version(pod, version=version, **fields):
        record("pod.changed", pod, by=by, before=change.before, after=change.after)
    return pod


@transaction.atomic
def remove_pod(*, pod: Pod, by: User) -> None:
    """Remove a pod entered by mistake: one that nobody was in and no engagement has."""
    used = (pod.memberships, pod.functions, pod.engagements)
    if any(rows.exists() for rows in used):
        raise DomainError(f"{pod} has people, functions or an engagement, so it stays.")
    record("pod.removed", pod, by=by)
    pod.delete()


# Who leads a pod


@transaction.atomic
def give_pod_function(
    *, pod: Pod, user: User, function: str, starts_on: date, ends_on: date | None = None, by: User
) -> PodFunction:
    """Name somebody delivery manager, deputy or tech lead of a pod, from a day on."""
    _require_one_of_us(user)
    Pod.objects.select_for_update().get(pk=pod.pk)
    row = PodFunction(pod=pod, user=user, function=function, starts_on=starts_on, ends_on=ends_on)
    _require_in_order(starts_on, ends_on)
    _require_not_twice(row)
    row.save()
    after = {"starts_on": starts_on, "ends_on": ends_on}
    record("pod_function.given", row, by=by, after=after)
    return row


@transaction.atomic
def change_pod_function(
    *, row: PodFunction, version: int, starts_on: date, ends_on: date | None, by: User
) -> PodFunction:
    """Change from when to when a function in a pod holds; an end of today ends it now.

    Raises:
        DomainError: it would end before it starts, or be held twice on some day.
        Conflict: somebody else changed it first.
    """
    Pod.objects.select_for_update().get(pk=row.pod_id)
    row.starts_on, row.ends_on = starts_on, ends_on
    _require_in_order(starts_on, ends_on)
    _require_not_twice(row)
    if change := update_version(row, version=version, starts_on=starts_on, ends_on=ends_on):
        record("pod_function.changed", row, by=by, before=change.before, after=change.after)
    return row


@transaction.atomic
def remove_pod_function(*, row: PodFunction, by: User) -> None:
    """Remove a function entered by mistake; one that has ended is kept by its end."""
    before = {"starts_on": row.starts_on, "ends_on": row.ends_on}
    record("pod_function.removed", row, by=by, before=before)
    row.delete()


# Who works in a pod


@transaction.atomic
def add_membership(
    *, pod: Pod, specialist: Specialist, by: User, **place: Unpack[Place]
) -> Membership:
    """Put a specialist into a pod.

    Raises:
        DomainError: they are in it already, or would be at more than 100 % on some day.
    """
    membership = Membership(pod=pod, specialist=specialist, **place)
    _require_room(membership)
    membership.save()
    record("membership.added", membership, by=by, after=_told(place))
    return membership


@transaction.atomic
def change_membership(
    *, membership: Membership, version: int, by: User, **place: Unpack[Place]
) -> Membership:
    """Change trade, share or dates of a place; who moves to another pod gets a new one.

    Raises:
        DomainError: as ``add_membership``.
    """
    for name, value in place.items():
        setattr(membership, name, value)
    _require_room(membership)
    if change := update_version(membership, version=version, **place):
        record("membership.changed", membership, by=by, before=change.before, after=change.after)
    return membership


@transaction.atomic
def remove_membership(*, membership: Membership, by: User) -> None:
    """Remove a place entered by mistake; one that has ended is kept by its end."""
    place = Place(
        trade=membership.trade,
        allocation=membership.allocation,
        starts_on=membership.starts_on,
        ends_on=membership.ends_on,
    )
    record("membership.removed", membership, by=by, before=_told(place))
    membership.delete()


# What must hold


def _told(place: Place) -> dict[str, object]:
    return {**place, "trade": Membership.Trade(place["trade"]).label}


def _require_one_of_us(user: User | None) -> None:
    if user is None:
        return
    if not user.is_internal:
        raise DomainError(f"{user} is one of a customer's people.", field="user")
    if user.deactivated_at is not None:
        raise DomainError(f"{user} has been deactivated.", field="user")


def _require_in_order(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise DomainError("It cannot end before it starts.", field="ends_on")


def _require_not_twice(row: PodFunction) -> None:
    """One person holds one function in one pod once at a time. Needs the pod's lock."""
    others = PodFunction.objects.filter(
        pod_id=row.pod_id, user_id=row.user_id, function=row.function
    ).exclude(pk=row.pk)
    if any(share_a_day(row, other) for other in others):
        raise DomainError(
            f"{row.user} already is {row.get_function_display().lower()} of {row.pod} then."
        )


def _require_room(membership: Membership) -> None:
    """Refuse a second place in the same pod, and more than a whole person on any day.

    The lock on the specialist's row makes two admins who enter at once wait for each other.
    """
    _require_in_order(membership.starts_on, membership.ends_on)
    specialist = Specialist.objects.select_for_update(of=("self",)).get(pk=membership.specialist_id)
    others = list(specialist.memberships.exclude(pk=membership.pk).select_related("pod"))
    _require_once(membership, others)
    if found := first_day_above([*others, membership]):
        day, holding = found
        shares = ", ".join(f"{row.pod} {row.allocation} %" for row in holding)
        total = sum(row.allocation for row in holding)
        raise DomainError(
            f"{specialist} would be at {total} % on {day_words(day, today=today())} ({shares}).",
            field="allocation",
        )


def _require_once(membership: Membership, others: Sequence[Membership]) -> None:
    for other in others:
        if other.pod_id == membership.pod_id and share_a_day(other, membership):
            raise DomainError(
                f"{membership.specialist} is in {membership.pod} then already: "
                f"{_dates_words(other)}.",
                field="starts_on",
            )


def _dates_words(row: Membership) -> str:
    day = today()
    first = f"from {day_words(row.starts_on, today=day)}"
    if row.ends_on is None:
        return f"{first} on"
    return f"{first} until {day_words(row.ends_on, today=day)}"
