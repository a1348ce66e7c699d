"""Actions: who does what by when, done or withdrawn."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from dm_portal.people.audit import sentence
from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.clock import today
from dm_portal.shell.errors import Conflict, DomainError
from engagements.models import Action, Engagement
from engagements.services.actions import (
    change_action,
    finish_action,
    plan_action,
    withdraw_action,
)
from engagements.tests.pages import at, csv_rows, names, statements

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def fields(manager: User) -> dict[str, Any]:
    return {"what": "Call the bank", "owner": manager, "due_on": today() + DAY}


@pytest.fixture
def action(engagement: Engagement, manager: User, fields: dict[str, Any]) -> Action:
    return plan_action(engagement=engagement, by=manager, **fields)


def last_told() -> str:
    return sentence(AuditEvent.objects.latest("pk"))


def test_an_action_is_planned(
    action: Action, engagement: Engagement, manager: User, fields: dict[str, Any]
) -> None:
    from_status = plan_action(engagement=engagement, origin="status", by=manager, **fields)
    assert [(each.number, each.origin) for each in (action, from_status)] == [
        (1, "hand"),
        (2, "status"),
    ]
    assert last_told() == "Mara Manager planned action 2: Call the bank"


def test_no_customer_reads_it(action: Action, lead: User) -> None:
    assert list(Action.objects.visible_to(lead)) == []


def test_a_person_of_the_engagement_does_it(
    engagement: Engagement, manager: User, fields: dict[str, Any], stranger: User, specialist: User
) -> None:
    with pytest.raises(DomainError, match="works on this engagement"):
        plan_action(engagement=engagement, by=manager, **fields | {"owner": stranger})
    made = plan_action(engagement=engagement, by=manager, **fields | {"owner": specialist})
    assert made.owner == specialist


def test_it_changes_while_it_is_open(action: Action, manager: User, fields: dict[str, Any]) -> None:
    change_action(action=action, version=1, by=manager, **fields)
    change_action(action=action, version=1, by=manager, **fields | {"what": "Write to them"})
    assert last_told() == "Mara Manager changed action 1"
    assert Action.objects.get().version == 2
    with pytest.raises(Conflict):
        change_action(action=action, version=1, by=manager, **fields)


def test_done_and_not_done_after_all(action: Action, manager: User) -> None:
    finish_action(action=action, version=1, is_done=True, by=manager)
    assert (action.state, action.done_by) == ("done", manager)
    finish_action(action=action, version=2, is_done=True, by=manager)
    finish_action(action=action, version=2, is_done=False, by=manager)
    assert (action.state, action.done_by, action.version) == ("open", None, 3)
    assert last_told() == "Mara Manager found action 1 not done after all"


def test_what_is_done_is_not_changed(action: Action, manager: User, fields: dict[str, Any]) -> None:
    finish_action(action=action, version=1, is_done=True, by=manager)
    for act in (
        lambda: change_action(action=action, version=2, by=manager, **fields),
        lambda: withdraw_action(action=action, version=2, reason="Moot", by=manager),
    ):
        with pytest.raises(DomainError, match="Action 1 is done"):
            act()


def test_withdrawn_it_is_not_done(action: Action, manager: User) -> None:
    with pytest.raises(DomainError, match="Say why"):
        withdraw_action(action=action, version=1, reason=" ", by=manager)
    withdraw_action(action=action, version=1, reason="Moot", by=manager)
    assert (action.state, last_told()) == ("withdrawn", "Mara Manager withdrew action 1: Moot")
    with pytest.raises(DomainError, match="withdrawn"):
        finish_action(action=action, version=2, is_done=True, by=manager)


def test_overdue_is_what_is_open_after_its_day(action: Action) -> None:
    due = action.due_on
    assert [action.is_overdue(due), action.is_overdue(due + DAY)] == [False, True]
    assert [Action.objects.overdue(day).count() for day in (due, due + DAY)] == [0, 1]


@pytest.fixture
def desk(client: Client, manager: User) -> Client:
    client.force_login(manager)
    return client


@pytest.fixture
def plan(engagement: Engagement, manager: User, specialist: User) -> list[Action]:
    """The first is withdrawn, the second done, the third overdue and the specialist's."""
    made = [
        plan_action(
            engagement=engagement,
            what=what,
            owner=owner,
            due_on=today(engagement.time_zone) + days * DAY,
            by=manager,
        )
        for what, owner, days in (
            ("Bank", manager, 1),
            ("Day", manager, 2),
            ("=Name", specialist, -7),
            ("Colour", manager, 9),
        )
    ]
    withdraw_action(action=made[0], version=1, reason="Moot", by=manager)
    finish_action(action=made[1], version=1, is_done=True, by=manager)
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["=Name", "Colour", "Day", "Bank"]),
        ("?state=open", ["=Name", "Colour"]),
        ("?state=overdue", ["=Name"]),
        ("?state=done", ["Day"]),
        ("?state=withdrawn", ["Bank"]),
        ("?text=col", ["Colour"]),
    ],
)
def test_the_list(
    desk: Client, engagement: Engagement, plan: list[Action], query: str, found: list[str]
) -> None:
    assert names(desk.get(at("action_list", engagement) + query)) == found


