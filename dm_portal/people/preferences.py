"""When mails come to whom: what people chose, and where they did not the default."""

from collections.abc import Iterable

from django.db.models import OuterRef, Subquery

from dm_portal.people.categories import CATEGORIES, Category, Rhythm
from dm_portal.people.models import Preference, User


def categories_for(person: User) -> list[Category]:
    """What mails to this person can be about, in the order of the table."""
    return [category for category in CATEGORIES.values() if category.is_for(person)]


def rhythm_of(person: User, category: str) -> Rhythm:
    """When mails of this category come to one person."""
    return rhythms_of([person], category)[person.pk]


def rhythms_of(people: Iterable[User], category: str) -> dict[int, Rhythm]:
    """When mails of this category come to each of these people, by primary key; one statement."""
    known = CATEGORIES[category]
    keys = [person.pk for person in people]
    chosen = Preference.objects.filter(user__in=keys, category=category)
    found = dict(chosen.values_list("user", "rhythm"))
    return {pk: _allowed(known, found.get(pk)) for pk in keys}


def chosen_by(person: User) -> dict[str, Rhythm]:
    """Category by category when mails come to this person; one statement."""
    found = dict(Preference.objects.filter(user=person).values_list("category", "rhythm"))
    return {each.name: _allowed(each, found.get(each.name)) for each in categories_for(person)}


def version_of(person: User) -> int:
    """Grows with every choice, so that the second of two open pages is told of the first."""
    return sum(Preference.objects.filter(user=person).values_list("version", flat=True))


def chosen_by_row(category: str, *, person: str) -> Subquery:
    """What the person of a row chose, to be read along with it; ``person`` names the column."""
    chosen = Preference.objects.filter(user=OuterRef(person), category=category)
    return Subquery(chosen.values("rhythm")[:1])


def rhythm_from(category: str, chosen: str | None) -> Rhythm:
    """When mails come to whom who has ``chosen`` so, or has not."""
    return _allowed(CATEGORIES[category], chosen)


def _allowed(category: Category, chosen: str | None) -> Rhythm:
    """What was chosen, unless the table does not offer it any more."""
    rhythm = Rhythm(chosen) if chosen else category.default
    return rhythm if rhythm in category.rhythms else category.default
