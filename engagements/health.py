"""How an engagement stands by the rules, dimension by dimension.

The app that knows the rules lies above this one in the order of imports, so it comes here at
start and says how they are read; see ``standing``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension by the rules."""

    name: str
    shape: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Health:
    """Every dimension as a draft or a status last saw it, the worst first.

    ``url`` leads to them as of now.
    """

    as_of: datetime
    dimensions: tuple[Dimension, ...]
    url: str


Read = Callable[[Any, Any], Health | None]


def _nothing_known(engagement: Any, user: Any) -> Health | None:
    return None


_read: list[Read] = [_nothing_known]


def told_by(read: Read) -> None:
    """Register what reads the health of an engagement for a person."""
    _read[0] = read


def health_of(engagement: Any, user: Any) -> Health | None:
    """What this person may know of it; None before the first draft that they may know of."""
    return _read[0](engagement, user)
