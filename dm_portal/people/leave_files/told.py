"""One line of a file of leave, and what is wrong with it."""

from dataclasses import dataclass
from datetime import date, time

from dm_portal.shell.errors import DomainError

MAX_BYTES = 512 * 1024
MAX_LINES = 1000


class LeaveFileRefused(DomainError):
    """Nothing of the file can be read; the message says why, in the user's words."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days with the last one included; times only for a part of one day."""

    starts_on: date
    ends_on: date
    from_time: time | None = None
    until_time: time | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a line or an event says.

    ``where`` names it to whoever brought the file; ``who`` is empty where the file is one
    person's. With a ``reason`` it has no spans: it is refused, or only ``left_out`` as it should.
    """

    where: str
    who: str = ""
    spans: tuple[Span, ...] = ()
    note: str = ""
    reason: str = ""
    left_out: bool = False
