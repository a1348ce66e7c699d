"""Asks on pages: the list, one of them, what is typed, and the overview's tabs."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dm_portal.people.models import User
from dm_portal.shell.clock import today
from engagements.models import Ask, Engagement
from engagements.services.asks import answer_ask, make_ask, share_ask, withdraw_ask
from engagements.tests.pages import at, csv_rows, names, statements

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def asks(engagement: Engagement, manager: User, lead: User) -> list[Ask]:
    """The second is overdue, the third shared, the fourth withdrawn."""
    made = [
        make_ask(
            engagement=engagement,
            question=question,
            options="",
            recommendation="",
            without_answer="2.1 waits",
            asked_of=lead,
            owner=manager,
            needed_by=today(engagement.time_zone) + days * DAY,
            by=manager,
        )
        for question, days in (("Bank?", 9), ("=Day?", -7), ("Name?", 5), ("Colour?", 1))
    ]
    share_ask(ask=made[2], version=1, customer_text="Whose name?", by=manager)
    withdraw_ask(ask=made[3], version=1, reason="Found", by=manager)
    return made


@pytest.fixture
def desk(client: Client, manager: User) -> Client:
    client.force_login(manager)
    return client


def typed(manager: User, lead: User, **more: Any) -> dict[str, Any]:
    people = {"asked_of": lead.ref, "owner": manager.ref}
    words = {"question": "Which bank?", "without_answer": "2.1 waits"}
    return {**people, **words, "needed_by": "2026-12-01"} | more


def test_the_nearest_open_one_comes_first(
    desk: Client, engagement: Engagement, asks: list[Ask]
) -> None:
    page = desk.get(at("ask_list", engagement))
    assert names(page) == ["=Day?", "Name?", "Bank?", "Colour?"]
    remarks = [row[1].note for row in page.context["listing"].rows]
    assert remarks == ["5 working days overdue, not shared yet", "", "not shared yet", ""]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?state=open", ["=Day?", "Name?", "Bank?"]),
        ("?state=overdue", ["=Day?"]),
        ("?state=withdrawn", ["Colour?"]),
        ("?text=bank", ["Bank?"]),
    ],
)
def test_filters_stand_in_the_address(
    desk: Client, engagement: Engagement, asks: list[Ask], query: str, found: list[str]
) -> None:
    assert names(desk.get(at("ask_list", engagement) + query)) == found


def test_the_download_holds_the_same(desk: Client, engagement: Engagement, asks: list[Ask]) -> None:
    [row] = csv_rows(desk.get(at("ask_list", engagement) + "?state=overdue&format=csv"))
    assert (row["What we need"], row["State"], row["From whom"]) == ("'=Day?", "Open", "Lena Lead")
    assert row["Remark"] == "5 working days overdue, not shared yet"


def test_lists_cost_the_same_for_one_and_three(
    desk: Client, engagement: Engagement, asks: list[Ask]
) -> None:
    url = at("ask_list", engagement)
    assert statements(desk, f"{url}?text=Bank") == statements(desk, url)


def test_an_empty_list_teaches(desk: Client, engagement: Engagement) -> None:
    text = desk.get(at("ask_list", engagement)).content.decode()
    assert "Nothing is asked of the customer" in text


def test_an_ask_is_written_down(
    desk: Client, engagement: Engagement, manager: User, lead: User
) -> None:
    form = desk.get(at("ask_create", engagement)).context["form"]
    assert form["owner"].value() == manager.ref
    response = desk.post(at("ask_create", engagement), typed(manager, lead))
    assert response.url == at("ask_detail", engagement, number=1)
    assert "No customer reads any of this" in desk.get(response.url).content.decode()


def test_what_was_typed_stays(
    desk: Client, engagement: Engagement, manager: User, lead: User
) -> None:
    page = desk.post(at("ask_create", engagement), typed(manager, lead, question=""))
    assert page.status_code == 422
    assert "2.1 waits" in page.content.decode()
    assert page.context["form"]["asked_of"].value() == lead.ref


def test_people_of_others_cannot_be_chosen(
    desk: Client, engagement: Engagement, manager: User, lead: User, other_lead: User
) -> None:
    page = desk.post(at("ask_create", engagement), typed(manager, lead, asked_of=other_lead.ref))
    assert page.status_code == 422
    assert "asked_of" in page.context["form"].errors


def test_an_edit_shows_who_is_there(
    desk: Client, engagement: Engagement, asks: list[Ask], manager: User, lead: User
) -> None:
    lead.customer_contacts.update(ends_on=today())
    url = at("ask_edit", engagement, number=1)
    assert f'<option value="{lead.ref}" selected>' in desk.get(url).content.decode()
    response = desk.post(url, typed(manager, lead, version=1, options="A\nB"))
    assert response.status_code == 302
    assert Ask.objects.get(number=1).options == "A\r\nB".replace("\r", "")


def test_the_second_editor_sees_both(
    desk: Client, engagement: Engagement, asks: list[Ask], manager: User, lead: User
) -> None:
    url = at("ask_edit", engagement, number=1)
    desk.post(url, typed(manager, lead, version=1))
    page = desk.post(url, typed(manager, lead, version=1, question="Which two?"))
    assert page.status_code == 409
    assert [(row.theirs, row.yours) for row in page.context["form"].conflict.rows] == [
        ("Which bank?", "Which two?")
    ]


def test_sharing_proposes_the_question_and_then_its_own_words(
    desk: Client, engagement: Engagement, asks: list[Ask]
) -> None:
    forms = [
        desk.get(at("ask_sharing", engagement, number=number)).context["form"] for number in (1, 3)
    ]
    assert [form["customer_text"].value() for form in forms] == ["Bank?", "Whose name?"]


def test_it_is_shared(desk: Client, engagement: Engagement, asks: list[Ask]) -> None:
    url = at("ask_sharing", engagement, number=1)
    assert desk.post(url, {"customer_text": "Which?", "version": 1}).status_code == 302
    text = desk.get(at("ask_detail", engagement, number=1)).content.decode()
    assert "Reword it for the customer" in text
    assert "by Mara Manager" in text
    assert desk.post(url, {"customer_text": "Who?", "version": 1}).status_code == 409


def test_an_answer_is_shown_and_ends_it(
    desk: Client, engagement: Engagement, asks: list[Ask], lead: User
) -> None:
    answer_ask(ask=asks[2], version=2, answer="Ours", by=lead)
    page = desk.get(at("ask_detail", engagement, number=3))
    assert "by Lena Lead" in page.content.decode()
    assert page.context["deeds"] == []
    late = desk.post(at("ask_withdrawal", engagement, number=3), {"reason": "x", "version": 3})
    assert late.status_code == 422
    assert "does not change any more" in late.content.decode()


def test_it_is_withdrawn(desk: Client, engagement: Engagement, asks: list[Ask]) -> None:
    url = at("ask_withdrawal", engagement, number=1)
    assert desk.post(url, {"reason": "Found", "version": 1}).status_code == 302
    assert "Withdrawn because" in desk.get(at("ask_detail", engagement, number=1)).content.decode()


@pytest.mark.parametrize(
    ("number", "hint"),
    [(1, "No customer has read of it."), (3, "The customer reads that it is withdrawn")],
)
def test_who_withdraws_it_is_told_what_the_customer_reads(
    desk: Client, engagement: Engagement, asks: list[Ask], number: int, hint: str
) -> None:
    page = desk.get(at("ask_withdrawal", engagement, number=number))
    assert page.context["hint"].startswith(hint)


def test_who_only_reads_is_offered_nothing(
    client: Client, engagement: Engagement, asks: list[Ask], specialist: User, architect: User
) -> None:
    url = at("ask_detail", engagement, number=1)
    client.force_login(specialist)
    page = client.get(url)
    assert (page.context["deeds"], page.context["acts"]) == ([], None)
    client.force_login(architect)
    labels = [deed.label for deed in client.get(url).context["deeds"]]
    assert labels == ["Edit", "Withdraw"]


def test_what_the_customer_reads_at_once_is_the_managers_to_change(
    client: Client, engagement: Engagement, asks: list[Ask], architect: User
) -> None:
    client.force_login(architect)
    assert client.get(at("ask_detail", engagement, number=3)).context["deeds"] == []
    for route in ("ask_edit", "ask_withdrawal"):
        assert client.get(at(route, engagement, number=1)).status_code == 200
        assert client.get(at(route, engagement, number=3)).status_code == 403
