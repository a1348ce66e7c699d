"""What is owed in a line each on the page of an engagement, and the tabs that lead there."""

from datetime import timedelta

import pytest
from django.test import Client

from dm_portal.people.models import User
from dm_portal.shell.clock import today
from engagements.figures import Owed, owed_of
from engagements.models import Engagement
from engagements.tests.owed import owe, promise
from engagements.tests.pages import at

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def owing(engagement: Engagement, other_engagement: Engagement) -> Engagement:
    """An ask, an action and an escalation due in three days; as many of others."""
    for each in (engagement, other_engagement):
        owe(each, number=1)
        promise(each)
    return engagement


def test_what_is_open_and_what_is_late(owing: Engagement) -> None:
    assert owed_of(owing, today()) == Owed(1, 0, 1, 0, 1, 0)
    assert owed_of(owing, today() + 4 * DAY) == Owed(1, 1, 1, 1, 1, 1)


def test_nothing_is_owed(engagement: Engagement) -> None:
    assert owed_of(engagement, today()) == Owed(0, 0, 0, 0, 0, 0)


def test_the_overview_leads_to_each(client: Client, owing: Engagement, manager: User) -> None:
    client.force_login(manager)
    text = client.get(owing.get_absolute_url()).content.decode()
    for route, words in (
        ("ask_list", "1 open ask<"),
        ("action_list", "1 open action<"),
        ("escalation_list", "1 open escalation<"),
    ):
        assert f"{at(route, owing)}?state=open" in text
        assert words in text
    assert "overdue" not in text


def test_what_is_late_is_said(client: Client, owing: Engagement, manager: User) -> None:
    owing.asks.update(needed_by=today() - 2 * DAY)
    owing.actions.update(due_on=today() - 2 * DAY)
    owing.escalations.update(answer_by=today() - 2 * DAY)
    client.force_login(manager)
    text = client.get(owing.get_absolute_url()).content.decode()
    assert text.count("1 overdue") == 3


def test_one_tab_holds_six_lists(client: Client, owing: Engagement, manager: User) -> None:
    client.force_login(manager)
    page = client.get(at("risk_list", owing))
    assert [(tab.label, tab.current) for tab in page.context["sections"]] == [
        ("Asks", False),
        ("Risks", True),
        ("Actions", False),
        ("Commitments", False),
        ("Escalations", False),
        ("Questions", False),
    ]
    assert [tab.label for tab in page.context["tabs"] if tab.current] == ["Owed"]
