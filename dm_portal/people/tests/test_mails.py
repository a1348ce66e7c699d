import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction

from dm_portal.people import services
from dm_portal.people.models import AuditEvent, OutgoingMail
from dm_portal.people.services.sending import LEASE
from dm_portal.people.tests import smtp
from dm_portal.shell.clock import now
from dm_portal.shell.errors import Conflict

State = OutgoingMail.State


def queue(recipient="lena@northwind.example", **values):
    given = {
        "kind": "status",
        "subject": "A status",
        "text": "All is well.\n",
        "dedup_key": f"status:1:{recipient}",
    }
    return services.queue_mail(recipient=recipient, **(given | values))


@pytest.fixture
def server(settings):
    """A real mail server, and settings that lead to it."""
    with smtp.running() as server:
        settings.EMAIL_BACKEND = "dm_portal.people.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_SENDS = True
        yield server


# Writing


def test_the_same_letter_is_written_once(db):
    assert queue().pk == queue(text="Another text").pk
    assert OutgoingMail.objects.get().text == "All is well.\n"


def test_a_letter_vanishes_with_the_transaction_that_caused_it(db):
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert not OutgoingMail.objects.exists()


def test_a_message_id_is_our_own_and_stays(db, settings):
    settings.BASE_URL = "https://portal.example.com"
    mail = queue()
    assert mail.message_id == f"<{mail.ref}@portal.example.com>"
    assert queue().message_id == mail.message_id


def test_nobody_smuggles_a_header_in_by_the_subject(db):
    assert queue(subject="Hello\r\nBcc: all@example.com").subject == "Hello Bcc: all@example.com"
    assert len(queue("b@example.com", subject="x" * 300).subject) == 200


def test_nobody_smuggles_a_header_in_by_the_recipient(db):
    with pytest.raises(ValidationError):
        queue("lena@northwind.example\r\nBcc: all@example.com")


def test_a_letter_from_a_template_says_its_subject_in_the_first_line(db):
    mail = services.write_letter("unknown_account", to="x@example.com", context={})
    assert mail.subject == "There is no account with your address"
    assert mail.text.startswith("Hello,\n\nsomebody, perhaps you, asked")


def test_two_letters_of_a_kind_are_two(db):
    for _ in range(2):
        services.write_letter("unknown_account", to="x@example.com", context={})
    assert OutgoingMail.objects.count() == 2


# Where nothing is sent


def test_without_a_mail_server_letters_are_kept_to_be_read(db, mailoutbox):
    mail = queue(kind="invitation")
    assert services.send_due_mails() == 1
    mail.refresh_from_db()
    assert (mail.state, mail.text, mail.finished_at is None) == (
        State.KEPT,
        "All is well.\n",
        False,
    )
    assert mailoutbox == []


def test_no_more_are_kept_than_asked_for(db):
    for number in range(3):
        queue(f"{number}@example.com")
    assert services.send_due_mails(limit=2) == 2
    assert OutgoingMail.objects.filter(state=State.QUEUED).count() == 1


def test_what_waits_can_be_kept_for_people_without_a_mailbox(db, server):
    later, parked = queue(), queue("b@example.com")
    OutgoingMail.objects.filter(pk=later.pk).update(next_attempt_at=now() + timedelta(hours=1))
    OutgoingMail.objects.filter(pk=parked.pk).update(state=State.PARKED)
    assert services.keep_waiting_mails() == 1
    assert services.send_due_mails() == 0
    assert list(OutgoingMail.objects.order_by("pk").values_list("state", flat=True)) == [
        "kept",
        "parked",
    ]


# Sending


def test_a_letter_arrives_as_it_was_written(db, server):
    mail = queue(html="<p>All is well.</p>")
    assert services.send_due_mails() == 1
    [arrived] = server.letters
    assert arrived["Message-ID"] == mail.message_id
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert (arrived["Subject"], arrived["To"]) == ("A status", mail.recipient)
    assert arrived.get_body(["plain"]).get_content().strip() == "All is well."
    assert arrived.get_body(["html"]).get_content().strip() == "<p>All is well.</p>"


