"""Every kind of letter: what it is about, and what it is called on the admins' pages.

Apps above register theirs, as they do their verbs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dm_portal.people.categories import CATEGORIES, Category

# What an example shows: the values of its templates, made up, without a row being written.
Example = Callable[[], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Letter:
    """One kind of letter; its templates are ``templates/mail/<kind>.txt`` and ``.html``."""

    kind: str
    label: str
    category: Category
    example: Example


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a letter that lists: what it is about, what there is to say, and the one act."""

    about: str
    words: str
    action: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of a letter that lists, under one heading."""

    title: str
    lines: tuple[Line, ...]


_letters: dict[str, Letter] = {}


def register(kind: str, label: str, *, category: str, example: Example) -> None:
    """Name a kind of letter.

    Raises:
        ValueError: another letter has this kind already.
    """
    letter = Letter(kind, label, CATEGORIES[category], example)
    known = _letters.setdefault(kind, letter)
    if known != letter:
        raise ValueError(f"The letter {kind} is registered twice.")


def registered() -> Mapping[str, Letter]:
    return dict(_letters)


def category_of(kind: str) -> Category | None:
    """What letters of this kind are about; None of one that no version of ours writes any more."""
    letter = _letters.get(kind)
    return letter.category if letter else None
