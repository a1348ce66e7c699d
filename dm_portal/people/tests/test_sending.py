"""What a mail server may do to us, and what becomes of the letters."""

import time
from datetime import timedelta

import pytest

from dm_portal.people import services
from dm_portal.people.mail_server import away_since, note_away
from dm_portal.people.models import OutgoingMail
from dm_portal.people.services.messages import message_of
from dm_portal.people.services.sending import LEASE
from dm_portal.people.tests import smtp
from dm_portal.shell.clock import now

State = OutgoingMail.State


def queue(number):
    return services.queue_mail(
        kind="status",
        recipient=f"{number}@northwind.example",
        subject="A status",
        text="All is well.\n",
        html="<p>All is well.</p>",
        dedup_key=f"status:{number}",
    )


def states():
    """State and last error of every letter, oldest first."""
    return list(OutgoingMail.objects.order_by("pk").values_list("state", "last_error"))


def again():
    """Whatever waits is due."""
    OutgoingMail.objects.filter(state=State.QUEUED).update(next_attempt_at=now())


@pytest.fixture
def server(settings):
    with smtp.running() as server:
        settings.EMAIL_BACKEND = "dm_portal.people.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_SENDS = True
        yield server


# One conversation


def test_many_letters_go_over_one_connection(db, server):
    for number in range(50):
        queue(number)
    assert services.send_due_mails() == 50
    assert server.conversations == 1
    assert len(server.letters) == 50


def test_each_letter_costs_three_statements(db, server, django_assert_num_queries):
    """Claim, read, mark; beside the one that gives up on the lost, the one that finds them, and the
    one that notes that the server is there.
    """
    for number in range(5):
        queue(number)
    with django_assert_num_queries(3 + 5 * 3):
        services.send_due_mails()


def test_a_server_that_takes_few_at_a_time_is_asked_again(db, server):
    server.most = 5
    for number in range(12):
        queue(number)
    assert services.send_due_mails() == 10
    assert server.conversations == 2
    assert [error for _, error in states() if error] == ["421 enough for now"] * 2
    again()
    assert services.send_due_mails() == 2
    assert len(server.letters) == 12


def test_a_letter_that_is_refused_does_not_end_the_conversation(db, server):
    for number in range(3):
        queue(number)
    server.refusals["1@northwind.example"] = "550 no such user"
    assert services.send_due_mails() == 2
    assert server.conversations == 1


def test_nothing_is_opened_where_nothing_is_due(db, server):
    assert services.send_due_mails() == 0
    assert server.conversations == 0


def test_whoever_is_asked_to_end_takes_no_further_letter(db, server):
    for number in range(3):
        queue(number)
    answers = iter([True, False])
    assert services.send_due_mails(goes_on=lambda: next(answers)) == 1
    assert [state for state, _ in states()] == ["sent", "queued", "queued"]


# What a server answers


@pytest.mark.parametrize("answer", ["550 no such user", "550 no\0box", "552 too big", "554 spam"])
@pytest.mark.parametrize("to", ["0@northwind.example", "DATA"])
def test_5xx_parks_that_letter_alone(db, server, answer, to):
    queue(0)
    server.refusals[to] = answer
    services.send_due_mails()
    server.refusals.clear()
    queue(1)
    assert services.send_due_mails() == 1
    assert states() == [("parked", answer.replace("\0", "")), ("sent", "")]


@pytest.mark.parametrize("answer", ["450 busy", "451 a problem", "452 full"])
@pytest.mark.parametrize("to", ["0@northwind.example", "DATA"])
def test_4xx_waits_and_holds_up_nobody(db, server, answer, to):
    first = queue(0)
    server.refusals[to] = answer
    services.send_due_mails()
    first.refresh_from_db()
    assert (first.state, first.last_error, first.attempts) == (State.QUEUED, answer, 1)
    server.refusals.clear()
    queue(1)
    assert services.send_due_mails() == 1
    again()
    assert services.send_due_mails() == 1
    assert [state for state, _ in states()] == ["sent", "sent"]


@pytest.mark.parametrize("to", ["0@northwind.example", "DATA", "MAIL", "EHLO"])
def test_a_server_that_closes_is_left_alone_for_now(db, server, to):
    queue(0)
    queue(1)
    server.refusals[to] = "421 closing"
    if to == "EHLO":
        server.refusals["HELO"] = "421 closing"
    assert services.send_due_mails() == 0
    assert [state for state, _ in states()] == ["queued", "queued"]
    assert OutgoingMail.objects.get(recipient="1@northwind.example").attempts == 0
    server.refusals.clear()
    again()
    assert services.send_due_mails() == 2


def test_who_took_it_and_did_not_say_so_gets_the_same_letter_again(db, server):
    mail = queue(0)
    server.drops = 1
    assert services.send_due_mails() == 0
    again()
    assert services.send_due_mails() == 1
    first, second = server.letters
    assert first["Message-ID"] == second["Message-ID"] == mail.message_id
    assert (
        first.as_bytes().split(b"\n\n")[0].split(b"boundary")[0]
        == (second.as_bytes().split(b"\n\n")[0].split(b"boundary")[0])
    )


def test_a_server_that_says_nothing_is_given_up_on(db, server, settings):
    settings.EMAIL_TIMEOUT = 0.2
    queue(0)
    queue(1)
    server.is_mute = True
    started = time.monotonic()
    assert services.send_due_mails() == 0
    assert time.monotonic() - started < 5
    assert states() == [("queued", "TimeoutError: timed out"), ("queued", "")]


