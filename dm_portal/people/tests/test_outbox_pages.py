import pytest

from dm_portal.people import letters, services
from dm_portal.people.mail_server import note_away
from dm_portal.people.mail_words import problem_words
from dm_portal.people.models import AuditEvent, OutgoingMail
from dm_portal.people.tests.statements import OF_A_LIST, statements
from dm_portal.shell.clock import now
from dm_portal.tests.visitors import unprotected

State = OutgoingMail.State


@pytest.fixture
def mail(db):
    return services.queue_mail(
        kind="status",
        recipient="lena@northwind.example",
        subject="Week 47",
        text="Read https://portal.example.com/x <b>now</b>.\n",
        dedup_key="status:1",
    )


def test_an_admin_reads_what_is_kept(sign_in, admin, mail):
    services.send_due_mails()
    client = sign_in(admin)
    assert "No mail server is set" in client.get("/outbox/").content.decode()
    page = client.get(f"/outbox/{mail.ref}/").content.decode()
    assert '<a href="https://portal.example.com/x"' in page
    assert "&lt;b&gt;now&lt;/b&gt;" in page
    assert "Kept in the outbox" in page


def test_where_nothing_is_sent_an_invitation_can_be_passed_on_by_hand(sign_in, admin):
    invitation = services.invite_internal(email="i@internal.example", name="I", by=admin)
    mail = OutgoingMail.objects.get()
    page = sign_in(admin).get(f"/outbox/{mail.ref}/").content.decode()
    assert f'href="{services.invitation_url(invitation)}"' in page


@pytest.mark.parametrize("state", [State.QUEUED, State.PARKED, State.KEPT, State.SENT])
def test_where_mails_leave_a_personal_link_is_not_for_admins(sign_in, admin, settings, state):
    settings.EMAIL_SENDS = True
    invitation = services.invite_internal(email="i@internal.example", name="I", by=admin)
    OutgoingMail.objects.update(state=state)
    mail = OutgoingMail.objects.get()
    page = sign_in(admin).get(f"/outbox/{mail.ref}/").content.decode()
    assert invitation.token not in page
    assert "so it is not shown" in page


def test_the_list_is_filtered_by_its_url(sign_in, admin, mail, settings):
    settings.EMAIL_SENDS = True
    client = sign_in(admin)
    subjects = {
        query: [cells[0].value for cells in client.get(f"/outbox/?{query}").context["listing"].rows]
        for query in ("state=queued", "state=sent", "recipient=NORTHWIND", "recipient=contoso")
    }
    assert subjects == {
        "state=queued": ["Week 47"],
        "state=sent": [],
        "recipient=NORTHWIND": ["Week 47"],
        "recipient=contoso": [],
    }


def test_an_admin_sends_a_failed_mail_again(sign_in, admin, mail):
    OutgoingMail.objects.update(
        state=State.PARKED, last_error="550 no such user", finished_at=now()
    )
    client = sign_in(admin)
    page = client.get(f"/outbox/{mail.ref}/").content.decode()
    assert "Failed, needs an admin" in page
    assert "550 no such user" in page
    response = client.post(f"/outbox/{mail.ref}/retry/")
    assert "The mail is on its way again." in client.get(response.url).content.decode()
    mail.refresh_from_db()
    assert mail.state == State.QUEUED


def test_a_mail_on_its_way_is_not_sent_twice(sign_in, admin, mail):
    client = sign_in(admin)
    response = client.post(f"/outbox/{mail.ref}/retry/")
    assert "This mail is already on its way." in client.get(response.url).content.decode()


def test_a_waiting_mail_says_what_went_wrong_and_when_it_is_tried_again(sign_in, admin, mail):
    OutgoingMail.objects.update(last_error="452 mailbox full", attempts=1)
    page = sign_in(admin).get(f"/outbox/{mail.ref}/").content.decode()
    assert "The mailbox was full for the moment. Next attempt:" in page
    assert "452 mailbox full" in page


@pytest.mark.parametrize("who", ["auditor", "director", "manager"])
def test_nobody_else_reads_mails(who, request, sign_in, mail):
    client = sign_in(request.getfixturevalue(who))
    assert client.get("/outbox/").status_code == 403
    assert client.get(f"/outbox/{mail.ref}/").status_code == 404
    assert client.post(f"/outbox/{mail.ref}/retry/").status_code == 404


def test_the_list_costs_the_same_for_one_and_for_three(sign_in, admin):
    client = sign_in(admin)
    costs = []
    for number in range(3):
        services.write_letter("unknown_account", to=f"{number}@example.com", context={})
        costs.append(statements(client, "/outbox/"))
    assert costs[0] == costs[2] <= OF_A_LIST


# What failed, together


def park(mail, error):
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=State.PARKED, last_error=error, finished_at=now()
    )


@pytest.fixture
def failed(db):
    """Two mails that failed alike, one that failed of something else, and one on its way."""
    mails = [
        services.queue_mail(
            kind="status",
            recipient=f"{number}@northwind.example",
            subject=f"Week {number}",
            text="Text\n",
            dedup_key=f"status:{number}",
        )
        for number in range(4)
    ]
    park(mails[0], "550 5.1.1 <0@northwind.example> no such user")
    park(mails[1], "550 5.1.1 <1@northwind.example> no such user")
    park(mails[2], "554 spam")
    return mails


