"""Escalations: one sentence, one named decider, acknowledged and resolved."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from dm_portal.people.audit import sentence
from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.clock import now, today
from dm_portal.shell.errors import Conflict, DomainError
from engagements.models import Engagement, Escalation
from engagements.services.escalations import (
    TRANSITIONS,
    acknowledge_escalation,
    change_escalation,
    raise_escalation,
    resolve_escalation,
    share_escalation,
)
from engagements.tests.pages import at, csv_rows, names, statements

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def fields(architect: User) -> dict[str, Any]:
    return {
        "what": "Nobody decides which bank",
        "level": 2,
        "decider": architect,
        "answer_by": today() + DAY,
    }


@pytest.fixture
def raised(engagement: Engagement, manager: User, fields: dict[str, Any]) -> Escalation:
    return raise_escalation(engagement=engagement, by=manager, **fields)


def last_told() -> str:
    return sentence(AuditEvent.objects.latest("pk"))


def test_it_is_raised(raised: Escalation, manager: User, lead: User) -> None:
    assert (raised.number, raised.state, raised.raised_by) == (1, "raised", manager)
    assert last_told() == "Mara Manager raised escalation 1: Nobody decides which bank"
    assert list(Escalation.objects.visible_to(lead)) == []


@pytest.mark.parametrize("who", ["specialist", "lead", "executive", "director"])
def test_who_may_have_to_decide(
    request: pytest.FixtureRequest,
    engagement: Engagement,
    manager: User,
    fields: dict[str, Any],
    who: str,
) -> None:
    decider = request.getfixturevalue(who)
    made = raise_escalation(engagement=engagement, by=manager, **fields | {"decider": decider})
    assert made.decider == decider


@pytest.mark.parametrize("who", ["stranger", "other_lead", "deactivated"])
def test_nobody_else_decides(
    request: pytest.FixtureRequest,
    engagement: Engagement,
    manager: User,
    fields: dict[str, Any],
    who: str,
) -> None:
    decider = request.getfixturevalue(who)
    with pytest.raises(DomainError, match="Choose somebody"):
        raise_escalation(engagement=engagement, by=manager, **fields | {"decider": decider})


def test_it_changes_until_it_is_resolved(
    raised: Escalation, manager: User, fields: dict[str, Any]
) -> None:
    change_escalation(escalation=raised, version=1, by=manager, **fields)
    change_escalation(escalation=raised, version=1, by=manager, **fields | {"level": 3})
    assert (raised.level, raised.version) == (3, 2)
    with pytest.raises(Conflict):
        change_escalation(escalation=raised, version=1, by=manager, **fields)


def test_every_way_through_its_states(
    engagement: Engagement, manager: User, fields: dict[str, Any]
) -> None:
    acts: dict[str, Any] = {
        "acknowledged": acknowledge_escalation,
        "resolved": lambda **given: resolve_escalation(resolution="The first", **given),
    }
    reached = {}
    for start in TRANSITIONS:
        for end, act in acts.items():
            row = raise_escalation(engagement=engagement, by=manager, **fields)
            if start != "raised":
                acts[start](escalation=row, version=1, by=manager)
            try:
                act(escalation=row, version=row.version, by=manager)
            except DomainError:
                reached[start, end] = False
            else:
                reached[start, end] = row.state == end
    assert reached == {
        (start, end): end in TRANSITIONS[start] for start in TRANSITIONS for end in acts
    }


def test_resolved_it_stays_as_it_is(
    raised: Escalation, manager: User, architect: User, fields: dict[str, Any]
) -> None:
    acknowledge_escalation(escalation=raised, version=1, by=architect)
    assert last_told() == "Aria Architect acknowledged escalation 1"
    with pytest.raises(DomainError, match="Say what was decided"):
        resolve_escalation(escalation=raised, version=2, resolution=" ", by=architect)
    resolve_escalation(escalation=raised, version=2, resolution="The first", by=architect)
    assert last_told() == "Aria Architect resolved escalation 1: The first"
    for act in (
        lambda: change_escalation(escalation=raised, version=3, by=manager, **fields),
        lambda: share_escalation(escalation=raised, version=3, customer_text="x", by=manager),
    ):
        with pytest.raises(DomainError, match="Escalation 1 is resolved already"):
            act()


def test_what_stays_among_us_is_not_shared(
    engagement: Engagement, manager: User, fields: dict[str, Any], lead: User
) -> None:
    low = raise_escalation(engagement=engagement, by=manager, **fields | {"level": 1})
    with pytest.raises(DomainError, match="no customer reads"):
        share_escalation(escalation=low, version=1, customer_text="x", by=manager)
    assert list(Escalation.objects.visible_to(lead)) == []


def test_shared_it_cannot_go_down_among_us(
    raised: Escalation, manager: User, fields: dict[str, Any], lead: User, other_lead: User
) -> None:
    share_escalation(escalation=raised, version=1, customer_text="Which bank?", by=manager)
    assert list(Escalation.objects.visible_to(lead)) == [raised]
    assert list(Escalation.objects.visible_to(other_lead)) == []
    with pytest.raises(DomainError, match="cannot be lower than L2"):
        change_escalation(escalation=raised, version=2, by=manager, **fields | {"level": 1})
    change_escalation(escalation=raised, version=2, by=manager, **fields | {"level": 3})


def test_to_whom_it_was_raised_is_said_without_levels(raised: Escalation, lead: User) -> None:
    assert raised.raised_to == "you and Aria Architect"
    raised.decider = lead
    assert raised.raised_to == "you"


def test_overdue_is_what_is_open_after_its_day(raised: Escalation, manager: User) -> None:
    due = raised.answer_by
    assert [raised.is_overdue(due), raised.is_overdue(due + DAY)] == [False, True]
    assert Escalation.objects.overdue(due + DAY).count() == 1
    resolve_escalation(escalation=raised, version=1, resolution="x", by=manager)
    assert Escalation.objects.overdue(due + DAY).count() == 0


@pytest.fixture
def desk(client: Client, manager: User) -> Client:
    client.force_login(manager)
    return client


@pytest.fixture
def three(
    engagement: Engagement, manager: User, fields: dict[str, Any], stranger: User, director: User
) -> list[Escalation]:
    """The first is resolved, the second overdue and acknowledged, the third a director's."""
    made = [
        raise_escalation(
            engagement=engagement,
            by=manager,
            **fields
            | {"what": what, "level": level, "answer_by": today(engagement.time_zone) + days * DAY},
        )
        for what, level, days in (("Bank", 2, 1), ("=Day", 1, -7), ("Name", 3, 1))
    ]
    resolve_escalation(escalation=made[0], version=1, resolution="The first", by=manager)
    acknowledge_escalation(escalation=made[1], version=1, by=manager)
    Escalation.objects.filter(pk=made[2].pk).update(decider=director, raised_at=now())
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Name", "=Day", "Bank"]),
        ("?state=open", ["Name", "=Day"]),
        ("?state=overdue", ["=Day"]),
        ("?state=acknowledged", ["=Day"]),
        ("?level=3", ["Name"]),
        ("?text=bank", ["Bank"]),
    ],
)
def test_the_list(
    desk: Client, engagement: Engagement, three: list[Escalation], query: str, found: list[str]
) -> None:
    assert names(desk.get(at("escalation_list", engagement) + query)) == found


