"""Functions and contacts are dated rows; their end is the end of access."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from dm_portal.people.audit import sentence
from dm_portal.people.models import AuditEvent, OutgoingMail, User
from dm_portal.shell.clock import now, today
from dm_portal.shell.dates import day_words
from dm_portal.shell.errors import DomainError
from engagements.models import Customer, CustomerContact, Engagement, EngagementFunction
from engagements.policies import functions_in
from engagements.services.people import end_contact, end_function, give_function, invite_contact

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
CANNOT = "This address cannot be invited"


def told() -> str:
    return sentence(AuditEvent.objects.latest("pk"))


def said(day: date) -> str:
    return day_words(day, today=today())


def again(user: User) -> User:
    """The person as the next request reads them."""
    return User.objects.get(pk=user.pk)


def give(engagement: Engagement, user: User, by: User, **fields: object) -> EngagementFunction:
    values = {"function": "deputy", "starts_on": today()} | fields
    return give_function(engagement=engagement, user=user, by=by, **values)


def test_a_function_gives_rights(engagement: Engagement, stranger: User, director: User) -> None:
    give(engagement, stranger, director)
    assert functions_in(again(stranger), engagement) == {"deputy"}
    assert told() == f"Dina Director named Stig Stranger as deputy of Atlas from {said(today())}"


def test_ending_today_ends_them_at_the_next_request(
    engagement: Engagement, stranger: User, director: User
) -> None:
    row = give(engagement, stranger, director, starts_on=today() - 9 * DAY)
    end_function(row=row, ends_on=today(), by=director)
    assert functions_in(again(stranger), engagement) == frozenset()
    assert not Engagement.objects.visible_to(again(stranger)).exists()
    assert told() == f"Dina Director ended Stig Stranger as deputy of Atlas on {said(today())}"


def test_an_end_may_be_planned_and_moved(
    engagement: Engagement, stranger: User, director: User
) -> None:
    row = give(engagement, stranger, director)
    end_function(row=row, ends_on=today() + 9 * DAY, by=director)
    end_function(row=row, ends_on=today() + DAY, by=director)
    event = AuditEvent.objects.latest("pk")
    assert event.before == {"ends_on": str(today() + 9 * DAY)}
    assert event.after == {"ends_on": str(today() + DAY)}
    assert functions_in(again(stranger), engagement) == {"deputy"}


def test_an_end_is_not_moved_into_the_next_time(
    engagement: Engagement, stranger: User, director: User
) -> None:
    row = give(engagement, stranger, director)
    end_function(row=row, ends_on=today() + 2 * DAY, by=director)
    following = give(engagement, stranger, director, starts_on=today() + 9 * DAY)
    with pytest.raises(DomainError, match="Stig Stranger begins again before that day") as refused:
        end_function(row=row, ends_on=today() + 10 * DAY, by=director)
    assert refused.value.field == "ends_on"
    end_function(row=row, ends_on=following.starts_on, by=director)
    end_function(row=following, ends_on=today() + 30 * DAY, by=director)


def test_the_past_stays_as_it_was(engagement: Engagement, stranger: User, director: User) -> None:
    row = give(engagement, stranger, director, starts_on=today() - 9 * DAY)
    with pytest.raises(DomainError, match="today at the earliest") as refused:
        end_function(row=row, ends_on=today() - DAY, by=director)
    assert refused.value.field == "ends_on"


def test_what_has_ended_stays_ended(engagement: Engagement, stranger: User, director: User) -> None:
    row = give(engagement, stranger, director)
    end_function(row=row, ends_on=today(), by=director)
    with pytest.raises(DomainError, match="has ended already"):
        end_function(row=row, ends_on=today() + DAY, by=director)


def test_a_planned_function_may_be_called_off(
    engagement: Engagement, stranger: User, director: User
) -> None:
    row = give(engagement, stranger, director, starts_on=today() + 9 * DAY)
    with pytest.raises(DomainError, match="on the day it starts"):
        end_function(row=row, ends_on=today() + 8 * DAY, by=director)
    end_function(row=row, ends_on=row.starts_on, by=director)
    assert not any(each.holds_on(row.starts_on) for each in engagement.functions.filter(pk=row.pk))


def test_a_function_is_held_once_at_a_time(
    engagement: Engagement, stranger: User, director: User
) -> None:
    row = give(engagement, stranger, director)
    with pytest.raises(DomainError, match="Stig Stranger is deputy then already"):
        give(engagement, stranger, director, starts_on=today() + 9 * DAY)
    end_function(row=row, ends_on=today() + 9 * DAY, by=director)
    with pytest.raises(DomainError, match="then already"):
        give(engagement, stranger, director, starts_on=today() + 8 * DAY)
    assert give(engagement, stranger, director, starts_on=today() + 9 * DAY)


def test_a_function_begins_with_the_engagement(
    engagement: Engagement, stranger: User, director: User
) -> None:
    for early in (engagement.starts_on - DAY, date(1900, 1, 1)):
        with pytest.raises(DomainError, match=f"Choose {engagement.starts_on} or") as refused:
            give(engagement, stranger, director, starts_on=early)
        assert refused.value.field == "starts_on"
    row = give(engagement, stranger, director, starts_on=engagement.starts_on)
    assert row.starts_on == engagement.starts_on


def test_what_is_still_to_begin_is_prepared_from_today_on(
    engagement: Engagement, stranger: User, director: User
) -> None:
    engagement.starts_on = today() + 9 * DAY
    engagement.save()
    with pytest.raises(DomainError, match=f"Choose {today()} or"):
        give(engagement, stranger, director, starts_on=today() - DAY)
    assert give(engagement, stranger, director).starts_on == today()


@pytest.mark.parametrize(
    ("who", "why"), [("lead", "one of a customer's people"), ("deactivated", "been deactivated")]
)
def test_only_our_own_hold_functions(
    request: pytest.FixtureRequest, engagement: Engagement, director: User, who: str, why: str
) -> None:
    with pytest.raises(DomainError, match=why):
        give(engagement, request.getfixturevalue(who), director)


@pytest.fixture
def invite(customer: Customer, manager: User) -> Callable[..., CustomerContact]:
    def _invite(email: str, **fields: object) -> CustomerContact:
        values = {"customer": customer, "name": "Cora", "kind": "lead"} | fields
        return invite_contact(email=email, by=manager, **values)

    return _invite


def test_a_contact_is_invited(
    invite: Callable[..., CustomerContact], engagement: Engagement
) -> None:
    contact = invite("cora@northwind.example")
    assert (contact.kind, contact.starts_on, contact.ends_on) == ("lead", today(), None)
    assert (contact.user.kind, contact.user.is_active) == ("customer", False)
    [letter] = OutgoingMail.objects.all()
    assert letter.recipient == "cora@northwind.example"
    assert told() == "Mara Manager added Cora as customer lead of Northwind Bank"


def test_an_active_contact_reads_this_customer_only(
    invite: Callable[..., CustomerContact], engagement: Engagement, other_engagement: Engagement
) -> None:
    user = invite("cora@northwind.example").user
    User.objects.filter(pk=user.pk).update(is_active=True)
    assert list(Engagement.objects.of_contact(again(user))) == [engagement]


def test_a_contact_is_invited_once(invite: Callable[..., CustomerContact], lead: User) -> None:
    with pytest.raises(DomainError, match="Lena Lead is a contact of Northwind Bank already"):
        invite(lead.email.upper())
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("who", ["other_lead", "stranger", "deactivated"])
def test_of_others_nothing_is_said(
    request: pytest.FixtureRequest, invite: Callable[..., CustomerContact], who: str
) -> None:
    person = request.getfixturevalue(who)
    with pytest.raises(DomainError, match=CANNOT):
        invite(person.email)
    assert not CustomerContact.objects.filter(user=person, customer__name="Northwind Bank").exists()
    assert not OutgoingMail.objects.exists()


def test_nobody_moves_from_one_customer_to_another(
    invite: Callable[..., CustomerContact], other_lead: User
) -> None:
    CustomerContact.objects.filter(user=other_lead).update(ends_on=today())
    with pytest.raises(DomainError, match=CANNOT) as refused:
        invite(other_lead.email)
    assert refused.value.field == "email"


def test_a_former_contact_comes_back(
    invite: Callable[..., CustomerContact], lead: User, manager: User, engagement: Engagement
) -> None:
    end_contact(contact=lead.customer_contacts.get(), ends_on=today(), by=manager)
    assert not Engagement.objects.of_contact(again(lead)).exists()
    assert invite(lead.email, kind="executive").user == lead
    assert list(Engagement.objects.of_contact(again(lead))) == [engagement]


def test_the_end_of_a_contact_is_on_record(lead: User, manager: User) -> None:
    contact = lead.customer_contacts.get()
    end_contact(contact=contact, ends_on=today() + DAY, by=manager)
    assert told() == (
        f"Mara Manager ended Lena Lead as customer lead of Northwind Bank on {said(today() + DAY)}"
    )


def test_a_contact_who_has_not_come_in_cannot_after_the_end(
    invite: Callable[..., CustomerContact], manager: User, director: User
) -> None:
    contact = invite("cora@northwind.example")
    end_contact(contact=contact, ends_on=today(), by=director)
    invitation = contact.user.invitations.get()
    assert invitation.revoked_by == director
    assert told() == (
        "Dina Director took back the invitation "
        "cora@northwind.example: Customer lead of Northwind Bank"
    )
    invite("cora@northwind.example")
    assert contact.user.invitations.open(now()).count() == 1


def test_an_invitation_holds_until_a_planned_end(
    invite: Callable[..., CustomerContact], manager: User
) -> None:
    contact = invite("cora@northwind.example")
    end_contact(contact=contact, ends_on=today() + DAY, by=manager)
    assert contact.user.invitations.open(now()).exists()


def test_an_invitation_holds_while_there_is_another_row(
    invite: Callable[..., CustomerContact], customer: Customer, manager: User
) -> None:
    contact = invite("cora@northwind.example")
    CustomerContact.objects.create(
        customer=customer,
        user=contact.user,
        kind="delegate",
        starts_on=today() + DAY,
        ends_on=today() + 9 * DAY,
    )
    end_contact(contact=contact, ends_on=today(), by=manager)
    assert contact.user.invitations.open(now()).exists()


def test_the_letters_of_whoever_came_in_stay_as_they_are(
    invite: Callable[..., CustomerContact], manager: User
) -> None:
    contact = invite("cora@northwind.example")
    User.objects.filter(pk=contact.user_id).update(is_active=True)
    end_contact(contact=contact, ends_on=today(), by=manager)
    assert told().startswith("Mara Manager ended Cora")
    assert contact.user.invitations.get().revoked_at is None
