"""People come in by invitation: bound to an address and a scope, once, for two weeks."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from dm_portal.people.audit import record
from dm_portal.people.models import Invitation, PortalFunction, User
from dm_portal.people.services.functions import grant_portal_function
from dm_portal.people.services.mails import write_letter
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict, DomainError

VALID_FOR = timedelta(days=14)

# Says the same whatever is behind the address, so that nobody learns who is known here.
CANNOT_BE_INVITED = "This address cannot be invited. Ask an admin."


class InvitationGone(DomainError):
    """Wrong, used, taken back or expired: the link says the same of all."""

    def __init__(self) -> None:
        super().__init__("This invitation does not work any more.")


@transaction.atomic
def invite_person(
    *, email: str, name: str, kind: str, scope: str, by: User | None, grade: str = ""
) -> Invitation:
    """Let one person in, for a scope that the caller has checked and writes in the same breath.

    ``scope`` says in words what they become ("customer lead of Northwind Bank"). Somebody of the
    same kind who is known already keeps their name and account and gets the letter; the caller's
    dated rows hang on ``invitation.user``. ``invitation.token`` holds the token of the letter,
    in this process only. ``by=None``: the portal itself.

    Raises:
        DomainError: the address belongs to somebody of the other kind, or was deactivated.
    """
    person = _person_at(email=email, name=name, kind=kind, grade=grade)
    if person.kind != kind or person.deactivated_at is not None:
        raise DomainError(CANNOT_BE_INVITED, field="email")
    return _invite(person, scope=scope, by=by)


@transaction.atomic
def invite_internal(
    *, email: str, name: str, by: User, grade: str = "", functions: Collection[str] = ()
) -> Invitation:
    """Let one of us in, with a grade and portal functions that hold from today.

    Raises:
        DomainError: somebody with this address is here already; an admin may know who.
    """
    if (known := User.objects.filter(email__iexact=email.strip()).first()) is not None:
        raise DomainError(f"{known} has this address already: see their page.")
    labels = [PortalFunction.Function(function).label for function in functions]
    labels = [User.Grade(grade).label, *labels] if grade else labels
    scope = ", ".join(labels) or "One of us"
    invitation = invite_person(
        email=email, name=name, kind=User.Kind.INTERNAL, scope=scope, by=by, grade=grade
    )
    for function in functions:
        grant_portal_function(person=invitation.user, function=function, by=by)
    return invitation


@transaction.atomic
def invite_first_admin(*, email: str, name: str, even_if_there_is_one: bool = False) -> Invitation:
    """Let the first admin in; the portal itself invites, so nobody needs to be there before.

    Again for the same address, as long as they have not come in: a fresh invitation.

    Raises:
        DomainError: there is an admin already, or the address is somebody's.
    """
    admins = PortalFunction.objects.holding().filter(function=PortalFunction.Function.ADMIN)
    others = admins.exclude(user__email__iexact=email.strip(), user__is_active=False)
    if others.exists() and not even_if_there_is_one:
        raise DomainError("There is an admin already, who can invite others at /people/.")
    person = _person_at(email=email, name=name, kind=User.Kind.INTERNAL, grade="")
    if not person.is_invited or not person.is_internal:
        raise DomainError("Somebody with this address is here already.")
    if not admins.filter(user=person).exists():
        grant_portal_function(person=person, function=PortalFunction.Function.ADMIN, by=None)
    return _invite(person, scope=PortalFunction.Function.ADMIN.label, by=None)


def open_invitation(token: str) -> Invitation | None:
    """The invitation of a link, while it works."""
    invitations = Invitation.objects.open(now()).select_related("user")
    return invitations.filter(token_hash=_hash(token)).first()


@transaction.atomic
def accept_invitation(*, token: str, password: str = "", encoded: str = "") -> User:
    """Use a link up: the person becomes active, with this password (the form has checked it).

    ``encoded`` is a password as it is stored, where many come in with one that was hashed before.
    Without a password it only notes that somebody who has an account has read the letter.

    Raises:
        InvitationGone: the link is wrong, used, taken back or expired, or was opened to choose a
            password and there is one by now.
    """
    at = now()
    invitation = open_invitation(token)
    if invitation is None:
        raise InvitationGone
    person = User.objects.select_for_update().get(pk=invitation.user_id)
    still_open = Invitation.objects.open(at).filter(pk=invitation.pk)
    if not still_open.update(accepted_at=at, accepted_by=person):
        raise InvitationGone
    if person.is_active == bool(password or encoded):
        raise InvitationGone  # which undoes the acceptance
    if password or encoded:
        person.password = encoded or make_password(password)
        person.is_active = True
        person.save(update_fields=["password", "is_active"])
    record("person.came_in", invitation, by=person)
    return person


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: User) -> None:
    """Make the link worthless. The person stays known, and can be invited again.

    Raises:
        Conflict: it was used or taken back in the meantime.
    """
    if not _unused(invitation).update(revoked_at=now(), revoked_by=by):
        raise Conflict("This invitation was used or taken back in the meantime.")
    record("invitation.revoked", invitation, by=by)


@transaction.atomic
def renew_invitation(*, invitation: Invitation, by: User) -> Invitation:
    """Write a fresh letter for the same scope; the old link, if any works, is worthless.

    Raises:
        Conflict: the person has come in, or was deactivated, in the meantime.
    """
    person = User.objects.select_for_update().get(pk=invitation.user_id)
    if not person.is_invited:
        raise Conflict(f"{person} needs no invitation.")
    _unused(invitation).update(revoked_at=now(), revoked_by=by)
    renewed = _new_invitation(person, scope=invitation.scope, by=by)
    record("invitation.renewed", renewed, by=by)
    return renewed


def invitation_url(invitation: Invitation) -> str:
    """The link of an invitation that was made in this process; nobody can tell it later."""
    return settings.BASE_URL + reverse("invitation_accept", args=[invitation.token])


def _person_at(*, email: str, name: str, kind: str, grade: str) -> User:
    """Whoever has this address, locked; a new person, not active yet, if nobody has."""
    # the name stands in letters: nobody smuggles a line into one
    person = User(email=email.strip().lower(), name=" ".join(name.split()), kind=kind, grade=grade)
    person.set_unusable_password()
    # two who invite the same address at once get the same person
    User.objects.bulk_create([person], ignore_conflicts=True)
    return User.objects.select_for_update().get(email__iexact=person.email)


def _invite(person: User, *, scope: str, by: User | None) -> Invitation:
    invitation = _new_invitation(person, scope=scope, by=by)
    record("person.invited", invitation, by=by)
    return invitation


def _new_invitation(person: User, *, scope: str, by: User | None) -> Invitation:
    token, at = secrets.token_urlsafe(32), now()
    invitation = Invitation.objects.create(
        user=person,
        email=person.email,
        scope=scope,
        token_hash=_hash(token),
        invited_at=at,
        invited_by=by,
        expires_at=at + VALID_FOR,
    )
    invitation.token = token
    write_letter(
        "invitation",
        to=person.email,
        user=person,
        dedup_key=f"invitation:{invitation.ref}",
        context={"invitation": invitation, "url": invitation_url(invitation)},
    )
    return invitation


def _unused(invitation: Invitation) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        pk=invitation.pk, accepted_at__isnull=True, revoked_at__isnull=True
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
