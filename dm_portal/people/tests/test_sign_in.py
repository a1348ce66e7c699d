import re

import pytest
from allauth.account.adapter import get_adapter
from django.test import Client
from django.urls import NoReverseMatch, reverse

from dm_portal.people import services
from dm_portal.people.models import OutgoingMail, User
from dm_portal.tests.cast import PASSWORD, make_user

LOGIN = "/accounts/login/"


def sign_in_as(client, address, password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": address, "password": password, **extra})


def signed_in(client):
    return "_auth_user_id" in client.session


@pytest.fixture
def invited(admin):
    """Asked in, and has not come yet."""
    return services.invite_internal(email="ivo@internal.example", name="Ivo", by=admin).user


def test_an_address_and_its_password_sign_in(client, manager):
    response = sign_in_as(client, manager.email)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert signed_in(client)


def test_the_case_of_the_address_does_not_matter(client, manager):
    sign_in_as(client, manager.email.upper())
    assert signed_in(client)


def test_an_address_stored_in_capitals_signs_in_too(client, db):
    User.objects.filter(pk=make_user("Cap").pk).update(email="Cap@Internal.Example")
    sign_in_as(client, "cap@internal.example")
    assert signed_in(client)


def test_one_comes_where_one_wanted_to_go(client, manager):
    response = client.get("/people/")
    assert response.headers["Location"] == f"{LOGIN}?next=/people/"
    response = sign_in_as(client, manager.email, next="/people/")
    assert response.headers["Location"] == "/people/"


def test_nobody_is_led_to_another_site(client, manager):
    response = sign_in_as(client, manager.email, next="https://evil.example/")
    assert response.headers["Location"] == "/"


def test_the_page_says_the_same_of_every_address(client, manager, deactivated, invited):
    """Text, status and headers that could tell; only what was typed differs."""
    answers = set()
    for address in (manager.email, deactivated.email, invited.email, "nobody@example.com"):
        page = sign_in_as(Client(), address, "wrong password")
        text = page.content.decode().replace(address, "ADDRESS")
        answers.add((page.status_code, _without_token(text), len(page.cookies)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 422


def test_a_deactivated_person_who_knows_the_password_learns_nothing(deactivated, invited):
    User.objects.filter(pk=invited.pk).update(password=deactivated.password)
    answers = set()
    for address in (deactivated.email, invited.email, "nobody@example.com"):
        page = sign_in_as(Client(), address)
        text = page.content.decode().replace(address, "ADDRESS")
        answers.add((page.status_code, _without_token(text)))
    assert len(answers) == 1


def test_what_was_typed_is_still_there_but_the_password(client, manager):
    page = sign_in_as(client, manager.email, "wrong password").content.decode()
    assert f'value="{manager.email}"' in page
    assert "wrong password" not in page
    assert page.count("This address and this password do not belong together.") == 1


def test_guessing_is_slowed_down_whoever_it_is_about(manager):
    answers = []
    for address in (manager.email, "nobody@example.com"):
        guesser = Client()
        for _ in range(6):
            page = sign_in_as(guesser, address, "wrong password")
        answers.append(_without_token(page.content.decode().replace(address, "ADDRESS")))
    assert answers[0] == answers[1]
    assert "Too many attempts" in answers[0]


def test_the_right_password_has_to_wait_too(client, manager):
    for _ in range(5):
        sign_in_as(client, manager.email, "wrong password")
    sign_in_as(client, manager.email)
    assert not signed_in(client)


def test_whoever_is_signed_in_is_led_on(sign_in, manager):
    assert sign_in(manager).get(LOGIN).headers["Location"] == "/"


def test_one_signs_out_by_post(sign_in, manager):
    client = sign_in(manager)
    assert client.get("/accounts/logout/").status_code == 200
    assert signed_in(client)
    assert client.post("/accounts/logout/").headers["Location"] == LOGIN
    assert not signed_in(client)


def test_signing_in_and_out_needs_a_token_of_the_form(manager):
    careless = Client(enforce_csrf_checks=True)
    assert sign_in_as(careless, manager.email).status_code == 403
    careless.force_login(manager)
    assert careless.post("/accounts/logout/").status_code == 403
    assert signed_in(careless)


def test_nobody_signs_up(client, db):
    assert client.get("/accounts/signup/").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")


def test_the_adapter_is_closed_as_well(client, rf, db):
    assert get_adapter().is_open_for_signup(rf.get("/")) is False


def test_a_request_without_an_address_signs_nobody_in(db):
    assert Client().login(email=None, password=PASSWORD) is False


def test_sign_in_writes_no_letter(client, manager):
    sign_in_as(client, manager.email)
    assert OutgoingMail.objects.count() == 0


def _without_token(text):
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)


def test_an_address_that_only_the_database_takes_for_alike_is_nobodys(client, manager):
    """Each way to write it would have attempts of its own: to PostgreSQL ı is an I."""
    alike = manager.email.replace("i", "ı", 1)
    assert alike != manager.email
    assert User.objects.filter(email__iexact=alike).exists()
    assert sign_in_as(client, alike).status_code == 422
    assert User.objects.by_address(alike) is None
    assert User.objects.by_address(manager.email.upper()) == manager
