"""A child may crash, hang, swell or be killed: its parent learns of it and goes on."""

import os
import signal
import time
from pathlib import Path

import pytest
from django.db import connection

from reporting.work import MEGABYTES, Batch, Child, Job, drain

pytestmark = pytest.mark.django_db(transaction=True)


def hang(batch: Batch) -> None:
    batch.take(7)
    time.sleep(60)


def run(work: object, *, seconds: int = 30) -> tuple[bool, list[tuple[int, str]]]:
    """Whether it did well, and what its parent was told."""
    told: list[tuple[int, str]] = []
    job = Job(
        name="test",
        waits=lambda: True,
        work=work,
        died=lambda row, error: told.append((row, error)),
        seconds=seconds,
    )
    child = Child(job)
    child.wait()
    assert child.has_ended()
    return child.settle(), told


def backend() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return str(cursor.fetchone()[0])


def test_a_child_works_on_a_connection_of_its_own(tmp_path: Path) -> None:
    theirs = tmp_path / "backend"

    mine = backend()

    def work(_batch: Batch) -> None:
        theirs.write_text(backend())

    assert run(work) == (True, [])
    assert theirs.read_text() not in (mine, backend())


def test_an_error_ends_the_child_and_is_in_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    def work(batch: Batch) -> None:
        batch.take(7)
        raise ValueError("boom")

    assert run(work) == (False, [])  # what it could write down itself is not told again
    assert "ValueError: boom" in capfd.readouterr().err


def test_a_killed_child_names_the_row_it_was_at() -> None:
    def work(batch: Batch) -> None:
        batch.take(6)
        batch.take(7)
        os.kill(os.getpid(), signal.SIGKILL)

    assert run(work) == (False, [(7, "The process at work was ended by SIGKILL.")])


def test_a_child_killed_between_two_rows_names_none() -> None:
    def work(_batch: Batch) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    assert run(work) == (False, [])


def test_who_hangs_is_ended_at_the_deadline() -> None:
    started = time.monotonic()
    assert run(hang, seconds=1) == (
        False,
        [(7, "The process at work took more than 1 s and was ended.")],
    )
    assert time.monotonic() - started < 10


def test_who_swells_is_refused_the_memory(capfd: pytest.CaptureFixture[str]) -> None:
    def work(_batch: Batch) -> None:
        bytearray(MEGABYTES * 1024 * 1024)

    assert run(work) == (False, [])
    assert "MemoryError" in capfd.readouterr().err


def test_a_child_that_is_asked_to_stop_ends() -> None:
    child = Child(Job(name="test", waits=lambda: True, work=hang))
    child.stop()
    child.wait(10)
    assert child.has_ended()
    assert not child.settle()


def test_a_batch_goes_on_until_it_is_told() -> None:
    answers = iter([True, False])
    batch = Batch(lambda: next(answers))
    assert batch.goes_on()
    assert not batch.goes_on()


def test_a_batch_takes_no_row_when_its_time_is_over() -> None:
    assert not Batch(lambda: True, seconds=0).goes_on()


def test_draining_takes_as_many_children_as_it_needs() -> None:
    waiting = [1, 2, 3]

    def waits() -> bool:
        return bool(waiting) and bool(waiting.pop())

    pids = set()
    assert drain(Job(name="test", waits=waits, work=lambda batch: pids.add(os.getpid())))
    assert not waiting
    assert not pids  # what children remember, their parent does not


def test_draining_goes_on_after_a_row_that_failed_and_says_so() -> None:
    waiting = [1, 2]

    def waits() -> bool:
        return bool(waiting) and bool(waiting.pop())

    def work(batch: Batch) -> None:
        batch.take(7)
        raise ValueError("boom")

    assert not drain(Job(name="test", waits=waits, work=work))
    assert not waiting


def test_draining_ends_when_no_child_gets_as_far_as_a_row() -> None:
    def work(_batch: Batch) -> None:
        raise ValueError("boom")

    assert not drain(Job(name="test", waits=lambda: True, work=work))
