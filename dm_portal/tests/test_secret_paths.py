"""What lets somebody in stands in a letter, and never in the log."""

import io
import logging
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from dm_portal.people.models import User
from dm_portal.people.services import invite_internal
from dm_portal.shell.secret_paths import masked
from dm_portal.tests.routes import leaves

TOKEN = "Zm9vYmFy-c2VjcmV0_dG9rZW4:1abcde:cHJvb2Y"
SECRETS = {"token", "uidb36"}  # arguments of routes that a letter leads to


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the portal's own handler writes meanwhile."""
    [handler] = [each for each in logging.getLogger().handlers if each.name == "stderr"]
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(written := io.StringIO())
    yield written
    handler.setStream(before)


def test_a_refused_password_leaves_the_link_of_the_invitation_secret(
    client: Client, admin: User, log: io.StringIO
) -> None:
    invitation = invite_internal(email="nora@internal.example", name="Nora", by=admin)
    path = reverse("invitation_accept", args=[invitation.token])
    assert client.post(path, {"password": "short", "again": "short"}).status_code == 422
    assert client.delete(path).status_code == 405
    assert "Unprocessable Entity: /invitations/***/" in log.getvalue()
    assert "Method Not Allowed (DELETE): /invitations/***/" in log.getvalue()
    assert invitation.token not in log.getvalue()


def test_other_paths_are_logged_as_they_are(client: Client, log: io.StringIO) -> None:
    client.post("/healthz")
    assert "Method Not Allowed (POST): /healthz" in log.getvalue()


def test_every_route_with_a_secret_is_masked() -> None:
    secret = [route for route in leaves() if SECRETS & set(route.arguments)]
    assert "invitation_accept" in {route.name for route in secret}
    for route in secret:
        arguments = {"uidb36": "aaaaaaaaaa", "token": TOKEN, "key": TOKEN}
        path = reverse(route.name, kwargs={name: arguments[name] for name in route.arguments})
        for said in (path, path.replace("/", "%2F"), f'"GET {path} HTTP/1.1" 404'):
            assert TOKEN in said
            assert "***" in masked(said)
            assert TOKEN not in masked(said)


@pytest.mark.parametrize(
    "path",
    [
        "/people/invitations/new/",
        "/invitations/aaaaaaaaaa/revocation/",
        "/accounts/email/",
        "/accounts/password/reset/key/done/",
        "/engagements/aaaaaaaaaa/imports/",
    ],
)
def test_what_is_no_secret_stays(path: str) -> None:
    assert masked(path) == path
