"""The end of a function closes every page of an engagement at the next request."""

from typing import Any

import pytest
from django.urls import reverse

from dm_portal.people.models import User
from dm_portal.shell.clock import today
from engagements.models import AcceptanceCriterion, Engagement, Milestone, Sprint
from engagements.tests.pages import make_import, make_item

pytestmark = pytest.mark.django_db

CHILD = {"number": 1}
PAGES: dict[str, dict[str, Any]] = {
    "engagement_detail": {},
    "engagement_history": {},
    "engagement_settings": {},
    "engagement_state": {},
    "engagement_contacts": {},
    "milestone_list": {},
    "milestone_create": {},
    "milestone_detail": CHILD,
    "milestone_edit": CHILD,
    "milestone_date": CHILD,
    "criterion_create": CHILD,
    "criterion_edit": CHILD | {"criterion_number": 1},
    "sprint_list": {},
    "sprint_create": {},
    "sprint_detail": CHILD,
    "sprint_edit": CHILD,
    "work_list": {},
    "work_detail": CHILD | {"key": "A-1"},
}


@pytest.fixture
def full(engagement: Engagement) -> Engagement:
    """An engagement in which everything that is asked for exists."""
    milestone = Milestone.objects.create(engagement=engagement, number=1, name="2.1")
    AcceptanceCriterion.objects.create(milestone=milestone, number=1, statement="It runs")
    Sprint.objects.create(engagement=engagement, number=1, name="S1")
    make_item(make_import(engagement), "A-1")
    return engagement


def answers(client: Any, engagement: Engagement) -> set[int]:
    return {
        client.get(reverse(route, kwargs={"ref": engagement.ref} | more)).status_code
        for route, more in PAGES.items()
    }


def test_open_and_then_closed(sign_in: Any, full: Engagement, manager: User) -> None:
    client = sign_in(manager)
    assert answers(client, full) == {200}
    full.functions.update(ends_on=today())
    assert answers(client, full) == {404}


def test_children_that_are_not_there(sign_in: Any, full: Engagement, manager: User) -> None:
    client = sign_in(manager)
    children = {route: more for route, more in PAGES.items() if more}
    for route, more in children.items():
        for name in set(more) - {"key"}:
            url = reverse(route, kwargs={"ref": full.ref} | more | {name: 2})
            assert client.get(url).status_code == 404, url
