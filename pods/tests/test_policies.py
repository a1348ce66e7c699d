"""Who keeps rosters, and who may ask for the list of pods."""

import pytest
from django.contrib.auth.models import AnonymousUser

from dm_portal.people.models import User
from pods import policies

pytestmark = pytest.mark.django_db

OURS = ("manager", "deputy", "architect", "tech_lead", "director", "auditor", "specialist")
THEIRS = ("lead", "executive", "delegate", "deactivated")


def test_admins_keep_rosters(admin: User) -> None:
    assert policies.can_edit_roster(admin)


@pytest.mark.parametrize("who", OURS + THEIRS)
def test_nobody_else_does(request: pytest.FixtureRequest, who: str) -> None:
    assert not policies.can_edit_roster(request.getfixturevalue(who))


@pytest.mark.parametrize("who", [*OURS, "admin", "stranger"])
def test_all_of_us_list_pods(request: pytest.FixtureRequest, who: str) -> None:
    assert policies.can_list_pods(request.getfixturevalue(who))


@pytest.mark.parametrize("who", THEIRS)
def test_customers_do_not(request: pytest.FixtureRequest, who: str) -> None:
    assert not policies.can_list_pods(request.getfixturevalue(who))


def test_anonymous_does_nothing() -> None:
    assert not policies.can_list_pods(AnonymousUser())
    assert not policies.can_edit_roster(AnonymousUser())
