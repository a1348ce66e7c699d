from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from dm_portal.people.models import AuditEvent, OutgoingMail
from dm_portal.people.tests.letters import letter
from dm_portal.shell.clock import now
from dm_portal.tests.cast import PASSWORD

INDEX = "/accounts/2fa/"
ACTIVATE = f"{INDEX}totp/activate/"


def code_of(secret):
    """What the app on the phone shows now."""
    accepted = list(totp.yield_hotp_counters_from_time())
    counter = accepted[len(accepted) // 2]  # the others are of clocks that are slow and fast
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def confirm_password(client, path):
    """What protects the account asks for the password again first."""
    asked = client.get(path)
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/?next=")
    return client.post(asked.url, {"password": PASSWORD, "next": path})


@pytest.fixture
def protected(sign_in, manager):
    """The manager has switched on two-step sign-in: their client, and the secret of their app."""
    client = sign_in(manager)
    confirm_password(client, ACTIVATE)
    secret = client.get(ACTIVATE).context["form"].secret
    assert client.post(ACTIVATE, {"code": code_of(secret)}).status_code == 302
    return client, secret


def first_step(manager):
    client = Client()
    response = client.post("/accounts/login/", {"login": manager.email, "password": PASSWORD})
    return client, response


def test_it_is_off_until_somebody_switches_it_on(sign_in, manager):
    assert "It is off" in sign_in(manager).get(INDEX).content.decode()


def test_switching_it_on_asks_for_the_password_again(sign_in, manager):
    client = sign_in(manager)
    assert confirm_password(client, ACTIVATE).headers["Location"] == ACTIVATE


def test_a_wrong_password_does_not_lead_on(sign_in, manager):
    client = sign_in(manager)
    page = client.post("/accounts/reauthenticate/", {"password": "wrong", "next": ACTIVATE})
    assert page.status_code == 422
    assert client.get(ACTIVATE).status_code == 302


def test_a_wrong_code_does_not_switch_it_on(sign_in, manager):
    client = sign_in(manager)
    confirm_password(client, ACTIVATE)
    client.get(ACTIVATE)
    assert client.post(ACTIVATE, {"code": "000000"}).status_code == 422
    assert not Authenticator.objects.exists()


def test_switching_it_on_is_recorded_and_told(protected, manager):
    events = AuditEvent.objects.filter(verb="person.two_step_added")
    assert {event.after["kind"] for event in events} == {"TOTP Authenticator", "Recovery codes"}
    assert "(UTC), from 127.0.0.1." in letter("two_step_on", manager.email).text
    assert "It is on" in protected[0].get(INDEX).content.decode()


def test_the_password_alone_does_not_sign_in(protected, manager):
    client, response = first_step(manager)
    assert response.headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert "_auth_user_id" not in client.session
    assert client.get("/accounts/email/").status_code == 302


def test_the_password_and_a_code_sign_in(protected, manager, time_machine):
    time_machine.move_to(now() + timedelta(minutes=2))  # a code works once
    client, response = first_step(manager)
    answer = client.post(response.url, {"code": code_of(protected[1])})
    assert answer.headers["Location"] == "/"
    assert "_auth_user_id" in client.session


def test_a_wrong_code_does_not_sign_in(protected, manager):
    client, response = first_step(manager)
    page = client.post(response.url, {"code": "000000"})
    assert page.status_code == 422
    assert "Incorrect code." in page.content.decode()


def test_a_recovery_code_signs_in_once(protected, manager):
    recovery = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    code = recovery.wrap().get_unused_codes()[0]
    answers = []
    for _ in range(2):
        client, response = first_step(manager)
        answers.append(client.post(response.url, {"code": code}).status_code)
    assert answers == [302, 422]


def test_recovery_codes_are_shown_downloaded_and_made_anew(protected, manager):
    client, _ = protected
    shown = client.get(f"{INDEX}recovery-codes/").content.decode()
    download = client.get(f"{INDEX}recovery-codes/download/")
    codes = download.content.decode().split()
    assert codes[-1] in shown
    assert "attachment" in download.headers["Content-Disposition"]
    assert client.post(f"{INDEX}recovery-codes/generate/").status_code == 302
    assert codes[-1] not in client.get(f"{INDEX}recovery-codes/").content.decode()
    assert AuditEvent.objects.first().verb == "person.two_step_replaced"
    assert letter("recovery_codes", manager.email).user == manager


def test_switching_it_off_is_recorded_and_told(protected, manager):
    client, _ = protected
    assert client.post(f"{INDEX}totp/deactivate/").status_code == 302
    assert not Authenticator.objects.exists()
    verbs = AuditEvent.objects.filter(verb="person.two_step_removed")
    assert {(event.actor_ref, event.before["kind"]) for event in verbs} == {
        (manager.ref, "TOTP Authenticator"),
        (manager.ref, "Recovery codes"),
    }
    assert letter("two_step_off", manager.email).user == manager


def test_what_is_refused_is_neither_recorded_nor_told(sign_in, manager):
    client = sign_in(manager)
    confirm_password(client, ACTIVATE)
    client.get(ACTIVATE)
    client.post(ACTIVATE, {"code": "000000"})
    assert not AuditEvent.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_sessions_are_listed_and_the_others_ended(protected, manager):
    here, elsewhere = Client(), Client()
    Authenticator.objects.all().delete()
    for client in (here, elsewhere):
        client.post("/accounts/login/", {"login": manager.email, "password": PASSWORD})
    assert here.get("/accounts/sessions/").context["session_count"] == 2
    here.post("/accounts/sessions/")
    assert here.get("/accounts/email/").status_code == 200
    assert elsewhere.get("/accounts/email/").status_code == 302
