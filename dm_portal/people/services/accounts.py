"""What a person does with their own account: password, address, second step."""

from collections.abc import Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse

from dm_portal.people.audit import origin, record
from dm_portal.people.models import User
from dm_portal.people.services.mails import write_letter
from dm_portal.shell.clock import now
from dm_portal.shell.errors import DomainError

EMAIL_CHANGE_SALT = "people.email-change"
EMAIL_CHANGE_VALID_FOR = 24 * 3600  # seconds

# Recovery codes that come and go with the app need no letter of their own.
TWO_STEP_LETTERS = {
    (Authenticator.Type.TOTP, "added"): "two_step_on",
    (Authenticator.Type.TOTP, "removed"): "two_step_off",
    (Authenticator.Type.RECOVERY_CODES, "replaced"): "recovery_codes",
}


class EmailChangeGone(DomainError):
    """The link is wrong, too old, used, or somebody else's."""

    def __init__(self) -> None:
        super().__init__("This link does not work any more.")


@transaction.atomic
def change_password(*, person: User, password: str) -> None:
    """The person chose this password, signed in or by a reset link; other sessions end."""
    person.set_password(password)
    person.save(update_fields=["password"])
    record("person.password_changed", person, by=person)
    write_letter("password_changed", to=person.email, user=person, context=_when_and_where())


def ask_password_reset(*, email: str) -> None:
    """Write one letter whoever asks: with a link if somebody active has this address.

    Others are told by the same route that there is no account, so that neither the page nor the
    number of letters says who is known here.
    """
    person = User.objects.by_address(email)
    if person is None or not person.is_active:
        write_letter("unknown_account", to=email, context={})
        return
    key = default_token_generator.make_token(person)
    path = reverse("account_reset_password_from_key", args=[person.ref, key])
    write_letter(
        "password_link",
        to=person.email,
        user=person,
        context={"url": settings.BASE_URL + path},
    )


@transaction.atomic
def ask_email_change(*, email: str, by: User) -> None:
    """Write to a new address so that its owner can confirm it; one letter, taken or not."""
    address = email.strip().lower()
    record("person.email_change_asked", by, by=by, after={"email": address})
    if User.objects.filter(email__iexact=address).exists():
        write_letter("email_taken", to=address, context={})
        return
    token = signing.dumps([by.ref, by.email, address], salt=EMAIL_CHANGE_SALT)
    path = reverse("account_email_confirmation", args=[token])
    write_letter("email_link", to=address, user=by, context={"url": settings.BASE_URL + path})


def new_address(*, token: str, by: User) -> str:
    """The address that this link would give to this person.

    Raises:
        EmailChangeGone: the link is wrong, too old, used, or somebody else's.
    """
    try:
        ref, old, new = signing.loads(token, salt=EMAIL_CHANGE_SALT, max_age=EMAIL_CHANGE_VALID_FOR)
    except signing.BadSignature as error:  # SignatureExpired is one
        raise EmailChangeGone from error
    if (ref, old) != (by.ref, by.email):
        raise EmailChangeGone
    return str(new)


@transaction.atomic
def change_email(*, token: str, by: User) -> None:
    """Give the person the address that the link proves to be theirs; the old one is told.

    Raises:
        EmailChangeGone: the link is wrong, too old, used, or somebody else has the address now.
    """
    old, new = by.email, new_address(token=token, by=by)
    try:
        with transaction.atomic():
            changed = User.objects.filter(pk=by.pk, email=old).update(email=new)
    except IntegrityError as error:
        raise EmailChangeGone from error
    if not changed:
        raise EmailChangeGone
    by.email = new
    record("person.email_changed", by, by=by, before={"email": old}, after={"email": new})
    write_letter("email_changed", to=old, user=by, context={"new_email": new})


def second_steps(person: User) -> dict[str, int]:
    """The kinds of second step that a person has, with the row of each."""
    return dict(Authenticator.objects.filter(user=person).values_list("type", "pk"))


@transaction.atomic
def note_two_step(*, person: User, before: Mapping[str, int]) -> None:
    """Record, and tell the person, what allauth has just done to their second steps.

    Call it in allauth's own transaction; its signals and letters come after the commit, when
    nothing would be left of them if the process died.
    """
    after = second_steps(person)
    kinds = sorted(set(before) | set(after))
    for kind in (kind for kind in kinds if before.get(kind) != after.get(kind)):
        verb = _what_happened(before.get(kind), after.get(kind))
        values = {"kind": Authenticator.Type(kind).label}
        record(f"person.two_step_{verb}", person, by=person, before=values, after=values)
        if kind == Authenticator.Type.RECOVERY_CODES and kind in after:
            # Codes are shown as often as one likes; allauth would note the first time in a GET.
            Authenticator.objects.get(pk=after[kind]).wrap().mark_as_viewed()
        if letter := TWO_STEP_LETTERS.get((kind, verb)):
            write_letter(letter, to=person.email, user=person, context=_when_and_where())


def _what_happened(before: int | None, after: int | None) -> str:
    if before is None:
        return "added"
    return "removed" if after is None else "replaced"


def _when_and_where() -> dict[str, Any]:
    return {"at": now(), "where": origin.get().removeprefix("web ")}