def test_nobody_who_answers_is_a_server_that_is_away(db, server, settings):
    with smtp.running() as gone:
        settings.EMAIL_PORT = gone.server_address[1]
    queue(0)
    assert services.send_due_mails() == 0
    assert states()[0][1].startswith("ConnectionRefusedError:")


@pytest.fixture
def nobody(settings):
    """Where the mail server should be, nothing answers."""
    with smtp.running() as gone:
        settings.EMAIL_BACKEND = "dm_portal.people.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = gone.server_address
    settings.EMAIL_SENDS = True


def waits():
    """Minutes until each letter is tried again, oldest first."""
    letters = OutgoingMail.objects.order_by("pk")
    return [(each.next_attempt_at - now()).total_seconds() / 60 for each in letters]


def test_while_the_server_is_away_all_that_is_due_waits_together(db, nobody, time_machine):
    time_machine.move_to(now(), tick=False)
    since, found = now(), []
    for number in range(3):
        queue(number)
    for _ in range(6):
        assert services.send_due_mails() == 0
        assert len(set(waits())) == 1
        found.append(waits()[0])
        time_machine.shift(timedelta(minutes=found[-1]))
    assert found == [1, 1, 2, 4, 5, 5]
    assert away_since() == since
    assert [mail.attempts for mail in OutgoingMail.objects.order_by("pk")] == [6, 0, 0]


def test_what_another_sender_holds_or_is_not_due_does_not_wait_with_it(db, nobody, time_machine):
    time_machine.move_to(now(), tick=False)
    for number in range(4):
        queue(number)
    held = {"state": State.SENDING, "attempts": 1}
    mails = [OutgoingMail.objects.filter(recipient=f"{n}@northwind.example") for n in range(4)]
    mails[1].update(lease_until=now() + LEASE, **held)
    mails[2].update(lease_until=now(), **held)
    mails[3].update(next_attempt_at=now() + timedelta(minutes=30))
    services.send_due_mails()
    assert [state for state, _ in states()] == ["queued", "sending", "queued", "queued"]
    assert waits() == [1, 0, 1, 30]


def test_a_server_that_is_away_for_long_costs_no_letter(db, server, nobody, settings, time_machine):
    time_machine.move_to(now(), tick=False)
    queue(0)
    time_machine.shift(timedelta(days=6))
    services.send_due_mails()
    assert states()[0][0] == "queued"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
    time_machine.shift(timedelta(minutes=5))
    assert services.send_due_mails() == 1


@pytest.mark.parametrize(
    ("answer", "is_away"),
    [("250 ok", False), ("550 no such user", False), ("452 full", False), ("421 busy", True)],
)
def test_a_server_that_speaks_of_a_letter_is_there_again(db, server, answer, is_away):
    note_away()
    queue(0)
    server.refusals["0@northwind.example"] = answer
    services.send_due_mails()
    assert (away_since() is not None) is is_away


def test_a_letter_that_ends_conversations_keeps_no_other_waiting(db, server):
    for number in range(2):
        queue(number)
    server.refusals["0@northwind.example"] = "421 no"
    services.send_due_mails()
    assert away_since() is not None
    assert services.send_due_mails() == 1
    assert away_since() is None


def test_nothing_is_noted_where_nothing_is_due(db, server):
    since = note_away()
    services.send_due_mails()
    assert away_since() == since


def test_a_slow_server_gets_its_letters(db, server):
    server.pause = 0.002
    for number in range(3):
        queue(number)
    assert services.send_due_mails() == 3
    assert server.conversations == 1


def test_a_server_that_speaks_for_ever_does_not_hold_us_up(db, server, settings):
    """Each byte comes before EMAIL_TIMEOUT; all of them together take too long."""
    settings.EMAIL_TIMEOUT = 1
    settings.EMAIL_LONGEST_LETTER = 0.3
    server.pause = 0.2
    queue(0)
    started = time.monotonic()
    assert services.send_due_mails() == 0
    assert time.monotonic() - started < 5
    assert states()[0][0] == "queued"
    assert states()[0][1]


# What arrives


def test_headers_arrive_as_they_should(db, server, lead, manager):
    manager.name = "Žofie Müller"
    manager.save()
    mail = services.queue_mail(
        kind="status",
        recipient=lead.email,
        user=lead,
        reply_to=manager,
        subject="Größe ✓ " + "sehr " * 30,
        text="All is well.\n",
        dedup_key="status:1:1",
    )
    services.send_due_mails()
    [arrived] = server.letters
    assert arrived["Subject"] == mail.subject
    assert arrived["Reply-To"] == f"Žofie Müller <{manager.email}>"
    assert arrived["To"] == f"Lena Lead <{lead.email}>"
    url = services.unsubscribe_url(lead, "status")
    assert arrived["List-Unsubscribe"] == f"<{url}>"
    assert arrived["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert arrived["Date"].datetime == mail.created_at.replace(microsecond=0)
    assert arrived["Auto-Submitted"] == "auto-generated"


def test_no_answer_goes_to_who_was_deactivated_meanwhile(db, lead, manager, admin):
    mail = services.queue_mail(
        kind="status",
        recipient=lead.email,
        user=lead,
        reply_to=manager,
        subject="A status",
        text="All is well.\n",
        dedup_key="status:1:1",
    )
    services.deactivate_person(person=manager, by=admin)
    mail.refresh_from_db()
    assert "Reply-To" not in message_of(mail).message()


def test_what_always_comes_names_no_way_to_end_it(db, lead):
    mail = services.write_letter("two_step_on", to=lead.email, user=lead, context={"at": now()})
    message = message_of(mail).message()
    assert "List-Unsubscribe" not in message
    assert "No more mails" not in mail.text
    assert "Reply-To" not in message