def test_the_download_and_what_a_list_costs(
    desk: Client, engagement: Engagement, plan: list[Action]
) -> None:
    url = at("action_list", engagement)
    [row] = csv_rows(desk.get(f"{url}?state=overdue&format=csv"))
    assert (row["What is done"], row["Remark"]) == ("'=Name", "5 working days overdue")
    assert row["Who does it"] == "Sami Specialist"
    assert statements(desk, f"{url}?text=Bank") == statements(desk, url)


def test_an_action_is_planned_and_edited(
    desk: Client, engagement: Engagement, manager: User
) -> None:
    sent = {"what": "Call", "owner": manager.ref, "due_on": "2026-12-01"}
    response = desk.post(at("action_create", engagement), sent)
    assert response.url == at("action_detail", engagement, number=1)
    url = at("action_edit", engagement, number=1)
    assert f'<option value="{manager.ref}" selected>' in desk.get(url).content.decode()
    assert desk.post(url, sent | {"version": 1, "what": "Write"}).status_code == 302
    assert desk.post(url, sent | {"version": 1, "what": "Wait"}).status_code == 409
    assert desk.post(at("action_create", engagement), {}).status_code == 422


def test_one_button_does_it_and_another_undoes_it(
    desk: Client, engagement: Engagement, plan: list[Action]
) -> None:
    url, page = at("action_completion", engagement, number=3), plan[2].get_absolute_url()
    labels = []
    for said, version in (("yes", 1), ("no", 2)):
        assert desk.post(url, {"is_done": said, "version": version}).url == page
        labels.append(desk.get(page).context["deeds"][0].label)
    assert labels == ["Not done after all", "Done"]


def test_too_late_is_said_above_the_page(
    desk: Client, engagement: Engagement, plan: list[Action]
) -> None:
    url = at("action_completion", engagement, number=3)
    response = desk.post(url, {"is_done": "yes", "version": 7})
    told = [str(message) for message in get_messages(response.wsgi_request)]
    assert told == ["Somebody else changed Action 3 first."]


def test_whose_it_is_may_say_that_it_is_done(
    client: Client, engagement: Engagement, plan: list[Action], specialist: User
) -> None:
    client.force_login(specialist)
    deeds = [client.get(plan[n].get_absolute_url()).context["deeds"] for n in (2, 3)]
    assert [[deed.label for deed in each] for each in deeds] == [["Done"], []]
    sent = {"is_done": "yes", "version": 1}
    answers = [
        client.post(at("action_completion", engagement, number=number), sent).status_code
        for number in (3, 4)
    ]
    assert answers == [302, 403]


def test_it_is_withdrawn_on_its_page(
    desk: Client, engagement: Engagement, plan: list[Action]
) -> None:
    url = at("action_withdrawal", engagement, number=3)
    assert desk.post(url, {"reason": "", "version": 1}).status_code == 422
    assert desk.post(url, {"reason": "Moot", "version": 1}).status_code == 302
    page = desk.get(plan[2].get_absolute_url())
    assert "Withdrawn because" in page.content.decode()
    assert page.context["deeds"] == []
