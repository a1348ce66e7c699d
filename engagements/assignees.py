"""Who the people may be that an engagement's trackers name."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from engagements.models import Engagement, PersonMeaning
from engagements.sources.maps import BOT_WORD, IGNORE_WORD, MapRefused
from pods.models import Specialist

Kind = PersonMeaning.Kind


class Who(NamedTuple):
    """One of our specialists, or none of them."""

    kind: str
    specialist: Specialist | None = None

    def __str__(self) -> str:
        return str(self.specialist or Kind(self.kind).label)


BOT, NOBODY = Who(Kind.BOT), Who(Kind.IGNORED)
WORDS = {BOT_WORD: BOT, IGNORE_WORD: NOBODY}


def candidates(engagement: Engagement) -> list[Specialist]:
    """Whoever has, had or will have a place in a pod of the engagement, and whoever a name of its
    trackers was decided to be. One statement.
    """
    decided = PersonMeaning.objects.filter(source__engagement=engagement, kind=Kind.SPECIALIST)
    people = Specialist.objects.ever_in(engagement.pods.all())
    people |= Specialist.objects.filter(pk__in=decided.values("specialist"))
    return list(people.select_related("user").order_by("name", "pk"))


def called(people: Iterable[Specialist], word: str) -> list[Specialist]:
    """Those whose name or e-mail this is, whatever its case and its spaces."""
    plain = _plain(word)
    return [
        each
        for each in people
        if plain in (_plain(each.name), _plain(each.user.email if each.user else ""))
    ]


def people_of_map(told: Mapping[str, str], engagement: Engagement) -> dict[str, Who]:
    """Who the names are of which a map says so.

    Raises:
        MapRefused: it means somebody who cannot be found, or more than one.
    """
    people = candidates(engagement) if set(told.values()) - set(WORDS) else []
    return {name: WORDS.get(word) or _one(people, name, word) for name, word in told.items()}


def found_of_map(told: Mapping[str, str], engagement: Engagement) -> dict[str, Who]:
    """The same without those who cannot be found any more, as in maps that were applied before."""
    people = candidates(engagement) if set(told.values()) - set(WORDS) else []
    found = {name: WORDS.get(word) or _only(people, word) for name, word in told.items()}
    return {name: who for name, who in found.items() if who}


def _only(people: list[Specialist], word: str) -> Who | None:
    found = called(people, word)
    return Who(Kind.SPECIALIST, found[0]) if len(found) == 1 else None


def _one(people: list[Specialist], name: str, word: str) -> Who:
    found = called(people, word)
    if len(found) != 1:
        many = f"{len(found)} people" if found else "nobody"
        raise MapRefused(
            f"The map says that {name} is {word}, and {many} in the pods of this engagement can be "
            f"meant. Write a specialist's e-mail, or “{BOT_WORD}”, or “{IGNORE_WORD}”.",
            field="map",
        )
    return Who(Kind.SPECIALIST, found[0])


def _plain(word: str) -> str:
    return " ".join(word.split()).casefold()
