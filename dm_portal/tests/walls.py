"""A pytest plugin: the watch over all writes, and the world that the tests of the walls share."""

from collections.abc import Iterator
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from pytest_django.plugin import DjangoDbBlocker

from dm_portal.shell.clock import now
from dm_portal.shell.models import Lease
from dm_portal.tests.tracing import untraced
from dm_portal.tests.world import World, make_world
from dm_portal.tests.writes import Watch, watch_connection, watch_this_thread


@pytest.fixture(scope="session", autouse=True)
def _watch_writes() -> Iterator[None]:
    """See every statement of every connection: those of the live server's threads too."""
    watch = Watch()

    def watch_new(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
        watch_connection(connection, watch)

    watch_this_thread(watch)
    connection_created.connect(watch_new)
    yield
    connection_created.disconnect(watch_new)


@dataclass
class Shared:
    """The world of this process, in a transaction that is open for as long as tests ask for it."""

    world: World | None = None
    opened: ExitStack = field(default_factory=ExitStack)

    def open(self, unblock: DjangoDbBlocker) -> World:
        if self.world is None:
            self.opened.enter_context(unblock.unblock())
            self.opened.enter_context(transaction.atomic())
            self.opened.callback(transaction.set_rollback, True)
            with untraced():
                self.world = make_world()
        return self.world

    def close(self) -> None:
        self.opened.close()
        self.world = None


SHARED = Shared()


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> World:
    """One world for all tests in a row that ask for it; what a test changes is rolled back.

    Each module has objects of its own: what acts leave on them is not rolled back.
    """
    made = SHARED.open(django_db_blocker)
    Lease.objects.update(beaten_at=now())  # since it was made a clock would have gone on
    return deepcopy(made)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share the world come in a row."""
    items.sort(key=lambda item: not asks_for_the_world(item))


def asks_for_the_world(item: pytest.Item) -> bool:
    return "world" in getattr(item, "fixturenames", ())


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Other tests begin with an empty database."""
    if SHARED.world and not asks_for_the_world(item):
        SHARED.close()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How much was walked: cells of the access matrix, pages of the canary crawl and as whom."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    noted = [note for report in reports for note in report.user_properties]
    if cells := sum(value for name, value in noted if name == "cells"):
        terminalreporter.write_line(f"access matrix: {cells} cells")
    if crawled := sorted(value for name, value in noted if name == "canary"):
        terminalreporter.write_line(f"canary crawl, pages: {', '.join(crawled)}")
