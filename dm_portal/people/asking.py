"""Querysets that the pages of a customer's people ask: built once for all of them."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from dm_portal.people import standing
from dm_portal.people.models import User
from dm_portal.shell.kept import Kept


class AskedBy:
    """Rows for a reader, by what ``make`` gives for them first; see ``Kept`` for the other values.

    What a customer's person may see follows from their own rows alone, so one of them stands in
    for all as it is kept. What one of us may see follows from what they hold, and is built anew.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], **kinds: type) -> None:
        self._make = make
        self._kept = Kept(
            lambda reader, **values: make(_customers_person(reader), **values),
            reader=int,
            **kinds,
        )

    def rows(self, user: Any, **values: Any) -> list[Any]:
        """One statement."""
        if standing.is_present(user) and user.is_customer:
            return self._kept.rows(reader=user.pk, **values)
        return list(self._make(user, **values))

    def first(self, user: Any, **values: Any) -> Any:
        """The first of the rows, if there is any: ``make`` says that it wants no more."""
        return next(iter(self.rows(user, **values)), None)


def _customers_person(pk: int) -> User:
    return User(pk=pk, kind=User.Kind.CUSTOMER, is_active=True)
