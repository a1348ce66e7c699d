"""What protects every answer: headers, cookies, tokens. The access matrix reads those of pages."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from dm_portal.tests.access_rules import TABLE
from dm_portal.tests.visitors import unprotected, visitor
from dm_portal.tests.world import PASSWORD, World

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

# Mail programs press its button (RFC 8058); the signed token in its address is the proof.
EXEMPT_FROM_TOKENS = {"account_unsubscribe"}


@pytest.mark.parametrize("url", ["/nothing/here/", "/static/nothing.css", "/healthz"])
def test_what_is_no_page_is_protected_too(client: Client, url: str) -> None:
    assert unprotected(client.get(url)) == []


@pytest.mark.parametrize("actor", ["anonymous", "admin"])
def test_no_unsafe_request_without_a_token(world: World, actor: str) -> None:
    """A view may be exempt; which methods are unsafe is one rule for all of them."""
    who = visitor(world, actor, enforce_csrf_checks=True)

    def is_taken(name: str, method: str) -> bool:
        return not refused_for_its_token(who.visit(name, TABLE[name], method, world.ours))

    assert {name for name in TABLE if is_taken(name, "POST")} == EXEMPT_FROM_TOKENS
    unsafe = ("PUT", "PATCH", "DELETE")
    assert {method for method in unsafe if is_taken("engagement_settings", method)} == set()


def refused_for_its_token(response: Any) -> bool:
    return response.status_code == 403 and "403_csrf.html" in {
        template.name for template in response.templates
    }


def test_a_foreign_page_cannot_sign_anybody_in(world: World) -> None:
    client = Client(enforce_csrf_checks=True, HTTP_ORIGIN="https://evil.example")
    client.get(reverse("account_login"))
    data = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    assert refused_for_its_token(client.post(reverse("account_login"), data))


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost:80@evil"])
def test_no_other_host_is_answered(client: Client, host: str) -> None:
    assert client.get("/accounts/login/", HTTP_HOST=host).status_code == 400


# Cookies and transport, under the settings of production.

PRODUCTION = {
    "DATABASE_URL": "postgres://portal@localhost/portal",
    "REDIS_URL": "redis://localhost:6379/0",
    "SECRET_KEY": "x" * 60,
    "BASE_URL": "https://portal.example.com",
    "ALLOWED_HOSTS": "portal.example.com",
    "EMAIL_URL": "smtp+tls://mail.example.com:587",
    "DEFAULT_FROM_EMAIL": "portal@example.com",
}
WANTED = {
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "CSRF_COOKIE_SECURE": True,
    "CSRF_COOKIE_SAMESITE": "Lax",
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "DEBUG": False,
}


def test_cookies_travel_safely_in_production() -> None:
    program = (
        "import json, django.conf; s = django.conf.settings;"
        f"print(json.dumps({{n: getattr(s, n) for n in {list(WANTED)!r}}}))"
    )
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "dm_portal.settings"}
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env=environment | PRODUCTION,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) == WANTED


def test_the_session_cookie_is_out_of_reach_of_scripts(world: World) -> None:
    client = Client()
    user = world.actors["manager"]
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
