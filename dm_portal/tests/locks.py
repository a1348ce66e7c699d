"""Who waits for a lock: tests go on when the others wait, however long they take to get there."""

import time
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

from django.db import connection

WAITING = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = %s AND wait_event_type = 'Lock' AND backend_type = 'client backend'
"""
# For an act that neither ends nor waits for a lock, which is a fault of the test. A busy machine
# takes seconds.
NEVER = 300


def waiting() -> int:
    """How many connections to this test's database wait for a lock."""
    with connection.cursor() as cursor:
        # within a transaction the first answer would be given for ever
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(WAITING, [connection.settings_dict["NAME"]])
        return int(cursor.fetchone()[0])


def until_they_wait(*acts: "Future[Any]") -> None:
    """Come back as soon as every one of ``acts``, run elsewhere, waits for a lock.

    One that ends instead waited for nothing: its error is raised, or that it had none is said.
    """
    for _ in _looks():
        if waiting() == len(acts):
            return
        for act in acts:
            if act.done():
                raise AssertionError(f"It did not wait; it returned {act.result()!r}.")


def ends_without_waiting(act: "Future[Any]") -> Any:
    """What ``act``, run elsewhere, returns; it must wait for no lock meanwhile."""
    looks = _looks()
    while not act.done():
        assert not waiting(), "It waits for a lock."
        next(looks)
    return act.result()


def _looks() -> Iterator[None]:
    """One look after another: PostgreSQL tells nobody when somebody begins to wait."""
    end = time.monotonic() + NEVER
    while time.monotonic() < end:
        yield
        time.sleep(0.01)
    raise AssertionError("It neither ends nor waits for a lock.")
