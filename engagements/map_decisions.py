"""What a map that comes along decides of its tracker's words, and what stays as people decided.

See docs/adr/0021: what a map says as it did before is nothing new, so that later decisions stand.
"""

from collections.abc import Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from django.db.models import Max

from engagements.assignees import Who, found_of_map
from engagements.models import Import, PersonMeaning, Source, StateMeaning

T = TypeVar("T")


class Other(NamedTuple, Generic[T]):
    """A word that was decided, and that the map means otherwise."""

    decided: T
    told: T


class Settled(NamedTuple, Generic[T]):
    """What of a map counts, by the words of the tracker.

    ``changed`` are those of them that were decided otherwise until now; ``stays`` are the words of
    which the map is not followed, because people decided on them.
    """

    counts: dict[str, T]
    changed: dict[str, Other[T]]
    stays: dict[str, Other[T]]


def settle(told: Mapping[str, T], decided: Mapping[str, T], last: Mapping[str, T]) -> Settled[T]:
    """What counts of what a map tells; ``last`` is what was told by maps that were applied.

    Where a decision is not what maps told last, people made it. It gives way to a map only where
    that tells something else than it did.
    """
    others = {
        word: Other(decided[word], means)
        for word, means in told.items()
        if decided.get(word, means) != means
    }
    stays = {
        word: other
        for word, other in others.items()
        if other.decided != last.get(word) and last.get(word, other.told) == other.told
    }
    return Settled(
        {word: means for word, means in told.items() if word not in stays},
        {word: other for word, other in others.items() if word not in stays},
        stays,
    )


def settled_states(source: Source, told: Mapping[str, str]) -> Settled[str]:
    """What counts of what a map tells of states. Two statements, none if it tells nothing."""
    if not told:
        return settle(told, {}, {})
    return settle(told, StateMeaning.objects.by_state(source.pk), _last(source, "states"))


def settled_people(source: Source, told: Mapping[str, Who]) -> Settled[Who]:
    """What counts of what a map tells of people. Up to four statements, however many there are."""
    if not told:
        return settle(told, {}, {})
    last = found_of_map(_last(source, "people"), source.engagement)
    return settle(told, decided_people(source), last)


def decided_people(source: Source) -> dict[str, Who]:
    """Who the names in a source's tracker were decided to be."""
    rows = PersonMeaning.objects.filter(source=source.pk).select_related("specialist")
    return {row.name: Who(row.kind, row.specialist) for row in rows}


def _last(source: Source, table: str) -> dict[str, str]:
    """What the maps by which files of a source were applied told last of each word."""
    applied = Import.objects.filter(source=source.pk).applied().exclude(mapping={}).order_by()
    tables: Any = applied.values_list(f"mapping__{table}").annotate(at=Max("applied_at"))
    last: dict[str, str] = {}
    for told, _ in tables.order_by("at"):
        last |= told or {}
    return last
