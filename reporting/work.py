"""Work in a forked child: a deadline, a limit of memory, and a database connection of its own.

Whatever a child does, hang, swell or crash, its parent goes on and learns at which row it was.
"""

import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connections

from dm_portal.people import audit

_fork = multiprocessing.get_context("fork")

# Address space, not use: a forked child of the clock starts at about a third of it.
MEGABYTES = 1024
# After so many seconds a batch takes no new row, so that its deadline hits only a row that hangs.
BATCH_SECONDS = 10


class Batch:
    """What the work of a child is handed: whether to take another row, and where to say which."""

    def __init__(self, goes_on: Callable[[], bool], *, seconds: float = BATCH_SECONDS) -> None:
        self._ends_at = time.monotonic() + seconds
        self._goes_on = goes_on
        # Shared memory: what was written here last is what a killed child was working on.
        self._row = _fork.RawValue("q", 0)

    def goes_on(self) -> bool:
        """False when the time of the batch is over, or the process is asked to end."""
        return self._goes_on() and time.monotonic() < self._ends_at

    def take(self, row_id: int) -> int:
        """Say which row is worked on from now on."""
        self._row.value = row_id
        return row_id

    @property
    def row_id(self) -> int | None:
        return self._row.value or None


Work = Callable[[Batch], None]


@dataclass(frozen=True)
class Job:
    """One kind of work, done by one child at a time.

    ``waits`` is asked in the parent, often, and must be cheap. ``died`` is told the row and the
    reason when a child was ended by a signal, which is the one end it cannot write down itself.
    After a failure the next child starts ``pause`` seconds later.
    """

    name: str
    waits: Callable[[], bool]
    work: Work
    died: Callable[[int, str], None] | None = None
    seconds: int = 60
    pause: float = 5.0


class Child:
    """A running child of a job. Start it outside any transaction: the fork closes connections."""

    def __init__(self, job: Job, *, goes_on: Callable[[], bool] = lambda: True) -> None:
        self.job = job
        self._batch = Batch(goes_on)
        # A connection that both sides of a fork used would mix up their answers.
        connections.close_all()
        self._process = _fork.Process(target=_run, args=(job, self._batch), name=job.name)
        self._process.start()

    def has_ended(self) -> bool:
        return self._process.exitcode is not None

    def wait(self, seconds: float | None = None) -> None:
        self._process.join(seconds)

    def stop(self) -> None:
        """Ask it to end after the row that it is at."""
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()
        self._process.join()

    @property
    def row_id(self) -> int | None:
        """The row that it is at, or was when it ended; None before the first."""
        return self._batch.row_id

    def settle(self) -> bool:
        """When it has ended: hand on what it could not write itself. True when it did well."""
        code = self._process.exitcode
        if code is not None and code < 0 and self.job.died and self._batch.row_id:
            self.job.died(self._batch.row_id, _reason(self.job, -code))
        return code == 0


def prepare_process(name: str) -> None:
    """Limit the memory of this process, and name it on the audit record and to the database."""
    if sys.platform == "linux":  # elsewhere the limit is refused or ignored
        limit = MEGABYTES * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    audit.origin.set(name)
    # libpq tells it to the server: who looks at pg_stat_activity sees which process does what.
    os.environ["PGAPPNAME"] = f"portal {name} {os.getpid()}"


def drain(job: Job) -> bool:
    """Do whatever waits for this job now, in children, one after the other.

    Returns whether all of them did well. One that died before it took a row ends it: the next
    would do the same for ever.
    """
    all_well = True
    while job.waits():
        child = Child(job)
        child.wait()
        if not child.settle():
            all_well = False
            if child.row_id is None:
                break
    return all_well


def _run(job: Job, batch: Batch) -> None:
    """The child. Errors end it with a traceback in the log and exit status 1."""
    # The default action of SIGALRM ends even a process whose interpreter no longer answers.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(job.seconds)
    prepare_process(f"clock {job.name}")
    job.work(batch)
    connections.close_all()


def _reason(job: Job, number: int) -> str:
    if number == signal.SIGALRM:
        return f"The process at work took more than {job.seconds} s and was ended."
    return f"The process at work was ended by {signal.Signals(number).name}."
