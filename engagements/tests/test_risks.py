"""Risks: seen before they happen, said anew when they change, and what came of them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dm_portal.people.audit import sentence
from dm_portal.people.models import AuditEvent, User
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict, DomainError
from engagements.models import Engagement, Milestone, Risk
from engagements.services.risks import change_risk, see_risk, settle_risk, share_risk
from engagements.tests.pages import at, csv_rows, names, statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def fields(manager: User) -> dict[str, Any]:
    return {
        "what": "The bank is late",
        "probability": "low",
        "impact": "high",
        "trend": "steady",
        "mitigation": "",
        "owner": manager,
        "milestone": None,
    }


@pytest.fixture
def risk(engagement: Engagement, manager: User, fields: dict[str, Any]) -> Risk:
    return see_risk(engagement=engagement, by=manager, **fields)


def last_told() -> str:
    return sentence(AuditEvent.objects.latest("pk"))


def test_a_risk_is_seen(risk: Risk, manager: User, lead: User) -> None:
    assert (risk.number, risk.state, risk.touched_by) == (1, "open", manager)
    assert last_told() == "Mara Manager saw risk 1: The bank is late"
    assert list(Risk.objects.visible_to(lead)) == []


def test_said_anew_it_is_touched(risk: Risk, deputy: User, fields: dict[str, Any]) -> None:
    Risk.objects.update(touched_at=now() - timedelta(days=9))
    before = Risk.objects.get().touched_at
    change_risk(risk=Risk.objects.get(), version=1, by=deputy, **fields)
    assert Risk.objects.get().touched_at == before
    change_risk(risk=Risk.objects.get(), version=1, by=deputy, **fields | {"trend": "rising"})
    stored = Risk.objects.get()
    assert stored.touched_at > before
    assert (stored.touched_by, stored.trend, stored.version) == (deputy, "rising", 2)


def test_the_second_editor_is_told(risk: Risk, manager: User, fields: dict[str, Any]) -> None:
    change_risk(risk=risk, version=1, by=manager, **fields | {"impact": "low"})
    with pytest.raises(Conflict):
        change_risk(risk=risk, version=1, by=manager, **fields)


def test_it_threatens_a_milestone_of_its_engagement(
    engagement: Engagement, other_engagement: Engagement, manager: User, fields: dict[str, Any]
) -> None:
    theirs, ours = (
        Milestone.objects.create(engagement=each, number=1, name="2.1")
        for each in (other_engagement, engagement)
    )
    with pytest.raises(DomainError, match="of this engagement"):
        see_risk(engagement=engagement, by=manager, **fields | {"milestone": theirs})
    risk = see_risk(engagement=engagement, by=manager, **fields | {"milestone": ours})
    assert risk.milestone == ours


def test_somebody_of_ours_sees_to_it(
    engagement: Engagement, manager: User, fields: dict[str, Any], lead: User
) -> None:
    with pytest.raises(DomainError, match="works on this engagement"):
        see_risk(engagement=engagement, by=manager, **fields | {"owner": lead})


def test_it_is_shared_in_words_of_its_own(risk: Risk, manager: User, lead: User) -> None:
    share_risk(risk=risk, version=1, customer_text="Test accounts may come late", by=manager)
    assert list(Risk.objects.visible_to(lead)) == [risk]
    assert "shared risk 1 with the customer: Test accounts may come late" in last_told()


@pytest.mark.parametrize(
    ("state", "told", "ended"),
    [("happened", "said that risk 1 happened: It is late", "happened"),
     ("closed", "closed risk 1: It is late", "is closed")],
)  # fmt: skip
def test_it_comes_to_an_end(
    risk: Risk, manager: User, fields: dict[str, Any], state: str, told: str, ended: str
) -> None:
    settle_risk(risk=risk, version=1, state=state, reason="It is late", by=manager)
    assert told in last_told()
    assert not Risk.objects.open().exists()
    for act in (
        lambda: change_risk(risk=risk, version=2, by=manager, **fields),
        lambda: share_risk(risk=risk, version=2, customer_text="x", by=manager),
        lambda: settle_risk(risk=risk, version=2, state="closed", reason="x", by=manager),
    ):
        with pytest.raises(DomainError, match=f"Risk 1 {ended}: it does not change any more"):
            act()


def test_it_ends_as_happened_or_closed_with_a_reason(risk: Risk, manager: User) -> None:
    with pytest.raises(DomainError, match="happens, or is closed"):
        settle_risk(risk=risk, version=1, state="open", reason="x", by=manager)
    with pytest.raises(DomainError, match="what came of it"):
        settle_risk(risk=risk, version=1, state="closed", reason=" ", by=manager)


@pytest.fixture
def desk(client: Client, manager: User) -> Client:
    client.force_login(manager)
    return client


@pytest.fixture
def risks(engagement: Engagement, manager: User, fields: dict[str, Any]) -> list[Risk]:
    """The first is over, the third grows."""
    made = [
        see_risk(engagement=engagement, by=manager, **fields | {"what": what, "trend": trend})
        for what, trend in (("Bank", "steady"), ("=Day", "falling"), ("Name", "rising"))
    ]
    settle_risk(risk=made[0], version=1, state="closed", reason="It came", by=manager)
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["=Day", "Name", "Bank"]),
        ("?state=open", ["=Day", "Name"]),
        ("?trend=rising", ["Name"]),
        ("?text=bank", ["Bank"]),
    ],
)
def test_the_list_holds_the_open_ones_first(
    desk: Client, engagement: Engagement, risks: list[Risk], query: str, found: list[str]
) -> None:
    assert names(desk.get(at("risk_list", engagement) + query)) == found


def test_the_download_and_what_a_list_costs(
    desk: Client, engagement: Engagement, risks: list[Risk]
) -> None:
    url = at("risk_list", engagement)
    rows = csv_rows(desk.get(f"{url}?format=csv"))
    assert [row["What may happen"] for row in rows] == ["'=Day", "Name", "Bank"]
    assert statements(desk, f"{url}?text=Bank") == statements(desk, url)


def typed(owner: User, **more: Any) -> dict[str, Any]:
    levels = {"probability": "low", "impact": "high", "trend": "rising"}
    return {"what": "The bank is late", "owner": owner.ref, "milestone": "", **levels} | more


def test_a_risk_is_written_down_and_edited(
    desk: Client, engagement: Engagement, manager: User
) -> None:
    Milestone.objects.create(engagement=engagement, number=7, name="2.1")
    response = desk.post(at("risk_create", engagement), typed(manager, milestone="7"))
    assert response.url == at("risk_detail", engagement, number=1)
    page = desk.get(at("risk_edit", engagement, number=1)).content.decode()
    assert '<option value="7" selected>' in page
    changed = typed(manager, version=1, impact="low")
    assert desk.post(at("risk_edit", engagement, number=1), changed).status_code == 302
    assert Risk.objects.get().milestone is None


def test_its_page_says_what_came_of_it(
    desk: Client, engagement: Engagement, risks: list[Risk]
) -> None:
    share = {"customer_text": "Your bank may be late", "version": 1}
    assert desk.post(at("risk_sharing", engagement, number=2), share).status_code == 302
    assert "Your bank may be late" in desk.get(risks[1].get_absolute_url()).content.decode()
    ended = {"state": "happened", "reason": "Ten days late", "version": 2}
    assert desk.post(at("risk_settlement", engagement, number=2), ended).status_code == 302
    page = desk.get(risks[1].get_absolute_url())
    assert "Ten days late" in page.content.decode()
    assert page.context["deeds"] == []


def test_what_is_missing_is_said(desk: Client, engagement: Engagement, risks: list[Risk]) -> None:
    for route, number in (("risk_sharing", 2), ("risk_settlement", 2), ("risk_edit", 2)):
        page = desk.post(at(route, engagement, number=number), {"version": 1})
        assert page.status_code == 422
    assert desk.post(at("risk_create", engagement), {}).status_code == 422


def test_who_only_reads_is_offered_nothing(
    client: Client, engagement: Engagement, risks: list[Risk], specialist: User
) -> None:
    client.force_login(specialist)
    assert client.get(risks[1].get_absolute_url()).context["deeds"] == []
