"""The arithmetic of rosters: who is in how many places at once, and what a pod needs of its DM.

Plain functions over dated rows: no query, no clock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from dm_portal.people.models import DatedRow
from pods.models import Membership

# Heads, each once whatever the allocation; the thresholds are the field's, see "span of control".
SHARED_UP_TO = 3
FULL_TIME_UP_TO = 8
WHOLE_PERSON = 100  # percent

Row = TypeVar("Row", bound=DatedRow)


def share_a_day(one: DatedRow, other: DatedRow) -> bool:
    """Whether two rows hold on a day in common; a row that ends as it starts holds on none."""
    return any(
        one.holds_on(day) and other.holds_on(day) for day in (one.starts_on, other.starts_on)
    )


def first_day_above(
    memberships: Sequence[Membership], *, limit: int = WHOLE_PERSON
) -> tuple[date, list[Membership]] | None:
    """The first day on which one person's shares add up to more than ``limit`` percent.

    Returns that day and the memberships that hold on it. A sum can only rise on a day on which
    a membership starts, so no other day is looked at.
    """
    for day in sorted({membership.starts_on for membership in memberships}):
        holding = [membership for membership in memberships if membership.holds_on(day)]
        if sum(membership.allocation for membership in holding) > limit:
            return day, holding
    return None


@dataclass(frozen=True, slots=True)
class ByTime(Generic[Row]):
    """Dated rows as seen from a day: in force, still to come, and over (the latest first).

    One that was called off before it began is in none of them.
    """

    now: list[Row]
    planned: list[Row]
    past: list[Row]


def by_time(rows: Iterable[Row], day: date) -> ByTime[Row]:
    """Tell past, present and planned apart; ``rows`` come in the order of their first days."""
    real = [row for row in rows if row.ends_on != row.starts_on]
    over = [row for row in real if row.ends_on is not None and row.ends_on <= day]
    return ByTime(
        now=[row for row in real if row.holds_on(day)],
        planned=[row for row in real if row.starts_on > day],
        past=sorted(over, key=lambda row: row.ends_on or day, reverse=True),
    )


def heads_on(memberships: Iterable[Membership], day: date) -> int:
    """People in a pod on ``day``, each once, whatever their share."""
    return len({row.specialist_id for row in memberships if row.holds_on(day)})


def span_sentence(heads: int) -> str:
    """What a pod of this size asks of its delivery manager."""
    people = f"{heads} {'person' if heads == 1 else 'people'}"
    if heads == 0:
        return "Nobody works in this pod today."
    if heads <= SHARED_UP_TO:
        return f"{people}: their delivery manager may run a second pod of this size."
    if heads <= FULL_TIME_UP_TO:
        return f"{people}: enough work for a full-time delivery manager."
    return (
        f"{people}: enough work for a full-time delivery manager, "
        "and an engagement architect or a second delivery manager beside them."
    )
