"""A team that has worked for so many whole weeks, as tests of forecasts need it."""

from datetime import date
from typing import Any

from dm_portal.people.models import User
from engagements.models import Engagement, Milestone, Sprint, WorkItem
from engagements.tests.events import tell
from reporting.tests.reports import FRIDAY, WEEK, commit_late, import_work

PROMISED = date(2027, 1, 29)


def work_steadily(engagement: Engagement, by: User, *, weeks: int = 12, left: int = 6) -> Milestone:
    """Two items finished in each of so many whole weeks, and ``left`` open; all promised."""
    begun = FRIDAY - (weeks + 2) * WEEK
    done: dict[str, Any] = {
        f"A-{week}-{n}": (begun, FRIDAY - week * WEEK) for week in range(1, weeks + 1) for n in "ab"
    }
    first = {"A-0": (begun, FRIDAY - (weeks + 1) * WEEK)}
    open_ = {f"B-{n}": (begun, None) for n in range(left)}
    import_work(engagement, by, **first, **done, **open_)
    Engagement.objects.filter(pk=engagement.pk).update(created_at=begun - WEEK)
    engagement.refresh_from_db()
    return commit_late(engagement, by, on=PROMISED)


def plan_sprints(engagement: Engagement) -> Sprint:
    """The running sprint of two weeks, and one before it; open items are in the running one."""
    days = [(date(2026, 10, 26), date(2026, 11, 8)), (date(2026, 11, 9), date(2026, 11, 22))]
    _, running = [
        Sprint.objects.create(
            engagement=engagement, number=number, name=f"S{number}", starts_on=first, ends_on=last
        )
        for number, (first, last) in enumerate(days, start=1)
    ]
    items = WorkItem.objects.filter(engagement=engagement, key__startswith="B-")
    items.update(sprint=running)
    tell(*WorkItem.objects.filter(engagement=engagement))
    return running
