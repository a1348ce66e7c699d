import pytest

from dm_portal.people import services
from dm_portal.people.models import OutgoingMail
from dm_portal.people.tests.statements import OF_A_LIST, statements
from dm_portal.shell.clock import now

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
    assert "452 mailbox full Next attempt:" in page


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
