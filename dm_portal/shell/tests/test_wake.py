"""Workers are told once the transaction is committed; a broker that is away stops nobody."""

import logging
import time
from typing import Any

import pytest
from django.db import transaction

from dm_portal.shell.wake import wake
from dm_portal.tests.broker import Connect, Messages

pytestmark = pytest.mark.django_db(transaction=True)

TASK = "reporting.tasks.compile_report"


def test_workers_hear_of_it_after_the_commit_and_not_before(messages: Messages) -> None:
    with transaction.atomic():
        wake(TASK, 7)
        assert messages() == []
    assert messages() == [(TASK, "(7,)", False)]


def test_what_is_for_later_says_so(messages: Messages) -> None:
    wake(TASK, 7, after=300)
    assert messages() == [(TASK, "(7,)", True)]


def test_nobody_hears_of_what_was_rolled_back(messages: Messages) -> None:
    with transaction.atomic():
        wake(TASK, 7)
        transaction.set_rollback(True)
    assert messages() == []


def test_without_a_broker_nothing_happens(messages: Messages, settings: Any) -> None:
    settings.CELERY_BROKER_URL = ""
    wake(TASK, 7)
    assert messages() == []


def test_nobody_waits_for_a_broker_that_is_away(
    connect_broker: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    connect_broker("redis://127.0.0.1:1/0")
    started = time.monotonic()
    with caplog.at_level(logging.WARNING):
        wake(TASK, 7)
    assert time.monotonic() - started < 2
    assert "The broker is away" in caplog.text
    assert f"{TASK}(7,) waits for the sweep" in caplog.text
