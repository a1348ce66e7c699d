"""The Friday on which the tests of pages take place, and one week's report in its states."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine

from dm_portal.people.models import User
from engagements.models import Engagement, Milestone
from reporting.models import Report, ReportRevision
from reporting.tests.reports import (
    FRIDAY,
    WEEK,
    commit_late,
    draft,
    import_work,
    open_reports,
    publish,
)


@pytest.fixture
def friday() -> Iterator[time_machine.Traveller]:
    """Friday of week 47 in 2026, 13:00 in Berlin: the status is due at 15:00."""
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def week_47(friday: object, engagement: Engagement) -> Report:
    """Opened, not drafted yet."""
    return open_reports(engagement)[0]


@pytest.fixture
def draft_47(week_47: Report) -> Report:
    """A draft, on which the DM has written nothing."""
    return draft(week_47)


@pytest.fixture
def published_47(week_47: Report, manager: User) -> ReportRevision:
    return publish(week_47, manager)


@pytest.fixture
def checkout(friday: object, engagement: Engagement, manager: User) -> Milestone:
    """Committed for Wednesday, one of two items open: amber by the rules."""
    import_work(
        engagement,
        manager,
        **{
            "A-1": (FRIDAY - 3 * WEEK, FRIDAY - WEEK / 2),
            "A-2": (FRIDAY - 3 * WEEK, None),
        },
    )
    return commit_late(engagement, manager, on=date(2026, 11, 18))
