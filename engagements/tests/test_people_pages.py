"""Who works on an engagement, and who of the customer reads about it."""

import re
from datetime import timedelta
from typing import Any

import pytest

from dm_portal.people.models import OutgoingMail, User
from dm_portal.shell.clock import today
from dm_portal.tests.cast import give_function, make_contact
from engagements.models import Customer, CustomerContact, Engagement, EngagementFunction
from engagements.tests.pages import at, statements

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def people(response: Any) -> dict[str, list[str]]:
    """Names in the three tables."""
    return {
        when: [row[0].value for row in table.rows]
        for when, table in response.context["people"].items()
    }


# Functions


@pytest.fixture
def above(director: User, engagement: Engagement, sign_in: Any) -> Any:
    return sign_in(director)


def test_past_present_and_planned(above: Any, engagement: Engagement, deputy: User) -> None:
    EngagementFunction.objects.filter(user=deputy).update(starts_on=today() - DAY, ends_on=today())
    soon = User.objects.create(name="Sonja Soon", email="s@internal.example", kind="internal")
    give_function(soon, engagement, "architect", starts_on=today() + DAY)
    response = above.get(at("engagement_functions", engagement))
    assert people(response) == {
        "now": ["Mara Manager"],
        "planned": ["Sonja Soon"],
        "past": ["Dario Deputy"],
    }
    assert "invited, has not come yet" in response.content.decode()


def test_who_was_deactivated_is_marked(
    above: Any, engagement: Engagement, deactivated: User
) -> None:
    page = above.get(at("engagement_functions", engagement)).content.decode()
    assert '<span class="cell__note">deactivated</span>' in page


def test_name_somebody(above: Any, engagement: Engagement, stranger: User) -> None:
    url = at("engagement_functions", engagement)
    data = {"user": stranger.ref, "function": "deputy", "starts_on": today()}
    assert above.post(url, data).status_code == 302
    assert list(Engagement.objects.visible_to(stranger)) == [engagement]


@pytest.mark.parametrize("who", ["lead", "deactivated"])
def test_only_our_own_can_be_chosen(
    request: pytest.FixtureRequest, above: Any, engagement: Engagement, who: str
) -> None:
    person = request.getfixturevalue(who)
    data = {"user": person.ref, "function": "deputy", "starts_on": today()}
    response = above.post(at("engagement_functions", engagement), data)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"user"}


def test_what_the_service_refuses_is_said(
    above: Any, engagement: Engagement, manager: User
) -> None:
    data = {"user": manager.ref, "function": "dm", "starts_on": today()}
    response = above.post(at("engagement_functions", engagement), data)
    assert response.status_code == 422
    assert "Mara Manager is delivery manager then already." in response.content.decode()


def test_ending_a_function_ends_access_at_the_next_click(
    above: Any, engagement: Engagement, deputy: User, sign_in: Any
) -> None:
    url = at("function_end", engagement, person=deputy.ref, function="deputy")
    assert "End Dario Deputy as deputy of Atlas" in above.get(url).content.decode()
    assert above.post(url, {"ends_on": today()}).status_code == 302
    assert sign_in(deputy).get(engagement.get_absolute_url()).status_code == 404


def test_an_end_in_the_past_is_refused(above: Any, engagement: Engagement, deputy: User) -> None:
    url = at("function_end", engagement, person=deputy.ref, function="deputy")
    response = above.post(url, {"ends_on": today() - DAY})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"ends_on"}


@pytest.mark.parametrize("function", ["dm", "nothing"])
def test_a_function_that_nobody_holds(
    above: Any, engagement: Engagement, deputy: User, function: str
) -> None:
    url = at("function_end", engagement, person=deputy.ref, function=function)
    assert above.get(url).status_code == 404


def test_a_function_that_has_ended(above: Any, engagement: Engagement, deputy: User) -> None:
    EngagementFunction.objects.filter(user=deputy).update(ends_on=today())
    url = at("function_end", engagement, person=deputy.ref, function="deputy")
    assert above.post(url, {"ends_on": today()}).status_code == 404


def test_an_admin_lands_on_functions(sign_in: Any, admin: User, engagement: Engagement) -> None:
    response = sign_in(admin).get(engagement.get_absolute_url())
    settings = next(tab for tab in response.context["tabs"] if tab.label == "Settings")
    assert settings.url == at("engagement_functions", engagement)


def test_functions_cost_the_same_for_one_and_three(above: Any, engagement: Engagement) -> None:
    url = at("engagement_functions", engagement)
    assert statements(above, url) == 7
    for name in ("One", "Two"):
        user = User.objects.create(name=name, email=f"{name}@internal.example", kind="internal")
        give_function(user, engagement, "specialist")
    assert statements(above, url) == 7


