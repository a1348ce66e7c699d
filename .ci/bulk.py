"""A file of 100,000 rows with 400,000 changes, while other people work on the same engagement.

Starts a PostgreSQL of its own as a child, and ends only that. A process imports a small file, then
a large one into another engagement, then the large one again with every row changed; each says how
long preview and apply took and how much memory it held at most. Meanwhile others upload a file,
edit a milestone and publish a status of that engagement, over and over. (Not beside the third: what
a status of so much work costs is another question than whom an import keeps waiting.)

Prints one line of figures for each import, and exits 1 where preview and apply take longer than
90 s, somebody waits for the import for longer than 1 s, the large file takes over 50 MB more memory
than the small one, or not every row and change arrived.

    python .ci/bulk.py [--rows 100000] [--small 10000] [--seconds 90]
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from harness import make_engagement, migrate, own_database, set_up_django

CHANGES = 4  # of each row
WAIT_SECONDS = 1.0
MORE_MEGABYTES = 50
START = datetime(2024, 1, 1, tzinfo=UTC)
STATES = ("To Do", "In Progress", "In Review", "Done")
# How the importing process is called among the connections.
APPLICATION = "bulk import"
WAITING = """
SELECT waits.pid FROM pg_locks AS waits
 WHERE NOT waits.granted AND EXISTS (
   SELECT FROM pg_stat_activity AS importing
    WHERE importing.application_name = %s AND importing.pid = ANY(pg_blocking_pids(waits.pid))
      AND importing.wait_event_type IS DISTINCT FROM 'Lock')
