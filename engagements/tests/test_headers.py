"""What headers say is built once a day, and changes with the day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from dm_portal.people.models import User
from dm_portal.tests.cast import give_function
from engagements.headers import with_header
from engagements.models import Engagement

pytestmark = pytest.mark.django_db

MIDNIGHT = datetime(2026, 12, 1, tzinfo=UTC)


def managers(engagement: Engagement) -> Any:
    return with_header().get(pk=engagement.pk).managers


def test_a_header_names_whoever_manages_today(
    engagement: Engagement, manager: User, deputy: User
) -> None:
    engagement.functions.filter(user=manager).update(
        starts_on=date(2026, 1, 1), ends_on=MIDNIGHT.date()
    )
    give_function(deputy, engagement, "dm", starts_on=MIDNIGHT.date())
    with time_machine.travel(MIDNIGHT - timedelta(seconds=1), tick=False):
        assert managers(engagement) == [manager.name]
    with time_machine.travel(MIDNIGHT, tick=False):
        assert managers(engagement) == [deputy.name]