def test_the_download_and_what_a_list_costs(
    desk: Client, engagement: Engagement, three: list[Escalation]
) -> None:
    url = at("escalation_list", engagement)
    [row] = csv_rows(desk.get(f"{url}?state=overdue&format=csv"))
    assert (row["What it is"], row["Level"]) == ("'=Day", "L1, delivery manager")
    assert row["Remark"] == "5 working days overdue"
    assert statements(desk, f"{url}?text=Bank") == statements(desk, url)


def test_whoever_works_on_it_raises_one(
    client: Client, engagement: Engagement, specialist: User, architect: User
) -> None:
    client.force_login(specialist)
    url = at("escalation_create", engagement)
    sent = {"what": "Stuck", "level": 0, "decider": architect.ref, "answer_by": "2026-12-01"}
    assert client.post(url, sent | {"what": ""}).status_code == 422
    assert client.post(url, sent).url == at("escalation_detail", engagement, number=1)
    page = client.get(at("escalation_detail", engagement, number=1))
    assert page.context["deeds"] == []


def test_it_is_edited(
    desk: Client, engagement: Engagement, three: list[Escalation], architect: User
) -> None:
    url = at("escalation_edit", engagement, number=2)
    sent = {"what": "Stuck", "level": 2, "decider": architect.ref, "answer_by": "2026-12-01"}
    assert desk.post(url, sent | {"version": 2}).status_code == 302
    assert desk.post(url, sent | {"version": 2, "what": "Still"}).status_code == 409


def test_it_is_shared_from_level_2_on(
    desk: Client, engagement: Engagement, three: list[Escalation]
) -> None:
    offered = [
        [deed.label for deed in desk.get(row.get_absolute_url()).context["deeds"]] for row in three
    ]
    share = "Share with the customer"
    assert offered == [[], ["Resolve", "Edit"], ["Acknowledge", "Resolve", "Edit", share]]
    url = at("escalation_sharing", engagement, number=3)
    assert desk.post(url, {"customer_text": "Who decides?", "version": 1}).status_code == 302
    text = desk.get(three[2].get_absolute_url()).content.decode()
    assert "Raised to you and Dina Director" in text
    assert "Who decides?" in text
    low = at("escalation_sharing", engagement, number=2)
    assert desk.post(low, {"customer_text": "x", "version": 2}).status_code == 422


def test_what_is_shared_is_the_managers_to_change(
    client: Client, engagement: Engagement, three: list[Escalation], architect: User
) -> None:
    url = at("escalation_edit", engagement, number=3)
    client.force_login(architect)
    assert client.get(url).status_code == 200
    Escalation.objects.filter(pk=three[2].pk).update(
        shared_at=now(), shared_by=engagement.created_by, customer_text="Who decides?"
    )
    assert client.get(url).status_code == 403


def test_the_decider_acknowledges_and_resolves(
    client: Client, engagement: Engagement, three: list[Escalation], director: User
) -> None:
    client.force_login(director)
    page = three[2].get_absolute_url()
    labels = [deed.label for deed in client.get(page).context["deeds"]]
    assert labels == ["Acknowledge", "Resolve"]
    url = at("escalation_acknowledgement", engagement, number=3)
    assert client.post(url, {"version": 1}).url == page
    late = client.post(url, {"version": 1})
    told = [str(message) for message in get_messages(late.wsgi_request)]
    assert "Escalation 3 is acknowledged already." in told
    resolve = at("escalation_resolution", engagement, number=3)
    assert client.post(resolve, {"resolution": "", "version": 2}).status_code == 422
    assert client.post(resolve, {"resolution": "The first", "version": 2}).status_code == 302
    assert "The first" in client.get(page).content.decode()
    not_theirs = at("escalation_resolution", engagement, number=2)
    assert client.get(not_theirs).status_code == 403
