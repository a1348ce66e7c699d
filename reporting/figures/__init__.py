"""The figures, by schema: plain arithmetic over stored rows, so that they rebuild for ever.

Nothing here reads the database or a clock: the same inputs give the same figures, to the byte.
A figure that cannot be told is ``None``, never 0. Counts are items of the tracker; days are
calendar days in the engagement's zone; instants are ISO 8601 in UTC with ``Z``. Windows hold
their beginning and not their end.

``dated``   schemas 1 to 3: from the dates of the rows that were known
``followed`` schema 4: from what became of each item over time
``blocked`` schema 5: and by the times in which each was blocked
``moved``   schema 6: and by everything that moved since the last status
``told``    schema 7: and no further than the files tell
``ruled``   schema 8: and what the rules of the colours look at besides
``owed``    schema 9: and what is asked, promised, expected and planned
``worked``  schema 10: and in the engagement's own working days, with its own notice, see ``agreed``
"""

from reporting.figures.blocked import version_5
from reporting.figures.dated import (
    can_be_told,
    days_after,
    instant,
    text_instant,
    version_1,
    version_2,
    version_3,
)
from reporting.figures.followed import version_4
from reporting.figures.moved import version_6
from reporting.figures.owed import version_9
from reporting.figures.ruled import version_8
from reporting.figures.told import version_7
from reporting.figures.worked import rules_look_at, version_10

__all__ = [
    "can_be_told",
    "days_after",
    "instant",
    "rules_look_at",
    "text_instant",
    "version_1",
    "version_2",
    "version_3",
    "version_4",
    "version_5",
    "version_6",
    "version_7",
    "version_8",
    "version_9",
    "version_10",
]
