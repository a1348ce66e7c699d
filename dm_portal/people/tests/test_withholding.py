"""What may not go out any more stays here: to whom, why, and what an admin reads of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dm_portal.people import services
from dm_portal.people.models import OutgoingMail, User
from dm_portal.people.tests import smtp
from dm_portal.shell.clock import now, today
from engagements.models import CustomerContact, Engagement, EngagementFunction

State = OutgoingMail.State


@pytest.fixture
def server(settings: Any) -> Iterator[smtp.Server]:
    with smtp.running() as server:
        settings.EMAIL_BACKEND = "dm_portal.people.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_SENDS = True
        yield server


def letter_to(person: User | None, *engagements: Engagement, kind: str = "status") -> OutgoingMail:
    mail = services.queue_mail(
        kind=kind,
        recipient=person.email if person else "somebody@northwind.example",
        user=person,
        subject="A letter",
        text="It tells something.\n",
        dedup_key=f"{kind}:{OutgoingMail.objects.count()}",
    )
    mail.engagements = [each.pk for each in engagements]
    mail.save(update_fields=["engagements"])
    return mail


def sent(mail: OutgoingMail) -> tuple[str, str]:
    """What became of it, and the first word of why."""
    services.send_due_mails()
    mail.refresh_from_db()
    return mail.state, mail.last_error.partition(":")[0]


def end(rows: Any) -> None:
    rows.update(starts_on=today() - timedelta(days=9), ends_on=today())


def test_whoever_still_sees_it_gets_it(
    server: smtp.Server, engagement: Engagement, manager: User, lead: User
) -> None:
    for person in (manager, lead):
        assert sent(letter_to(person, engagement)) == (State.SENT, "")
    assert len(server.letters) == 2


def test_what_is_written_to_an_address_alone_goes_to_it(server: smtp.Server, db: None) -> None:
    assert sent(letter_to(None, kind="unknown_account")) == (State.SENT, "")


@pytest.mark.parametrize("kind", ["status", "password_link", "two_step_removed"])
def test_whoever_was_deactivated_gets_nothing(
    server: smtp.Server, admin: User, lead: User, kind: str
) -> None:
    mail = letter_to(lead, kind=kind)
    services.deactivate_person(person=lead, by=admin)
    assert sent(mail) == (State.WITHHELD, "Deactivated")
    assert mail.finished_at is not None
    assert server.letters == []


def test_a_former_contact_reads_nothing_of_the_customer(
    server: smtp.Server, engagement: Engagement, lead: User
) -> None:
    mail = letter_to(lead, engagement)
    end(CustomerContact.objects.filter(user=lead))
    assert sent(mail) == (State.WITHHELD, "Ended")


def test_a_contact_reads_nothing_of_another_customer(
    server: smtp.Server, engagement: Engagement, other_engagement: Engagement, lead: User
) -> None:
    assert sent(letter_to(lead, engagement, other_engagement)) == (State.WITHHELD, "Ended")


def test_whoever_left_an_engagement_is_told_nothing_of_it(
    server: smtp.Server, engagement: Engagement, manager: User
) -> None:
    mail = letter_to(manager, engagement, kind="reminder")
    end(EngagementFunction.objects.filter(user=manager))
    assert sent(mail) == (State.WITHHELD, "Ended")


def test_what_is_about_the_account_goes_to_a_former_contact(
    server: smtp.Server, engagement: Engagement, lead: User
) -> None:
    end(CustomerContact.objects.filter(user=lead))
    assert sent(letter_to(lead, kind="password_link")) == (State.SENT, "")


def test_what_an_admin_sends_again_is_asked_for_again(
    server: smtp.Server, engagement: Engagement, admin: User, lead: User
) -> None:
    mail = letter_to(lead, engagement)
    OutgoingMail.objects.update(state=State.PARKED, last_error="550 no", finished_at=now())
    end(CustomerContact.objects.filter(user=lead))
    services.retry_mail(mail=mail, by=admin)
    assert sent(mail) == (State.WITHHELD, "Ended")


def test_an_invitation_goes_to_whoever_has_not_come_yet(server: smtp.Server, admin: User) -> None:
    services.invite_internal(email="i@internal.example", name="I", by=admin)
    assert sent(OutgoingMail.objects.get()) == (State.SENT, "")


def test_an_invitation_that_was_taken_back_stays_here_without_its_link(
    server: smtp.Server, admin: User
) -> None:
    invitation = services.invite_internal(email="i@internal.example", name="I", by=admin)
    services.revoke_invitation(invitation=invitation, by=admin)
    mail = OutgoingMail.objects.get()
    assert sent(mail) == (State.WITHHELD, "Invitation")
    assert (mail.text, mail.html) == ("", "")


def test_who_asks_costs_one_statement(
    server: smtp.Server, engagement: Engagement, lead: User, django_assert_num_queries: Any
) -> None:
    """Beside claim, read and mark: whether they see the engagements."""
    letter_to(lead, engagement)
    with django_assert_num_queries(3 + 3 + 1):
        services.send_due_mails()


def test_an_admin_reads_why_and_cannot_send_it_again(
    server: smtp.Server, sign_in: Any, engagement: Engagement, admin: User, lead: User
) -> None:
    mail = letter_to(lead, engagement)
    end(CustomerContact.objects.filter(user=lead))
    services.send_due_mails()
    client: Client = sign_in(admin)
    assert "1 not sent</a>" in client.get("/outbox/").content.decode()
    page = client.get(f"/outbox/{mail.ref}/").content.decode()
    assert "Not sent: not theirs to read any more" in page
    assert "tells of an engagement whose pages the person does not see any more." in page
    assert "Send again" not in page
    assert "Next attempt" not in page
