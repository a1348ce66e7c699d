"""What pages hand to components: small frozen values, so that templates stay outlines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Shape(StrEnum):
    """How something stands; each has its own form and its own word, never colour alone.

    The colours of the model are understood too: ``Shape("amber") is Shape.AT_RISK``.
    """

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    NOT_KNOWN = "not_known"

    @classmethod
    def _missing_(cls, value: object) -> "Shape | None":
        colours = {
            "green": cls.ON_TRACK,
            "amber": cls.AT_RISK,
            "red": cls.OFF_TRACK,
            "unknown": cls.NOT_KNOWN,
        }
        return colours.get(str(value))

    @property
    def word(self) -> str:
        return self.value.replace("_", " ").capitalize()

    @property
    def rank(self) -> int:
        """0 on track, 1 at risk, 2 off track, -1 not known: "the worst of the known" is a max."""
        order = [Shape.NOT_KNOWN, Shape.ON_TRACK, Shape.AT_RISK, Shape.OFF_TRACK]
        return order.index(self) - 1


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step on the way to this page."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Turn:
    """The week before or after this one, to which the page can be turned."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Key:
    """Keys that do something on this page alone, for the list that "?" opens."""

    keys: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A sibling page; ``count`` is shown when it is not None."""

    label: str
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class RailItem:
    """A line of the left rail.

    ``shape`` is for engagements, ``icon`` (a name in shell/icon.html) for places; with ``key``
    "e" the shortcut ``g e`` leads there.
    """

    label: str
    url: str
    current: bool = False
    shape: str = ""
    icon: str = ""
    count: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Rail:
    """The left rail, and the bar on phones: where one can go, then one's own engagements."""

    places: Sequence[RailItem] = ()
    admin: Sequence[RailItem] = ()
    engagements: Sequence[RailItem] = ()

    @property
    def bar(self) -> Sequence[RailItem]:
        """The places that fit on a phone; the rest is behind "More"."""
        return self.places[:4]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a list: what is so, its shape and where to read more, if any."""

    text: str
    shape: str = ""
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Basis:
    """One source that figures rest on: its file, as of when, what is left out.

    ``late`` says how old it is, where that is older than was promised; ``partly`` what a newer
    file tells of only some of the items.
    """

    source: str
    file: str
    url: str
    as_of: datetime
    zone: str
    late: str = ""
    left_out: tuple[Sentence, ...] = ()
    partly: Sentence | None = None


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """One field that two people changed: what the other saved, what was typed here."""

    label: str
    theirs: str
    yours: str
