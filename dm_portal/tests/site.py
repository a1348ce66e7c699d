"""A world on a live server, for tests that drive a browser: one per module."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from dm_portal.people.services.invitations import invite_internal
from dm_portal.tests.access_rules import TABLE
from dm_portal.tests.tracing import untraced
from dm_portal.tests.visitors import BACKEND
from dm_portal.tests.world import World, make_world


@dataclass
class Site:
    """Where the world's pages are, and how to be somebody in a browser."""

    world: World
    url: str
    invitation: str  # the token of one that waits

    def sign_in(self, context: BrowserContext, actor: str) -> None:
        """Give the browser a session, as if the actor had signed in; "anonymous" has none."""
        if actor == "anonymous":
            return
        client = Client()
        client.force_login(self.world.actors[actor], backend=BACKEND)
        session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
        context.add_cookies([{**session, "url": self.url}])

    def address(self, name: str) -> str:
        """The address of a route of the access table, at the rows of our side; or of a path."""
        if name == "invitation_accept":
            return f"{self.url}/invitations/{self.invitation}/"
        if name.startswith("/"):
            return self.url + name
        return self.url + reverse(name, kwargs=TABLE[name].at(self.world.ours))


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    """Committed, so that the server's threads see it, and emptied afterwards."""
    with django_db_blocker.unblock():
        server = LiveServer("127.0.0.1")
        try:
            with untraced():
                world = make_world()
            person = {"email": "nora@internal.example", "name": "Nora New"}
            letter = invite_internal(by=world.actors["admin"], **person)
            yield Site(world, server.url, letter.token)
        finally:
            server.stop()
            call_command("flush", verbosity=0, interactive=False)
