"""Schema 10: the figures of schema 9, by what is agreed with the engagement.

Working days are those of its calendar, its holidays left out: stored as ``working_days``, with
``weekdays`` (0 is Monday) and the days that are ``off``. A promise that is replaced before its day
is ``moved`` where that was said so many working days before, with its threshold ``notice_days``;
else it is ``moved_late``, and ``withdrawn`` where no other day was promised. Replaced on its own
day it is ``missed`` from that day on. What came of it is told by the first status that could tell.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from dm_portal.shell.dates import WorkingDays
from engagements.thresholds import Thresholds

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Agreed:
    """How days are counted, and how many of them are notice.

    None: whatever moved before its day moved with notice, and nothing was missed on its own day.
    """

    working: WorkingDays
    notice: int | None

    @classmethod
    def of(cls, inputs: Row) -> Self:
        stored = inputs["working_days"]
        off = tuple(date.fromisoformat(day) for day in stored["off"])
        working = WorkingDays(frozenset(stored["weekdays"]), off)
        return cls(working, Thresholds.of(inputs.get("thresholds")).notice_days)

    def days(self, first: str, last: date) -> int:
        """How many working days come after ``first``, up to and with ``last``."""
        return self.working.count(date.fromisoformat(first), last)

    def state_of(self, notice: int, moved_to: str | None) -> str:
        """What became of a promise that was replaced before its day."""
        if self.notice is None:
            return "moved"
        if moved_to is None:
            return "withdrawn"
        return "moved" if notice >= self.notice else "moved_late"

    @property
    def ends_on_its_day(self) -> bool:
        """Whether what is replaced on its own day is missed already."""
        return self.notice is not None

    @property
    def is_told_once(self) -> bool:
        """Whether what came of a promise is told by the first status that could, and no other."""
        return self.notice is not None


AS_BEFORE = Agreed(WorkingDays(), notice=None)
# From which schema on it is stored what is agreed.
SINCE_SCHEMA = 10


def agreed_of(body: Row) -> Agreed:
    """By what the figures of a body were worked out."""
    return Agreed.of(body["inputs"]) if body["schema"] >= SINCE_SCHEMA else AS_BEFORE


def as_stored(working: WorkingDays) -> Row:
    """What ``Agreed.of`` reads."""
    return {
        "weekdays": sorted(working.weekdays),
        "off": [day.isoformat() for day in working.off],
    }