# Contacts


@pytest.fixture
def desk(manager: User, engagement: Engagement, sign_in: Any) -> Any:
    return sign_in(manager)


def test_people_of_this_customer_only(
    desk: Any, engagement: Engagement, lead: User, other_lead: User
) -> None:
    response = desk.get(at("engagement_contacts", engagement))
    assert people(response) == {"now": ["Lena Lead"], "planned": [], "past": []}
    assert "Olga Otherlead" not in response.content.decode()


def test_nobody_reads_yet(desk: Any, engagement: Engagement) -> None:
    page = desk.get(at("engagement_contacts", engagement)).content.decode()
    assert "Nobody of the customer reads yet" in page


def test_invite_a_contact(desk: Any, engagement: Engagement) -> None:
    data = {"name": "Cora", "email": "cora@northwind.example", "kind": "executive"}
    assert desk.post(at("engagement_contacts", engagement), data).status_code == 302
    contact = CustomerContact.objects.get()
    assert (contact.customer, contact.kind) == (engagement.customer, "executive")
    assert OutgoingMail.objects.get().recipient == "cora@northwind.example"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"email": "cora"}, "email"), ({"name": ""}, "name"), ({"kind": "x"}, "kind")],
)
def test_what_is_wrong_is_said(
    desk: Any, engagement: Engagement, wrong: dict[str, str], field: str
) -> None:
    data = {"name": "Cora", "email": "cora@northwind.example", "kind": "lead"} | wrong
    response = desk.post(at("engagement_contacts", engagement), data)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}


def test_of_other_customers_people_nothing_is_said(
    desk: Any, engagement: Engagement, other_lead: User
) -> None:
    data = {"name": "Olga", "email": other_lead.email, "kind": "lead"}
    response = desk.post(at("engagement_contacts", engagement), data)
    assert response.status_code == 422
    assert "This address cannot be invited. Ask an admin." in response.content.decode()
    assert "Contoso" not in response.content.decode()


TOKEN = re.compile(r"[A-Za-z0-9]{64}|nonce-[\w-]+|nonce=\"[^\"]+\"")  # another on every page


def test_why_an_address_cannot_be_invited_is_not_told_by_the_page(
    desk: Any, engagement: Engagement, other_lead: User, stranger: User, deactivated: User
) -> None:
    ended = make_contact("Ute Ended", CustomerContact.objects.get(user=other_lead).customer)
    CustomerContact.objects.filter(user=ended).update(ends_on=today())
    pages = set()
    for person in (other_lead, ended, stranger, deactivated):
        data = {"name": "Cora", "email": person.email, "kind": "lead"}
        response = desk.post(at("engagement_contacts", engagement), data)
        assert set(response.context["form"].errors) == {"email"}
        page = response.content.decode().replace(person.email, "")
        pages.add((response.status_code, TOKEN.sub("", page)))
    assert len(pages) == 1


def test_end_a_contact(desk: Any, engagement: Engagement, lead: User) -> None:
    url = at("contact_end", engagement, person=lead.ref)
    assert "End Lena Lead as customer lead of Northwind Bank" in desk.get(url).content.decode()
    assert desk.post(url, {"ends_on": today()}).status_code == 302
    assert not Engagement.objects.of_contact(lead).exists()
    assert desk.get(url).status_code == 404


def test_a_contact_of_somebody_else(desk: Any, engagement: Engagement, other_lead: User) -> None:
    url = at("contact_end", engagement, person=other_lead.ref)
    assert desk.post(url, {"ends_on": today()}).status_code == 404
    assert CustomerContact.objects.get(user=other_lead).ends_on is None


def test_contacts_cost_the_same_for_one_and_three(
    desk: Any, engagement: Engagement, customer: Customer, lead: User
) -> None:
    url = at("engagement_contacts", engagement)
    assert statements(desk, url) == 7
    make_contact("Nora North", customer, "delegate")
    make_contact("Nils North", customer, "executive")
    assert statements(desk, url) == 7


@pytest.mark.parametrize(
    ("sends", "said"),
    [(True, "An invitation is on its way to nora@"), (False, "an admin finds the letter in")],
)
def test_who_invites_is_told_where_the_letter_is(
    sign_in: Any, manager: User, engagement: Engagement, settings: Any, sends: bool, said: str
) -> None:
    settings.EMAIL_SENDS = sends
    data = {"name": "Nora New", "email": "nora@northwind.example", "kind": "lead"}
    page = sign_in(manager).post(at("engagement_contacts", engagement), data, follow=True)
    assert said in page.content.decode()
