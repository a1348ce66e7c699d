"""Who may do what, in one table; nobody does anything where the table has no yes."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from dm_portal.people.models import PortalFunction, User
from dm_portal.shell.clock import today
from engagements import policies
from engagements.models import Engagement

pytestmark = pytest.mark.django_db

ACTORS = (
    *("manager", "deputy", "architect", "tech_lead", "specialist", "director", "auditor"),
    *("admin", "other_manager", "stranger", "lead", "executive", "delegate", "deactivated"),
)
PLANNERS = {"manager", "deputy", "architect"}
MAY: dict[str, set[str]] = {
    "leads": {"manager", "deputy"},
    "can_edit_engagement": PLANNERS | {"director"},
    "can_edit_plan": PLANNERS,
    "can_import_work": {"manager", "deputy"},
    "can_invite_contacts": {"manager", "deputy"},
    "can_change_functions": {"director", "admin"},
    "can_read_history": PLANNERS | {"director", "auditor"},
}
US = set(ACTORS) - {"lead", "executive", "delegate", "deactivated"}
EVERYWHERE: dict[str, set[str]] = {
    "can_list_engagements": US,
    "can_create_engagement": PLANNERS | {"director", "other_manager", "stranger"},
}


@pytest.mark.parametrize("who", ACTORS)
def test_in_an_engagement(request: pytest.FixtureRequest, engagement: Engagement, who: str) -> None:
    person = request.getfixturevalue(who)
    may = {policy for policy in MAY if getattr(policies, policy)(person, engagement)}
    assert may == {policy for policy, actors in MAY.items() if who in actors}


@pytest.mark.parametrize("who", ACTORS)
def test_anywhere(request: pytest.FixtureRequest, who: str) -> None:
    person = request.getfixturevalue(who)
    may = {policy for policy in EVERYWHERE if getattr(policies, policy)(person)}
    assert may == {policy for policy, actors in EVERYWHERE.items() if who in actors}


@pytest.mark.parametrize(("functions", "may"), [("auditor", False), ("auditor director", True)])
def test_an_auditor_writes_nothing_whatever_the_grade(
    stranger: User, functions: str, may: bool
) -> None:
    for function in functions.split():
        PortalFunction.objects.create(user=stranger, function=function, starts_on=today())
    assert policies.can_create_engagement(stranger) is may


def test_anonymous_may_nothing(engagement: Engagement) -> None:
    nobody: Any = AnonymousUser()
    assert not any(getattr(policies, policy)(nobody, engagement) for policy in MAY)
    assert not any(getattr(policies, policy)(nobody) for policy in EVERYWHERE)


def test_functions_are_read_once(
    engagement: Engagement, manager: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert policies.leads(manager, engagement)
        assert policies.can_edit_plan(manager, engagement)