def test_a_sent_letter_is_marked_and_not_sent_again(db, server):
    mail = queue()
    services.send_due_mails()
    assert services.send_due_mails() == 0
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.lease_until) == (State.SENT, 1, None)
    assert (mail.text, mail.last_error) == ("All is well.\n", "")
    assert len(server.letters) == 1


def test_the_oldest_goes_first_and_no_more_than_asked_for(db, server):
    for number in range(3):
        queue(f"{number}@example.com")
    assert services.send_due_mails(limit=2) == 2
    assert [mail["To"] for mail in server.letters] == ["0@example.com", "1@example.com"]


def test_nobody_knows_such_a_recipient_and_only_that_letter_is_parked(db, server):
    unknown, known = queue("nobody@example.com"), queue("lena@example.com")
    server.refusals["nobody@example.com"] = "550 no such user"
    assert services.send_due_mails() == 1
    unknown.refresh_from_db()
    known.refresh_from_db()
    assert (unknown.state, unknown.last_error) == (State.PARKED, "550 no such user")
    assert unknown.finished_at is not None
    assert known.state == State.SENT


def test_a_full_mailbox_is_tried_again_later(db, server, time_machine):
    time_machine.move_to(now(), tick=False)
    mail = queue()
    server.refusals[mail.recipient] = "452 mailbox full"
    waits = []
    for _ in range(8):
        services.send_due_mails()
        mail.refresh_from_db()
        waits.append((mail.next_attempt_at - now()).total_seconds() / 60)
        time_machine.move_to(mail.next_attempt_at, tick=False)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert (mail.state, mail.attempts) == (State.QUEUED, 8)


def test_it_is_not_tried_before_its_time(db, server, time_machine):
    time_machine.move_to(now(), tick=False)
    mail = queue()
    server.refusals[mail.recipient] = "452 mailbox full"
    services.send_due_mails()
    time_machine.shift(timedelta(seconds=59))
    services.send_due_mails()
    mail.refresh_from_db()
    assert mail.attempts == 1


def test_after_five_days_an_admin_is_needed(db, server, time_machine):
    time_machine.move_to(now(), tick=False)
    mail = queue()
    server.refusals[mail.recipient] = "452 mailbox full"
    time_machine.shift(timedelta(days=5))
    services.send_due_mails()
    mail.refresh_from_db()
    assert (mail.state, mail.last_error) == (State.PARKED, "452 mailbox full")


def test_a_text_that_is_refused_for_good_is_parked(db, server):
    mail = queue()
    server.refusals["DATA"] = "554 looks like spam"
    services.send_due_mails()
    mail.refresh_from_db()
    assert (mail.state, mail.last_error) == (State.PARKED, "554 looks like spam")


def test_a_text_that_is_refused_for_now_waits(db, server):
    mail = queue()
    server.refusals["DATA"] = "451 try again"
    services.send_due_mails()
    mail.refresh_from_db()
    assert (mail.state, mail.last_error) == (State.QUEUED, "451 try again")


def test_a_server_that_refuses_us_costs_one_attempt_of_one_letter(db, server):
    first, second = queue("a@example.com"), queue("b@example.com")
    server.refusals["MAIL"] = "530 sign in first"
    assert services.send_due_mails() == 0
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.attempts) == (State.QUEUED, 1)
    assert first.last_error.startswith("SMTPSenderRefused")
    assert (second.state, second.attempts, second.last_error) == (State.QUEUED, 0, "")


def test_a_server_that_hangs_up_is_tried_again(db, server):
    mail = queue()
    server.hangs_up = True
    services.send_due_mails()
    server.hangs_up = False
    OutgoingMail.objects.update(next_attempt_at=now())
    assert services.send_due_mails() == 1
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (State.SENT, 2)


def test_a_letter_that_cannot_be_built_is_parked(db, server):
    mail = queue()
    OutgoingMail.objects.update(subject="Hello\nBcc: all@example.com")
    services.send_due_mails()
    mail.refresh_from_db()
    assert mail.state == State.PARKED
    assert server.letters == []


