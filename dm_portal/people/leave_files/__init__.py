"""Leave as files tell it: a CSV of many people, or one person's calendar (ICS).

Pure: bytes in, what each line or event says out. Who is meant and what is known already is for
others to find.
"""

from datetime import date

from dm_portal.people.leave_files.calendar_file import is_calendar, read_calendar
from dm_portal.people.leave_files.table_file import read_table
from dm_portal.people.leave_files.told import (
    MAX_BYTES,
    MAX_LINES,
    LeaveFileRefused,
    Told,
)

__all__ = [
    "MAX_BYTES",
    "MAX_LINES",
    "LeaveFileRefused",
    "Told",
    "is_calendar",
    "read_calendar",
    "read_leave_file",
    "read_table",
]


def read_leave_file(content: bytes, *, zone: str, today: date, only: str = "") -> list[Told]:
    """What a file says, line by line or event by event.

    A calendar's instants are read on the clock of ``zone``, that of whoever is away; of events
    that repeat, those from a year before ``today`` to two years after. ``only``: of a calendar,
    the events whose title contains it.

    Raises:
        LeaveFileRefused: nothing of it can be read.
    """
    if len(content) > MAX_BYTES:
        raise LeaveFileRefused(
            f"The file is larger than {MAX_BYTES // 1024} KB: export a shorter time."
        )
    if is_calendar(content):
        return read_calendar(content, zone=zone, today=today, only=only)
    return read_table(content)
