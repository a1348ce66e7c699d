"""What the services of everything that is owed share."""

from typing import Any

from django.db.models import QuerySet

from dm_portal.people.audit import record
from dm_portal.people.models import User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import DomainError
from dm_portal.shell.versions import update_version

NOT_OURS = "Choose somebody who works on this engagement."
NOT_THEIRS = "Choose one of the customer's people."


def require_among(
    people: QuerySet[User], person: User, *, field: str, was: int | None, otherwise: str
) -> None:
    """Refuse somebody who is none of ``people``; whoever it ``was`` may stay."""
    if person.pk != was and not people.filter(pk=person.pk).exists():
        raise DomainError(otherwise, field=field)


def require_words(words: str, otherwise: str, *, field: str) -> None:
    """Refuse nothing and blanks."""
    if not words.strip():
        raise DomainError(otherwise, field=field)


def share(row: Any, *, version: int, customer_text: str, by: User) -> None:
    """Let the customer read a row in these words; of one that they read already change them.

    Part of the service that shares: the verbs are ``<noun>.shared`` and ``<noun>.reworded``.
    """
    require_words(customer_text, "Write what the customer reads.", field="customer_text")
    noun = row._meta.model_name
    first: dict[str, Any] = {} if row.is_shared else {"shared_at": now(), "shared_by": by}
    if change := update_version(row, version=version, customer_text=customer_text, **first):
        verb = "shared" if first else "reworded"
        after = {"customer_text": customer_text}
        before = {name: value for name, value in change.before.items() if name in after}
        record(f"{noun}.{verb}", row, by=by, before=before, after=after)
