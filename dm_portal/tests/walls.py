"""A pytest plugin: the watch over all writes, and the world that the tests of the walls share."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from pytest_django.plugin import DjangoDbBlocker

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


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One world for all tests of a module; what a test changes is rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        with untraced():
            made = make_world()
        yield made
        transaction.set_rollback(True)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How much was walked: cells of the access matrix, pages of the canary crawl and as whom."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    noted = [note for report in reports for note in report.user_properties]
    if cells := sum(value for name, value in noted if name == "cells"):
        terminalreporter.write_line(f"access matrix: {cells} cells")
    if crawled := sorted(value for name, value in noted if name == "canary"):
        terminalreporter.write_line(f"canary crawl, pages: {', '.join(crawled)}")
