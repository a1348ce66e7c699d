"""What is needed from the customer, as they read it; and their answer."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dm_portal.people.models import User
from dm_portal.shell.clock import today
from engagements.models import Ask, Engagement
from engagements.services.asks import answer_ask, change_ask, make_ask, share_ask, withdraw_ask
from engagements.tests.pages import csv_rows, names
from reporting.tests.pages import SignIn, text_of
from reporting.tests.test_status_pages import rows_in

pytestmark = pytest.mark.django_db

OURS = "What we say among us"


@pytest.fixture
def fields(manager: User, lead: User) -> dict[str, Any]:
    return {
        "question": OURS,
        "options": "The first\n\nThe second",
        "recommendation": "The first one",
        "without_answer": "2.1 is late on Wednesday",
        "asked_of": lead,
        "owner": manager,
        "needed_by": today().replace(year=2000),
    }


@pytest.fixture
def asks(engagement: Engagement, manager: User, fields: dict[str, Any]) -> list[Ask]:
    """The first stays ours; the second and the third are shared, the third withdrawn."""
    made = [make_ask(engagement=engagement, by=manager, **fields) for _ in range(3)]
    for ask, text in zip(made[1:], ("Which bank?", "=Whose name?"), strict=True):
        share_ask(ask=ask, version=1, customer_text=text, by=manager)
    withdraw_ask(ask=made[2], version=2, reason=OURS, by=manager)
    return made


def listed(engagement: Engagement) -> str:
    return reverse("status_ask_list", args=[engagement.ref])


def of(ask: Ask) -> str:
    return reverse("status_ask", args=[ask.engagement.ref, ask.number])


@pytest.mark.parametrize("who", ["lead", "delegate", "executive", "manager", "specialist"])
def test_whoever_reads_the_status_reads_what_is_shared(
    request: pytest.FixtureRequest,
    sign_in: SignIn,
    engagement: Engagement,
    asks: list[Ask],
    who: str,
) -> None:
    client = sign_in(request.getfixturevalue(who))
    page = client.get(listed(engagement))
    assert names(page) == ["Which bank?", "=Whose name?"]
    assert [client.get(of(ask)).status_code for ask in asks] == [404, 200, 200]
    for address in (listed(engagement), of(asks[1]), of(asks[2])):
        assert OURS not in client.get(address).content.decode()


def test_other_customers_find_nothing(
    sign_in: SignIn, other_lead: User, engagement: Engagement, asks: list[Ask]
) -> None:
    client = sign_in(other_lead)
    assert client.get(listed(engagement)).status_code == 404
    assert client.post(of(asks[1]), {"answer": "x", "version": 2}).status_code == 404


def test_an_ask_of_another_engagement_is_not_here(
    sign_in: SignIn, lead: User, other_engagement: Engagement, asks: list[Ask]
) -> None:
    elsewhere = reverse("status_ask", args=[other_engagement.ref, 2])
    assert sign_in(lead).get(elsewhere).status_code == 404


def test_the_list_is_narrowed_and_downloaded(
    sign_in: SignIn, lead: User, engagement: Engagement, asks: list[Ask]
) -> None:
    client = sign_in(lead)
    assert names(client.get(f"{listed(engagement)}?state=withdrawn")) == ["=Whose name?"]
    rows = csv_rows(client.get(f"{listed(engagement)}?format=csv"))
    assert [(row["What is needed"], row["State"]) for row in rows] == [
        ("Which bank?", "Needed from you"),
        ("'=Whose name?", "No longer needed"),
    ]
    assert OURS not in str(rows)


def test_an_empty_list_says_so(sign_in: SignIn, lead: User, engagement: Engagement) -> None:
    assert "Nothing is needed from you" in text_of(sign_in(lead).get(listed(engagement)))


def test_one_ask_says_all_that_an_answer_needs(
    sign_in: SignIn, lead: User, asks: list[Ask]
) -> None:
    page = sign_in(lead).get(of(asks[1]))
    assert page.context["page"].options == ("The first", "The second")
    text = text_of(page)
    for words in ("Which bank?", "overdue", "The first one", "2.1 is late on Wednesday", "Answer"):
        assert words in text


@pytest.mark.parametrize(("who", "may"), [("lead", True), ("delegate", True), ("executive", False)])
def test_who_is_offered_to_answer(
    request: pytest.FixtureRequest, sign_in: SignIn, asks: list[Ask], who: str, may: bool
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert client.get(of(asks[1])).context["page"].may_answer is may
    answer = client.post(of(asks[1]), {"answer": "The first", "version": 2})
    assert answer.status_code == (302 if may else 403)


def test_ours_look_and_do_not_answer(sign_in: SignIn, manager: User, asks: list[Ask]) -> None:
    client = sign_in(manager)
    assert client.get(of(asks[1])).context["page"].place.is_viewed_as
    assert client.post(of(asks[1]), {"answer": "x", "version": 2}).status_code == 403


def test_the_answer_stands_with_its_name(
    sign_in: SignIn, lead: User, engagement: Engagement, asks: list[Ask]
) -> None:
    client = sign_in(lead)
    assert client.post(of(asks[1]), {"answer": "", "version": 2}).status_code == 422
    client.post(of(asks[1]), {"answer": "The first", "version": 2})
    page = client.get(of(asks[1]))
    assert page.context["page"].answered.startswith("Lena Lead, ")
    assert not page.context["page"].may_answer
    assert (
        csv_rows(client.get(f"{listed(engagement)}?state=answered&format=csv"))[0]["Answer"]
        == "The first"
    )


def test_an_answer_is_no_book(sign_in: SignIn, lead: User, asks: list[Ask]) -> None:
    client = sign_in(lead)
    assert client.post(of(asks[1]), {"answer": "a" * 5001, "version": 2}).status_code == 422
    assert client.post(of(asks[1]), {"answer": "a" * 5000, "version": 2}).status_code == 302


def test_what_changed_meanwhile_is_shown_before_it_is_answered(
    sign_in: SignIn, lead: User, manager: User, asks: list[Ask], fields: dict[str, Any]
) -> None:
    client: Client = sign_in(lead)
    later = fields | {"recommendation": "The second one"}
    change_ask(ask=asks[1], version=2, by=manager, **later)
    page = client.post(of(asks[1]), {"answer": "The first", "version": 2})
    assert page.status_code == 409
    assert "The second one" in text_of(page)
    assert client.post(of(asks[1]), {"answer": "The first", "version": 3}).status_code == 302


def test_the_second_answer_is_told_of_the_first(
    sign_in: SignIn, lead: User, delegate: User, asks: list[Ask]
) -> None:
    answer_ask(ask=asks[1], version=2, answer="The first", by=delegate)
    page = sign_in(lead).post(of(asks[1]), {"answer": "The second", "version": 2})
    assert page.status_code == 422
    for words in ("Dora Delegate", "The first", "This was answered already", "The second"):
        assert words in text_of(page)
    assert Ask.objects.get(pk=asks[1].pk).answer == "The first"


def test_templates_get_frozen_values_only(
    sign_in: SignIn, lead: User, engagement: Engagement, asks: list[Ask]
) -> None:
    for address in (listed(engagement), of(asks[1])):
        found = {
            key: rows_in(value)
            for context in sign_in(lead).get(address).context
            for each in context.dicts
            for key, value in each.items()
            if key != "user" and rows_in(value)
        }
        assert found == {}


def test_the_pages_of_a_status_lead_there(
    sign_in: SignIn, lead: User, engagement: Engagement
) -> None:
    page = sign_in(lead).get(reverse("status_detail", args=[engagement.ref]))
    assert listed(engagement) in page.content.decode()
