"""Querysets for a reader, which are built once for all of their kind."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from dm_portal.people import standing
from dm_portal.people.models import User
from dm_portal.shell.kept import Kept
from engagements.querysets import places_of


class AskedBy:
    """Rows for a reader, by what ``make`` gives for them first; see ``Kept`` for the other values.

    What a customer's person may see follows from their own rows alone, and what one of us may see
    who holds nothing portal-wide from these and from the engagements that are theirs: of each kind
    a stand-in is kept. For others it is built anew. ``make`` learns of its reader by ``visible_to``
    and by key, and by nothing else.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], **kinds: type) -> None:
        self._make = make
        self._customers = Kept(
            lambda reader, **values: make(_customers_person(reader), **values), reader=int, **kinds
        )
        self._ours = Kept(
            lambda reader, places, **values: make(_one_of_us(reader, places), **values),
            reader=int,
            places=list,
            **kinds,
        )

    def rows(self, user: Any, **values: Any) -> list[Any]:
        """One statement."""
        if standing.is_present(user) and user.is_customer:
            return self._customers.rows(reader=user.pk, **values)
        if not standing.functions_of(user) and (places := places_of(user)):
            return self._ours.rows(reader=user.pk, places=places, **values)
        return list(self._make(user, **values))

    def first(self, user: Any, **values: Any) -> Any:
        """The first of the rows, if there is any: ``make`` says that it wants no more."""
        return next(iter(self.rows(user, **values)), None)


def _customers_person(pk: int) -> User:
    return User(pk=pk, kind=User.Kind.CUSTOMER, is_active=True)


def _one_of_us(pk: int, places: list[int]) -> Any:
    """Whoever holds nothing portal-wide and sees these; both are kept as they are on a person."""
    user: Any = User(pk=pk, kind=User.Kind.INTERNAL, is_active=True)
    user._portal_functions = frozenset()
    user._held = tuple((place, _UNKNOWN) for place in places)
    return user


class _Unknown(str):
    """The function of somebody who stands in for others: what is built may not depend on it."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        raise TypeError("A kept queryset asks which function its reader holds; that must be given.")

    __hash__ = None  # type: ignore[assignment]  # nor be looked for in a set

    def __bool__(self) -> bool:
        return self == ""


_UNKNOWN = _Unknown()
