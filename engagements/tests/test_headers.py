"""What headers say is built once a day, and changes with the day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from dm_portal.people.models import User
from dm_portal.shell.clock import today
from dm_portal.tests.cast import give_function, make_engagement
from engagements.headers import in_rail_of, with_header_for
from engagements.models import Engagement

pytestmark = pytest.mark.django_db

MIDNIGHT = datetime(2026, 12, 1, tzinfo=UTC)


def managers(engagement: Engagement, reader: User) -> Any:
    found: Any = with_header_for(reader, engagement.ref)
    return found.managers


def test_a_header_names_whoever_manages_today(
    engagement: Engagement, manager: User, deputy: User, director: User
) -> None:
    engagement.functions.filter(user=manager).update(
        starts_on=date(2026, 1, 1), ends_on=MIDNIGHT.date()
    )
    give_function(deputy, engagement, "dm", starts_on=MIDNIGHT.date())
    with time_machine.travel(MIDNIGHT - timedelta(seconds=1), tick=False):
        assert managers(engagement, director) == [manager.name]
    with time_machine.travel(MIDNIGHT, tick=False):
        assert managers(engagement, director) == [deputy.name]


def test_the_header_is_for_whoever_sees_the_engagement(
    engagement: Engagement, manager: User, other_manager: User, director: User, stranger: User
) -> None:
    def sees(user: User, ref: str = engagement.ref) -> bool:
        return with_header_for(user, ref) == engagement

    everybody = (manager, director, other_manager, stranger)
    assert [sees(user) for user in everybody] == [True, True, False, False]
    other = make_engagement("Harbour", customer=engagement.customer, by=manager)
    give_function(other_manager, other, "dm")
    assert not sees(User.objects.get(pk=other_manager.pk))
    assert not sees(manager, ref="unknown")


def test_the_rail_has_the_open_engagements_of_a_person(
    engagement: Engagement, manager: User, director: User
) -> None:
    other = make_engagement("Aaron", customer=engagement.customer, by=manager)
    me = User.objects.get(pk=manager.pk)
    assert (in_rail_of(me), in_rail_of(director)) == ([other, engagement], [])
    Engagement.objects.filter(pk=other.pk).update(state="closed", ends_on=today())
    assert in_rail_of(me) == [engagement]
