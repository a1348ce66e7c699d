"""What happens to a person after they were invited."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.db import transaction

from dm_portal.people.audit import record
from dm_portal.people.models import Invitation, PortalFunction, User
from dm_portal.people.services.functions import require_another_admin
from dm_portal.people.services.invitations import invite_person
from dm_portal.people.services.mails import write_letter
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict
from dm_portal.shell.versions import update_version


@transaction.atomic
def change_person(*, person: User, version: int, name: str, grade: str, by: User) -> None:
    """Correct a name, or note a step on the ladder (rights follow functions, not grades).

    Raises:
        Conflict: somebody else changed the person since ``version``.
    """
    change = update_version(person, version=version, name=name, grade=grade)
    for field, verb in (("name", "person.renamed"), ("grade", "person.graded")):
        if field in change.after:
            record(verb, person, by=by, before=change.before, after=change.after)


@transaction.atomic
def deactivate_person(*, person: User, by: User) -> None:
    """Take all access away at once; name, records and dated rows stay.

    Their password and their open invitations die with it, so that no session comes back to life
    when they are let in again.

    Raises:
        Conflict: somebody else did it first.
        DomainError: this is the last admin.
    """
    if _is_admin(person):
        require_another_admin(person)
    at = now()
    present = User.objects.filter(pk=person.pk, deactivated_at__isnull=True)
    if not present.update(
        is_active=False, deactivated_at=at, deactivated_by=by, password=make_password(None)
    ):
        raise Conflict("Somebody else has deactivated this person already.")
    Invitation.objects.open(at).filter(user=person).update(revoked_at=at, revoked_by=by)
    for session in UserSession.objects.filter(user=person):
        session.end()
    record("person.deactivated", person, by=by)


@transaction.atomic
def reactivate_person(*, person: User, by: User) -> Invitation:
    """Let somebody in again: they choose a new password by a fresh invitation.

    Raises:
        Conflict: they are not deactivated any more.
    """
    away = User.objects.filter(pk=person.pk, deactivated_at__isnull=False)
    if not away.update(deactivated_at=None, deactivated_by=None):
        raise Conflict("Somebody else has let this person in again already.")
    record("person.reactivated", person, by=by)
    return invite_person(
        email=person.email, name=person.name, kind=person.kind, scope="Back in the portal", by=by
    )


@transaction.atomic
def remove_two_step(*, person: User, by: User) -> None:
    """For whoever lost their phone and their recovery codes: the password alone suffices again.

    Raises:
        Conflict: there is nothing to switch off.
    """
    authenticators = Authenticator.objects.filter(user=person)
    kinds = sorted(each.get_type_display() for each in authenticators)
    if not kinds:
        raise Conflict("Two-step sign-in is off already.")
    authenticators.delete()
    record("person.two_step_removed", person, by=by, before={"kind": ", ".join(kinds)})
    write_letter("two_step_removed", to=person.email, user=person, context={"by": by})


def has_two_step(person: User) -> bool:
    return Authenticator.objects.filter(user=person).exists()


def _is_admin(person: User) -> bool:
    admins = PortalFunction.objects.holding().filter(function=PortalFunction.Function.ADMIN)
    return admins.filter(user=person).exists()
