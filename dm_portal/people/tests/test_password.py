import re

import pytest
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.test import Client

from dm_portal.people import services
from dm_portal.people.models import AuditEvent, OutgoingMail, User
from dm_portal.people.tests.letters import letter, path_in
from dm_portal.tests.cast import PASSWORD

RESET = "/accounts/password/reset/"
CHANGE = "/accounts/password/change/"
FRESH = "a fresh pass phrase"


@pytest.fixture
def reset_path(client, manager):
    client.post(RESET, {"email": manager.email})
    return path_in(letter("password_link", manager.email))


def follow(client, path):
    """The form behind a reset link: allauth moves the key out of the address first."""
    return client.get(path, follow=True)


def choose(client, path, password=FRESH, again=FRESH):
    [(form_path, _)] = follow(client, path).redirect_chain
    return client.post(form_path, {"password1": password, "password2": again})


def test_the_pages_say_the_same_of_every_address(db, manager, deactivated, admin):
    invited = services.invite_internal(email="ivo@internal.example", name="Ivo", by=admin).user
    addresses = [manager.email, deactivated.email, invited.email, "nobody@example.com"]
    answers = set()
    for address in addresses:
        client = Client()
        asked = client.post(RESET, {"email": address})
        answers.add((asked.status_code, asked.headers["Location"], client.get(asked.url).content))
    assert len(answers) == 1


def test_every_address_gets_one_letter(client, manager, deactivated):
    for address in (manager.email, deactivated.email, "nobody@example.com"):
        client.post(RESET, {"email": address})
        assert OutgoingMail.objects.filter(recipient=address).count() == 1


def test_only_who_is_active_gets_a_link(client, deactivated):
    client.post(RESET, {"email": deactivated.email})
    mail = letter("unknown_account", deactivated.email)
    assert mail.user is None
    assert "/key/" not in mail.text


def test_the_case_of_the_address_does_not_matter(client, manager):
    client.post(RESET, {"email": manager.email.upper()})
    assert letter("password_link", manager.email).user == manager


def test_the_link_names_our_own_site_and_no_primary_key(client, manager, settings):
    client.post(RESET, {"email": manager.email}, headers={"host": "localhost"})
    mail = letter("password_link", manager.email)
    assert f"{settings.BASE_URL}{RESET}key/{manager.ref}-" in mail.text


def test_the_link_lets_one_choose_a_password(client, manager, reset_path):
    response = choose(client, reset_path)
    assert response.headers["Location"] == "/accounts/password/reset/key/done/"
    assert client.get(response.url).status_code == 200
    manager.refresh_from_db()
    assert manager.check_password(FRESH)


def test_the_change_is_on_record_and_told(client, manager, reset_path):
    choose(client, reset_path)
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor_ref, event.origin) == (
        "person.password_changed",
        manager.ref,
        "web 127.0.0.1",
    )
    mail = letter("password_changed", manager.email)
    assert mail.text.startswith("Hello Mara Manager,")
    assert "(UTC), from 127.0.0.1." in mail.text


def test_the_link_works_once(client, reset_path):
    choose(client, reset_path)
    page = follow(Client(), reset_path)
    assert "This link no longer works" in page.content.decode()


def test_the_link_dies_with_the_account(client, manager, admin, reset_path):
    services.deactivate_person(person=manager, by=admin)
    assert "This link no longer works" in follow(client, reset_path).content.decode()


def test_a_link_of_nobody_says_the_same_as_an_old_one(client, manager, reset_path):
    choose(client, reset_path)
    used = Client().get(reset_path)
    unknown = Client().get(reset_path.replace(manager.ref, "aaaaaaaaaa"))
    assert (used.status_code, used.content) == (unknown.status_code, unknown.content)


def test_a_weak_password_is_refused_with_a_reason(client, manager, reset_path):
    page = choose(client, reset_path, "password", "password")
    assert page.status_code == 422
    assert "This password is too common." in page.content.decode()
    manager.refresh_from_db()
    assert manager.check_password(PASSWORD)


def test_a_password_like_ones_own_name_is_refused(client, reset_path):
    page = choose(client, reset_path, "Mara Manager", "Mara Manager")
    assert "too similar to" in page.content.decode()


def test_asking_again_and_again_is_slowed_down(client, manager):
    answers = [client.post(RESET, {"email": manager.email}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]


def test_no_second_table_of_addresses_fills_up(client, reset_path):
    choose(client, reset_path)
    assert not EmailAddress.objects.exists()


def test_whoever_is_signed_in_changes_their_password(sign_in, manager):
    response = sign_in(manager).post(
        CHANGE, {"oldpassword": PASSWORD, "password1": FRESH, "password2": FRESH}
    )
    assert response.status_code == 302
    manager.refresh_from_db()
    assert manager.check_password(FRESH)
    assert letter("password_changed", manager.email).user == manager


def test_changing_needs_the_old_password(sign_in, manager):
    page = sign_in(manager).post(
        CHANGE, {"oldpassword": "no idea", "password1": FRESH, "password2": FRESH}
    )
    assert page.status_code == 422
    assert "This is not your password." in page.content.decode()
    assert OutgoingMail.objects.count() == 0


def test_a_change_ends_the_other_sessions_and_keeps_this_one(sign_in, manager):
    here, elsewhere = sign_in(manager), Client()
    elsewhere.force_login(manager)
    here.post(CHANGE, {"oldpassword": PASSWORD, "password1": FRESH, "password2": FRESH})
    assert here.get(CHANGE).status_code == 200
    assert elsewhere.get(CHANGE).status_code == 302


def test_a_letter_with_a_personal_link_is_not_kept_after_it_is_sent(
    client, manager, settings, mailoutbox
):
    settings.EMAIL_SENDS = True
    client.post(RESET, {"email": manager.email})
    services.send_due_mails()
    [sent] = mailoutbox
    assert re.search(r"/key/", sent.body)
    assert letter("password_link", manager.email).text == ""


def test_whatever_else_allauth_wants_to_say_is_a_row_too(manager, mailoutbox):
    get_adapter().send_mail("account/email/unknown_account", manager.email, {})
    assert letter("unknown_account", manager.email).user == manager
    assert mailoutbox == []


def test_a_password_is_of_the_person_in_the_record(manager):
    services.change_password(person=manager, password=FRESH)
    assert User.objects.get(pk=manager.pk).check_password(FRESH)
    assert AuditEvent.objects.get().target_ref == manager.ref
