"""Whose leave is kept: our own people, and the specialists who do not sign in."""

from typing import Any

from django.db.models import Model

from dm_portal.people.models import TimeOff, User
from dm_portal.shell.relations import related


def workers() -> list[Any]:
    """Our users who are not deactivated, and specialists who are no users, by their names."""
    users = User.objects.filter(kind=User.Kind.INTERNAL, deactivated_at__isnull=True)
    specialists = related(TimeOff, "specialist").objects.filter(user__isnull=True)
    return sorted([*users, *specialists], key=lambda each: (each.name.casefold(), each.pk))


def label(person: Model) -> str:
    """The name, with what tells two people of one name apart."""
    if isinstance(person, User):
        return f"{person.name} ({person.email})"
    return f"{person} (specialist)"