"""
# How often somebody acts, and how often somebody looks: in seconds.
PAUSES = {"uploads": 0.2, "edits": 0.2, "publications": 2.0, "": 0.01}


def main() -> int:
    arguments = parse()
    if arguments.bring:
        return bring(arguments)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bulk-")))
        own_database("bulk")
        set_up_django()
        migrate()
        small = import_beside_others(arguments.small, folder, later=False)
        first = import_beside_others(arguments.rows, folder, later=False)
        again = import_beside_others(arguments.rows, folder, later=True)
    for figures in (first, again):
        figures.judge(small, seconds=arguments.seconds)
    for figures in (small, first, again):
        print(figures.line(), flush=True)
    return 1 if first.wrong or again.wrong else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument("--bring", metavar="REF", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


@dataclass
class Figures:
    """What is printed of one import, and what decides."""

    name: str
    rows: int
    preview: float
    apply: float
    megabytes: float
    counts: dict[str, int]
    acts: dict[str, list[float]] = field(default_factory=dict)
    waited: float = 0
    wrong: list[str] = field(default_factory=list)

    def judge(self, small: "Figures", *, seconds: float) -> None:
        if self.preview + self.apply > seconds:
            self.wrong.append(f"over {seconds:g} s")
        if self.waited > WAIT_SECONDS:
            self.wrong.append(f"somebody waited over {WAIT_SECONDS:g} s")
        if self.megabytes > small.megabytes + MORE_MEGABYTES:
            self.wrong.append(f"over {MORE_MEGABYTES} MB more than {small.rows:,} rows")
        if self.counts != self._expected():
            self.wrong.append(f"{self.counts} in place of {self._expected()}")

    def _expected(self) -> dict[str, int]:
        new, changed = (self.rows, 0) if self.name == "new" else (0, self.rows)
        return {"new": new, "changed": changed, "changes": self.rows * CHANGES}

    def line(self) -> str:
        acts = ", ".join(
            f"{len(each)} {name} of at most {max(each, default=0):.2f} s"
            for name, each in self.acts.items()
        )
        return (
            f"{self.rows:,} rows ({self.name}): preview {self.preview:.1f} s, apply "
            f"{self.apply:.1f} s, {self.megabytes:.0f} MB; meanwhile {acts}, "
            f"longest wait for it {self.waited:.2f} s: {'; '.join(self.wrong) or 'fine'}"
        )


# The place


def make_reporting_engagement(name: str) -> Any:
    """An engagement with a milestone, some work, and a status that is drafted."""
    from engagements.models import EngagementFunction
    from engagements.services.milestones import create_milestone
    from reporting.models import Report
    from reporting.services.compiling import compile_report
    from reporting.services.ticks import open_periods

    begun = datetime.now(tz=UTC) - timedelta(days=10)
    engagement = make_engagement(name, begun=begun)
    manager = engagement.created_by
    EngagementFunction.objects.create(
        engagement=engagement, user=manager, function="dm", starts_on=begun.date()
    )
    create_milestone(
        engagement=engagement, by=manager, name="2.1", outcome="", tracker_name="", planned_size=5
    )
    open_periods(at=datetime.now(tz=UTC))
    for report in Report.objects.filter(engagement=engagement):
        compile_report(report_id=report.pk)
    return engagement


# The file


def write_files(folder: Path, rows: int, *, later: bool) -> None:
    """A work CSV and its changelog, in the order of time as trackers export it."""
    with (folder / "work.csv").open("w") as work:
        work.write("key,type,title,state,size,milestone,sprint,assignee,created_at,updated_at\n")
        for number in range(rows):
            work.write(row(number, later=later))
    with (folder / "changelog.csv").open("w") as changelog:
        changelog.write("key,created,author,field,from,to\n")
        for step in range(CHANGES):
            for number in range(rows):
                changelog.write(change(number, step))


def row(number: int, *, later: bool) -> str:
    title = f"As a visitor I pay invoice {number}{' by card' * later}"
    created, updated = START + timedelta(minutes=number), at(number, CHANGES + later)
    names = f"{number % 20}.0,Sprint {number % 50},Person {number % 30}"
    state = STATES[-1]
    return (
        f"W-{number},Story,{title},{state},{number % 8},{names},{said(created)},{said(updated)}\n"
    )


def change(number: int, step: int) -> str:
    """Three of the state, then one of who does it."""
    words = f"assignee,,Person {number % 30}"
    if step < len(STATES) - 1:
        words = f"status,{STATES[step]},{STATES[step + 1]}"
    return f"W-{number},{said(at(number, step))},Person {number % 30},{words}\n"


def at(number: int, step: int) -> datetime:
    return START + timedelta(minutes=number, hours=5 + 30 * step)


def said(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%S+00:00")


# The process that imports


def bring(arguments: argparse.Namespace) -> int:
    """Import the files of the folder as a worker does, and print how it went."""
    set_up_django()
    from dm_portal.people.models import User
    from engagements.models import Engagement
    from engagements.services import imports

    engagement, manager = Engagement.objects.get(name=arguments.bring), User.objects.get()
    with (
        (arguments.folder / "work.csv").open("rb") as work,
        (arguments.folder / "changelog.csv").open("rb") as changelog,
    ):
        file = imports.receive_file(
            engagement=engagement,
            file_name="work.csv",
            content=work,
            changelog=imports.Attached("changelog.csv", changelog),
            by=manager,
        )
    started = time.monotonic()
    imports.read_import(import_id=file.pk)
    read = time.monotonic()
    file.refresh_from_db()
    imports.request_application(file=file, seen=file.previews, by=manager)
    imports.apply_import(import_id=file.pk)
    applied = time.monotonic()
    file.refresh_from_db()
    if file.state != "applied":
        sys.exit(f"It is {file.state}: {file.problem}")
    counts = {"new": file.new_count, "changed": file.changed_count, "changes": file.changes_read}
    print(
        json.dumps(
            {
                "preview": read - started,
                "apply": applied - read,
                "megabytes": peak_megabytes(),
                "counts": counts,
            }
        )
    )
    return 0


def peak_megabytes() -> float:
    """What this process held at most. Not ru_maxrss: it begins with that of the parent."""
    status = Path("/proc/self/status").read_text().splitlines()
    (held,) = (line.split()[1] for line in status if line.startswith("VmHWM:"))
    return int(held) / 1024


def import_beside_others(rows: int, folder: Path, *, later: bool) -> Figures:
    """One import in a process of its own, while others work on its engagement."""
    from engagements.models import Engagement

    name = f"Engagement of {rows}"
    engagement = Engagement.objects.filter(name=name).first() or make_reporting_engagement(name)
    write_files(folder, rows, later=later)
    command = [sys.executable, __file__, "--bring", name, "--folder", str(folder)]
    acts = ["uploads", "edits"] if later else ["uploads", "edits", "publications"]
    with others_at_work(engagement, acts) as others:
        named = os.environ | {"PGAPPNAME": APPLICATION}
        said = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, check=True, env=named
        ).stdout
    figures = Figures("again" if later else "new", rows, **json.loads(said))
    figures.acts, figures.waited = others.acts, others.waited
    return figures


# Everybody else


@contextlib.contextmanager
def others_at_work(engagement: Any, acts: list[str]) -> Iterator["Others"]:
    others = Others(engagement)
    does = {"uploads": others.upload, "edits": others.edit, "publications": others.publish}
    does = {name: does[name] for name in acts} | {"": others.watch}
    threads = [threading.Thread(target=others.keep_on, args=each) for each in does.items()]
    for thread in threads:
        thread.start()
    try:
        yield others
    finally:
        others.ended.set()
        for thread in threads:
            thread.join()
    if others.faults:
        raise SystemExit(f"The others could not work: {others.faults[0]!r}")


class Others:
    """Three people at the same engagement, and somebody who looks how long they wait."""

    def __init__(self, engagement: Any) -> None:
        from dm_portal.people.models import User

        self.engagement, self.manager = engagement, User.objects.get()
        self.acts: dict[str, list[float]] = {}
        self.since: dict[int, float] = {}
        self.waited = 0.0
        self.faults: list[BaseException] = []
        self.ended = threading.Event()

    def keep_on(self, name: str, act: Callable[[], None]) -> None:
        from django.db import DatabaseError, connection

        from dm_portal.shell.errors import DomainError

        try:
            while not self.ended.wait(PAUSES[name]):
                started = time.monotonic()
                act()
                if name:
                    self.acts.setdefault(name, []).append(time.monotonic() - started)
        except (DatabaseError, DomainError) as fault:  # told by whoever waits for this thread
            self.faults.append(fault)
        finally:
            connection.close()

    def upload(self) -> None:
        from engagements.services import imports

        content = BytesIO(b"key,title,created_at\nX-1,Other,2026-01-05\n")
        file = imports.receive_file(
            engagement=self.engagement, file_name="other.csv", content=content, by=self.manager
        )
        imports.discard_import(file=file, by=self.manager)

    def edit(self) -> None:
        from engagements.services.milestones import change_milestone

        milestone = self.engagement.milestones.get(name="2.1")
        change_milestone(
            milestone=milestone,
            version=milestone.version,
            by=self.manager,
            name="2.1",
            outcome=f"Version {milestone.version}",
            tracker_name="",
            planned_size=5,
        )

    def publish(self) -> None:
        from reporting.models import Report
        from reporting.services.drafts import save_draft
        from reporting.services.publishing import publish_report, stop_publication

        words = {"headline": "All well.", "our_move": "On we go.", "colour_reason": ""}
        report = Report.objects.filter(engagement=self.engagement).earliest("period__starts_on")
        save_draft(report=report, colour="amber", version=report.version, by=self.manager, **words)
        publish_report(report=report, by=self.manager, delay=600)
        stop_publication(report=report, by=self.manager)

    def watch(self) -> None:
        """Who waits for the import now, while that is at work itself, and since when."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(WAITING, [APPLICATION])
            waiting = {pid for (pid,) in cursor.fetchall()}
        moment = time.monotonic()
        self.since = {pid: self.since.get(pid, moment) for pid in waiting}
        self.waited = max([self.waited, *(moment - since for since in self.since.values())])


if __name__ == "__main__":
    sys.exit(main())
