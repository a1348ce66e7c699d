"""Days that can be meant: a first day in the year 12 would owe statuses for 2,000 years."""

from collections.abc import Mapping
from datetime import date

from dm_portal.shell.errors import DomainError

EARLIEST, LATEST = date(1970, 1, 1), date(2199, 12, 31)
NOT_MEANT = f"Choose a day from {EARLIEST.year} to {LATEST.year}."


def can_be_meant(day: date) -> bool:
    """Whether a project can have had, or ever have, this day."""
    return EARLIEST <= day <= LATEST


def require_meant(days: Mapping[str, date | None]) -> None:
    """Refuse the first of ``days`` (by the names of their fields) that cannot be meant."""
    for name, day in days.items():
        if day is not None and not can_be_meant(day):
            raise DomainError(NOT_MEANT, field=name)
