"""The clock, as a process: it ticks, drafts and publishes, ends when told, and is stood in for."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import (
    DatabaseError,
    DataError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
)

from dm_portal.people.models import OutgoingMail, User
from dm_portal.people.services.mails import queue_mail
from dm_portal.shell.clock import now
from dm_portal.shell.models import Lease
from engagements.models import Engagement, Import
from engagements.services.imports import receive_file
from reporting.management.commands.clock import outlasting_the_database
from reporting.models import Report
from reporting.services.publishing import publish_report
from reporting.tests.reports import draft, fresh, open_reports, write

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 30


def until(question: Callable[[], object]) -> None:
    """Ask until the answer is yes; fail after half a minute."""
    deadline = time.monotonic() + SECONDS
    while not question():
        assert time.monotonic() < deadline, "It never happened."
        time.sleep(0.1)


@pytest.fixture
def start_clock(
    process_env: dict[str, str], tmp_path: Path
) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start `manage.py clock` on this test's database; its log is the nth in ``tmp_path``."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        with (tmp_path / f"clock-{len(started)}.log").open("wb") as log:
            command = [sys.executable, "manage.py", "clock"]
            clock = subprocess.Popen(command, cwd=settings.BASE_DIR, env=process_env, stderr=log)
        started.append(clock)
        return clock

    yield start
    for clock in started:
        clock.terminate()
        clock.wait(SECONDS)


def lease_holder() -> str:
    return Lease.objects.filter(name="clock").values_list("holder", flat=True).first() or ""


def test_a_clock_does_whatever_waits(
    start_clock: Callable[[], subprocess.Popen[bytes]], engagement: Engagement, manager: User
) -> None:
    first, second, *_ = open_reports(engagement, at=now(), weeks=3)
    publish_report(report=write(draft(first), manager), by=manager, delay=0)
    queue_mail(kind="test", recipient="a@b.example", subject="Hi", text="Hi", dedup_key="a")
    start_clock()
    until(lambda: fresh(first).state == "published")
    until(lambda: fresh(second).state == "draft")
    until(lambda: OutgoingMail.objects.filter(state="sent").exists())
    until(lambda: Lease.objects.filter(name="tick", beaten_at__isnull=False).exists())


def test_a_clock_reads_what_was_uploaded(
    start_clock: Callable[[], subprocess.Popen[bytes]],
    engagement: Engagement,
    manager: User,
    tmp_path: Path,
) -> None:
    path = tmp_path / "work.csv"
    path.write_text("key,title,created_at\nA-1,Refunds,2026-11-02T09:00:00Z\n")
    with path.open("rb") as content:
        file = receive_file(
            engagement=engagement, file_name="work.csv", content=content, by=manager
        )
    start_clock()
    until(lambda: Import.objects.get(pk=file.pk).state == "previewed")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_clock_ends_cleanly_when_told(
    start_clock: Callable[[], subprocess.Popen[bytes]], number: int, tmp_path: Path
) -> None:
    clock = start_clock()
    until(lambda: Lease.objects.filter(name="tick").exists())
    clock.send_signal(number)
    assert clock.wait(SECONDS) == 0
    assert lease_holder() == ""
    last = (tmp_path / "clock-0.log").read_text().splitlines()[-1]
    assert json.loads(last)["message"] == "This clock has ended."


def test_a_second_clock_stands_by_and_takes_over(
    start_clock: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    first = start_clock()
    until(lease_holder)
    second = start_clock()
    until(lambda: "stands by" in (tmp_path / "clock-1.log").read_text())
    assert lease_holder().endswith(f":{first.pid}")
    first.kill()
    Lease.objects.filter(name="clock").update(expires_at=now())  # half a minute later
    until(lambda: lease_holder().endswith(f":{second.pid}"))


def test_a_clock_outlasts_a_database_that_is_away(
    start_clock: Callable[[], subprocess.Popen[bytes]],
    process_env: dict[str, str],
    tmp_path: Path,
) -> None:
    process_env["DATABASE_URL"] = process_env["DATABASE_URL"].rsplit("/", 1)[0] + "/nowhere"
    clock = start_clock()
    until(lambda: (tmp_path / "clock-0.log").read_text().count("The database is away") > 1)
    clock.terminate()
    assert clock.wait(SECONDS) == 0


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, DatabaseError])
def test_a_clock_waits_for_a_database_that_went_in_the_middle_of_an_answer(
    error: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    with outlasting_the_database():
        raise error("server closed the connection unexpectedly")
    assert "The database is away" in caplog.text


@pytest.mark.parametrize("error", [ProgrammingError, DataError, ValueError])
def test_a_clock_ends_by_a_fault_of_its_own(error: type[Exception]) -> None:
    with pytest.raises(error), outlasting_the_database():
        raise error("no such column")


def test_the_tick_command_opens_drafts_and_says_so(
    process_env: dict[str, str], engagement: Engagement
) -> None:
    august = {"starts_on": "2012-08-01", "reporting_from": "2012-08-01", "ends_on": "2012-08-10"}
    Engagement.objects.filter(pk=engagement.pk).update(**august)
    ran = subprocess.run(
        [sys.executable, "manage.py", "tick", "--at", "2012-08-09T07:00Z"],
        cwd=settings.BASE_DIR,
        env=process_env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "2 statuses opened.\n"
    assert [report.period.is_reconstructed for report in Report.objects.all()] == [True, True]


def test_without_a_broker_the_tick_command_drafts_what_it_opened(
    engagement: Engagement, capsys: pytest.CaptureFixture[str]
) -> None:
    Engagement.objects.filter(pk=engagement.pk).update(reporting_from=now() - timedelta(days=14))
    call_command("tick", "--at", f"{now() - timedelta(days=7):%Y-%m-%d}")
    assert {report.state for report in Report.objects.all()} == {"draft"}
    assert capsys.readouterr().out.endswith("opened.\n")


def test_the_tick_command_fails_where_a_draft_does(engagement: Engagement) -> None:
    open_reports(engagement)
    nowhere = {"state": "paused", "time_zone": "Mars/Olympus_Mons"}  # paused: it opens no more
    Engagement.objects.filter(pk=engagement.pk).update(**nowhere)
    with pytest.raises(CommandError, match="Not everything that waited was done"):
        call_command("tick")


def test_the_tick_command_opens_nothing_of_the_future() -> None:
    with pytest.raises(CommandError, match="has not come yet"):
        call_command("tick", "--at", f"{now() + timedelta(days=7):%Y-%m-%d}")


def test_the_tick_command_says_what_an_instant_is() -> None:
    with pytest.raises(CommandError, match="'Friday' is no instant: write one such as"):
        call_command("tick", "--at", "Friday")
