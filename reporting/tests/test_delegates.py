"""Whom the customer's lead names to answer for them, and ends again."""

import pytest
from django.urls import reverse

from dm_portal.people.models import AuditEvent, OutgoingMail, User
from dm_portal.shell.clock import today
from dm_portal.shell.errors import DomainError
from engagements.models import CustomerContact, Engagement
from engagements.services.people import MOST_DELEGATES, end_delegate, name_delegate
from reporting.tests.pages import SignIn, text_of

pytestmark = pytest.mark.django_db

NORA = {"name": "Nora", "email": "nora@customer.example"}


def page(engagement: Engagement) -> str:
    return reverse("status_delegates", args=[engagement.ref])


def removal(engagement: Engagement, person: User) -> str:
    return reverse("status_delegate_removal", args=[engagement.ref, person.ref])


def test_the_lead_names_somebody(
    sign_in: SignIn, lead: User, manager: User, engagement: Engagement
) -> None:
    client = sign_in(lead)
    asks = reverse("status_ask_list", args=[engagement.ref])
    assert page(engagement) in client.get(asks).content.decode()
    assert client.post(page(engagement), {"name": "", "email": "x"}).status_code == 422
    assert client.post(page(engagement), NORA).status_code == 302
    contact = CustomerContact.objects.get(user__email=NORA["email"])
    assert (contact.kind, contact.customer) == ("delegate", engagement.customer)
    assert OutgoingMail.objects.get(user=contact.user).kind == "invitation"
    assert AuditEvent.objects.get(verb="contact.added").actor_name == lead.name
    for words in ("Nora", NORA["email"], "has not come yet"):
        assert words in text_of(client.get(page(engagement)))
    seen = sign_in(manager).get(reverse("engagement_contacts", args=[engagement.ref]))
    assert NORA["email"] in text_of(seen)


def test_the_lead_ends_it(
    sign_in: SignIn, lead: User, delegate: User, engagement: Engagement
) -> None:
    client = sign_in(lead)
    assert client.post(removal(engagement, delegate)).status_code == 302
    assert not CustomerContact.objects.not_over().filter(user=delegate).exists()
    assert AuditEvent.objects.get(verb="contact.ended").actor_name == lead.name
    assert "Nobody but you answers" in text_of(client.get(page(engagement)))
    assert client.post(removal(engagement, delegate)).status_code == 404


@pytest.mark.parametrize("who", ["delegate", "executive", "manager"])
def test_nobody_else_names_or_ends(
    request: pytest.FixtureRequest,
    sign_in: SignIn,
    lead: User,
    delegate: User,
    engagement: Engagement,
    who: str,
) -> None:
    person = request.getfixturevalue(who)
    client = sign_in(person)
    assert client.get(page(engagement)).status_code == 403
    assert client.post(page(engagement), NORA).status_code == 403
    assert client.post(removal(engagement, delegate)).status_code == 403
    with pytest.raises(DomainError):
        name_delegate(engagement=engagement, by=person, **NORA)


def test_of_another_customer_nothing_is_found(
    sign_in: SignIn, other_lead: User, lead: User, delegate: User, engagement: Engagement
) -> None:
    assert sign_in(other_lead).post(page(engagement), NORA).status_code == 404
    assert sign_in(lead).post(removal(engagement, lead)).status_code == 404


def test_only_a_delegate_of_theirs_is_ended(
    lead: User, executive: User, other_lead: User, manager: User, engagement: Engagement
) -> None:
    for person in (executive, other_lead):
        contact = CustomerContact.objects.get(user=person)
        with pytest.raises(DomainError):
            end_delegate(engagement=engagement, contact=contact, by=lead)


def test_what_the_lead_may_not_know_is_not_said(
    sign_in: SignIn, lead: User, other_lead: User, manager: User, engagement: Engagement
) -> None:
    answers = [
        text_of(sign_in(lead).post(page(engagement), {"name": "N", "email": person.email}))
        for person in (other_lead, manager)
    ]
    assert all("This address cannot be invited" in answer for answer in answers)
    assert not any(other_lead.name in answer for answer in answers)


def test_nobody_tries_many_addresses(sign_in: SignIn, lead: User, engagement: Engagement) -> None:
    client = sign_in(lead)
    for _ in range(10):
        answer = client.post(page(engagement), {"name": "N", "email": lead.email})
    assert "much for one day" not in text_of(answer)
    answer = client.post(page(engagement), NORA)
    assert answer.status_code == 422
    assert "much for one day" in text_of(answer)
    assert NORA["email"] in answer.content.decode()  # what was typed stays


def test_no_more_than_a_handful(lead: User, engagement: Engagement) -> None:
    for number in range(MOST_DELEGATES):
        contact = name_delegate(
            engagement=engagement, name="N", email=f"n{number}@customer.example", by=lead
        )
        end_delegate(engagement=engagement, contact=contact, by=lead)
    with pytest.raises(DomainError, match="named already"):
        name_delegate(engagement=engagement, by=lead, **NORA)
    CustomerContact.objects.filter(user__name="N").update(
        starts_on=today().replace(year=2020), ends_on=today().replace(year=2021)
    )
    assert name_delegate(engagement=engagement, by=lead, **NORA).user.name == "Nora"
