"""From the weeks of a law to days, and back. Weeks end with their Friday: nobody is asked for more.

``monday`` is that of week 1 of the law, the one after the last complete week.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil

WORKING_DAYS = 5
# Of a law that steps up to exactly what is asked for, rounding must not make the next day.
ROUNDING = 1e-9


def day_of(law: Sequence[float], chance: float, *, monday: date) -> date | None:
    """The first day by which the chance is reached, within its week in step with the week's own
    share; None where the law does not reach it.
    """
    before = 0.0
    for week, reached in enumerate(law):
        if reached >= chance:
            part = (chance - before) / (reached - before) if reached > before else 0.0
            day = max(ceil(part * WORKING_DAYS - ROUNDING), 1)
            return monday + timedelta(weeks=week, days=day - 1)
        before = reached
    return None


def days_ahead(
    law: Sequence[float], *, chances: tuple[float, float], monday: date, today: date
) -> tuple[date, date] | None:
    """The days of both chances, of what is not done ``today``: what would have begun before begins
    today. None where the later day is past, or one of them is not reached.
    """
    first, last = (day_of(law, chance, monday=monday) for chance in chances)
    if first is None or last is None or last < today:
        return None
    return max(first, today), last


def chance_by(law: Sequence[float], day: date, *, monday: date) -> float:
    """The chance to be done by the end of this day; of a weekend, by that of its Friday."""
    week, weekday = divmod((day - monday).days, 7)
    if week < 0 or not law:
        return 0.0
    if week >= len(law):
        return law[-1]
    before = law[week - 1] if week else 0.0
    return before + (law[week] - before) * min(weekday + 1, WORKING_DAYS) / WORKING_DAYS
