"""The heart of a portal without a broker: ticks each minute, and does whatever waits."""

import logging
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, OperationalError, connections

from dm_portal.shell import leases
from reporting.jobs import JOBS
from reporting.work import Child, Job

logger = logging.getLogger(__name__)

LEASE = "clock"
LEASE_SECONDS = 30
RENEWED_EACH = 10
POLL_SECONDS = 1
# Of a server that dies in the middle of an answer the driver says nothing more exact than the last.
# What else it says is a fault of ours.
AWAY = {OperationalError, InterfaceError, DatabaseError}
# How long a child may finish its row when the clock is told to end; leases cover the rest.
GRACE_SECONDS = 4


class Clock:
    """One process that starts a child for each kind of work that waits, one of a kind at a time.

    It works while it holds the lease and stands by while another clock does.
    """

    def __init__(self) -> None:
        self.holder = f"{socket.gethostname()}:{os.getpid()}"
        self.children: dict[str, Child] = {}
        self.not_before: dict[str, float] = {}
        self.is_at_work: bool | None = None
        self.renew_at = 0.0
        self.is_stopping = False

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self.is_stopping:
            with outlasting_the_database():
                self._round()
            # A signal does not cut this short; that is soon enough.
            time.sleep(POLL_SECONDS)
        self._end()

    def _stop(self, _number: int, _frame: Any) -> None:
        self.is_stopping = True

    def _round(self) -> None:
        for child in [each for each in self.children.values() if each.has_ended()]:
            self._settle(child)
        if self._holds_lease():
            for job in JOBS:
                if self._is_free(job) and job.waits():
                    self.children[job.name] = Child(job, goes_on=lambda: not self.is_stopping)

    def _settle(self, child: Child) -> None:
        del self.children[child.job.name]
        if not child.settle():
            logger.error("A child for %s ended badly.", child.job.name)
            self.not_before[child.job.name] = time.monotonic() + child.job.pause

    def _is_free(self, job: Job) -> bool:
        waits_until = self.not_before.get(job.name, 0)
        return job.name not in self.children and time.monotonic() >= waits_until

    def _holds_lease(self) -> bool:
        if self.is_at_work and time.monotonic() < self.renew_at:
            return True
        is_held = leases.hold(LEASE, holder=self.holder, seconds=LEASE_SECONDS)
        self.renew_at = time.monotonic() + RENEWED_EACH
        if is_held != self.is_at_work:
            logger.info("This clock %s.", "is at work" if is_held else "stands by: another works")
        self.is_at_work = is_held
        return is_held

    def _end(self) -> None:
        for child in self.children.values():
            child.stop()
        ends_at = time.monotonic() + GRACE_SECONDS
        for child in self.children.values():
            child.wait(max(0, ends_at - time.monotonic()))
            if not child.has_ended():
                child.kill()
        with outlasting_the_database():
            for child in self.children.values():
                child.settle()
            leases.let_go(LEASE, holder=self.holder)
        logger.info("This clock has ended.")


@contextmanager
def outlasting_the_database() -> Iterator[None]:
    """A database that is away, restarting or full comes back; whoever waits for it need not end."""
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        if type(error) not in AWAY:
            raise
        logger.warning("The database is away: %s", str(error).strip())
        connections.close_all()


class Command(BaseCommand):
    help = (
        "Runs until it is ended: ticks every minute, drafts and publishes statuses, reads and "
        "applies imports, sends mail. A second one stands by and takes over. Production uses "
        "Celery's worker and beat in its place."
    )

    def handle(self, **options: Any) -> None:
        Clock().run()
