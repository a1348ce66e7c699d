"""One change of one field of one item, as a file tells it."""

from datetime import datetime
from typing import NamedTuple


class Change(NamedTuple):
    """One change, or why it cannot be taken.

    ``field`` is one of those that the portal follows, or empty for another; ``name`` is what the
    tracker calls it. ``place`` orders the changes of an item at one instant, as in the file.
    """

    line: int
    key: str
    name: str
    field: str = ""
    at: datetime | None = None
    came: str = ""
    became: str = ""
    place: int = 0
    reason: str = ""
