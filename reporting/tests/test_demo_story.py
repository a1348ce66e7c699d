"""The demo world's headlines speak of its figures, on whatever weekday it is made."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from reporting.demo import plans
from reporting.demo.story import EngagementPlan, items_of

MONDAY = date(2026, 7, 27)


def left(plan: EngagementPlan, milestone: str, week: int, weekday: int) -> int:
    """Items of a milestone that are not done when the status of a week is written."""
    first = datetime.combine(MONDAY, time(), tzinfo=ZoneInfo(plan.time_zone))
    at = first + timedelta(weeks=week, days=weekday - 1, hours=9)
    items = [item for item in items_of(plan, first) if item.milestone == milestone]
    return sum(item.done_at is None or item.done_at > at for item in items)


@pytest.mark.parametrize("weekday", [1, 2, 3, 4, 5])
@pytest.mark.parametrize(
    ("plan", "milestone", "last_open", "word"),
    [
        (plans.ATLAS, "1.0 Accounts", 3, "1.0 Accounts is complete"),
        (plans.ATLAS, "2.0 Checkout", 9, "2.0 Checkout is complete"),
        (plans.HARBOUR, "Slots", 5, "Slots is complete"),
        (plans.HARBOUR, "Bookings", 15, "Bookings is complete"),
    ],
)
def test_what_is_called_complete_is_and_not_before(
    plan: EngagementPlan, milestone: str, last_open: int, word: str, weekday: int
) -> None:
    [week] = [n for n, headline in enumerate(plan.headlines) if word in headline]
    assert left(plan, milestone, week, weekday) == 0
    assert left(plan, milestone, last_open, weekday) > 0


@pytest.mark.parametrize("weekday", [1, 2, 3, 4, 5])
def test_what_is_called_late_or_open_is(weekday: int) -> None:
    for week in (13, 14, 15):
        assert left(plans.HARBOUR, "Bookings", week, weekday) > 0
    assert left(plans.ATLAS, "2.1 Refunds", 16, weekday) > 0


@pytest.mark.parametrize("weekday", [1, 2, 3, 4, 5])
def test_what_is_blocked_today_was_so_a_week_ago(weekday: int) -> None:
    """So that it is old enough for `/`; one of them has words, one has none."""
    first = datetime.combine(MONDAY, time(), tzinfo=ZoneInfo(plans.ATLAS.time_zone))
    items = items_of(plans.ATLAS, first)
    said = {each.title: bool(each.impact) for each in plans.ATLAS.blocked}
    for week in (16, 17):
        at = first + timedelta(weeks=week, days=weekday - 1, hours=9)
        blocked = [item.title for item in items if item.as_of(at)["state"] == "Blocked"]
        assert [said[title] for title in blocked] == [True, False]