def test_what_failed_alike_is_counted_in_words(sign_in, admin, failed):
    page = sign_in(admin).get("/outbox/")
    assert page.context["problems"] == [
        ("550", "The mail server knows no such mailbox, or does not take mails for it.", 2),
        ("554", "The mail server took it for unwanted.", 1),
    ]
    tally = page.context["tally"]
    assert (tally["queued"], tally["parked"], tally["sent"]) == (1, 3, 0)
    assert tally["oldest_unsent"] == failed[3].created_at


def test_one_press_sends_all_again_that_failed_alike(sign_in, admin, failed):
    client = sign_in(admin)
    response = client.post("/outbox/retry/", {"problem": "550"})
    assert "2 mails on the way again." in client.get(response.url).content.decode()
    states = list(OutgoingMail.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["queued", "queued", "parked", "queued"]
    verbs = AuditEvent.objects.values_list("verb", "actor_name")
    assert list(verbs) == [("mail.retried", "Adam Admin")] * 2


def test_what_is_on_its_way_already_is_not_sent_twice_together(sign_in, admin, failed):
    client = sign_in(admin)
    response = client.post("/outbox/retry/", {"problem": "421"})
    assert "on their way already" in client.get(response.url).content.decode()
    assert not AuditEvent.objects.exists()


def test_the_download_says_what_went_wrong(sign_in, admin, failed):
    text = b"".join(sign_in(admin).get("/outbox/?format=csv&state=parked")).decode()
    assert text.splitlines()[0] == "Subject,Kind,To,State,Problem,Attempts,Written,Done"
    assert text.count("knows no such mailbox") == 2
    assert "Week 3" not in text


def test_a_mail_server_that_is_away_is_told_where_mails_wait_for_it(sign_in, admin, mail, settings):
    settings.EMAIL_SENDS = True
    client, words = sign_in(admin), "The mail server takes no mails"
    assert words not in client.get("/outbox/").content.decode()
    note_away()
    assert words in client.get("/outbox/").content.decode()
    settings.EMAIL_SENDS = False
    assert words not in client.get("/outbox/").content.decode()
    settings.EMAIL_SENDS = True
    OutgoingMail.objects.update(state=State.SENT)
    assert words not in client.get("/outbox/").content.decode()


def test_mails_are_found_by_their_kind(sign_in, admin, failed):
    services.write_letter("unknown_account", to="x@example.com", context={})
    listing = sign_in(admin).get("/outbox/?kind=unknown_account").context["listing"]
    assert [cells[1].value for cells in listing.rows] == ["Address without account"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("", ""),
        ("550 no", "The mail server knows no such mailbox, or does not take mails for it."),
        ("571 no", "The mail server refused it for good."),
        ("471 no", "The mail server could not take it yet."),
        ("TimeoutError: timed out", "The mail server did not answer in time."),
        ("BrokenPipeError: [Errno 32]", "It could not be handed to the mail server."),
    ],
)
def test_what_went_wrong_is_said_in_words(error, words):
    assert problem_words(error) == words


# The HTML


def test_the_html_stands_in_a_frame_without_rights(sign_in, admin):
    mail = services.write_letter("unknown_account", to="x@example.com", context={})
    client = sign_in(admin)
    page = client.get(f"/outbox/{mail.ref}/").content.decode()
    assert f'<iframe class="letter-frame" src="/outbox/{mail.ref}/html/"' in page
    assert "sandbox" in page
    framed = client.get(f"/outbox/{mail.ref}/html/")
    assert framed.content.decode() == mail.html
    assert unprotected(framed, is_framed=True) == []


def test_without_html_there_is_no_frame(sign_in, admin, mail):
    client = sign_in(admin)
    assert "<iframe" not in client.get(f"/outbox/{mail.ref}/").content.decode()
    assert client.get(f"/outbox/{mail.ref}/html/").status_code == 404


def test_the_html_of_a_personal_link_is_not_for_admins(sign_in, admin, settings):
    settings.EMAIL_SENDS = True
    services.invite_internal(email="i@internal.example", name="I", by=admin)
    mail = OutgoingMail.objects.get()
    assert sign_in(admin).get(f"/outbox/{mail.ref}/html/").status_code == 404


@pytest.mark.parametrize("kind", sorted(letters.registered()))
def test_every_kind_of_letter_can_be_looked_at(sign_in, admin, kind):
    client = sign_in(admin)
    assert f"/outbox/letters/{kind}/" in client.get("/outbox/letters/").content.decode()
    assert "<iframe" in client.get(f"/outbox/letters/{kind}/").content.decode()
    assert "<h1" in client.get(f"/outbox/letters/{kind}/html/").content.decode()
    assert not OutgoingMail.objects.exists()


def test_there_is_no_letter_of_another_kind(sign_in, admin):
    assert sign_in(admin).get("/outbox/letters/telegram/").status_code == 404
