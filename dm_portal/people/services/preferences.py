"""A person chooses which mails come and when, on a page or by the link in a mail."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from dm_portal.people import letters, preferences
from dm_portal.people.audit import record
from dm_portal.people.categories import CATEGORIES, Category, Rhythm
from dm_portal.people.models import Preference, User
from dm_portal.shell.errors import Conflict, DomainError

# No time in it: the link of an old mail works, too.
_signer = signing.Signer(salt="people.unsubscribe")


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one link in a mail speaks of: a person, a category, and when its mails come now."""

    person: User
    category: Category
    rhythm: Rhythm


@transaction.atomic
def choose_mails(*, person: User, version: int, rhythms: Mapping[str, str], by: User) -> None:
    """Note when the mails of each of these categories shall come to a person.

    Raises:
        Conflict: something was chosen since ``version``, by another page or a link in a mail.
        DomainError: a category does not come so.
    """
    _lock(person)
    if preferences.version_of(person) != version:
        raise Conflict("This was changed on another page meanwhile.")
    _choose(person, rhythms, verb="person.mails_chosen", by=by)


@transaction.atomic
def unsubscribe(*, token: str) -> None:
    """Send no more mails of the category that a link names to the person whom it names.

    Raises:
        DomainError: the link is wrong.
    """
    _follow(token, Rhythm.NEVER, verb="person.unsubscribed")


@transaction.atomic
def subscribe_again(*, token: str, rhythm: str) -> None:
    """Undo ``unsubscribe`` by the same link.

    Raises:
        DomainError: the link is wrong, or the category does not come so.
    """
    _follow(token, rhythm, verb="person.mails_chosen")


def unsubscribe_url(person: User, category: str) -> str:
    """The address that ends mails of this category to this person, whoever opens it."""
    token = _signer.sign_object([person.ref, category])
    return settings.BASE_URL + reverse("account_unsubscribe", args=[token])


def ending_url(kind: str, person: User | None) -> str:
    """The address that ends letters of this kind to somebody; empty where they always come."""
    category = letters.category_of(kind)
    if person is None or category is None or category.always_comes:
        return ""
    return unsubscribe_url(person, category.name)


def open_subscription(token: str) -> Subscription | None:
    """What a link speaks of; None where it is forged, or names nothing that can be switched off."""
    try:
        ref, name = _signer.unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    person = User.objects.active().filter(ref=ref).first()
    category = CATEGORIES.get(name)
    if person is None or category is None or category.always_comes or not category.is_for(person):
        return None
    return Subscription(person, category, preferences.rhythm_of(person, name))


def _follow(token: str, rhythm: str, *, verb: str) -> None:
    subscription = open_subscription(token)
    if subscription is None:
        raise DomainError("This link does not work.")
    person = subscription.person
    _lock(person)
    _choose(person, {subscription.category.name: rhythm}, verb=verb, by=person)


def _choose(person: User, rhythms: Mapping[str, str], *, verb: str, by: User) -> None:
    was = preferences.chosen_by(person)
    for name, rhythm in rhythms.items():
        _require_offered(person, name, rhythm)
    changed = {name: Rhythm(rhythm) for name, rhythm in rhythms.items() if was[name] != rhythm}
    if not changed:
        return
    for name, rhythm in changed.items():
        _write(person, name, rhythm)
    record(
        verb,
        person,
        by=by,
        before={CATEGORIES[name].label: was[name].label for name in changed},
        after={CATEGORIES[name].label: rhythm.label for name, rhythm in changed.items()},
    )


def _require_offered(person: User, name: str, rhythm: str) -> None:
    """Raises DomainError where mails of this category do not come so to such a person."""
    category = CATEGORIES.get(name)
    if category is None or not category.is_for(person):
        raise DomainError("There are no such mails.")
    if rhythm not in category.rhythms:
        raise DomainError(f"Mails of “{category.label}” cannot come so.", field=name)


def _write(person: User, name: str, rhythm: Rhythm) -> None:
    rows = Preference.objects.filter(user=person, category=name)
    if not rows.update(rhythm=rhythm, version=F("version") + 1):
        Preference.objects.create(user=person, category=name, rhythm=rhythm)


def _lock(person: User) -> None:
    """Two pages, or a page and a link, choose one after the other."""
    list(User.objects.select_for_update(no_key=True).filter(pk=person.pk).values("pk"))
