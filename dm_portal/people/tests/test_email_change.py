import re
from datetime import timedelta

import pytest
from django.test import Client

from dm_portal.people import services
from dm_portal.people.models import AuditEvent, OutgoingMail, User
from dm_portal.people.tests.letters import letter, path_in
from dm_portal.shell.clock import now
from dm_portal.tests.cast import PASSWORD

PAGE = "/accounts/email/"
NEW = "mara@new.example"


def ask(client, email=NEW, password=PASSWORD):
    return client.post(PAGE, {"email": email, "password": password})


@pytest.fixture
def asked(sign_in, manager):
    """The manager has asked for another address; their client, and the path in the letter."""
    client = sign_in(manager)
    ask(client, "Mara@New.example")
    return client, path_in(letter("email_link", NEW))


def test_the_page_says_where_one_is(sign_in, manager):
    assert manager.email in sign_in(manager).get(PAGE).content.decode()


def test_the_address_changes_when_the_link_is_confirmed(asked, manager):
    client, path = asked
    assert NEW in client.get(path).content.decode()
    manager.refresh_from_db()
    assert manager.email == "mara.manager@internal.example"  # looking changes nothing
    assert client.post(path).headers["Location"] == PAGE
    manager.refresh_from_db()
    assert manager.email == NEW


def test_the_old_address_is_told_and_it_is_on_record(asked, manager):
    client, path = asked
    client.post(path)
    assert NEW in letter("email_changed", "mara.manager@internal.example").text
    changed, asked_for = AuditEvent.objects.all()
    assert (changed.verb, asked_for.verb) == ("person.email_changed", "person.email_change_asked")
    assert changed.after == {"email": NEW}


def test_one_signs_in_with_the_new_address(asked):
    client, path = asked
    client.post(path)
    newcomer = Client()
    newcomer.post("/accounts/login/", {"login": NEW.upper(), "password": PASSWORD})
    assert "_auth_user_id" in newcomer.session


def test_the_link_works_once(asked):
    client, path = asked
    client.post(path)
    assert client.post(path).status_code == client.get(path).status_code == 404


def test_the_link_is_for_whoever_asked(asked, stranger):
    _, path = asked
    other = Client()
    other.force_login(stranger)
    assert other.post(path).status_code == 404


def test_the_link_asks_an_anonymous_to_sign_in_first(asked):
    _, path = asked
    assert Client().get(path).headers["Location"].startswith("/accounts/login/?next=/accounts/")


def test_the_link_dies_after_a_day(asked, manager, time_machine):
    _, path = asked
    time_machine.move_to(now() + timedelta(days=1, seconds=1))
    client = Client()
    client.force_login(manager)
    assert client.get(path).status_code == 404


def test_a_forged_link_is_none(sign_in, manager):
    assert sign_in(manager).get(f"{PAGE}forged:token/").status_code == 404


def test_an_address_that_was_taken_meanwhile_is_refused(asked, manager, stranger):
    client, path = asked
    User.objects.filter(pk=stranger.pk).update(email=NEW.upper())
    assert client.post(path).status_code == 404
    manager.refresh_from_db()
    assert manager.email == "mara.manager@internal.example"


def test_a_link_that_was_overtaken_is_refused(asked, manager):
    """The row has another address by now, which the signed-in person was read before."""
    _, path = asked
    token = path.removeprefix(PAGE).strip("/")
    User.objects.filter(pk=manager.pk).update(email="third@new.example")
    with pytest.raises(services.EmailChangeGone):
        services.change_email(token=token, by=manager)


def test_a_taken_address_answers_the_same_by_page_and_by_number_of_letters(sign_in, manager, lead):
    client = sign_in(manager)
    pages = []
    for address in ("free@new.example", lead.email):
        answer = ask(client, address)
        text = client.get(PAGE).content.decode()
        pages.append((answer.status_code, answer.url, _plain(text).replace(address, "ADDRESS")))
        assert OutgoingMail.objects.filter(recipient=address).count() == 1
    assert pages[0] == pages[1]
    assert "nothing was changed" in letter("email_taken", lead.email).text


@pytest.mark.parametrize(
    ("email", "password", "says"),
    [
        (NEW, "wrong", "This is not your password."),
        ("Mara.Manager@internal.example", PASSWORD, "This is your address already."),
        ("no address", PASSWORD, "Enter a valid email address."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(sign_in, manager, email, password, says):
    page = ask(sign_in(manager), email, password)
    assert page.status_code == 422
    assert says in page.content.decode()
    assert f'value="{email}"' in page.content.decode()
    assert not OutgoingMail.objects.exists()


def test_guessing_the_password_here_is_slowed_down_too(sign_in, manager):
    client = sign_in(manager)
    for _ in range(6):
        page = ask(client, password="wrong")
    assert "Too many attempts" in page.content.decode()


def test_nobody_floods_strangers_with_letters(sign_in, manager):
    client = sign_in(manager)
    answers = [ask(client, f"{number}@new.example") for number in range(11)]
    assert [answer.status_code for answer in answers] == [302] * 10 + [429]
    assert "Too many attempts" in answers[-1].content.decode()


def _plain(text):
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
