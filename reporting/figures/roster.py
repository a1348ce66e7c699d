"""How much of the capacity of an engagement's pods is there in the two weeks to come.

Of the rows that ``stored_roster`` gives. A day is a working day of the engagement, of somebody
whose whole time is the pod's: half of theirs counts half.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dm_portal.shell.dates import WorkingDays

Row = dict[str, Any]
DAYS = 14
ALL = Decimal(100)


def capacity(roster: list[Row] | None, today: date, worked: WorkingDays) -> Row | None:
    """``planned``: the days of whoever is there ``today``, if they stay and take no leave;
    ``filled``: those of whoever is there then, no more than planned. Decimals as text.

    Who comes fills a gap that who leaves makes. None where nobody keeps a roster.
    """
    if not roster:
        return None
    days = [day for day in _days(today) if day in worked]
    now = [row for row in roster if _holds(row, today)]
    planned = sum((_share(row) for row in now), Decimal()) * len(days)
    filled = sum((_share(row) for row in roster for day in days if _is_there(row, day)), Decimal())
    return {"planned": _text(planned), "filled": _text(min(filled, planned))}


def _text(days: Decimal) -> str:
    return f"{days.normalize():f}"


def _days(today: date) -> Iterator[date]:
    return (today + timedelta(days=number) for number in range(DAYS))


def _share(row: Row) -> Decimal:
    return Decimal(row["allocation"]) / ALL


def _holds(row: Row, day: date) -> bool:
    ends_on = row["ends_on"]
    return date.fromisoformat(row["starts_on"]) <= day and (
        ends_on is None or day < date.fromisoformat(ends_on)
    )


def _is_there(row: Row, day: date) -> bool:
    is_away = any(
        date.fromisoformat(first) <= day <= date.fromisoformat(last) for first, last in row["away"]
    )
    return _holds(row, day) and not is_away
