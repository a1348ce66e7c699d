"""What the figures of a week list: items with their ages, milestones with their stages."""

from dataclasses import dataclass
from datetime import date, datetime

from reporting.item_lines import ItemLine, Items


@dataclass(frozen=True, slots=True)
class Aged:
    """An item with its age; ``note`` says what that is compared with.

    ``source`` is the number of its source, where that is told.
    """

    item: ItemLine
    since: date | datetime
    days: int
    note: str = ""
    source: int = 0

    @property
    def blocker(self) -> tuple[int, str, date | datetime]:
        """What its blocker is found by: source, key, and since when."""
        return self.source, self.item.key, self.since


@dataclass(frozen=True, slots=True)
class Plan:
    """A milestone with its items by stage, and what came to it or left it."""

    name: str
    url: str
    committed_on: date | None
    stages: dict[str, int]
    done: int
    open: int
    moves: tuple[Items, ...]

    def at(self, stage: str) -> int:
        return self.stages.get(stage, 0)