# Dying and racing


def test_while_a_sender_holds_the_lease_nobody_else_sends(db, server):
    queue()
    OutgoingMail.objects.update(state=State.SENDING, lease_until=now() + LEASE, attempts=1)
    assert services.send_due_mails() == 0


def test_a_letter_whose_sender_died_is_sent_by_the_next(db, server):
    mail = queue()
    OutgoingMail.objects.update(state=State.SENDING, lease_until=now(), attempts=1)
    assert services.send_due_mails() == 1
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (State.SENT, 2)


def test_a_letter_that_kills_its_senders_is_given_up_after_days(db, server, time_machine):
    mail = queue()
    OutgoingMail.objects.update(state=State.SENDING, lease_until=now(), attempts=90)
    time_machine.move_to(now() + timedelta(days=5))
    assert services.send_due_mails() == 0
    mail.refresh_from_db()
    assert (mail.state, mail.last_error) == (State.PARKED, "Whoever sent it died each time.")


def test_a_sender_that_lost_its_lease_does_not_overwrite_the_next(db, settings):
    """It was so slow that somebody else has claimed the letter in the meantime."""
    settings.EMAIL_SENDS = True
    settings.EMAIL_BACKEND = "dm_portal.people.tests.test_mails.SlowBackend"
    mail = queue()
    assert services.send_due_mails() == 0
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (State.SENDING, 2)


class SlowBackend(BaseEmailBackend):
    """While it sends, the lease runs out and another sender takes the letter."""

    def send_messages(self, messages):
        OutgoingMail.objects.update(attempts=2)
        return len(messages)


@pytest.mark.django_db(transaction=True)
def test_four_senders_at_once_send_each_letter_once(server):
    for number in range(12):
        queue(f"{number}@example.com")
    sent = []

    def send():
        sent.append(services.send_due_mails())
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sent) == 12
    assert sorted(mail["To"] for mail in server.letters) == sorted(
        f"{number}@example.com" for number in range(12)
    )


# An admin


def test_an_admin_sends_a_parked_letter_again(admin, server):
    mail = queue()
    OutgoingMail.objects.update(state=State.PARKED, attempts=9, last_error="550", finished_at=now())
    services.retry_mail(mail=mail, by=admin)
    assert AuditEvent.objects.get().verb == "mail.retried"
    assert services.send_due_mails() == 1
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (State.SENT, 1)


def test_what_is_sent_again_is_tried_for_five_days_more(admin, server, time_machine):
    time_machine.move_to(now(), tick=False)
    mail = queue()
    server.refusals[mail.recipient] = "452 mailbox full"
    time_machine.shift(timedelta(days=5))
    services.send_due_mails()
    time_machine.shift(timedelta(days=1))
    mail.refresh_from_db()
    services.retry_mail(mail=mail, by=admin)
    for days, state in ((0, State.QUEUED), (4, State.QUEUED), (1, State.PARKED)):
        time_machine.shift(timedelta(days=days))
        services.send_due_mails()
        mail.refresh_from_db()
        assert (mail.state, mail.last_error) == (state, "452 mailbox full")


def test_what_is_sent_again_may_lose_its_sender(admin, server, time_machine):
    mail = queue()
    time_machine.move_to(now() + timedelta(days=9))
    OutgoingMail.objects.update(state=State.PARKED, finished_at=now())
    services.retry_mail(mail=mail, by=admin)
    OutgoingMail.objects.update(state=State.SENDING, lease_until=now(), attempts=1)
    assert services.send_due_mails() == 1


def test_the_other_parked_letters_stay_parked(admin, server):
    mail, other = queue(), queue("olga@northwind.example")
    OutgoingMail.objects.update(state=State.PARKED, finished_at=now())
    services.retry_mail(mail=mail, by=admin)
    other.refresh_from_db()
    assert other.state == State.PARKED


def test_what_is_not_parked_is_not_sent_again(admin):
    mail = queue()
    with pytest.raises(Conflict, match="already on its way"):
        services.retry_mail(mail=mail, by=admin)
    assert not AuditEvent.objects.exists()
