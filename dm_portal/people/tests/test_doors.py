import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from dm_portal.people import audit
from dm_portal.people.doors import NoStoreMiddleware
from dm_portal.people.models import AuditEvent

INTERNAL = ["/people/", "/people/invitations/new/", "/outbox/", "/audit/", "/admin/"]
OWN = ["/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/sessions/"]


@pytest.mark.parametrize("page", INTERNAL + OWN)
def test_the_anonymous_are_asked_to_sign_in_and_brought_back(client, db, page):
    response = client.get(page)
    assert response.headers["Location"] == f"/accounts/login/?next={page}"


@pytest.mark.parametrize("page", INTERNAL)
def test_for_a_customers_people_our_pages_do_not_exist(sign_in, lead, page):
    client = sign_in(lead)
    response, missing = client.get(page), client.get("/no/such/page/")
    assert response.status_code == missing.status_code == 404
    assert response.content == missing.content


@pytest.mark.parametrize("page", INTERNAL)
def test_neither_do_they_answer_a_post(sign_in, lead, page):
    assert sign_in(lead).post(page).status_code == 404


@pytest.mark.parametrize("page", OWN)
def test_everybody_looks_after_their_own_account(sign_in, lead, page):
    assert sign_in(lead).get(page).status_code == 200


def test_a_customer_who_comes_to_the_start_page_is_led_to_their_status(sign_in, lead):
    assert sign_in(lead).get("/").headers["Location"] == "/status/"


def test_probes_are_answered_without_signing_in(client, sign_in, lead):
    assert client.get("/healthz").status_code == 200
    assert sign_in(lead).get("/healthz").status_code == 200


def test_a_deactivated_person_is_anonymous(client, deactivated):
    client.force_login(deactivated)
    assert client.get("/accounts/email/").status_code == 302


def test_an_act_says_where_it_came_from(sign_in, admin):
    sign_in(admin).post("/people/invitations/new/", {"name": "N", "email": "n@internal.example"})
    assert AuditEvent.objects.get().origin == "web 127.0.0.1"
    assert audit.origin.get() == ""


def test_behind_our_proxies_the_address_is_the_visitors(sign_in, admin, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    sign_in(admin).post(
        "/people/invitations/new/",
        {"name": "N", "email": "n@internal.example"},
        headers={"x-forwarded-for": "6.6.6.6, 192.0.2.7"},
    )
    assert AuditEvent.objects.get().origin == "web 192.0.2.7"


def test_without_proxies_nobody_chooses_their_address(sign_in, admin):
    sign_in(admin).post(
        "/people/invitations/new/",
        {"name": "N", "email": "n@internal.example"},
        headers={"x-forwarded-for": "6.6.6.6"},
    )
    assert AuditEvent.objects.get().origin == "web 127.0.0.1"


def test_unsafe_methods_need_a_token_of_the_form(admin, stranger):
    careless = Client(enforce_csrf_checks=True)
    careless.force_login(admin)
    assert careless.post(f"/people/{stranger.ref}/deactivation/").status_code == 403


def explode(request):
    raise LookupError("a mistake of ours")


urlpatterns = [path("explode/", explode, name="explode")]


@pytest.mark.urls(__name__)
def test_a_request_that_fails_leaves_no_origin_behind(sign_in, manager):
    client = sign_in(manager)
    with pytest.raises(LookupError):
        client.post("/explode/")
    assert audit.origin.get() == ""


@pytest.mark.parametrize(
    "page", ["/", "/people/", "/people/?format=csv", "/no/such/page/", "/invitations/wrong/"]
)
def test_nobody_keeps_a_page(sign_in, admin, page):
    kept = sign_in(admin).get(page).headers["Cache-Control"]
    assert {"private", "no-store"} <= set(kept.split(", "))


@pytest.mark.parametrize("page", ["/people/", "/status/", "/invitations/wrong/"])
def test_nor_what_is_answered_to_a_customer_or_to_nobody(client, sign_in, lead, page):
    answers = [client.get(page), sign_in(lead).get(page)]
    for answer in answers:
        assert {"private", "no-store"} <= set(answer.headers["Cache-Control"].split(", "))


@pytest.mark.parametrize("said", ["max-age=60, public", ""])
def test_what_says_itself_how_long_it_is_kept_is_left_alone(rf, said):
    response = HttpResponse(headers={"Cache-Control": said} if said else {})
    answer = NoStoreMiddleware(lambda request: response)(rf.get("/"))
    assert answer.headers["Cache-Control"] == (said or "private, no-store")


@pytest.mark.parametrize("key", ['"\\000aaaaaaaaaaaa"', "short", "A" * 32, "a" * 33])
def test_a_session_that_the_portal_never_gave_is_none(client, db, key):
    """Django undoes the quoting: a NUL would reach the database."""
    answer = client.get("/accounts/login/", headers={"cookie": f"sessionid={key}"})
    assert answer.status_code == 200
